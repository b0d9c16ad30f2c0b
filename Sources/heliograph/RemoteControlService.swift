// SPDX-License-Identifier: MIT

// The program's life: board and console, then the folder if there is one, the network, the port, and the wait for a
// signal. Everything beside the event loop is a task of its own, and all of them end with the first that fails.

import Accounts
import DataFolder
import DeviceServer
import HTTPCore
import HostNetwork
import Logging
import HostTransport
import Parts
import RemoteControl
import StateFile
import SystemCalls
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

extension SerialLog.Level {
  /// The least important lines that a log of this level shows.
  fileprivate init(for level: Logger.Level) { self = level <= .debug ? .debug : level <= .info ? .info : .serial }
}

struct RemoteControlService {
  let settings: ProgramSettings
  let described: DescribedDevice
  let logger: Logger
  let supervisor: Supervisor

  /// Serves until `end`, or until something fails; the end is the same.
  func run(until end: EndSignal) async throws {
    let console = Console(described.device, logger: logger, hasKeyboard: settings.board == .simulated)
    defer { console.finish() }
    let saved = try await savedParts(console)
    let (writes, writeNews) = AsyncStream.makeStream(of: SavedState.self)
    let door = try LoginDoor(settings)
    let builder = RemoteControlBuilder(
      settings: settings, described: described, saved: saved, supervisor: supervisor, door: door,
      logLevel: SerialLog.Level(for: logger.logLevel))
    let (transport, loopState) = try await startWhenFree(builder, console, writes: writeNews)
    let board = settings.board == .linux ? "the pins of this machine" : "a simulated board"
    console.print(FirstWords.title(settings.name, board))
    console.log(.debug, "transport: \(transport.words)")
    if let warning = settings.loginWarning { console.log(.warning, warning) }
    console.start(transport, loopState)
    if let warning = settings.broker?.warning { console.log(.warning, warning) }
    let saver = saved.file.map {
      StateSaver(file: $0, transport: transport, loopState: loopState, console: console, writes: writes)
    }
    var failure: (any Error)?
    do {
      try await end.cancelling {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await serve(transport, loopState, console) }
          group.addTask { await supervisor.reportLife(of: transport) }
          if let saver { group.addTask { await saver.run() } }
          if let door { group.addTask { await door.run(transport) { loopState.value?.gatekeeper } } }
          #if os(Linux)
            let board = BoardKeeper(
              transport: transport, loopState: loopState, console: console, supervisor: supervisor)
            group.addTask { try await board.run() }
          #endif
          for try await _ in group {}  // (not waitForAll, which would wait for those that never end)
        }
      }
    } catch {
      failure = error  // the end is the same
    }
    console.log(.debug, "shutting down")
    supervisor.stopping()
    try await transport.shutdown()
    await saver?.finish()
    #if os(Linux)
      _ = try await transport.withLoopState(loopState) { $0.linux?.finish() }
    #endif
    if let failure { throw failure }
  }

  /// What was saved. It waits a little for another run of this program that is about to end.
  private func savedParts(_ console: Console) async throws -> SavedParts {
    func load() throws -> SavedParts {
      try SavedParts(
        described.device, settings.broker, path: settings.stateFile
      ) { console.log(.warning, $0) }
    }
    for _ in 1..<20 {
      do {
        return try load()
      } catch StateFileError.inUse {
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    do {
      return try load()
    } catch let error as StateFileError {
      throw StartFailure(description: "\(error) (--state-file FILE)")
    }
  }

  /// Starts the device. It waits a little for lines that another run of this program still holds, because it is about
  /// to end or because systemd holds them under another name.
  private func startWhenFree(
    _ builder: RemoteControlBuilder, _ console: Console, writes: AsyncStream<SavedState>.Continuation
  ) async throws -> (HostTransport<RemoteControl>, LoopStateBox) {
    #if os(Linux)
      for _ in 1..<20 {
        do {
          return try await startDevice(builder, console, writes: writes)
        } catch let error as BoardError where error.isBusyWithUs {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
    #endif
    return try await startDevice(builder, console, writes: writes)
  }

  private func startDevice(
    _ builder: RemoteControlBuilder, _ console: Console, writes: AsyncStream<SavedState>.Continuation
  ) async throws -> (HostTransport<RemoteControl>, LoopStateBox) {
    let loopState = LoopStateBox(nil)
    let transport = try await HostTransport.start(settings.transport, encrypts: settings.encrypts) {
      try builder.make(&loopState.value)
    } onNewSecond: { application, seconds in
      application.server.date = HTTPDate(secondsSince1970: seconds)
      loopState.value?.today = UInt32(clamping: seconds / 86_400)
      loopState.value?.gatekeeper?.unixSeconds = UInt64(clamping: seconds)
    } afterActivity: { application, now in
      guard let loopState = loopState.value else { return }
      console.show(&application.context, since: &loopState.shown, now: now)
      if let state = loopState.saveSchedule?.nextWrite() { writes.yield(state) }
      if let gatekeeper = loopState.gatekeeper { builder.door?.afterActivity(gatekeeper) { console.log($0, $1) } }
    }
    return (transport, loopState)
  }

  // MARK: Serving

  /// Opens the port and serves until the task is cancelled.
  private func serve(
    _ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox, _ console: Console
  ) async throws {
    guard let path = settings.data else { return try await listen(transport, loopState, console) }
    var folder = FolderKeeper(path: path, isStrict: settings.pagePolicy == .strict, transport: transport, console: console)
    try await folder.wait()
    try await withThrowingTaskGroup(of: Void.self) { [folder] group in
      group.addTask { try await listen(transport, loopState, console) }
      group.addTask {
        var folder = folder
        try await folder.watch()
      }
      for try await _ in group {}
    }
  }

  /// Opens the port, when there is a network if it is to be for all, and stays until the task is cancelled.
  private func listen(
    _ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox, _ console: Console
  ) async throws {
    if settings.isForAll {
      var network = NetworkKeeper(settings: settings, transport: transport, console: console)
      let interface = try await network.waitForAddress()
      await MulticastName.learn()
      let port = try await open(transport, loopState, console, isNetworkKnown: true)
      async let kept: Void? = port.certificates?.keep(transport)
      async let announced: Void? = announce(port, transport, console)
      async let named: Void = keepNames(transport)
      await network.watch(since: interface)
      await announced
      await named
      try await kept
    } else {
      let port = try await open(transport, loopState, console, isNetworkKnown: false)
      async let announced: Void? = announce(port, transport, console)
      async let named: Void = keepNames(transport)
      try await port.certificates?.keep(transport)
      await announced
      await named
    }
    await untilCancelled()
  }

  private func keepNames(_ transport: HostTransport<RemoteControl>) async {
    await HostNamesKeeper { settings.knownHostNames }.run { names in
      try? await transport.withApplication { application, _ in application.server.hostNames = names }
    }
  }

  private func announce(_ port: OpenPort, _ transport: HostTransport<RemoteControl>, _ console: Console) async {
    let announcer = Announcer(settings: settings, transport: transport, isDevice: true, log: console.log)
    if announcer.isWanted(for: port.address) { await announcer.run(port: port.number) }
  }

  /// What people open.
  private struct OpenPort {
    let number: UInt16
    let address: RemoteAddress
    let certificates: CertificateKeeper?
  }

  private func open(
    _ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox, _ console: Console, isNetworkKnown: Bool
  ) async throws -> OpenPort {
    let certificates = try settings.tls.map { try CertificateKeeper($0, settings, log: console.log) }
    let secure = try await certificates?.openPort(transport, host: settings.host)
    let address = try await transport.open(host: settings.host, port: settings.port) { console.log(.warning, $0) }
    let network = isNetworkKnown ? nil : NetworkIdentity(boundTo: address)
    let port = secure?.port ?? address.port
    let url = settings.url(port: Int(port))
    let words = FirstWords(settings, port: Int(port), boundTo: address)
    let trust = certificates?.howToTrust(port: Int(address.port)) ?? []
    let hostNames = HostNames(settings.knownHostNames)  // the network's domains are known by now
    // What only this machine can open is of use to those who are on its own broker.
    let isOpenToOthers = settings.broker?.isOnThisMachine == true || !address.isLoopback
    let page = words.bestURL ?? (isOpenToOthers ? url : nil)
    try await transport.withApplication { [loopState] application, now in
      if let page { application.context.broker?.setAddress(Array(page.utf8)) }
      application.server.hostNames = hostNames
      application.server.securePort = secure
      application.setup(network, now: now)
      let link = loopState.value?.gatekeeper?.makeOwnerLink(now: now)
      for line in [url] + words.lines + trust + LoginDoor.words(for: link, at: words.bestURL ?? url) {
        application.context.log.say(Array(line.utf8).span)
      }
    }
    // Only now, so that the first thing that is said there says where the page is.
    if let broker = settings.broker { try await transport.connect(.broker, servers: broker.servers) }
    try await supervisor.ready(url)
    return OpenPort(number: port, address: address, certificates: certificates)
  }
}
