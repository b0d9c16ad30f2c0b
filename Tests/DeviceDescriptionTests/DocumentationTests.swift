// SPDX-License-Identifier: MIT

// docs/description.md names every key and every setting, in the section of its kind, and none that there is not.

@testable import DeviceDescription
import Foundation
import Testing

@Suite struct DocumentationTests {
  private let sections: [Substring] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = (try? String(contentsOf: root.appending(path: "docs/description.md"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n## ")
  }()

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

  @Test func everySettingIsNamed() {
    let text = sections.first { $0.hasPrefix("Settings") } ?? ""
    for setting in KnownSetting.all { #expect(text.contains("`\(setting.path)`"), "\(setting.path)") }
  }
}
