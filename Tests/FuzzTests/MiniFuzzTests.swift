// SPDX-License-Identifier: MIT

// The fuzz targets for a moment each, without a fuzzer: inputs of the corpus as they are, and spoiled. What is tried
// follows from a seed alone, which is said before it is used, since a trap says nothing; `FUZZ_SEED` repeats it.
// `Fuzz/run fuzz` does the same for as long as one likes, guided by coverage.

import ConformanceSupport
import Foundation
import FuzzTargets
import Testing

@Suite(.serialized) struct MiniFuzzTests {
  /// The seed of this run: that of the environment, or one that nobody had before.
  static let seed: UInt64 = {
    guard let words = ProcessInfo.processInfo.environment["FUZZ_SEED"] else { return SeededGenerator.freshSeed() }
    guard let seed = UInt64(words) else { fatalError("FUZZ_SEED is no number: \(words)") }
    return seed
  }()
  /// How many inputs of each kind a target gets.
  static let count = 200

  @Test(arguments: FuzzTarget.all.map(\.name))
  func inputsThatWereFoundBreakNothing(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    var generator = begin(target, "as they were found")
    for input in try corpus(of: target).shuffled(using: &generator).prefix(Self.count) { run(target, input) }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func spoiledInputsBreakNothing(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let corpus = try corpus(of: target)
    var generator = begin(target, "spoiled")
    for _ in 0..<Self.count { run(target, spoiled(corpus, limit: target.longestInput, using: &generator)) }
  }

  /// Says where it begins, past all buffers, so that the words are out when a trap ends the process.
  private func begin(_ target: FuzzTarget, _ kind: String) -> SeededGenerator {
    let words = "fuzz: \(target.name), inputs \(kind): FUZZ_SEED=\(Self.seed)\n"
    FileHandle.standardError.write(Data(words.utf8))
    return SeededGenerator(seed: Self.seed)
  }

  private func run(_ target: FuzzTarget, _ input: [UInt8]) {
    do throws(BrokenInvariant) {
      try target.run(input)
    } catch {
      Issue.record("\(target.name): \(error.description); FUZZ_SEED=\(Self.seed), input \(input)")
    }
  }

  /// What is checked in for a target.
  private func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).appending(path: "../../../Fuzz/corpus/\(target.name)").standardized
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    try #require(!files.isEmpty, "there is a corpus")
    return try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
  }

  /// One input, or two that were put together, with bytes changed, dropped, doubled and added.
  private func spoiled(_ corpus: [[UInt8]], limit: Int, using generator: inout SeededGenerator) -> [UInt8] {
    var input = corpus.randomElement(using: &generator) ?? []
    if Bool.random(using: &generator) {
      let place = Int.random(in: 0...input.count, using: &generator)
      input.insert(contentsOf: corpus.randomElement(using: &generator) ?? [], at: place)
    }
    for _ in 0..<Int.random(in: 0...5, using: &generator) where !input.isEmpty {
      let place = Int.random(in: 0..<input.count, using: &generator)
      let end = min(input.count, place + Int.random(in: 1...8, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: input[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: input.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
      case 3: input.insert(contentsOf: input[place..<end], at: place)
      default: input.removeSubrange(place..<end)
      }
    }
    return Array(input.prefix(limit))
  }
}
