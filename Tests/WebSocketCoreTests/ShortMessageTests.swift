// SPDX-License-Identifier: MIT

// Short messages have a way of their own, in and out. What comes goes it only if a read has the frame whole, so the same
// bytes one by one go the general way: both must make the same of every frame, sound or not, wherever it stands. What goes
// out is held against the frame that is made for many, which is encoded by other code.

import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct ShortMessageTests {
  @Test func everyLengthComesAsItWouldByteByByte() {
    for count in 0...140 {
      let payload = (0..<count).map { UInt8($0 % 128) }
      for frame in [ClientFrame.binary(payload), .text(String(decoding: payload, as: UTF8.self))] {
        compare(wire([frame]), messageSize: 130)
        compare(wire([frame, frame, .ping([1])]), messageSize: 130)
      }
    }
  }

  @Test func noSizeLimitIsPassed() {
    for messageSize in [0, 1, 15, 16, 17, 124, 125] {
      for count in 0...126 { compare(wire([.binary([UInt8](repeating: 7, count: count))]), messageSize: messageSize) }
    }
  }

  @Test func aMessageInsideAnotherIsRefusedAsEver() {
    compare(wire([.text("a", final: false), .text("b")]))
    compare(wire([.text("a", final: false), .ping(), .continuation([0x62], final: true), .text("c")]))
  }

  @Test func anyTwoFirstBytesMeanTheSame() {
    // Every combination of FIN, the reserved bits, opcode, MASK and length, before enough bytes for all that are short.
    let rest = (0..<140).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for first in UInt8.min ... .max {
      for second in stride(from: UInt8(0), through: 252, by: first & 0x7F == 1 || first & 0x7F == 2 ? 1 : 21) {
        compare([first, second] + rest)
      }
    }
  }

  @Test(arguments: 0..<8)
  func anyPayloadAndKeyComeOutAlike(round: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<300 {
      let characters: [Character] = ["a", "é", "€", "𝄞", "\u{7F}", "\u{80}"]
      var payload = Array(
        String((0..<Int.random(in: 0...40, using: &generator)).map { _ in characters.randomElement(using: &generator) ?? "a" }).utf8)
      if !payload.isEmpty, Bool.random(using: &generator) {  // mostly no UTF-8 any more
        payload[Int.random(in: payload.indices, using: &generator)] = UInt8.random(in: 0x80...0xFF, using: &generator)
      }
      let key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let first: UInt8 = Bool.random(using: &generator) ? 0x81 : 0x82
      let frames = [ClientFrame(first: first, payload: payload, key: key), .text("behind it")]
      compare(wire(frames), "seed \(generator.seed)")
    }
  }

  @Test func whatIsSentIsTheFrameForMany() {
    for count in 0...200 {
      let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      for opcode in [Opcode.text, .binary, .ping, .pong] {
        let (one, many) = (Harness(), Harness())
        #expect(one.send(opcode, payload) == many.send(encoded(opcode, payload)))
        #expect(one.written() == many.written())
      }
    }
  }

  @Test func nothingIsSentBehindAClose() {
    let harness = Harness()
    harness.close(.goingAway)
    _ = harness.written()
    #expect(!harness.send("late"))
    #expect(harness.written() == [])
  }

  private func compare(_ stream: [UInt8], messageSize: Int = 65_536, _ words: String = "") {
    let whole = outcome(of: [stream], messageSize: messageSize)
    let bytewise = outcome(of: stream.map { [$0] }, messageSize: messageSize)
    #expect(whole.seen == bytewise.seen, "\(stream) \(words)")
    #expect(whole.answer != nil && whole.answer == bytewise.answer, "\(stream) \(words)")
  }
}
