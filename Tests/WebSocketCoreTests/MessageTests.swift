// SPDX-License-Identifier: MIT

// Messages of several frames, and text as UTF-8 (RFC 6455 sections 5.4, 5.6 and 8.1). Whatever the cut of the
// same bytes, the events are the same: exhaustively for one stream, at random for many.

import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct MessageTests {
  struct Stream: CustomTestStringConvertible, Sendable {
    var name: String
    var frames: [ClientFrame]
    var seen: [Seen]
    var testDescription: String { name }
  }

  static let streams = [
    Stream(
      name: "a fragmented unmasked text message of the RFC, masked",
      frames: [.text("Hel", final: false), .continuation(bytes("lo"), final: true)], seen: [.text("Hello")]),
    Stream(
      name: "a ping between the fragments",
      frames: [.text("Hel", final: false), .ping(bytes("?")), .continuation(bytes("lo"), final: true)],
      seen: [.ping(bytes("?")), .text("Hello")]),
    Stream(
      name: "ping and pong between many fragments",
      frames: [
        .binary([1], final: false), .ping([]), .continuation([2], final: false), .pong([9, 9]),
        .continuation([], final: false), .ping(Array(repeating: 5, count: 125)),
        .continuation([3], final: true),
      ],
      seen: [.ping([]), .pong([9, 9]), .ping(Array(repeating: 5, count: 125)), .binary([1, 2, 3])]),
    Stream(
      name: "empty fragments",
      frames: [.text("", final: false), .continuation([], final: false), .continuation([], final: true)],
      seen: [.text("")]),
    Stream(
      name: "an empty fragment, then text",
      frames: [.text("", final: false), .continuation(bytes("late"), final: true)], seen: [.text("late")]),
    Stream(
      name: "text, then an empty end",
      frames: [.text("early", final: false), .continuation([], final: true)], seen: [.text("early")]),
    Stream(
      name: "a character over two fragments",
      frames: [
        ClientFrame(first: 0x01, payload: [0x41, 0xE2, 0x82]), .ping(),
        .continuation([0xAC, 0x42], final: true),
      ],
      seen: [.ping([]), .text("A€B")]),
    Stream(
      name: "a character of four bytes over four fragments",
      frames: [
        ClientFrame(first: 0x01, payload: [0xF0]), .continuation([0x9F], final: false),
        .continuation([0x94], final: false), .continuation([0xB4], final: true), .text("after"),
      ],
      seen: [.text("🔴"), .text("after")]),
    Stream(
      name: "two fragmented messages and a whole one",
      frames: [
        .text("a", final: false), .continuation(bytes("b"), final: true),
        .binary([0xFF, 0xFE], final: false),
        .continuation([0xFD], final: true), .text("c"),
      ],
      seen: [.text("ab"), .binary([0xFF, 0xFE, 0xFD]), .text("c")]),
  ]

  @Test(arguments: streams, Delivery.allCases)
  func fragmentsBecomeOneMessage(stream: Stream, delivery: Delivery) {
    #expect(
      outcome(of: delivery.pieces(of: wire(stream.frames), trailing: [0x82, 0xFE])).seen == stream.seen)
  }

  @Test(arguments: streams)
  func everySplitPositionGivesTheSameMessages(stream: Stream) {
    let bytes = wire(stream.frames)
    for first in 0...bytes.count {
      for second in Set([first, (first + bytes.count) / 2, bytes.count - (bytes.count - first) / 3]) {
        let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
        #expect(outcome(of: pieces).seen == stream.seen, "cut at \(first) and \(second)")
      }
    }
  }

  @Test(arguments: 0..<60)
  func randomStreamsCutAtRandomGiveTheirMessages(round: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let (bytes, expected) = randomStream(using: &generator)
    let pieces = randomPieces(of: bytes, using: &generator)
    #expect(outcome(of: pieces).seen == expected, "seed \(generator.seed)")
    #expect(outcome(of: [bytes]).seen == expected, "seed \(generator.seed), whole")
  }

  /// Messages of random kind and length, in random fragments, with control frames anywhere between them.
  private func randomStream(using generator: inout SeededGenerator) -> ([UInt8], [Seen]) {
    var frames: [ClientFrame] = []
    var seen: [Seen] = []
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
      let isText = Bool.random(using: &generator)
      let count = [0, 1, 7, 8, 125, 126, 700, 2000].randomElement(using: &generator) ?? 0
      let text = String(
        (0..<count).map { _ in ["a", "ß", "€", "😀", "\n"].randomElement(using: &generator) ?? "a" })
      let payload =
        isText ? Array(text.utf8) : (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var parts = Bool.random(using: &generator) ? [payload] : randomPieces(of: payload, using: &generator)
      if parts.isEmpty { parts = [[]] }
      for (index, part) in parts.enumerated() {
        if Int.random(in: 0..<4, using: &generator) == 0 {
          let control = (0..<Int.random(in: 0...125, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
          }
          let isPing = Bool.random(using: &generator)
          frames.append(isPing ? .ping(control) : .pong(control))
          seen.append(isPing ? .ping(control) : .pong(control))
        }
        let opcode: UInt8 = index > 0 ? 0 : isText ? 1 : 2
        frames.append(ClientFrame(first: (index == parts.count - 1 ? 0x80 : 0) | opcode, payload: part))
      }
      seen.append(isText ? .text(text) : .binary(payload))
    }
    for index in frames.indices {
      frames[index].key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    return (wire(frames), seen)
  }
}

@Suite struct TextTests {
  /// Well-formed UTF-8 from the tables of the Unicode Standard (chapter 3, D92) and its ends of range.
  static let valid: [[UInt8]] = [
    [], bytes("Hello-µ@ßöäüàá-UTF-8!!"), bytes(hex: "ce ba e1 bd b9 cf 83 ce bc ce b5"),
    bytes(hex: "00"), bytes(hex: "7f"), bytes(hex: "c2 80"), bytes(hex: "df bf"), bytes(hex: "e0 a0 80"),
    bytes(hex: "ed 9f bf"), bytes(hex: "ee 80 80"), bytes(hex: "ef bf bd"), bytes(hex: "ef bf bf"),
    bytes(hex: "f0 90 80 80"), bytes(hex: "f4 8f bf bf"),
  ]

  /// What is not UTF-8 (RFC 3629 section 3 and 10).
  static let invalid: [[UInt8]] = [
    bytes(hex: "80"), bytes(hex: "bf"), bytes(hex: "c0 80"), bytes(hex: "c1 bf"), bytes(hex: "e0 80 80"),
    bytes(hex: "e0 9f bf"), bytes(hex: "ed a0 80"), bytes(hex: "ed bf bf"), bytes(hex: "f0 80 80 80"),
    bytes(hex: "f0 8f bf bf"), bytes(hex: "f4 90 80 80"), bytes(hex: "f5 80 80 80"), bytes(hex: "fe"),
    bytes(hex: "ff"), bytes(hex: "c3 28"), bytes(hex: "e2 28 a1"), bytes(hex: "e2 82 28"),
    bytes(hex: "f0 9f 98 41"), bytes(hex: "e2 41 82 ac"),
    bytes(hex: "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64"),
    bytes("twenty-four bytes of ASCII") + [0xFF], bytes("sixteen of ASCII") + [0xC3] + bytes("then ASCII"),
  ]

  /// What ends inside a character.
  static let cut: [[UInt8]] = [
    bytes(hex: "c2"), bytes(hex: "e2 82"), bytes(hex: "f0 9f 98"),
    bytes("a long run of ASCII, then") + [0xF0],
  ]

  @Test(arguments: valid, Delivery.allCases)
  func textIsUTF8(payload: [UInt8], delivery: Delivery) {
    let frame = ClientFrame(first: 0x81, payload: payload).bytes
    #expect(outcome(of: delivery.pieces(of: frame, trailing: [0x81])).seen == [.text(text(payload))])
  }

  @Test(arguments: invalid + cut, Delivery.allCases)
  func whatIsNotUTF8IsRefused(payload: [UInt8], delivery: Delivery) {
    let frame = ClientFrame(first: 0x81, payload: payload).bytes
    let result = outcome(of: delivery.pieces(of: frame, trailing: [0x81]))
    #expect(result.seen == [.refused(.invalidUTF8)])
    #expect(result.answer == [.close(1007)])
  }

  @Test(arguments: invalid + cut, Delivery.allCases)
  func fragmentsDoNotHideIt(payload: [UInt8], delivery: Delivery) {
    let frames =
      [.text("valid: ", final: false)] + payload.map { ClientFrame.continuation([$0], final: false) }
      + [.continuation([], final: true)]
    #expect(
      outcome(of: delivery.pieces(of: wire(frames), trailing: [0x81])).seen == [.refused(.invalidUTF8)])
  }

  @Test(arguments: valid + invalid + cut, Delivery.allCases)
  func binaryIsAnything(payload: [UInt8], delivery: Delivery) {
    let frame = ClientFrame.binary(payload).bytes
    #expect(outcome(of: delivery.pieces(of: frame, trailing: [0x81])).seen == [.binary(payload)])
  }

  @Test func badTextIsRefusedBeforeItsFrameEnds() {
    let frame = ClientFrame(
      first: 0x81, payload: bytes("ok so far ") + [0xF4, 0x90] + bytes("and much more")
    ).bytes
    let upToTheProof = 6 + 10 + 2
    #expect(outcome(of: [Array(frame.prefix(upToTheProof - 1))]).seen == [])
    #expect(outcome(of: [Array(frame.prefix(upToTheProof))]).seen == [.refused(.invalidUTF8)])
  }

  @Test func badTextIsRefusedBeforeItsMessageEnds() {
    #expect(
      outcome(of: [wire([.text("a", final: false), .continuation([0xFF], final: false)])]).seen
        == [.refused(.invalidUTF8)])
  }
}
