// SPDX-License-Identifier: MIT

// The first packet each way: what CONNECT says, byte for byte, and what a CONNACK may say. MQTT 5.0 sections 3.1 and 3.2,
// 3.1.1 sections 3.1 and 3.2.

import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@Suite struct ConnectTests {
  // MARK: CONNECT

  @Test func connectOf311() throws {
    let harness = try Harness(.usual())
    #expect(harness.written() == packet(0x10, field("MQTT") + [4, 0b10, 0, 20] + field("lamp")))
  }

  @Test func connectOf5SaysWhatWeTake() throws {
    let harness = try Harness(.usual(.v5), limits: .init(packetSize: 0x1000))
    let said: [UInt8] = [0x21, 0, 16, 0x27, 0, 0, 0x10, 5]
    #expect(harness.written() == packet(0x10, field("MQTT") + [5, 0b10, 0, 20, 8] + said + field("lamp")))
  }

  @Test(arguments: [ProtocolVersion.v311, .v5])
  func everyFieldIsThereInItsOrder(_ version: ProtocolVersion) throws {
    var options = ConnectOptions.usual(version, isCleanStart: false)
    options.keepAlive = 0x0102
    options.sessionExpiryInterval = 3600
    options.userName = bytes("anna")
    options.password = bytes("secret")
    options.will = .init(topic: bytes("lamp/availability"), payload: bytes("offline"), delay: 7)
    let said: [UInt8] = [13, 0x11, 0, 0, 0x0E, 0x10, 0x21, 0, 16, 0x27, 0, 0, 0x40, 5]
    let delay: [UInt8] = [5, 0x18, 0, 0, 0, 7]
    let expected = packet(
      0x10,
      field("MQTT") + [version.rawValue, 0b1110_1100, 1, 2] + (version == .v5 ? said : []) + field("lamp")
        + (version == .v5 ? delay : []) + field("lamp/availability") + field("offline") + field("anna") + field("secret"))
    #expect(try Harness(options).written() == expected)
  }

  /// So that a will with a delay does not go out with the end of the session, which is that of the connection else.
  @Test func aSessionMayOutliveItsConnectionAlsoWhenItIsNew() throws {
    var options = ConnectOptions.usual(.v5)
    options.sessionExpiryInterval = 7
    let said: [UInt8] = [13, 0x11, 0, 0, 0, 7, 0x21, 0, 16, 0x27, 0, 0, 0x40, 5]
    #expect(try Harness(options).written() == packet(0x10, field("MQTT") + [5, 0b10, 0, 20] + said + field("lamp")))
  }

  @Test func aWillSaysHowItIsPublished() throws {
    let table: [(QualityOfService, Bool, UInt8)] = [
      (.atMostOnce, false, 0b0110), (.atLeastOnce, false, 0b1110), (.exactlyOnce, true, 0b11_0110),
    ]
    for (qos, isRetained, flags) in table {
      var options = ConnectOptions.usual()
      options.will = .init(topic: bytes("t"), payload: [], qos: qos, isRetained: isRetained)
      #expect(try Harness(options).written()[9] == flags)
    }
  }

  @Test func whatCannotBeSaidIsRefused() {
    let long = [UInt8](repeating: 0x61, count: 65_536)
    func refusal(_ version: ProtocolVersion = .v311, _ change: (inout ConnectOptions) -> Void) -> SendingError? {
      var options = ConnectOptions.usual(version)
      change(&options)
      do throws(SendingError) {
        _ = try MQTTConnection(options: options, now: .zero)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal { $0.clientIdentifier = long } == .fieldTooLong)
    #expect(refusal { $0.clientIdentifier = [0xFF] } == .invalidText)
    #expect(refusal { $0.userName = long } == .fieldTooLong)
    #expect(refusal { $0.userName = bytes("a\0b") } == .invalidText)
    #expect(refusal { $0.password = bytes("x") } == .notSupported, "3.1.1 has a password beside a user name only")
    #expect(refusal(.v5) { $0.password = bytes("x") } == nil)
    #expect(refusal { $0.will = .init(topic: bytes("a/#"), payload: []) } == .invalidTopic)
    #expect(refusal { $0.will = .init(topic: bytes("a"), payload: long) } == .fieldTooLong)
  }

  // MARK: CONNACK

  struct Answer: CustomTestStringConvertible, Sendable {
    var name: String
    var version: ProtocolVersion
    var bytes: [UInt8]
    var seen: Seen
    var isKept = false
    var testDescription: String { "\(version): \(name)" }

    init(_ name: String, _ version: ProtocolVersion, _ bytes: [UInt8], _ seen: Seen, isKept: Bool = false) {
      (self.name, self.version, self.bytes, self.seen, self.isKept) = (name, version, bytes, seen, isKept)
    }
  }

  static let answers: [Answer] =
    [.v311, .v5].flatMap { (version: ProtocolVersion) in
      [
        Answer("accepted", version, connack(version), .connected(isSessionPresent: false)),
        Answer(
          "with the session", version, connack(version, isSessionPresent: true), .connected(isSessionPresent: true),
          isKept: true),
        Answer(
          "with a session that was not wanted", version, connack(version, isSessionPresent: true),
          .refused(.invalidSessionPresent)),
        Answer("with another flag", version, packet(0x20, [2, 0] + properties(version)), .refused(.invalidSessionPresent)),
        Answer("cut short", version, packet(0x20, [0]), .refused(.truncated)),
        Answer("a message first", version, message(version, "a", "b"), .refused(.unexpectedPacket)),
        Answer("PINGRESP first", version, [0xD0, 0], .refused(.unexpectedPacket)),
        Answer("what HTTP says", version, bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), .refused(.invalidFlags)),
      ]
    }
    + [
      (1, .unsupportedProtocolVersion), (2, .clientIdentifierNotValid), (3, .serverUnavailable),
      (4, .badUserNameOrPassword), (5, .notAuthorized),
    ].flatMap { (code: UInt8, reason: ReasonCode) in
      [ProtocolVersion.v311, .v5].map {
        Answer("code \(code) in the form of 3.1.1", $0, [0x20, 2, 0, code], .ended(.refused(reason)))
      }
    } + [
      Answer("code 6", .v311, [0x20, 2, 0, 6], .refused(.invalidReasonCode)),
      Answer("accepted in the form of 3.1.1", .v5, [0x20, 2, 0, 0], .refused(.invalidReasonCode)),
      Answer("refused with a session", .v311, [0x20, 2, 1, 5], .refused(.invalidSessionPresent)),
      Answer("refused", .v5, connack(.v5, code: 0x8A), .ended(.refused(.banned))),
      Answer("neither accepted nor refused", .v5, connack(.v5, code: 1), .refused(.invalidReasonCode)),
      Answer("the last code that is no refusal", .v5, connack(.v5, code: 0x7F), .refused(.invalidReasonCode)),
      Answer("a refusal in no list", .v5, connack(.v5, code: 0xFF), .ended(.refused(ReasonCode(rawValue: 0xFF)))),
      Answer("more behind the code", .v311, [0x20, 3, 0, 0, 0], .refused(.trailingBytes)),
      Answer("AUTH", .v5, [0xF0, 0], .refused(.unexpectedPacket)),
    ]

  @Test(arguments: answers, Delivery.allCases)
  func theAnswerIsJudged(_ answer: Answer, _ delivery: Delivery) throws {
    let harness = try Harness(.usual(answer.version, isCleanStart: !answer.isKept))
    for piece in delivery.pieces(of: answer.bytes, trailing: message(answer.version, "a", "")) { harness.receive(piece) }
    var expected = [answer.seen]
    if delivery == .withTrailingBytes, harness.connection.isOpen { expected.append(.message("a", "")) }
    #expect(harness.seen == expected)
  }

  // MARK: Properties

  /// Every property of MQTT 5 with a value that it may have.
  static let values: [(number: UInt8, value: [UInt8])] = [
    (0x01, [1]), (0x02, [0, 0, 0, 1]), (0x03, field("text")), (0x08, field("topic")), (0x09, field([0xFF, 0])),
    (0x0B, [0x80, 1]), (0x11, [0, 0, 0, 9]), (0x12, field("id")), (0x13, [0, 30]), (0x15, field("how")),
    (0x16, field([0xFF])), (0x17, [1]), (0x18, [0, 0, 0, 1]), (0x19, [0]), (0x1A, field("info")),
    (0x1C, field("other:1883")), (0x1F, field("why")), (0x21, [0, 5]), (0x22, [0, 3]), (0x23, [0, 1]), (0x24, [0]),
    (0x25, [0]), (0x26, field("name") + field("value")), (0x27, [0, 0, 4, 0]), (0x28, [0]), (0x29, [1]), (0x2A, [1]),
  ]

  /// Which of them a packet of a server may have (section 2.2.2.2, table 2-4).
  static let allowed: [(first: UInt8, head: [UInt8], numbers: Set<UInt8>)] = [
    (
      0x20, [0, 0],
      [0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A]
    ),
    (0x30, field("a"), [0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x26]),
    (0x40, [0, 1, 0], [0x1F, 0x26]),
    (0x90, [0, 2], [0x1F, 0x26]),
    (0xE0, [0], [0x1C, 0x1F, 0x26]),
  ]

  @Test(arguments: allowed.indices, Delivery.allCases)
  func eachPropertyStandsWhereItMay(_ index: Int, _ delivery: Delivery) throws {
    let (first, head, numbers) = Self.allowed[index]
    for (number, value) in Self.values {
      let harness = try Harness(.usual(.v5))
      if first != 0x20 {
        harness.receive(connack(.v5))
        try harness.publish("a", "", qos: .atLeastOnce)
        _ = try harness.subscribe("a")
      }
      let codes: [UInt8] = first == 0x90 ? [0] : []
      for piece in delivery.pieces(of: packet(first, head + [UInt8(value.count + 1), number] + value + codes)) {
        harness.receive(piece)
      }
      let isRefused = harness.seen.contains { if case .refused = $0 { true } else { false } }
      #expect(isRefused == !numbers.contains(number), "property \(number) in \(first): \(harness.seen)")
      if !numbers.contains(number) {
        #expect(harness.seen.last == .refused(number == 0x23 && first == 0x30 ? .invalidTopicAlias : .invalidProperty))
      }
    }
  }

  @Test func aPropertyIsThereOnce() throws {
    for (number, value) in Self.values where Self.allowed[0].numbers.contains(number) {
      let harness = try Harness(.usual(.v5))
      harness.receive(connack(.v5, properties: [number] + value + [number] + value))
      #expect(harness.seen == [number == 0x26 ? .connected(isSessionPresent: false) : .refused(.repeatedProperty)])
    }
    let harness = try Harness.open(.usual(.v5))
    harness.receive(message(.v5, "a", "x", properties: [0x0B, 1, 0x0B, 2]))
    #expect(harness.seen == [.message("a", "x")], "a message for two subscriptions")
  }

  @Test(arguments: [
    [0x24, 2], [0x25, 2], [0x21, 0, 0], [0x27, 0, 0, 0, 0], [0x28, 0xFF], [0x7F], [0x80, 0x01], [0x1F, 0, 1, 0xFF],
  ] as [[UInt8]])
  func aValueThatAPropertyMayNotHaveIsRefused(_ content: [UInt8]) throws {
    let harness = try Harness(.usual(.v5))
    harness.receive(connack(.v5, properties: content))
    #expect(harness.seen == [.refused(content[0] == 0x1F ? .invalidUTF8 : .invalidProperty)])
  }

  @Test func aPropertyThatGoesOnBehindTheirLengthIsRefused() throws {
    let harness = try Harness(.usual(.v5))
    harness.receive(packet(0x20, [0, 0, 2, 0x22, 0, 9]))
    #expect(harness.seen == [.refused(.truncated)])
  }

  @Test func theServersLimitsAreKept() throws {
    let harness = try Harness.open(
      .usual(.v5), connack: [0x24, 0, 0x25, 0, 0x27, 0, 0, 0, 20, 0x21, 0, 1, 0x22, 0, 2, 0x13, 0, 40])
    #expect(throws: SendingError.notSupported) { try harness.publish("a", "", qos: .atLeastOnce) }
    #expect(throws: SendingError.notSupported) { try harness.publish("a", "", isRetained: true) }
    #expect(throws: SendingError.packetTooLarge) { try harness.publish("a", String(repeating: "x", count: 12)) }
    try harness.publish("a", String(repeating: "x", count: 11))
    #expect(harness.written().count <= 20)
  }
}
