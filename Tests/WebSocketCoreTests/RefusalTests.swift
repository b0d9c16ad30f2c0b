// SPDX-License-Identifier: MIT

// What RFC 6455 forbids a client, as a table: each row is refused with its name, closed with its code, and
// nothing after it is looked at. The order follows the categories of the usual conformance suites.

import ConformanceSupport
import Testing
import Timebase
import WebSocketCore

@Suite struct RefusalTests {
  struct Refusal: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var before: [Seen] = []
    var error: WebSocketError
    var code: UInt16
    var testDescription: String { name }

    init(
      _ name: String, _ frames: [ClientFrame], after before: [Seen] = [], _ error: WebSocketError,
      _ code: UInt16 = 1002
    ) {
      self.init(name, wire(frames), after: before, error, code)
    }

    init(
      _ name: String, _ bytes: [UInt8], after before: [Seen] = [], _ error: WebSocketError,
      _ code: UInt16 = 1002
    ) {
      self.name = name
      self.bytes = bytes
      self.before = before
      self.error = error
      self.code = code
    }
  }

  static let hello = bytes("Hello")

  /// Section 5.2: the first two bytes.
  static let headers: [Refusal] =
    [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].flatMap { (bits: UInt8) in
      [0x80, 0x81, 0x82, 0x88, 0x89, 0x8A].map { (first: UInt8) in
        Refusal(
          "reserved bits \(String(bits, radix: 16)) on \(String(first, radix: 16))",
          [ClientFrame(first: first | bits, payload: hello)], .reservedBits)
      }
    }
    + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap { (opcode: UInt8) in
      [
        Refusal("opcode \(opcode)", [ClientFrame(first: 0x80 | opcode, payload: [])], .reservedOpcode),
        Refusal(
          "opcode \(opcode) after a message", [.text("a"), ClientFrame(first: opcode, payload: hello)],
          after: [.text("a")], .reservedOpcode),
      ]
    }
    + [0x81, 0x82, 0x88, 0x89, 0x8A].map { (first: UInt8) in
      Refusal(
        "no mask on \(String(first, radix: 16))", [ClientFrame(first: first, payload: hello, key: nil)],
        .unmaskedFrame)
    }
    + [0x08, 0x09, 0x0A].map { (first: UInt8) in
      Refusal(
        "a fragmented control frame \(first)", [ClientFrame(first: first, payload: [])],
        .fragmentedControlFrame)
    }

  /// Sections 5.2 and 5.5: lengths.
  static let lengths: [Refusal] =
    [0x88, 0x89, 0x8A].flatMap { (first: UInt8) in
      [126, 127, 65_536].map { count in
        Refusal(
          "\(count) bytes on \(String(first, radix: 16))",
          [ClientFrame(first: first, payload: Array(repeating: 0x41, count: count))], .controlFrameTooLong)
      }
        + [
          Refusal(
            "an extended length on \(String(first, radix: 16))",
            [ClientFrame(first: first, payload: hello, extended: 2)], .controlFrameTooLong)
        ]
    }
    + [0, 1, 125].map { count in
      Refusal(
        "16 bits for \(count)",
        [ClientFrame(first: 0x82, payload: Array(repeating: 1, count: count), extended: 2)],
        .nonMinimalLength)
    }
    + [0, 125, 126, 65_535].map { count in
      Refusal(
        "64 bits for \(count)",
        [ClientFrame(first: 0x82, payload: Array(repeating: 1, count: count), extended: 8)],
        .nonMinimalLength)
    }
    + [
      Refusal("the top bit of 64", bytes(hex: "82 ff 80 00 00 00 00 00 00 00 01 02 03 04"), .lengthTooLarge),
      Refusal("all bits of 64", bytes(hex: "82 ff ff ff ff ff ff ff ff ff 01 02 03 04"), .lengthTooLarge),
      Refusal("2^63 - 1", bytes(hex: "82 ff 7f ff ff ff ff ff ff ff 01 02 03 04"), .messageTooBig, 1009),
      Refusal("2^32", bytes(hex: "82 ff 00 00 00 01 00 00 00 00 01 02 03 04"), .messageTooBig, 1009),
    ]

  /// Section 5.4: fragmentation.
  static let fragmentation: [Refusal] = [
    Refusal("a continuation first", [.continuation(hello, final: true)], .unexpectedContinuation),
    Refusal("an open continuation first", [.continuation(hello, final: false)], .unexpectedContinuation),
    Refusal(
      "a continuation after a whole message", [.text("a"), .continuation(hello, final: true)],
      after: [.text("a")], .unexpectedContinuation),
    Refusal(
      "a continuation after a fragmented message",
      [.text("a", final: false), .continuation([0x62], final: true), .continuation(hello, final: true)],
      after: [.text("ab")], .unexpectedContinuation),
    Refusal(
      "a text inside a fragmented text", [.text("a", final: false), .text("b")], .expectedContinuation),
    Refusal(
      "an open binary inside a fragmented text", [.text("a", final: false), .binary([1], final: false)],
      .expectedContinuation),
    Refusal(
      "a text after a ping inside a fragmented binary", [.binary([1], final: false), .ping(), .text("b")],
      after: [.ping([])], .expectedContinuation),
  ]

  /// Section 7.4: payloads of Close.
  static let closes: [Refusal] =
    [Refusal("half a code", [ClientFrame(first: 0x88, payload: [0x03])], .malformedClosePayload)]
    + [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map { (code: UInt16) in
      Refusal("code \(code)", [.close(code)], .invalidCloseCode)
    }
    + [
      Refusal("a bad code with a reason", [.close(1005, hello)], .invalidCloseCode),
      Refusal("a reason that is not UTF-8", [.close(1000, [0xCE, 0xBA, 0xFF])], .invalidUTF8, 1007),
      Refusal("a reason cut inside a character", [.close(1000, [0x41, 0xE2, 0x82])], .invalidUTF8, 1007),
    ]

  @Test(arguments: headers + lengths + fragmentation + closes, Delivery.allCases)
  func whatIsForbiddenIsRefusedWithItsCode(refusal: Refusal, delivery: Delivery) {
    let harness = Harness()
    for piece in delivery.pieces(of: refusal.bytes, trailing: ClientFrame.text("late").bytes) {
      harness.receive(piece)
    }
    #expect(harness.seen == refusal.before + [.refused(refusal.error)])
    #expect(harness.connection.state == .closed)
    #expect(harness.connection.closeCode.rawValue == refusal.code)
    #expect(refusal.error.closeCode.rawValue == refusal.code)
    #expect(harness.writtenFrames()?.last == .close(refusal.code))
  }

  @Test func aBreachShowsAtItsEarliestByte() {
    #expect(outcome(of: [[0xC1]]).seen == [.refused(.reservedBits)])
    #expect(outcome(of: [[0x83]]).seen == [.refused(.reservedOpcode)])
    #expect(outcome(of: [[0x09]]).seen == [.refused(.fragmentedControlFrame)])
    #expect(outcome(of: [[0x81, 0x05]]).seen == [.refused(.unmaskedFrame)])
    #expect(outcome(of: [[0x89, 0xFE]]).seen == [.refused(.controlFrameTooLong)])
    #expect(outcome(of: [[0x82, 0xFE, 0x00, 0x7D]]).seen == [.refused(.nonMinimalLength)])
    #expect(outcome(of: [[0x82, 0xFF, 0x80]]).seen == [.refused(.lengthTooLarge)])
  }

  @Test func afterABreachInputIsDropped() throws {
    let harness = Harness()
    harness.receive([0xFF])
    _ = harness.written()
    let later = wire([.text("a"), .ping(), .close(1000)])
    let received = try harness.connection.receive(later.span, now: .zero, scratch: &harness.scratch)
    #expect(received.taken == later.count)
    #expect(received.event == .needData)
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.connection.closeCode == .protocolError)
  }
}

@Suite struct MessageLimitTests {
  static let limit = 100

  @Test(arguments: Delivery.allCases)
  func aMessageOfExactlyTheLimitIsTaken(delivery: Delivery) {
    let payload = [UInt8](repeating: 9, count: Self.limit)
    let frame = ClientFrame.binary(payload).bytes
    #expect(
      outcome(of: delivery.pieces(of: frame, trailing: [0x89]), messageSize: Self.limit).seen == [
        .binary(payload)
      ])
  }

  @Test func oneByteMoreIsRefusedBeforeItComes() {
    let frame = ClientFrame.binary(Array(repeating: 9, count: Self.limit + 1)).bytes
    let result = outcome(of: [Array(frame.prefix(6))], messageSize: Self.limit)
    #expect(result.seen == [.refused(.messageTooBig)])
    #expect(result.answer == [.close(1009)])
  }

  @Test(arguments: Delivery.allCases)
  func fragmentsAddUpToTheLimitAndNoFurther(delivery: Delivery) {
    let part = [UInt8](repeating: 9, count: 40)
    let fits = wire([
      .binary(part, final: false), .ping(part), .continuation(part, final: false),
      .continuation(Array(part.prefix(20)), final: true),
    ])
    let whole = [UInt8](repeating: 9, count: 100)
    #expect(
      outcome(of: delivery.pieces(of: fits, trailing: [0x89]), messageSize: Self.limit).seen
        == [.ping(part), .binary(whole)])
    let exceeds = wire([
      .binary(part, final: false), .continuation(part, final: false),
      .continuation(Array(part.prefix(21)), final: true),
    ])
    #expect(
      outcome(of: delivery.pieces(of: exceeds, trailing: [0x89]), messageSize: Self.limit).seen
        == [.refused(.messageTooBig)])
  }

  @Test func theLimitStartsAnewWithEachMessage() {
    let payload = [UInt8](repeating: 9, count: Self.limit)
    let half = Array(payload.prefix(50))
    let frames = wire([
      .binary(payload), .binary(half, final: false), .continuation(half, final: true), .binary(payload),
    ])
    #expect(
      outcome(of: [frames], messageSize: Self.limit).seen == [
        .binary(payload), .binary(payload), .binary(payload),
      ])
  }

  @Test func emptyFragmentsWithoutEndKeepNothing() {
    let harness = Harness(messageSize: 10)
    harness.receive(.text("", final: false))
    for _ in 0..<1000 { harness.receive(.continuation([], final: false)) }
    harness.receive(.continuation(bytes("end"), final: true))
    #expect(harness.seen == [.text("end")])
  }

  @Test func aLimitBelowZeroIsOneOfZero() {
    #expect(
      outcome(of: [wire([.text(""), .text("a")])], messageSize: -1).seen == [
        .text(""), .refused(.messageTooBig),
      ])
  }
}
