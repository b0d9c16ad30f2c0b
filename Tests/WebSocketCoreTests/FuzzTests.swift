// SPDX-License-Identifier: MIT

// Anything at all, from a seed that the failure prints. A connection answers with events or one
// WebSocketError, takes all of its input, sends only whole frames, and does the same however the bytes were
// cut.

import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct FuzzTests {
  @Test(arguments: 0..<20)
  func randomBytesAreEventsOrARefusal(round: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 0..<100 {
      let count = Int.random(in: 0...200, using: &generator)
      check((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, using: &generator)
    }
  }

  @Test(arguments: 0..<20)
  func mutatedFramesAreEventsOrARefusal(round: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let frames: [ClientFrame] = [
      .text("Hello"), .text("grüß", final: false), .continuation(bytes(" dich"), final: true),
      .ping(bytes("?")),
      .binary(Array(0...200), final: false), .pong(), .continuation(Array(0...130), final: true),
      .close(1000, bytes("bye")), .text("late"),
    ]
    for _ in 0..<100 {
      var stream = wire(frames.filter { _ in Int.random(in: 0..<8, using: &generator) > 0 })
      for _ in 0..<Int.random(in: 0...4, using: &generator) where !stream.isEmpty {
        let index = Int.random(in: stream.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: stream[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: stream.remove(at: index)
        case 2: stream.insert(UInt8.random(in: 0...255, using: &generator), at: index)
        default: stream.removeSubrange(index...)
        }
      }
      check(stream, using: &generator)
    }
  }

  private func check(_ stream: [UInt8], using generator: inout SeededGenerator) {
    let whole = outcome(of: [stream], messageSize: 1000)
    let cut = outcome(of: randomPieces(of: stream, using: &generator), messageSize: 1000)
    let comment: Comment = "seed \(generator.seed), stream \(stream)"
    #expect(whole.seen == cut.seen, comment)
    #expect(whole.answer != nil && whole.answer == cut.answer, comment)
    // An end comes once and last.
    let ends = whole.seen.indices.filter { index in
      switch whole.seen[index] {
      case .closed, .refused: true
      default: false
      }
    }
    #expect(ends.isEmpty || ends == [whole.seen.count - 1], comment)
  }
}
