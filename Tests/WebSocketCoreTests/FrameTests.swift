// SPDX-License-Identifier: MIT

// Single frames: the examples of RFC 6455 section 5.7, every form of length, every phase of the mask.

import Bytes
import ConformanceSupport
import Testing
import Timebase
import WebSocketCore

@Suite struct FrameTests {
  /// An example from the RFC or a frame of another implementation, with what it means.
  struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var seen: [Seen]
    var testDescription: String { name }
  }

  /// Section 5.7, the examples that are masked, and so what a client may send.
  static let examples = [
    Vector(
      name: "a single-frame masked text message", bytes: bytes(hex: "81 85 37 fa 21 3d 7f 9f 4d 51 58"),
      seen: [.text("Hello")]),
    Vector(
      name: "masked Ping response", bytes: bytes(hex: "8a 85 37 fa 21 3d 7f 9f 4d 51 58"),
      seen: [.pong(bytes("Hello"))]),
  ]

  @Test(arguments: examples, Delivery.allCases)
  func anExampleOfTheRFCIsReadAsItSays(example: Vector, delivery: Delivery) {
    #expect(outcome(of: delivery.pieces(of: example.bytes, trailing: [0x81])).seen == example.seen)
  }

  /// Section 5.7, the examples that are not masked, and so what a server sends.
  @Test func theExamplesOfTheRFCAreWrittenAsItSays() {
    #expect(encoded(.text, bytes("Hello")).bytes == bytes(hex: "81 05 48 65 6c 6c 6f"))
    #expect(encoded(.ping, bytes("Hello")).bytes == bytes(hex: "89 05 48 65 6c 6c 6f"))
    let mid = [UInt8](repeating: 7, count: 256)
    #expect(encoded(.binary, mid).bytes == bytes(hex: "82 7e 01 00") + mid)
    let large = [UInt8](repeating: 7, count: 65_536)
    #expect(
      encoded(.binary, large).bytes == bytes(hex: "82 7f 00 00 00 00 00 01 00 00") + large)
  }

  /// The lengths where the form of the header changes, and those around the steps of the unmasking.
  static let lengths = Array(0...41) + [124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536]

  @Test(arguments: lengths)
  func aFrameOfAnyLengthComesThroughUnmasked(length: Int) {
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    let key: [UInt8] = [0x01, 0x80, 0xFF, 0x5A]
    let frame = ClientFrame(first: 0x82, payload: payload, key: key).bytes
    for delivery in Delivery.allCases where delivery != .byteByByte || length <= 256 {
      #expect(outcome(of: delivery.pieces(of: frame, trailing: [0x89, 0x80])).seen == [.binary(payload)])
    }
  }

  @Test(arguments: lengths)
  func aFrameCutAtAnyPhaseOfItsMaskComesThrough(length: Int) {
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 1) }
    let frame = ClientFrame.binary(payload).bytes
    for size in 1...9 where length <= 256 || size > 6 {
      let pieces = stride(from: 0, to: frame.count, by: size * 101).flatMap { start in
        let end = min(start + size * 101, frame.count)
        let middle = min(start + size, end)
        return [Array(frame[start..<middle]), Array(frame[middle..<end])]
      }
      #expect(outcome(of: pieces).seen == [.binary(payload)])
    }
  }

  @Test func severalMessagesInOneReadComeOneByOne() {
    let result = outcome(of: [wire([.text("on"), .binary([1, 2]), .text(""), .ping(), .text("off")])])
    #expect(result.seen == [.text("on"), .binary([1, 2]), .text(""), .ping([]), .text("off")])
  }

  @Test func aShorterMessageAfterALongerOneHasNothingOfIt() {
    let long = String(repeating: "x", count: 500)
    #expect(
      outcome(of: [wire([.text(long), .text("ab"), .text(""), .text(long), .text("c")])]).seen
        == [.text(long), .text("ab"), .text(""), .text(long), .text("c")])
  }

  @Test func receiveTakesNoMoreThanOneMessage() throws {
    var connection = WebSocketConnection(limits: .init(messageSize: 65_536), timing: .usual, now: .zero)
    var scratch: [UInt8] = []
    let input = wire([.text("one"), .text("two")])
    let first = try connection.receive(input.span, now: .zero, scratch: &scratch)
    #expect(first.taken == 9)
    #expect(first.event == .text)
    #expect(scratch == bytes("one"))
  }

  @Test func noInputIsNoEvent() throws {
    var connection = WebSocketConnection(limits: .init(messageSize: 65_536), timing: .usual, now: .zero)
    var scratch: [UInt8] = []
    let received = try connection.receive(Span(), now: .zero, scratch: &scratch)
    #expect(received.taken == 0)
    #expect(received.event == .needData)
  }
}
