// SPDX-License-Identifier: MIT

// Connecting again and again, in virtual time: to which server, in which version, and after what pause. MQTT 5.0 sections
// 4.11 to 4.13.

import Bytes
import ConformanceSupport
import MQTTCore
import Testing
import Timebase

private func reference(_ text: String) -> ServerReference? {
  let text = bytes(text)
  return ServerReference(text.span)
}

@Suite struct ClientTests {
  /// A client with a transport that does what a test says.
  final class World {
    var client: MQTTClient
    var now = MonotonicTime.zero
    var scratch: [UInt8] = []

    init(_ options: ConnectOptions = .usual(), servers: Int = 1, keepsMessages: Bool? = nil, seed: UInt64 = 7) {
      var settings = MQTTClient.Settings(options: options, servers: servers)
      if let keepsMessages { settings.keepsMessages = keepsMessages }
      client = MQTTClient(settings, seed: seed)
    }

    /// Lets time pass until the client wants to connect: to which server, and how long that took.
    func attempt() -> (MQTTClient.Server, after: UInt32)? {
      let start = now
      for _ in 0..<3 {
        if case .connect(let server) = client.nextStep(now: now) { return (server, (now - start).count) }
        guard client.nextDeadline != .distantFuture else { return nil }
        now = max(now, client.nextDeadline)
      }
      return nil
    }

    /// Connects, and gives what the client says.
    @discardableResult
    func open() -> [UInt8] {
      client.opened(now: now)
      return written()
    }

    func written() -> [UInt8] {
      var result: [UInt8] = []
      client.connection?.writeOutput {
        result.append($0)
        return $0.count
      }
      return result
    }

    func receive(_ bytes: [UInt8]) -> MQTTConnection.Event {
      client.receive(bytes.span, now: now, scratch: &scratch).event
    }

    /// Connects, and is accepted for so long.
    func isAccepted(_ version: ProtocolVersion = .v311, for milliseconds: UInt32) {
      open()
      _ = receive(connack(version))
      now = now + Milliseconds(milliseconds)
      client.closed(now: now)
    }

    func wait(_ milliseconds: UInt32) {
      now = now + Milliseconds(milliseconds)
      client.poll(now: now)
    }
  }

  // MARK: Pauses

  @Test func aServerThatIsAwayIsTriedAfterPausesThatDouble() throws {
    let world = World()
    #expect(try #require(world.attempt()).after == 0)
    for longest in [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000] as [UInt32] {
      world.client.failed(now: world.now)
      #expect(world.client.trouble == .unreachable)
      let pause = try #require(world.attempt()).after
      #expect((longest / 2...longest).contains(pause), "\(pause) of \(longest)")
    }
  }

  @Test func aServerThatWasThereForLongIsTriedSoon() throws {
    let world = World()
    for _ in 1...6 {
      _ = world.attempt()
      world.client.failed(now: world.now)
    }
    _ = world.attempt()
    world.isAccepted(for: 10_000)
    #expect(world.client.trouble == .closed)
    #expect(try #require(world.attempt()).after <= 1000)
  }

  @Test func twoClientsOfOneIdentifierEndEachOtherMoreAndMoreSeldom() throws {
    let world = World()
    var pause: UInt32 = 0
    for _ in 1...8 {
      pause = try #require(world.attempt()).after
      world.isAccepted(for: 5)
    }
    #expect(pause >= 30_000)
  }

  @Test func clientsDoNotAllComeBackAtOnce() throws {
    let pauses = try (1...50).map { seed in
      let world = World(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
      _ = world.attempt()
      world.client.failed(now: world.now)
      return try #require(world.attempt()).after
    }
    #expect(Set(pauses).count > 30)
    #expect(pauses.allSatisfy { (500...1000).contains($0) })
  }

  // MARK: Servers

  @Test func serversAreTriedInTurn() {
    let world = World(servers: 3)
    var tried: [MQTTClient.Server] = []
    for _ in 1...4 {
      if let (server, _) = world.attempt() { tried.append(server) }
      world.client.failed(now: world.now)
    }
    #expect(tried == [0, 1, 2, 0].map(MQTTClient.Server.configured))
  }

  @Test(arguments: [UInt8](0x9C...0x9D), [true, false])
  func aServerMaySendUsToAnother(_ code: UInt8, _ isAtOnce: Bool) throws {
    let world = World(.usual(.v5))
    _ = world.attempt()
    world.open()
    let property: [UInt8] = [0x1C] + field("other.example:1884 third.example")
    if isAtOnce {
      #expect(world.receive(connack(.v5, code: code, properties: property)) == .ended)
    } else {
      _ = world.receive(connack(.v5))
      #expect(world.receive(packet(0xE0, [code, UInt8(property.count)] + property)) == .ended)
    }
    #expect(world.client.nextStep(now: world.now) == .close)
    world.client.closed(now: world.now)
    let other = try #require(reference("other.example:1884"))
    #expect(try #require(world.attempt()).0 == .reference(other))
    world.client.failed(now: world.now)
    #expect(try #require(world.attempt()).0 == .configured(0), "if that is not there, it is back to the first")
  }

  @Test func serversThatSendUsRoundInCirclesAreLeft() throws {
    let world = World(.usual(.v5))
    var tried: [MQTTClient.Server] = []
    for _ in 1...5 {
      tried.append(try #require(world.attempt()).0)
      world.open()
      _ = world.receive(connack(.v5, code: 0x9C, properties: [0x1C] + field("next")))
      world.client.closed(now: world.now)
    }
    let next = MQTTClient.Server.reference(try #require(reference("next")))
    #expect(tried == [.configured(0), next, next, next, .configured(0)])
  }

  @Test(arguments: [
    ("h", "h", nil), ("h:1", "h", 1), ("h:65535 other:2", "h", 65_535), ("192.0.2.7:1883", "192.0.2.7", 1883),
    ("[fe80::9610]:1883", "fe80::9610", 1883), ("[::1]", "::1", nil), ("::1", "::1", nil),
    ("a_b-c.example", "a_b-c.example", nil), ("", nil, nil), (" h", nil, nil), ("h:", nil, nil), ("h:0", nil, nil),
    ("h:65536", nil, nil), ("h:18830000000", nil, nil), ("h:x", nil, nil), ("[::1", nil, nil), ("[]:1", nil, nil),
    ("[::1]1", nil, nil), ("h/x", nil, nil), ("h\r\n", nil, nil), (":1", nil, nil),
  ] as [(String, String?, UInt16?)])
  func serverReferences(_ words: String, _ host: String?, _ port: UInt16?) {
    let found = reference(words)
    #expect(found.map { text($0.host) } == host)
    #expect(found?.port == port)
  }

  // MARK: Versions

  /// The version that a CONNECT asks for.
  private func version(_ connect: [UInt8]) -> UInt8 { connect[8] }

  @Test(arguments: [[0x20, 2, 0, 1], connack(.v5, code: 0x84)] as [[UInt8]])
  func aServerThatSaysThatItDoesNotSpeak5IsAskedIn311FromThenOn(_ refusal: [UInt8]) {
    let world = World(.usual(.v5))
    _ = world.attempt()
    #expect(version(world.open()) == 5)
    #expect(world.receive(refusal) == .ended)
    world.client.closed(now: world.now)
    for _ in 1...3 {
      _ = world.attempt()
      #expect(version(world.open()) == 4)
      _ = world.receive(connack(.v311))
      world.client.closed(now: world.now)
    }
  }

  /// Which 3.1.1 cannot say, so that the server would keep it for ever.
  @Test func aSessionThatIsToEndIsNoneIn311() {
    var options = ConnectOptions.usual(.v5, isCleanStart: false)
    options.sessionExpiryInterval = 30
    let world = World(options)
    func flags(_ connect: [UInt8]) -> UInt8 { connect[9] }
    _ = world.attempt()
    #expect(flags(world.open()) == 0)
    _ = world.receive(connack(.v5, code: 0x84))
    world.client.closed(now: world.now)
    _ = world.attempt()
    #expect(flags(world.open()) == 0b10)
  }

  /// Of a session that goes on, but from which nothing is to be sent again.
  @Test func whoeverDoesNotKeepMessagesSendsNoneAgain() throws {
    for keeps in [true, false] {
      let world = World(.usual(.v5, isCleanStart: false), keepsMessages: keeps)
      _ = world.attempt()
      world.open()
      _ = world.receive(connack(.v5))
      let (topic, payload) = (bytes("a"), bytes("x"))
      try world.client.connection?.publish(
        topic.span, payload.span, qos: .atLeastOnce, isRetained: false, now: world.now)
      _ = world.written()
      world.client.closed(now: world.now)
      _ = world.attempt()
      world.open()
      #expect(world.receive(connack(.v5, isSessionPresent: true)) == .connected(isSessionPresent: true))
      #expect(world.written().isEmpty == !keeps)
    }
  }

  @Test(arguments: [true, false])
  func aServerThatSaysNothingIsAskedInBothVersionsInTurn(_ closes: Bool) {
    let world = World(.usual(.v5))
    for expected in [5, 4, 5, 4] as [UInt8] {
      _ = world.attempt()
      #expect(version(world.open()) == expected)
      if !closes {
        world.wait(5000)
        #expect(world.client.nextStep(now: world.now) == .close)
      }
      world.client.closed(now: world.now)
    }
  }

  @Test func whoeverWas311FromTheStartStaysThat() {
    let world = World()
    for _ in 1...3 {
      _ = world.attempt()
      #expect(version(world.open()) == 4)
      world.client.closed(now: world.now)
    }
  }

  @Test func aPasswordThatIsRefusedChangesNoVersion() {
    let world = World(.usual(.v5))
    for _ in 1...2 {
      _ = world.attempt()
      #expect(version(world.open()) == 5)
      _ = world.receive(connack(.v5, code: 0x86))
      world.client.closed(now: world.now)
      #expect(world.client.trouble == .ended(.refused(.badUserNameOrPassword)))
    }
  }

  // MARK: The end

  @Test func whoStopsSaysDisconnectAndDoesNotComeBack() {
    let world = World()
    _ = world.attempt()
    world.open()
    _ = world.receive(connack(.v311))
    world.client.stop(now: world.now)
    #expect(world.client.nextStep(now: world.now) == .close)
    #expect(world.written() == [0xE0, 0])
    world.client.closed(now: world.now)
    #expect(world.client.isStopped)
    #expect(world.attempt() == nil)
  }

  @Test func whoStopsBetweenTwoAttemptsMakesNoOther() {
    let world = World()
    _ = world.attempt()
    world.client.failed(now: world.now)
    world.client.stop(now: world.now)
    #expect(world.client.isStopped)
    #expect(world.attempt() == nil)
  }

  @Test func whoStopsWhileConnectingIsDoneWhenThatIsOver() {
    let world = World()
    _ = world.attempt()
    world.client.stop(now: world.now)
    world.open()
    world.client.closed(now: world.now)
    #expect(world.client.isStopped)
  }

  @Test func theServersWordsForItsRefusalAreKeptUntilTheNextTrouble() {
    let world = World(.usual(.v5))
    _ = world.attempt()
    world.open()
    _ = world.receive(connack(.v5, code: 0x88, properties: [0x1F] + field("at 3 p.m.")))
    world.client.closed(now: world.now)
    #expect(text(world.client.reasonString) == "at 3 p.m.")
    _ = world.attempt()
    world.client.failed(now: world.now)
    #expect(world.client.reasonString.isEmpty)
  }

  @Test func aBreachIsAnEndWithItsReason() {
    let world = World()
    _ = world.attempt()
    world.open()
    #expect(world.receive([0x00]) == .ended)
    #expect(world.client.nextStep(now: world.now) == .close)
    world.client.closed(now: world.now)
    #expect(world.client.trouble == .ended(.failed(.invalidPacketType)))
  }

  @Test func whatIsNoConnectIsSaidAndNotTriedAtFullSpeed() throws {
    var options = ConnectOptions.usual()
    options.userName = [0xFF]
    let world = World(options)
    _ = world.attempt()
    world.client.opened(now: world.now)
    #expect(world.client.trouble == .invalidOptions(.invalidText))
    #expect(try #require(world.attempt()).after >= 500)
  }
}
