// SPDX-License-Identifier: MIT

// The program's life: board and console, then the folder if there is one, the network, the port, and the wait for a
// signal. What goes on beside the event loop is a task each, and all of them end with the first that fails.

import DataFolder
import DeviceComponents
import DeviceServer
import HTTPCore
import Logging
import NIOCore
import NIOPosix
import NIOTransport
import RemoteControl
import ServiceLifecycle
import StateFile
import Timebase

#if os(Linux)
  import LinuxGPIO
#endif

struct RemoteControlService: Service {
  let options: Heliograph
  let logger: Logger
  let supervisor: Supervisor

  func run() async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let console = Console(logger: logger, hasKeyboard: options.board.board == .simulated)
    defer { console.finish() }
    let saved = options.state.restore { console.log(.warning, $0) }
    let (boardNews, boardNewsSource) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (writes, writeNews) = AsyncStream.makeStream(of: SavedState.self)
    let transport = try await startWhenFree(
      on: eventLoop, isOn: saved.isOn, keeper: saved.file.map { _ in StateKeeper(onDisk: saved.onDisk) },
      console: console, boardNews: boardNewsSource, writes: writeNews)
    supervisor.reportLife(of: eventLoop)
    console.start(notifying: transport)
    let saver = saved.file.map { StateSaver(file: $0, transport: transport, console: console, writes: writes) }
    var failure: (any Error)?
    do {
      try await cancelWhenGracefulShutdown {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await serve(transport, console) }
          if let saver { group.addTask { await saver.run() } }
          #if os(Linux)
            let board = BoardKeeper(
              transport: transport, console: console, supervisor: supervisor, news: boardNews)
            group.addTask { try await board.run() }
          #endif
          for try await _ in group {}  // (not waitForAll, which would wait for those that never end)
        }
      }
    } catch is CancellationError {  // the signal came
    } catch {
      failure = error  // the end is the same
    }
    console.log(.debug, "shutting down")
    supervisor.stopping()
    try await transport.shutdown()
    await saver?.finish()
    #if os(Linux)
      try await transport.withApplication { device, _ in device.gpio?.finish() }
    #endif
    if let failure { throw failure }
  }

  /// Starts the device. Lines that another run of this program still holds, on its way out or in systemd's hands under
  /// another name, are waited for a little.
  private func startWhenFree(
    on eventLoop: any EventLoop, isOn: Bool, keeper: StateKeeper?, console: Console,
    boardNews: AsyncStream<Void>.Continuation, writes: AsyncStream<SavedState>.Continuation
  ) async throws -> NIOTransport<HostDevice> {
    #if os(Linux)
      for _ in 1..<20 {
        do {
          return try await startDevice(
            on: eventLoop, isOn: isOn, keeper: keeper, console: console, boardNews: boardNews, writes: writes)
        } catch let error as GPIOError where error.isBusyWithUs {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    #endif
    return try await startDevice(
      on: eventLoop, isOn: isOn, keeper: keeper, console: console, boardNews: boardNews, writes: writes)
  }

  private func startDevice(
    on eventLoop: any EventLoop, isOn: Bool, keeper: StateKeeper?, console: Console,
    boardNews: AsyncStream<Void>.Continuation, writes: AsyncStream<SavedState>.Continuation
  ) async throws -> NIOTransport<HostDevice> {
    let (options, supervisor) = (options, supervisor)
    let level: SerialLog.Level = logger.logLevel <= .debug ? .debug : .serial
    return try await NIOTransport.start(on: eventLoop) {
      let board = try HostBoard(options.board, isOn: isOn, restores: options.state.restore.mode.restores, supervisor)
      var device = HostDevice(options, isOn: isOn, logLevel: level, board: board)
      device.keeper = keeper
      #if os(Linux)
        device.boardNews = boardNews
      #endif
      return device
    } onNewSecond: { device, seconds in
      device.remoteControl.server.date = HTTPDate(secondsSince1970: seconds)
    } afterActivity: { device, _ in
      console.show(&device)
      if let state = device.keeper?.nextWrite() { writes.yield(state) }
    }
  }

  // MARK: Serving

  /// Opens the port and serves until the task is cancelled.
  private func serve(_ transport: NIOTransport<HostDevice>, _ console: Console) async throws {
    guard let path = options.data else { return try await listen(transport, console) }
    var folder = FolderKeeper(folder: DataFolder(path: path), transport: transport, console: console)
    try await folder.wait()
    try await withThrowingTaskGroup(of: Void.self) { [folder] group in
      group.addTask { try await listen(transport, console) }
      group.addTask {
        var folder = folder
        try await folder.watch()
      }
      for try await _ in group {}
    }
  }

  /// Opens the port, when there is a network if it is to be for all, and stays until the task is cancelled.
  private func listen(_ transport: NIOTransport<HostDevice>, _ console: Console) async throws {
    if options.network.isForAll {
      var network = NetworkKeeper(interface: options.network.interface, transport: transport, console: console)
      let interface = try await network.waitForAddress()
      try await open(transport, console, isNetworkKnown: true)
      await network.watch(since: interface)
    } else {
      try await open(transport, console, isNetworkKnown: false)
    }
    try await gracefulShutdown()
  }

  private func open(
    _ transport: NIOTransport<HostDevice>, _ console: Console, isNetworkKnown: Bool
  ) async throws {
    let (host, port) = (options.network.host, options.network.port)
    let address: SocketAddress
    do {
      address = try await transport.listen(host: host, port: port) { error in
        console.log(.warning, "cannot accept connections: \(reason(error)); trying every second")
      }
    } catch {
      throw StartFailure(description: "cannot listen on \(host) port \(port): \(reason(error))")
    }
    let network = isNetworkKnown ? nil : NetworkIdentity(boundTo: RemoteAddress(address))
    let url = options.url(port: address.port ?? port)
    try await transport.withApplication { device, _ in
      device.remoteControl.setup(network)
      device.remoteControl.device.log.add { $0.append(contentsOf: url.utf8) }
    }
    try await supervisor.ready(url)
  }

  private func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    if error is SocketAddressError { return "no such address" }
    return "\(error)"
  }
}
