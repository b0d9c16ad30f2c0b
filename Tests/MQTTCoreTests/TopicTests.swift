// SPDX-License-Identifier: MIT

// Which names and filters there are, and which filter stands for which name: the examples of MQTT 5.0 section 4.7, and
// what lies beside them.

import ConformanceSupport
import MQTTCore
import Testing

/// Over arrays, which a claim can hold.
private func isName(_ name: [UInt8]) -> Bool { Topic.isName(name.span) }
private func isFilter(_ filter: [UInt8]) -> Bool { Topic.isFilter(filter.span) }
private func matches(_ filter: String, _ name: String) -> Bool {
  let (filter, name) = (bytes(filter), bytes(name))
  return Topic.matches(filter: filter.span, name: name.span)
}

@Suite struct TopicTests {
  @Test(arguments: [
    ("a", true), ("/", true), ("a//b", true), ("a b", true), ("$SYS/x", true), ("ä", true), ("", false), ("+", false),
    ("a/#", false), ("a+b", false), ("a\0", false),
  ])
  func names(_ name: String, _ isName: Bool) {
    #expect(MQTTCoreTests.isName(bytes(name)) == isName)
  }

  @Test(arguments: [
    ("a", true), ("#", true), ("a/#", true), ("/#", true), ("+", true), ("+/a", true), ("a/+/b", true), ("+/+", true),
    ("+/tennis/#", true), ("", false), ("a#", false), ("#/a", false), ("a/#/b", false), ("##", false), ("a+", false),
    ("+a", false), ("a/+b/c", false), ("++", false), ("a\0", false),
  ])
  func filters(_ filter: String, _ isFilter: Bool) {
    #expect(MQTTCoreTests.isFilter(bytes(filter)) == isFilter)
  }

  @Test func theirLengthIsBounded() {
    #expect(isName([UInt8](repeating: 0x61, count: 65_535)))
    #expect(!isName([UInt8](repeating: 0x61, count: 65_536)))
    #expect(!isFilter([UInt8](repeating: 0x61, count: 65_536)))
  }

  static let matches: [(filter: String, name: String, matches: Bool)] = [
    ("sport/tennis/player1/#", "sport/tennis/player1", true),
    ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
    ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
    ("sport/tennis/player1/#", "sport/tennis/player12", false),
    ("sport/#", "sport", true), ("sport/#", "sports", false), ("#", "a", true), ("#", "a/b/c", true),
    ("sport/tennis/+", "sport/tennis/player1", true), ("sport/tennis/+", "sport/tennis/player1/ranking", false),
    ("sport/+", "sport", false), ("sport/+", "sport/", true),
    ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
    ("#", "$SYS/a", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false), ("$SYS/#", "$SYS/a", true),
    ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
    ("ACCOUNTS", "Accounts", false), ("/a", "a", false), ("a", "a/", false), ("a/", "a", false), ("a", "ab", false),
    ("ab", "a", false), ("+/+/c", "a/b/c", true), ("+/b/#", "a/b", true), ("+/b/#", "a/c", false),
    ("a/+/#", "a", false), ("a/+/#", "a/b", true),
  ]

  @Test(arguments: matches)
  func aFilterStandsForTheNamesThatItShould(_ filter: String, _ name: String, _ matches: Bool) {
    #expect(MQTTCoreTests.matches(filter, name) == matches)
  }

  /// The rules of section 4.7 once more, over levels.
  private func matchesByLevels(_ filter: String, _ name: String) -> Bool {
    let levels = name.split(separator: "/", omittingEmptySubsequences: false)
    let wanted = filter.split(separator: "/", omittingEmptySubsequences: false)
    if name.hasPrefix("$"), filter.hasPrefix("+") || filter.hasPrefix("#") { return false }
    for (index, level) in wanted.enumerated() {
      if level == "#" { return levels.count >= index }
      guard index < levels.count, level == "+" || level == levels[index] else { return false }
    }
    return levels.count == wanted.count
  }

  @Test func filtersStandForNamesAsTheirLevelsDo() {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    func random(_ letters: [String], _ count: Int) -> String {
      (0..<count).map { _ in letters.randomElement(using: &generator)! }.joined(separator: "/")
    }
    for _ in 0..<5000 {
      let name = random(["a", "b", "", "$a"], Int.random(in: 1...4, using: &generator))
      let filter = random(["a", "b", "", "$a", "+", "+"], Int.random(in: 1...4, using: &generator))
        + (Bool.random(using: &generator) ? "/#" : "")
      guard isName(bytes(name)), isFilter(bytes(filter)) else { continue }
      #expect(
        MQTTCoreTests.matches(filter, name) == matchesByLevels(filter, name),
        "\(filter) for \(name), seed \(seed)")
    }
  }
}
