// SPDX-License-Identifier: MIT

// A server on a loopback port, with a few routes and an echo, that remembers what its handlers were told. Tests wait
// for conditions of it, which are looked at each time that the application has run.

import Bytes
import DeviceServer
import HTTPCore
import NIOCore
import NIOPosix
import HostTransport
import TransportSecurity
import SystemCalls
import Timebase
import WebSocketCore

/// The context of the test server's handlers.
struct World: Sendable {
  enum Happening: Equatable, Sendable {
    case connect(RemoteAddress)
    case disconnect(code: UInt16, reason: [UInt8])
    case pong([UInt8])
  }

  struct Wait: Sendable {
    let condition: @Sendable (inout ServerApplication<World>) -> Bool
    let promise: EventLoopPromise<Void>
  }

  /// Where the clients are.
  let endpoint: WebSocketEndpoint
  var happenings: [Happening] = []
  /// What the system's clock said, each time that it was told.
  var seconds: [Int64] = []
  /// Messages that the echo has seen.
  var messageCount = 0
  /// The connection that the program makes, if a test has it make one.
  var caller = Caller()
  var waits: [Wait] = []
}

struct TestServer: Sendable {
  typealias App = ServerApplication<World>

  let transport: HostTransport<App>
  /// Where clients connect, whether the server speaks TLS or not.
  var address: SocketAddress { tunnelAddress ?? serverAddress }
  /// Where the server listens.
  let serverAddress: SocketAddress
  /// Its identity, over TLS.
  let identity: TLSIdentity?
  /// How many connections the server has ended without its last word of TLS.
  let uncleanEnds: Locked<Int>
  private let tunnelAddress: SocketAddress?
  private let endTunnel: @Sendable () async throws -> Void

  /// `GET /big` answers with this: of a length that leaves nearly 16 KB, what goes to a channel at a time, for the
  /// last write.
  static let bigBody: [UInt8] = (0..<1_015_000).map { UInt8(truncatingIfNeeded: $0 / 1000 &+ $0) }

  /// Runs `body` with a server, and ends the server however `body` ends. It pings only if `adjust` sets an interval.
  static func run<Result: Sendable>(
    host: String = "127.0.0.1", over carrier: Carrier = .any,
    _ adjust: @escaping @Sendable (inout ServerLimits) -> Void = { _ in }, _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    let server = try await start(host: host, carrier, adjust)
    do {
      let result = try await body(server)
      try await server.transport.shutdown(grace: 100)
      try await server.endTunnel()
      return result
    } catch {
      try await server.transport.shutdown(grace: 0)
      try await server.endTunnel()
      throw error
    }
  }

  private static func start(
    host: String, _ carrier: Carrier, _ adjust: @escaping @Sendable (inout ServerLimits) -> Void
  ) async throws -> TestServer {
    let transport = try await HostTransport.start(carrier.kind, encrypts: carrier.isSecure) {
      var limits = ServerLimits()
      // Pings are for the tests that ask for them: with a sanitizer, or on a busy machine, a client may well read
      // nothing for as long as one that is asked whether it is still there.
      limits.timeouts.webSocket.pingInterval = 0
      adjust(&limits)
      let (router, endpoint) = router()
      return ServerApplication(Server(router: router, limits: limits), context: World(endpoint: endpoint))
    } onNewSecond: { app, seconds in
      app.server.date = HTTPDate(secondsSince1970: seconds)
      app.context.seconds.append(seconds)
    } afterActivity: { app, _ in
      let waits = app.context.waits
      app.context.waits = []
      for wait in waits {
        if wait.condition(&app) { wait.promise.succeed() } else { app.context.waits.append(wait) }
      }
    }
    var identity: TLSIdentity?
    if carrier.isSecure {
      let (certificate, key) = TestCertificates.first
      identity = try TLSIdentity(certificates: Array(certificate.utf8), key: Array(key.utf8))
    }
    let address = SocketAddress(try await transport.listen(host: host, port: 0, tls: identity))
    #if TLS
      if carrier.isSecure {
        let tunnel = try await SecureTunnel.open(to: address)
        return TestServer(transport, address, identity, tunnel.address, tunnel.uncleanEnds) { try await tunnel.close() }
      }
    #endif
    return TestServer(transport, address, identity, nil, Locked(0)) {}
  }

  private init(
    _ transport: HostTransport<App>, _ address: SocketAddress, _ identity: TLSIdentity?, _ tunnel: SocketAddress?,
    _ uncleanEnds: Locked<Int>, endTunnel: @escaping @Sendable () async throws -> Void
  ) {
    self.transport = transport
    (serverAddress, tunnelAddress) = (address, tunnel)
    self.identity = identity
    self.uncleanEnds = uncleanEnds
    self.endTunnel = endTunnel
  }

  private static func router() -> (Router<World>, WebSocketEndpoint) {
    var router = Router<World>()
    router.get("/") { _, _, response in response.send("<p>on</p>", type: MediaType.html) }
    router.get("/big") { _, _, response in response.send(shared: bigBody, type: MediaType.text) }
    router.on(.post, "/length") { _, request, response in
      response.head.add("Content-Type", MediaType.text)
      response.body.append(decimal: UInt32(request.body.count))
    }
    router.get("/scheme") { _, request, response in response.send(request.scheme == .https ? "https" : "http") }
    let endpoint = router.webSocket("/ws") { world, hub, event in
      switch event {
      case .connect(_, let remote): world.happenings.append(.connect(remote))
      case .disconnect(_, let code, let reason):
        world.happenings.append(.disconnect(code: code.rawValue, reason: bytes(of: reason)))
      case .pong(_, let payload): world.happenings.append(.pong(bytes(of: payload)))
      case .text(let client, let message):
        world.messageCount += 1
        hub.text(message, to: client)
      case .binary(let client, let message):
        world.messageCount += 1
        hub.binary(message, to: client)
      case .error: break
      }
    }
    return (router, endpoint)
  }

  // MARK: Waiting and looking

  /// Waits until `condition` holds; it is looked at each time that the application has run.
  func until(
    _ what: String, _ condition: @escaping @Sendable (inout App) -> Bool
  ) async throws {
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = eventLoop.makePromise(of: Void.self)
    let limit = eventLoop.scheduleTask(in: patience) { promise.fail(TimedOut(what: what)) }
    transport.notify { app, _ in app.context.waits.append(World.Wait(condition: condition, promise: promise)) }
    try await promise.futureResult.get()
    limit.cancel()
  }

  /// Waits until this many TCP connections are left.
  func untilConnections(are count: Int) async throws {
    try await until("\(count) connections") { $0.server.connectionCount == count }
  }

  /// Waits until this many WebSocket clients are connected.
  func untilClients(are count: Int) async throws {
    try await until("\(count) clients") { app in app.server.withHub(app.context.endpoint, now: .zero) { $0.count == count } }
  }

  var happenings: [World.Happening] {
    get async throws { try await transport.withApplication { app, _ in app.context.happenings } }
  }

  func withHub<Result: Sendable>(
    _ body: @escaping @Sendable (inout WebSocketHub) -> Result
  ) async throws -> Result {
    try await transport.withApplication { app, now in app.server.withHub(app.context.endpoint, now: now, body) }
  }

  func publishState(_ text: String) async throws {
    try await withHub { hub in hub.publishState(Array(text.utf8).span) }
  }
}

extension SocketAddress {
  /// The address of a listening port.
  init(_ address: RemoteAddress) {
    // What a server listens on is an address of IP, which SwiftNIO can read.
    self = try! SocketAddress(
      ipAddress: String(decoding: address.addressText, as: UTF8.self), port: Int(address.port))
  }
}

func bytes(of span: Span<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.append(span)
  return bytes
}
