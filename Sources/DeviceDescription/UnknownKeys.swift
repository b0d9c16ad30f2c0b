// SPDX-License-Identifier: MIT

// What is said of a key that nothing knows, wherever in a file it is: what it was meant to be if that can be guessed,
// else what is known there.

import Parts

extension MistakeList {
  /// Reports a key that a mapping such as `report` does not know.
  func addUnknownKey(_ key: YAMLText, in mapping: String, known: [String]) {
    let hint = Suggestion.words(for: key.string, among: known)
    add(key.position, "unknown key \"\(key.string)\" in \"\(mapping)\"\(hint)")
  }
}

extension PartReader {
  /// Reports the keys of a part that its kind does not know.
  func checkKeys(_ kind: PartKind) {
    let known = PartKeys.keys(of: kind)
    var hasBrokenText = false
    for entry in entries where !known.contains(entry.key.string) {
      let key = entry.key.string
      let others = PartKeys.kinds(with: key).map(\.withArticle)
      if !others.isEmpty {
        mistakes.add(
          entry.key.position, "\"\(key)\" belongs to \(Self.either(others)); \"\(name)\" is \(kind.withArticle)")
      } else if ["pin", "line", "gpio", "address", "port"].contains(key) {
        mistakes.add(
          entry.key.position, "unknown key \"\(key)\"; put the line after the kind, as in \(kind.rawValue): GPIO26")
      } else if let synonym = PartKeys.synonyms[key], known.contains(synonym) {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; did you mean \"\(synonym)\"?")
      } else if entry.value.isEmpty {
        // The rest of a text with commas, between braces: its further pieces need no line of their own.
        guard !hasBrokenText else { continue }
        hasBrokenText = true
        mistakes.add(
          entry.key.position, "\"\(key)\" has no value; a text with a comma needs quotation marks between braces")
      } else if let nearest = Suggestion.nearest(to: key, among: known) {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; did you mean \"\(nearest)\"?")
      } else {
        mistakes.add(
          entry.key.position, "unknown key \"\(key)\"; \(kind.withArticle) knows \(known.joined(separator: ", "))")
      }
    }
  }

  /// `a switch, a light or a number`.
  private static func either(_ words: [String]) -> String {
    let first = words.dropLast().joined(separator: ", ")
    return first.isEmpty ? words.joined() : "\(first) or \(words[words.count - 1])"
  }
}

extension SettingReader {
  /// Other words for our settings.
  private static let synonyms = [
    "title": "name", "listen": "host", "address": "host", "bind": "host", "hostname": "host_names",
    "host_name": "host_names", "names": "host_names", "clients": "max_clients", "origin": "origins",
    "frame": "frame_from", "frames": "frame_from", "frame_ancestors": "frame_from",
    "trusted_proxy": "trusted_proxies", "proxies": "trusted_proxies", "prefix": "path_prefix", "log": "log_level",
    "loglevel": "log_level", "folder": "data", "state": "state_file", "part": "parts", "components": "parts",
    "devices": "parts", "switch": "parts", "light": "parts", "sensor": "parts", "binary_sensor": "parts",
  ]

  /// Reports a key beside the parts that is not a setting.
  func noteUnknown(_ entry: YAMLEntry, in group: String) {
    let key = entry.key.string
    let siblings = known.filter { $0.path.hasPrefix(group) }
      .compactMap { $0.path.dropFirst(group.count).split(separator: ".").first.map(String.init) }
    let names = group.isEmpty ? siblings + ["parts", "status_led"] : siblings
    let synonym = group.isEmpty ? Self.synonyms[key.lowercased()].flatMap { names.contains($0) ? $0 : nil } : nil
    let hint = synonym.map { "; did you mean \"\($0)\"?" } ?? Suggestion.words(for: key, among: names)
    // A part that is not indented is where settings are.
    let words = entry.isPart ? "; it looks like a part, and belongs under \"parts:\", indented" : hint
    values.mistakes.add(entry.key.position, "unknown setting \"\(group + key)\"\(words)")
  }
}

extension YAMLEntry {
  /// Whether this looks like a part, wherever it is.
  var isPart: Bool { value.mapping?.contains { PartKind(rawValue: $0.key.string) != nil } ?? false }
}
