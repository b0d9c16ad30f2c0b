// SPDX-License-Identifier: MIT

// Reads a YAML file by Yams into YAMLValue. The rule: what a description has no use for (anchors and aliases, tags,
// keys that are not texts, several documents) is refused with its place, and size and depth are bounded, so that no
// file takes much time or memory.

import Yams

/// Reads one YAML document.
struct YAMLReader {
  /// How many bytes a description has at most.
  static let maximumSize = 256 * 1024
  /// How deep lists and mappings are nested at most. A description needs four levels.
  static let maximumDepth = 8
  /// How many aliases are looked at: all are refused, but keys made of aliases of aliases would take forever to
  /// compare.
  private static let maximumAliases = 16

  let mistakes: MistakeList

  /// The document that `bytes` hold; nil, with mistakes in `mistakes`, if there is none.
  static func read(_ bytes: [UInt8], into mistakes: MistakeList) -> YAMLValue? {
    let reader = YAMLReader(mistakes: mistakes)
    guard let text = reader.text(of: bytes), reader.checkAliases(text) else { return nil }
    return reader.document(text)
  }

  // MARK: text

  private func text(of bytes: [UInt8]) -> String? {
    guard bytes.count <= Self.maximumSize else {
      mistakes.add(.start, "the file has \(bytes.count) bytes; a description has at most \(Self.maximumSize)")
      return nil
    }
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])  // a byte order mark, as some editors for Windows set it
    guard let text = String(validating: bytes.dropFirst(isMarked ? 3 : 0), as: UTF8.self) else {
      // The decoder puts U+FFFD where it finds the first byte that is wrong.
      let repaired = String(decoding: bytes, as: UTF8.self)
      mistakes.add(Self.position(of: "\u{FFFD}", in: repaired), "the file is not UTF-8; save it as UTF-8")
      return nil
    }
    if let control = text.unicodeScalars.first(where: { Self.isForbidden($0) }) {
      let code = String(control.value, radix: 16, uppercase: true)
      mistakes.add(Self.position(of: control, in: text), "the character U+\(code) is not allowed in YAML; remove it")
      return nil
    }
    return text
  }

  /// What YAML calls unprintable (1.1, section 5.1).
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: false
    default: true
    }
  }

  private static func position(of wanted: Unicode.Scalar, in text: String) -> TextPosition {
    var (line, column) = (1, 1)
    for scalar in text.unicodeScalars {
      if scalar == wanted { break }
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    return TextPosition(line: line, column: column)
  }

  /// Whether there are few enough things that look like aliases.
  private func checkAliases(_ text: String) -> Bool {
    var count = 0
    var before: Unicode.Scalar = "\n"
    var isStar = false
    for scalar in text.unicodeScalars {
      if isStar, scalar.properties.isAlphabetic || scalar.properties.numericType != nil { count += 1 }
      isStar = scalar == "*" && " \n\r[{,:-?".unicodeScalars.contains(before)
      before = scalar
    }
    guard count > Self.maximumAliases else { return true }
    mistakes.add(Self.position(of: "*", in: text), "the file has \(count) aliases (*name); write each value out")
    return false
  }

  // MARK: document

  private func document(_ text: String) -> YAMLValue? {
    var text = text
    var duplicates = DuplicateKeys()
    while true {
      do {
        // The parser owns the anchors: it must live until they have been looked for.
        let parser = try Parser(yaml: text, encoding: .utf8)
        defer { withExtendedLifetime(parser) {} }
        guard let root = try parser.singleRoot() else {
          mistakes.add(.start, "the file is empty; a description begins with \"parts:\"")
          return nil
        }
        duplicates.note(in: root, mistakes)
        guard duplicates.isEmpty, let value = value(root, depth: 1), mistakes.mistakes.isEmpty else { return nil }
        return value
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        guard duplicates.add(keys.first ?? "", at: Self.position(context.mark), in: &text) else {
          duplicates.note(in: nil, mistakes)
          return nil
        }
      } catch {
        if duplicates.isEmpty { note(error) } else { duplicates.note(in: nil, mistakes) }
        return nil
      }
    }
  }

  static func position(_ mark: Mark?) -> TextPosition {
    TextPosition(line: max(mark?.line ?? 1, 1), column: max(mark?.column ?? 1, 1))
  }

  private func value(_ node: Node, depth: Int) -> YAMLValue? {
    let position = Self.position(node.mark)
    guard isUnderstood(node, at: position) else { return nil }
    guard depth <= Self.maximumDepth else {
      mistakes.add(position, "lists and mappings are nested deeper than \(Self.maximumDepth) levels")
      return nil
    }
    switch node {
    case .scalar(let scalar): return YAMLValue(content: .text(Self.text(scalar, at: position)), position: position)
    case .sequence(let sequence):
      return YAMLValue(content: .list(sequence.compactMap { value($0, depth: depth + 1) }), position: position)
    case .mapping(let mapping):
      return YAMLValue(content: .mapping(mapping.compactMap { entry($0, $1, depth: depth) }), position: position)
    case .alias:
      mistakes.add(position, "an alias (*name) is not supported here; write the value out")
      return nil
    }
  }

  private func entry(_ key: Node, _ value: Node, depth: Int) -> YAMLEntry? {
    let position = Self.position(key.mark)
    guard case .scalar(let scalar) = key else {
      mistakes.add(position, "a key must be a text; this one is a list or a mapping")
      return nil
    }
    guard isUnderstood(key, isKey: true, at: position) else { return nil }
    guard scalar.string != "<<" || scalar.style != .plain else {
      mistakes.add(position, "a merge key (<<) is not supported here; write the keys out")
      return nil
    }
    guard let value = self.value(value, depth: depth + 1) else { return nil }
    return YAMLEntry(key: Self.text(scalar, at: position), value: value)
  }

  private static func text(_ scalar: Node.Scalar, at position: TextPosition) -> YAMLText {
    YAMLText(string: scalar.string, position: position, isPlain: scalar.style == .plain)
  }

  /// Whether a node has neither an anchor nor a tag.
  private func isUnderstood(_ node: Node, isKey: Bool = false, at position: TextPosition) -> Bool {
    if let anchor = node.anchor {
      mistakes.add(position, "an anchor (&\(anchor.rawValue)) is not supported here; write the value out each time")
      return false
    }
    let tag = switch node {
    case .scalar(let scalar): scalar.tag.rawValue
    case .sequence(let sequence): sequence.tag.rawValue
    case .mapping(let mapping): mapping.tag.rawValue
    case .alias(let alias): alias.tag.rawValue
    }
    let isQuoted = node.scalar.map { $0.style != .plain } ?? false
    // Yams itself gives quoted texts the tag of a string, and keys the tag of what they look like, to compare them.
    let isOfYams = tag.hasPrefix(Self.standardTags) && isKey || isQuoted && tag == Self.standardTags + "str"
    guard tag.isEmpty || isOfYams else {
      mistakes.add(position, "a tag (\(Self.short(tag))) is not supported here; remove it")
      return false
    }
    return true
  }

  private static let standardTags = "tag:yaml.org,2002:"

  private static func short(_ tag: String) -> String {
    tag.hasPrefix(standardTags) ? "!!" + tag.dropFirst(standardTags.count) : tag
  }
}
