// SPDX-License-Identifier: MIT

// Reads one part of a file: which kind it is, whether its keys are those of the kind, and what each says. What concerns
// several parts (interlocks, targets of actions, lines used twice) is checked afterwards, in DescriptionChecks.

import Bytes
import Parts
import Timebase

/// A part as it was read, with the places that later checks need.
struct ReadPart {
  let name: YAMLText
  let kind: PartKind
  var part: Part
  /// The switches that it names in `interlock`.
  var interlock: [YAMLText] = []
  /// What its gestures do.
  var actions: [ActionText] = []
  /// Where `restore` is.
  var restorePosition: TextPosition?
  /// Where `dwell` stands.
  var dwellPosition: TextPosition?
}

/// Reads parts, and numbers their channels.
struct PartReader {
  /// Says what is wrong with an address of a channel, or nil.
  typealias AddressCheck = (ChannelRole, String) -> String?

  let values: ValueReader
  let addressCheck: AddressCheck
  var outputs: [Channel] = []
  var inputs: [Channel] = []

  /// The part that is being read.
  var name = ""
  var entries: [YAMLEntry] = []

  init(mistakes: MistakeList, addressCheck: @escaping AddressCheck) {
    values = ValueReader(mistakes: mistakes)
    self.addressCheck = addressCheck
  }

  var mistakes: MistakeList { values.mistakes }

  // MARK: one part

  /// Reads a part; nil if it is not even clear which kind it is.
  mutating func read(_ entry: YAMLEntry) -> ReadPart? {
    checkName(entry.key)
    guard let mapping = entry.value.mapping else {
      let line = entry.value.text.map { $0.isEmpty ? "GPIO26" : $0.string } ?? "GPIO26"
      mistakes.add(entry.value.position, "\"\(entry.key.string)\" needs its kind; did you mean {switch: \(line)}?")
      return nil
    }
    (name, entries) = (entry.key.string, mapping)
    guard let kind = kind(at: entry.key.position) else { return nil }
    checkKeys(kind.kind)
    return part(named: entry.key, kind.kind, kind.entry)
  }

  private func checkName(_ name: YAMLText) {
    let bytes = Array(name.string.utf8)
    if name.string == "all" {
      mistakes.add(
        name.position, "a part cannot be called \"all\", which means every part in an action; choose another name")
    } else if !Part.isName(bytes.span) {
      let fixed = name.string.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
      let fixedBytes = Array(String(fixed).utf8)
      let hint = Part.isName(fixedBytes.span) ? "; did you mean \"\(String(fixed))\"?" : ""
      mistakes.add(
        name.position,
        "\"\(name.string)\" is not a name; a name is a letter a-z, then a-z, 0-9 and _, at most 32\(hint)")
    }
  }

  /// The one key that says the kind.
  private func kind(at position: TextPosition) -> (kind: PartKind, entry: YAMLEntry)? {
    let kinds = entries.compactMap { entry in PartKind(rawValue: entry.key.string).map { (kind: $0, entry: entry) } }
    if kinds.count == 1 { return kinds[0] }
    if kinds.count > 1 {
      let first = kinds[0]
      mistakes.add(
        kinds[1].entry.key.position,
        "\"\(name)\" is \(first.kind.withArticle) (\(first.entry.key.position)) and \(kinds[1].kind.withArticle); a "
          + "part is of one kind")
      return nil
    }
    let known = PartKind.allCases.map(\.rawValue)
    let allKeys = PartKeys.table.map(\.key)
    for entry in entries where !allKeys.contains(entry.key.string) {
      let key = entry.key.string
      let synonym = PartKeys.synonyms[key].flatMap { known.contains($0) ? $0 : nil }
      let meant = synonym ?? Suggestion.nearest(to: key, among: known)
      guard let meant else { continue }
      mistakes.add(entry.key.position, "\"\(key)\" is not a kind of part; did you mean \"\(meant)\"?")
      return nil
    }
    mistakes.add(
      position, "\"\(name)\" has no kind; add one of \(known.joined(separator: ", ")), such as switch: GPIO26")
    return nil
  }

  func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key.string == key } }
}
