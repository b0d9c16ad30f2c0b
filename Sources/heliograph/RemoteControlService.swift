// SPDX-License-Identifier: MIT

// The program's life: board and console, then the folder if there is one, then the port, then the wait for a signal.

import Bytes
import DataFolder
import Deflate
import DeviceComponents
import DeviceServer
import HTTPCore
import Logging
import NIOCore
import NIOPosix
import NIOTransport
import RemoteControl
import ServiceLifecycle
import SimulatedBoard
import Timebase
import WebSocketCore

struct RemoteControlService: Service {
  let options: Heliograph
  let logger: Logger

  /// How often a data folder is looked at.
  private static var folderInterval: Duration { .milliseconds(500) }

  func run() async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let console = Console(logger: logger)
    defer { console.finish() }
    let transport = try await startDevice(on: eventLoop, console: console)
    console.start(notifying: transport)
    do {
      try await cancelWhenGracefulShutdown { try await serve(transport, console) }
    } catch is CancellationError {}  // the signal came
    console.log(.debug, "shutting down")
    try await transport.shutdown()
  }

  /// Opens the port and serves until the task is cancelled.
  private func serve(_ transport: NIOTransport<SimulatedDevice>, _ console: Console) async throws {
    guard let path = options.data else {
      try await listen(transport, console)
      return try await gracefulShutdown()
    }
    var folder = DataFolder(path: path)
    try await waitForFolder(&folder, transport)
    try await listen(transport, console)
    try await watch(&folder, transport)
  }

  // MARK: The device

  private func startDevice(
    on eventLoop: any EventLoop, console: Console
  ) async throws -> NIOTransport<SimulatedDevice> {
    let options = options
    let level: SerialLog.Level = logger.logLevel <= .debug ? .debug : .serial
    return try await NIOTransport.start(on: eventLoop) {
      let ledLevel = options.ledActive.level
      let buttonLevel = options.buttonActive.level
      let board = SimulatedBoard(ledActiveLevel: ledLevel, buttonActiveLevel: buttonLevel)
      var limits = ServerLimits.remoteControl
      limits.clients = options.maxClients
      limits.connections = options.maxClients * 2 + 16  // each page loads files while its socket is open
      let identity = Identity(name: Array(options.name.utf8), boot: .random(in: .min ... .max))
      var remoteControl = RemoteControl(
        onboardLed: Led(board.statusLed, activeLevel: ledLevel), led: Led(board.led, activeLevel: ledLevel),
        button: Button(board.button, activeLevel: buttonLevel),
        device: Device(identity, log: SerialLog(level: level)), limits: limits,
        hostNames: HostNames(options.knownHostNames))
      if options.deflate { remoteControl.server.compression = .zlib() }
      return SimulatedDevice(remoteControl: remoteControl, board: board)
    } onNewSecond: { device, seconds in
      device.remoteControl.server.date = HTTPDate(secondsSince1970: seconds)
    } afterActivity: { device, _ in
      console.show(&device)
    }
  }

  // MARK: The port

  private func listen(_ transport: NIOTransport<SimulatedDevice>, _ console: Console) async throws {
    let address: SocketAddress
    do {
      address = try await transport.listen(host: options.host, port: options.port) { error in
        console.log(.warning, "cannot accept connections: \(reason(error)); trying every second")
      }
    } catch {
      throw StartFailure(description: "cannot listen on \(options.host) port \(options.port): \(reason(error))")
    }
    let network = NetworkIdentity(boundTo: address)
    let url = options.url(port: address.port ?? options.port)
    try await transport.withApplication { device, _ in
      device.remoteControl.setup(network)
      device.remoteControl.device.log.add { $0.append(contentsOf: url.utf8) }
    }
  }

  private func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    if error is SocketAddressError { return "no such address" }
    return "\(error)"
  }

  // MARK: The data folder

  /// Reads the folder; as long as it cannot be read, the board blinks and no port is open.
  private func waitForFolder(
    _ folder: inout DataFolder, _ transport: NIOTransport<SimulatedDevice>
  ) async throws {
    var lastReason: String?
    while true {
      do {
        let assets = try await FolderReader.read(&folder) { folder throws(DataFolderError) in try folder.load() }
        try await use(assets, skipped: folder.skipped, transport)
        return
      } catch let error as DataFolderError {
        let reason = error.description
        if reason != lastReason {
          try await transport.withApplication { device, _ in device.remoteControl.fail(Array(reason.utf8).span) }
        }
        lastReason = reason
      }
      try await Task.sleep(for: Self.folderInterval)
    }
  }

  /// Looks for changes until the program ends. A folder that vanishes leaves what was served last.
  private func watch(_ folder: inout DataFolder, _ transport: NIOTransport<SimulatedDevice>) async throws {
    var lastReason: String?
    while true {
      try await Task.sleep(for: Self.folderInterval)
      do {
        let assets = try await FolderReader.read(&folder) { folder throws(DataFolderError) in
          try folder.loadIfChanged()
        }
        if let assets { try await use(assets, skipped: folder.skipped, transport) }
        lastReason = nil
      } catch let error as DataFolderError {
        if error.description != lastReason { logger.warning("\(error.description); serving what was there") }
        lastReason = error.description
      }
    }
  }

  private func use(
    _ assets: AssetTable, skipped: [String], _ transport: NIOTransport<SimulatedDevice>
  ) async throws {
    for line in skipped { logger.warning("data folder: skipped \(line)") }
    logger.info("data folder: \(assets.count) files")
    try await transport.withApplication { device, _ in device.remoteControl.server.router.assets = assets }
  }
}
