// SPDX-License-Identifier: MIT

// Keys that appear twice in a mapping. Yams refuses the whole file and tells the place of the first one. With that one
// under another name it reads on, and finds the second like any other key: so both places come from Yams.

import Yams

/// The keys that were found twice.
struct DuplicateKeys {
  private var keys: [(name: String, first: TextPosition)] = []

  /// How many are reported at most.
  private static var limit: Int { 20 }

  var isEmpty: Bool { keys.isEmpty }

  /// Notes that `name` at `first` is repeated, and renames it in `text`; false if that cannot be done.
  mutating func add(_ name: String, at first: TextPosition, in text: inout String) -> Bool {
    keys.append((name, first))
    guard keys.count < Self.limit else { return false }
    var scalars = Array(text.unicodeScalars)
    guard var index = Self.index(of: first, in: scalars) else { return false }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    guard index < scalars.count, scalars[index] != "\"", scalars[index] != "'" else { return false }
    // Of the private use area: in no key that means anything.
    guard let substitute = Unicode.Scalar(0xE000 + UInt32(keys.count)) else { return false }
    scalars[index] = substitute
    text = String(String.UnicodeScalarView(scalars))
    return true
  }

  private static func index(of position: TextPosition, in scalars: [Unicode.Scalar]) -> Int? {
    var line = 1
    var start = 0
    while line < position.line {
      guard let end = scalars[start...].firstIndex(of: "\n") else { return nil }
      (line, start) = (line + 1, end + 1)
    }
    let index = start + position.column - 1
    return index < scalars.count ? index : nil
  }

  /// Notes a mistake for each, with both places if `root` is the document with the first ones renamed.
  func note(in root: Node?, _ mistakes: MistakeList) {
    for (name, first) in keys {
      if let second = root.flatMap({ second(of: name, first, in: $0) }) {
        mistakes.add(second, "\"\(name)\" appears here for the second time; the first is at \(first)")
      } else {
        mistakes.add(first, "\"\(name)\" appears more than once in its mapping; keep one")
      }
    }
  }

  /// The next key called `name` in the mapping that has a key at `first`.
  private func second(of name: String, _ first: TextPosition, in node: Node) -> TextPosition? {
    switch node {
    case .scalar, .alias: return nil
    case .sequence(let sequence): return sequence.lazy.compactMap { second(of: name, first, in: $0) }.first
    case .mapping(let mapping):
      let keys = mapping.map { (name: $0.key.scalar?.string, position: YAMLReader.position($0.key.mark)) }
      guard keys.contains(where: { $0.position == first }) else {
        return mapping.lazy.compactMap { second(of: name, first, in: $0.value) }.first
      }
      return keys.first { $0.position > first && ($0.name == name || wasRenamed(name, at: $0.position)) }?.position
    }
  }

  private func wasRenamed(_ name: String, at position: TextPosition) -> Bool {
    keys.contains { $0.name == name && $0.first == position }
  }
}
