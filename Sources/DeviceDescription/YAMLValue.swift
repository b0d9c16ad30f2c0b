// SPDX-License-Identifier: MIT

// A description as YAML writes it: texts, lists and mappings, each with its place. Values are texts: what "on", "26"
// and "350 ms" mean depends on the key, not on rules of YAML that turn one into a truth value and another into a
// number.

import Parts

/// A value in a YAML file.
struct YAMLValue {
  indirect enum Content {
    case text(YAMLText)
    case list([YAMLValue])
    case mapping([YAMLEntry])
  }

  let content: Content
  let position: TextPosition

  /// Whether there is no value: an empty place, `~` or `null`.
  var isEmpty: Bool { text?.isEmpty ?? false }

  var text: YAMLText? { if case .text(let text) = content { text } else { nil } }
  var list: [YAMLValue]? { if case .list(let list) = content { list } else { nil } }
  var mapping: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }

  /// What it is, for a mistake.
  var kindName: String {
    switch content {
    case .text: isEmpty ? "nothing" : "a text"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A text in a YAML file.
struct YAMLText {
  let string: String
  let position: TextPosition
  /// Whether it is written without quotation marks on one line, so that columns can be counted within it.
  let isPlain: Bool

  /// The same for a part.
  var text: Text { Text(Array(string.utf8)) }

  var isEmpty: Bool { isPlain && (string.isEmpty || string == "~" || string == "null") }

  /// The place of a part of it that begins `offset` characters behind its start.
  func position(at offset: Int) -> TextPosition {
    isPlain ? TextPosition(line: position.line, column: position.column + offset) : position
  }
}

/// A key of a mapping and its value.
struct YAMLEntry {
  let key: YAMLText
  let value: YAMLValue
}
