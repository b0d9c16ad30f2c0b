// SPDX-License-Identifier: MIT

// docs/parts.md names every key, in the section of its kind, and none that there is not; docs/options.md every setting,
// with its option.

@testable import DeviceDescription
import Foundation
import Testing

@Suite struct DocumentationTests {
  private static func page(_ name: String) -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (try? String(contentsOf: root.appending(path: "docs/\(name)"), encoding: .utf8)) ?? ""
  }

  private let sections = Self.page("parts.md").components(separatedBy: "\n## ")

  /// The keys in the first column of the table in a section.
  private func keys(inSection title: String) -> Set<String> {
    let lines = sections.first { $0.hasPrefix(title) }?.split(separator: "\n") ?? []
    let cells = lines.compactMap { $0.hasPrefix("| `") ? $0.split(separator: "|").first : nil }
    let words = cells.flatMap { $0.split(separator: "`") }.filter { $0.allSatisfy { $0.isLetter || $0 == "_" } }
    return Set(words.map(String.init))
  }

  @Test(arguments: PartKind.allCases) func everyKeyOfAKindIsInItsTable(_ kind: PartKind) {
    let documented = keys(inSection: "\(kind.rawValue):").union(keys(inSection: "Keys of every part"))
    #expect(documented == Set(PartKeys.keys(of: kind)))
  }

  @Test(arguments: PartKind.allCases) func everyKeyOfAKindIsInItsExample(_ kind: PartKind) {
    let section = sections.first { $0.hasPrefix("\(kind.rawValue):") } ?? ""
    let example = section.components(separatedBy: "```").dropFirst().first ?? ""
    for key in keys(inSection: "\(kind.rawValue):") { #expect(example.contains("\(key): "), "\(kind): \(key)") }
  }

  @Test func everySettingIsNamedWithItsOption() {
    let (options, broker) = (Self.page("options.md"), Self.page("mqtt.md"))
    for setting in KnownSetting.all {
      #expect(options.contains("`\(setting.path)`"), "\(setting.path)")
      let row = setting.path.hasPrefix("mqtt.") ? broker : options
      let name = setting.option.dropFirst(2)
      let spellings = ["`--\(name)`", "`--\(name) ", "`--no-\(name)`"]
      #expect(spellings.contains { row.contains($0) }, "--\(name)")
    }
  }
}
