// SPDX-License-Identifier: MIT

// Inputs that nobody thought of: valid requests cut at random, and valid requests spoiled at random. A
// failure names the seed that repeats it.

import ConformanceSupport
import HTTPCore
import Testing

@Suite struct RandomInputTests {
  static let corpus: [String] =
    (RequestLineTests.vectors + FieldTests.lines + FieldTests.hosts + FramingTests.vectors
    + ChunkedBodyTests.vectors)
    .map(\.input)

  @Test func randomCutsChangeNothing() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    for _ in 1...300 {
      // Several vectors in a row: most end in a refusal, and where it comes must not depend on the cuts.
      let input = (0..<3).flatMap { _ in bytes(Self.corpus.randomElement(using: &generator) ?? "") }
      var whole = EchoServer()
      try whole.receive(input)
      try whole.receiveEndOfStream()
      var cut = EchoServer()
      for piece in randomPieces(of: input, using: &generator) { try cut.receive(piece) }
      try cut.receiveEndOfStream()
      try #require(cut.requests == whole.requests, "seed \(generator.seed), input \(text(input))")
      try #require(cut.errors == whole.errors, "seed \(generator.seed), input \(text(input))")
      try #require(cut.output == whole.output, "seed \(generator.seed), input \(text(input))")
    }
  }

  /// Whatever comes, the connection takes it or names a breach; it never traps, stalls or holds more than its
  /// limits.
  @Test func spoiledRequestsAreTakenOrRefused() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var limits = HTTPConnection.Limits()
    limits.headSize = 400
    limits.targetSize = 60
    limits.fieldCount = 6
    limits.bodySize = 60
    limits.chunkExtensionSize = 30
    for _ in 1...1500 {
      let input = spoiled(using: &generator)
      var server = EchoServer(limits: limits)
      for piece in randomPieces(of: input, using: &generator) {
        try server.receive(piece)
        try #require(server.errors.count <= 1, "seed \(generator.seed)")
      }
      try server.receiveEndOfStream()
      for request in server.requests {
        try #require(request.body.count <= 60 && request.fields.count <= 6, "seed \(generator.seed)")
        try #require(request.target.utf8.count <= 60 && request.path != "", "seed \(generator.seed)")
      }
      try #require(server.connection.mustClose, "seed \(generator.seed): the stream has ended")
    }
  }

  /// A few vectors in a row with bytes changed, dropped, doubled and moved.
  private func spoiled(using generator: inout SeededGenerator) -> [UInt8] {
    let telling = bytes("\r\n\0 \t:;,=\"0aF/?#%[]+-\u{7F}")
    var input = (0...Int.random(in: 0...2, using: &generator))
      .flatMap { _ in bytes(Self.corpus.randomElement(using: &generator) ?? "") }
    for _ in 0..<Int.random(in: 0...4, using: &generator) where !input.isEmpty {
      let place = Int.random(in: 0..<input.count, using: &generator)
      let end = min(input.count, place + Int.random(in: 1...8, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: input[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: input.insert(telling.randomElement(using: &generator) ?? 0, at: place)
      case 3: input.insert(contentsOf: input[place..<end], at: place)
      default: input.removeSubrange(place..<end)
      }
    }
    return input
  }
}
