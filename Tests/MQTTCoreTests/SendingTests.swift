// SPDX-License-Identifier: MIT

// What a client sends once it is connected, byte for byte, and what it refuses to. MQTT 5.0 sections 3.3, 3.8, 3.10, 3.14
// and 4.4.

import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@Suite struct SendingTests {
  @Test(arguments: [ProtocolVersion.v311, .v5])
  func messages(_ version: ProtocolVersion) throws {
    let harness = try Harness.open(.usual(version))
    #expect(try harness.publish("a/b", "on") == 0)
    #expect(harness.written() == message(version, "a/b", "on"))
    #expect(try harness.publish("a", "", isRetained: true) == 0)
    #expect(harness.written() == message(version, "a", "", flags: 1))
    #expect(try harness.publish("a", "x", qos: .atLeastOnce, isRetained: true) == 1)
    #expect(harness.written() == message(version, "a", "x", flags: 3, id: 1))
    for size in [0, 121, 122, 16_377, 16_378, 70_000] {
      let payload = String(repeating: "x", count: size)
      try harness.publish("abc", payload)
      #expect(harness.written() == message(version, "abc", payload))
    }
  }

  @Test(arguments: [ProtocolVersion.v311, .v5])
  func requests(_ version: ProtocolVersion) throws {
    let harness = try Harness.open(.usual(version))
    #expect(try harness.subscribe("a/+/b", "#") == 1)
    #expect(
      harness.written() == packet(0x82, [0, 1] + properties(version) + field("a/+/b") + [1] + field("#") + [1]))
    #expect(try harness.unsubscribe("#") == 2)
    #expect(harness.written() == packet(0xA2, [0, 2] + properties(version) + field("#")))
  }

  @Test func theEnd() throws {
    let table: [(ProtocolVersion, ReasonCode, [UInt8])] = [
      (.v311, .success, [0xE0, 0]), (.v311, .disconnectWithWill, []), (.v5, .success, [0xE0, 0]),
      (.v5, .disconnectWithWill, [0xE0, 1, 4]),
    ]
    for (version, code, expected) in table {
      let harness = try Harness.open(.usual(version))
      harness.connection.disconnect(code, now: .zero)
      #expect(harness.written() == expected)
      #expect(harness.connection.end == .local)
      #expect(throws: SendingError.notOpen) { try harness.publish("a", "b") }
      harness.receive(message(version, "a", "b"))
      #expect(harness.seen.isEmpty, "what comes after it is dropped")
    }
  }

  @Test func nothingIsSentBeforeConnack() throws {
    let harness = try Harness()
    #expect(throws: SendingError.notOpen) { try harness.publish("a", "b") }
    #expect(throws: SendingError.notOpen) { try harness.subscribe("a") }
  }

  @Test(arguments: ["", "a/#", "+", "a\0"])
  func noMessageGoesToWhatIsNoName(_ topic: String) throws {
    let harness = try Harness.open()
    #expect(throws: SendingError.invalidTopic) { try harness.publish(topic, "x") }
    #expect(harness.written().isEmpty)
  }

  @Test(arguments: ["", "a#", "#/a", "a/b+", "+a", "a\0"])
  func noRequestIsMadeForWhatIsNoFilter(_ filter: String) throws {
    let harness = try Harness.open()
    #expect(throws: SendingError.invalidTopic) { try harness.subscribe("a", filter) }
    #expect(harness.written().isEmpty)
  }

  // MARK: Acknowledgements

  @Test func asManyMessagesAreUnderWayAsTheServerAllows() throws {
    let harness = try Harness.open(.usual(.v5), connack: [0x21, 0, 3])
    for expected in 1...3 as ClosedRange<UInt16> {
      #expect(try harness.publish("a", "x", qos: .atLeastOnce) == expected)
    }
    #expect(throws: SendingError.tooManyInFlight) { try harness.publish("a", "x", qos: .atLeastOnce) }
    try harness.publish("a", "QoS 0 is no matter of it")
    harness.receive(puback(2))
    #expect(try harness.publish("a", "x", qos: .atLeastOnce) == 4)
    #expect(throws: SendingError.tooManyInFlight) { try harness.publish("a", "x", qos: .atLeastOnce) }
  }

  @Test func ourOwnLimitHoldsToo() throws {
    let harness = try Harness.open(limits: .init(inFlight: 2))
    for _ in 1...2 { try harness.publish("a", "x", qos: .atLeastOnce) }
    #expect(throws: SendingError.tooManyInFlight) { try harness.publish("a", "x", qos: .atLeastOnce) }
    #expect(throws: SendingError.tooManyInFlight) { try harness.subscribe("a") }
  }

  @Test func identifiersThatAreTakenArePassedOver() throws {
    let harness = try Harness.open()
    #expect(try harness.publish("a", "stays", qos: .atLeastOnce) == 1)
    for expected in 2...65_535 as ClosedRange<UInt16> {
      #expect(try harness.publish("a", "", qos: .atLeastOnce) == expected)
      harness.receive(puback(expected))
    }
    #expect(try harness.publish("a", "", qos: .atLeastOnce) == 2)
  }

  // MARK: Topic aliases

  @Test func aTopicGoesOutOnceIfTheServerTakesItsNumber() throws {
    let harness = try Harness.open(.usual(.v5), connack: [0x22, 0, 70])
    let alias: [UInt8] = [0x23, 0, 70]
    try harness.publish("a/long/name", "1", alias: 70)
    #expect(harness.written() == message(.v5, "a/long/name", "1", properties: alias))
    try harness.publish("a/long/name", "2", alias: 70)
    #expect(harness.written() == message(.v5, "", "2", properties: alias))
    try harness.publish("another", "3", alias: 6)
    #expect(harness.written() == message(.v5, "another", "3", properties: [0x23, 0, 6]))
    try harness.publish("a/third", "4", alias: 71)
    #expect(harness.written() == message(.v5, "a/third", "4"), "a number above the server's maximum is not used")
  }

  @Test(arguments: [ProtocolVersion.v311, .v5])
  func aServerThatTakesNoNumbersGetsNone(_ version: ProtocolVersion) throws {
    let harness = try Harness.open(.usual(version))
    for _ in 1...2 {
      try harness.publish("a", "1", alias: 1)
      #expect(harness.written() == message(version, "a", "1"))
    }
  }

  // MARK: Sessions that are kept

  @Test func whatWasNotAcknowledgedGoesOutAgain() throws {
    let harness = try Harness.open(.usual(isCleanStart: false))
    for payload in ["1", "2", "3"] { try harness.publish("a", payload, qos: .atLeastOnce, isRetained: payload == "2") }
    harness.receive(puback(1))
    for isSessionPresent in [true, false] {
      let next = try Harness(.usual(isCleanStart: false), session: harness.connection.session)
      _ = next.written()
      next.receive(connack(.v311, isSessionPresent: isSessionPresent))
      let again: UInt8 = isSessionPresent ? 0b1010 : 0b10
      #expect(
        next.written() == message(.v311, "a", "2", flags: again | 1, id: 2) + message(.v311, "a", "3", flags: again, id: 3))
      next.receive(puback(3))
      #expect(next.connection.session.unacknowledgedMessages == 1)
      #expect(try next.publish("a", "4", qos: .atLeastOnce) == 4)
    }
  }

  @Test func itGoesOutAgainAsFastAsTheServerAllows() throws {
    let harness = try Harness.open(.usual(.v5, isCleanStart: false))
    for payload in ["1", "2", "3"] { try harness.publish("a", payload, qos: .atLeastOnce) }
    let next = try Harness(.usual(.v5, isCleanStart: false), session: harness.connection.session)
    _ = next.written()
    next.receive(connack(.v5, isSessionPresent: true, properties: [0x21, 0, 1]))
    for (identifier, payload) in [(1, "1"), (2, "2"), (3, "3")] as [(UInt16, String)] {
      let expected = message(.v5, "a", payload, flags: 0b1010, id: identifier)
      #expect(next.written() == expected)
      next.receive(puback(identifier))
    }
    #expect(next.connection.session.unacknowledgedMessages == 0)
  }

  @Test func aCleanSessionKeepsNothing() throws {
    let harness = try Harness.open()
    try harness.publish("a", "1", qos: .atLeastOnce)
    let next = try Harness(session: harness.connection.session)
    _ = next.written()
    next.receive(connack(.v311))
    #expect(next.written().isEmpty)
    #expect(try next.publish("a", "2", qos: .atLeastOnce) == 2)
  }
}
