// SPDX-License-Identifier: MIT

// The same random streams to our parser and to llhttp. Two parsers that were written apart are unlikely to make the
// same mistake, so each difference is a question: it is answered by a rule, or it fails the test with its seed.

import ConformanceSupport
import Foundation
import Testing

@Suite struct DifferentialTests {
  /// How many streams a test reads; the environment may ask for more (a million takes some minutes).
  private static let streams =
    ProcessInfo.processInfo.environment["HELIOGRAPH_STREAMS"].flatMap { UInt64($0) } ?? 5000

  /// The rules that explained something, and how many streams were read alike.
  private func compare(_ seeds: some Sequence<UInt64>) -> (fired: Set<String>, alike: Int) {
    var fired: Set<String> = []
    var alike = 0
    for seed in seeds {
      let bytes = RandomStream.bytes(seed: seed)
      guard let difference = Difference(bytes) else {
        alike += 1
        continue
      }
      if let rule = Rule.all.first(where: { $0.explains(difference) }) {
        fired.insert(rule.name)
      } else {
        Issue.record(
          """
          seed \(seed): no rule explains request \(difference.index), \(difference.kind); \
          ours: \(difference.ours.refusal.map { "\($0)" } ?? "taken"), \
          llhttp: \(difference.theirs.refusal.map { "\($0)" } ?? "taken"); \
          \(difference.request.text.debugDescription)
          """)
      }
    }
    return (fired, alike)
  }

  @Test func everyDifferenceHasItsRuleAndEveryRuleItsDifference() {
    let (fired, alike) = compare(1...Self.streams)
    for rule in Rule.all { #expect(fired.contains(rule.name), "nothing differs by \(rule.name)") }
    #expect(alike > Int(Self.streams) / 2)
  }

  @Test func streamsThatNobodyHasReadBeforeDifferByTheSameRules() {
    let start = SeededGenerator.freshSeed()
    _ = compare((0..<Self.streams / 4).lazy.map { start &+ $0 })
  }

  @Test func theTableInDocsIsThisOne() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/llhttp-differences.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map(String.init)
    #expect(rows == Rule.all.map(\.row), "the table is:\n\(Rule.all.map(\.row).joined(separator: "\n"))")
  }
}
