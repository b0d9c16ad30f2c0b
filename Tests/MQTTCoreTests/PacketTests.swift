// SPDX-License-Identifier: MIT

// What a server may send once a client is connected, and what it may not, as tables: each row whole, byte by byte, and
// with trailing bytes. MQTT 5.0 sections 2 and 3, 3.1.1 sections 2 and 3.

import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@Suite struct PacketTests {
  /// Bytes that come in version `version` to a client that has published with the identifiers 1 and 2, subscribed to two
  /// filters with 3, and unsubscribed from one with 4.
  struct Row: CustomTestStringConvertible, Sendable {
    var name: String
    var version: ProtocolVersion
    var bytes: [UInt8]
    var seen: [Seen]
    var answer: [UInt8]
    var testDescription: String { "\(version): \(name)" }

    init(_ name: String, _ version: ProtocolVersion, _ bytes: [UInt8], _ seen: Seen..., answer: [UInt8] = []) {
      self.name = name
      self.version = version
      self.bytes = bytes
      self.seen = seen
      self.answer = answer
    }
  }

  static let both: [ProtocolVersion] = [.v311, .v5]

  // Each list has its type: concatenated as they are, they take the compiler seconds.
  static let taken: [Row] = both.flatMap(takenInBoth) + takenInOne

  private static func takenInBoth(_ version: ProtocolVersion) -> [Row] {
    [
      Row("a message", version, message(version, "a/b", "on"), .message("a/b", "on")),
      Row("an empty message", version, message(version, "a", ""), .message("a", "")),
      Row("a retained one", version, message(version, "a", "x", flags: 1), .message("a", "x", isRetained: true)),
      Row(
        "one with QoS 1", version, message(version, "a", "x", flags: 2, id: 0x1234),
        .message("a", "x", qos: 1, id: 0x1234), answer: [0x40, 2, 0x12, 0x34]),
      Row(
        "one that may have come before", version, message(version, "a", "x", flags: 0b1010, id: 7),
        .message("a", "x", qos: 1, isDuplicate: true, id: 7), answer: [0x40, 2, 0, 7]),
      Row(
        "one of 200 bytes", version, message(version, "a", String(repeating: "x", count: 200)),
        .message("a", String(repeating: "x", count: 200))),
      Row("a message that came", version, puback(1), .acknowledged(1, 0)),
      Row("two messages that came", version, puback(2) + puback(1), .acknowledged(2, 0), .acknowledged(1, 0)),
      Row("PINGRESP", version, [0xD0, 0], .pong),
      Row(
        "filters granted and refused", version, packet(0x90, [0, 3] + properties(version) + [1, 0x80]),
        .subscribed(3, [1, 0x80])),
      Row(
        "filters refused in the way of MQTT 5", version, packet(0x90, [0, 3] + properties(version) + [0x8F, 0x97]),
        .subscribed(3, [0x8F, 0x97])),
    ]
  }

  private static let takenInOne: [Row] = [
    Row("UNSUBACK", .v311, packet(0xB0, [0, 4]), .unsubscribed(4, [])),
    Row("UNSUBACK", .v5, packet(0xB0, [0, 4, 0, 0x11]), .unsubscribed(4, [0x11])),
    Row("a length of more bytes than needed", .v311, [0xD0, 0x80, 0], .pong),
    Row("a code", .v5, packet(0x40, [0, 1, 0x10]), .acknowledged(1, 0x10)),
    Row("a code and properties", .v5, packet(0x40, [0, 1, 0x97, 5, 0x1F] + field("no")), .acknowledged(1, 0x97)),
    Row("DISCONNECT without a code", .v5, [0xE0, 0], .ended(.remote(.success))),
    Row("DISCONNECT with a code", .v5, [0xE0, 1, 0x8E], .ended(.remote(.sessionTakenOver))),
    Row(
      "DISCONNECT with a reason", .v5, packet(0xE0, [0x8B, 6, 0x1F] + field("bye")),
      .ended(.remote(.serverShuttingDown))),
  ]

  @Test(arguments: taken, Delivery.allCases)
  func isTaken(_ row: Row, _ delivery: Delivery) throws {
    let harness = try busy(row.version)
    for piece in delivery.pieces(of: row.bytes, trailing: message(row.version, "next", "")) { harness.receive(piece) }
    var expected = row.seen
    if delivery == .withTrailingBytes, harness.connection.isOpen { expected.append(.message("next", "")) }
    #expect(harness.seen == expected)
    #expect(harness.written() == row.answer)
  }

  static let refused: [Row] = both.flatMap { refusedFirstBytes($0) + refusedInBoth($0) } + refusedInOne

  private static func refusedFirstBytes(_ version: ProtocolVersion) -> [Row] {
    let types: [UInt8] = [0x00, 0x10, 0x80, 0xA0, 0xC0]
    let flags: [UInt8] = [0x41, 0x92, 0xB1, 0xD8, 0x60]
    func rows(_ bytes: [UInt8], _ words: String, _ error: MQTTError) -> [Row] {
      bytes.map { Row("\(words) \(String($0, radix: 16))", version, [$0, 0], .refused(error)) }
    }
    return rows(types, "first byte", .invalidPacketType) + rows(flags, "flags", .invalidFlags)
  }

  private static func refusedInBoth(_ version: ProtocolVersion) -> [Row] {
    [
      Row("QoS 3", version, message(version, "a", "", flags: 6, id: 1), .refused(.invalidQoS)),
      Row("QoS 0 again", version, message(version, "a", "", flags: 8), .refused(.invalidQoS)),
      Row("QoS 2, not asked for", version, message(version, "a", "", flags: 4, id: 1), .refused(.unexpectedPacket)),
      Row("an empty topic", version, message(version, "", ""), .refused(.missingTopicName)),
      Row(
        "a long message with an empty topic", version, message(version, "", String(repeating: "x", count: 20_000)),
        .refused(.missingTopicName)),
      Row("a topic with +", version, message(version, "a/+", ""), .refused(.invalidTopicName)),
      Row("a topic with #", version, message(version, "#", ""), .refused(.invalidTopicName)),
      Row("a topic with U+0000", version, message(version, "a\0", ""), .refused(.invalidUTF8)),
      Row("a topic that is no text", version, packet(0x30, [0, 1, 0xFF, 0]), .refused(.invalidUTF8)),
      Row("half a topic", version, packet(0x30, [0, 5, 0x61]), .refused(.truncated)),
      Row("identifier 0", version, message(version, "a", "", flags: 2), .refused(.invalidPacketIdentifier)),
      Row("a message without its number", version, packet(0x32, field("a")), .refused(.truncated)),
      Row("PUBACK for nothing", version, puback(9), .refused(.unexpectedPacketIdentifier)),
      Row("PUBACK for a request", version, puback(3), .refused(.unexpectedPacketIdentifier)),
      Row("PUBACK twice", version, puback(1) + puback(1), .acknowledged(1, 0), .refused(.unexpectedPacketIdentifier)),
      Row("PUBACK with 0", version, puback(0), .refused(.invalidPacketIdentifier)),
      Row("an empty PUBACK", version, [0x40, 0], .refused(.truncated)),
      Row("PUBREC", version, packet(0x50, [0, 1]), .refused(.unexpectedPacket)),
      Row("PUBREL", version, packet(0x62, [0, 1]), .refused(.unexpectedPacket)),
      Row("PUBCOMP", version, packet(0x70, [0, 1]), .refused(.unexpectedPacket)),
      Row("SUBACK for nothing", version, packet(0x90, [0, 9] + properties(version) + [0]),
        .refused(.unexpectedPacketIdentifier)),
      Row("too few codes", version, packet(0x90, [0, 3] + properties(version) + [0]),
        .refused(.wrongNumberOfReasonCodes)),
      Row("too many codes", version, packet(0x90, [0, 3] + properties(version) + [0, 0, 0]),
        .refused(.wrongNumberOfReasonCodes)),
      Row("a code that grants nothing", version, packet(0x90, [0, 3] + properties(version) + [0, 3]),
        .refused(.invalidReasonCode)),
      Row("a second CONNACK", version, connack(version), .refused(.unexpectedPacket)),
      Row("PINGRESP with something", version, [0xD0, 1, 0], .refused(.trailingBytes)),
      Row("a length of five bytes", version, [0xD0, 0x80, 0x80, 0x80, 0x80, 1], .refused(.invalidVariableByteInteger)),
      Row("a PUBACK that is too long", version, packet(0x40, [0, 1] + [UInt8](repeating: 0, count: 20_000)),
        .refused(.packetTooLarge)),
    ]
  }

  private static let refusedInOne: [Row] = [
    Row("DISCONNECT", .v311, [0xE0, 0], .refused(.invalidPacketType)),
    Row("AUTH", .v311, [0xF0, 0], .refused(.invalidPacketType)),
    Row("AUTH", .v5, [0xF0, 0], .refused(.unexpectedPacket)),
    Row("PUBACK with more", .v311, packet(0x40, [0, 1, 0]), .refused(.trailingBytes)),
    Row(
      "an empty topic with an alias", .v5, message(.v5, "", "", properties: [0x23, 0, 1]),
      .refused(.invalidTopicAlias)),
    Row("PUBACK with a code of SUBACK", .v5, packet(0x40, [0, 1, 1]), .refused(.invalidReasonCode)),
    Row("PUBACK with a code of UNSUBACK", .v5, packet(0x40, [0, 1, 0x11, 0]), .refused(.invalidReasonCode)),
    Row("UNSUBACK with a code of PUBACK", .v5, packet(0xB0, [0, 4, 0, 0x10]), .refused(.invalidReasonCode)),
    Row("DISCONNECT as a client says it", .v5, [0xE0, 1, 4], .refused(.invalidReasonCode)),
    Row("DISCONNECT with a code of PUBACK", .v5, [0xE0, 1, 0x10], .refused(.invalidReasonCode)),
    Row("AUTH that goes on", .v5, [0xF0, 1, 0x18], .refused(.unexpectedPacket)),
    Row("AUTH with a code of others", .v5, [0xF0, 1, 1], .refused(.invalidReasonCode)),
    Row("PUBACK with more", .v5, packet(0x40, [0, 1, 0, 0, 0]), .refused(.trailingBytes)),
    Row("UNSUBACK with more", .v311, packet(0xB0, [0, 4, 0]), .refused(.trailingBytes)),
    Row("a length of more bytes than needed", .v5, [0xD0, 0x80, 0], .refused(.invalidVariableByteInteger)),
  ]

  @Test(arguments: refused, Delivery.allCases)
  func isRefused(_ row: Row, _ delivery: Delivery) throws {
    let harness = try busy(row.version)
    for piece in delivery.pieces(of: row.bytes, trailing: message(row.version, "next", "")) { harness.receive(piece) }
    #expect(harness.seen == row.seen, "and nothing after it is looked at")
    guard case .refused(let error)? = row.seen.last else { return }
    #expect(harness.connection.end == .failed(error))
    #expect(harness.written() == (row.version == .v5 ? [0xE0, 1, error.reasonCode.rawValue] : []))
  }

  /// Section 2.4 with 3.3.2.1 and 4.13: not only that the connection ends, but with which code.
  @Test(arguments: [
    ("", [], 0x82), ("", [0x23, 0, 1], 0x94), ("a/#", [], 0x81), ("+", [], 0x81), ("a\0", [], 0x81),
  ] as [(String, [UInt8], UInt8)])
  func whatIsWrongWithATopicIsSaidByItsOwnCode(_ topic: String, _ content: [UInt8], _ code: UInt8) throws {
    let harness = try busy(.v5)
    harness.receive(message(.v5, topic, "", properties: content))
    #expect(harness.written() == [0xE0, 1, code])
  }

  private func busy(_ version: ProtocolVersion) throws -> Harness {
    let harness = try Harness.open(.usual(version))
    for _ in 1...2 { try harness.publish("t", "p", qos: .atLeastOnce) }
    #expect(try harness.subscribe("a", "b/#") == 3)
    #expect(try harness.unsubscribe("c") == 4)
    _ = harness.written()
    return harness
  }

  @Test func wordsOfTheServerAreKeptAsFarAsTheyAreShort() throws {
    let harness = try Harness.open(.usual(.v5))
    let words = String(repeating: "é", count: 150)
    harness.receive(packet(0xE0, [0x9C, 0xAF, 0x02, 0x1F] + field(words)))
    #expect(text(harness.connection.reasonString) == String(repeating: "é", count: 128))
  }

  @Test func wordsForARefusalAreKeptAsWell() throws {
    let harness = try busy(.v5)
    harness.receive(packet(0x40, [0, 1, 0x87, 5, 0x1F] + field("no")))
    #expect(text(harness.connection.reasonString) == "no")
    harness.receive(packet(0x90, [0, 3, 8, 0x1F] + field("never") + [0x87, 0]))
    #expect(text(harness.connection.reasonString) == "never")
  }
}
