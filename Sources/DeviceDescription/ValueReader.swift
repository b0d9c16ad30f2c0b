// SPDX-License-Identifier: MIT

// Reads the values of keys: texts, truth values, numbers, durations, one of a few words. Each mistake is noted with the
// place of its value, and the reader continues without that value.

import Bytes
import Timebase

/// Reads values and notes mistakes.
struct ValueReader {
  let mistakes: MistakeList

  /// A text that is not empty.
  func text(_ entry: YAMLEntry) -> YAMLText? { text(entry.value, for: entry.key.string) }

  /// A text that is not empty, `name` being what it is for.
  func text(_ value: YAMLValue, for name: String) -> YAMLText? {
    guard let text = value.text, !text.isEmpty, !text.string.isEmpty else {
      mistakes.add(
        value.position,
        "\"\(name)\" needs a text; found \(value.kindName == "a text" ? "an empty one" : value.kindName)")
      return nil
    }
    guard !text.string.unicodeScalars.contains(where: \.isControl) else {
      mistakes.add(text.position, "\"\(name)\" is one line of text; remove line ends and tabs")
      return nil
    }
    return text
  }

  /// Texts: a list of them, which may be empty, or one alone, such as `example`.
  func texts(_ entry: YAMLEntry, such example: String) -> [YAMLText] {
    let key = entry.key.string
    guard !entry.value.isEmpty else {
      mistakes.add(
        entry.key.position, "\"\(key)\" is empty; write \(key): \(example), or \(key): [] for none")
      return []
    }
    guard let list = entry.value.list else { return text(entry).map { [$0] } ?? [] }
    return list.compactMap { text($0, for: entry.key.string) }
  }

  /// Host names: a list of them, which may be empty, or one alone.
  func hostNames(_ entry: YAMLEntry) -> [String] {
    var names: [String] = []
    for text in texts(entry, such: "lamp.example.org") {
      do throws(HostNameMistake) {
        let name = try HostName(text.string).text
        if !names.contains(name) { names.append(name) }
      } catch {
        mistakes.add(text.position, "\"\(text.string)\" is not taken: \(error)")
      }
    }
    return names
  }

  /// A text for people, of at most `limit` bytes.
  func label(_ entry: YAMLEntry, limit: Int = 64) -> [UInt8]? {
    guard let text = text(entry) else { return nil }
    let bytes = Array(text.string.utf8)
    guard bytes.count <= limit else {
      mistakes.add(text.position, "\"\(entry.key.string)\" has at most \(limit) bytes; this one has \(bytes.count)")
      return nil
    }
    return bytes
  }

  /// true or false.
  func bool(_ entry: YAMLEntry) -> Bool? { choice(entry, [("true", true), ("false", false)]) }

  /// One of a few words.
  func choice<Value>(_ entry: YAMLEntry, _ choices: [(word: String, value: Value)]) -> Value? {
    guard let text = text(entry) else { return nil }
    if let choice = choices.first(where: { $0.word == text.string }) { return choice.value }
    let words = choices.map(\.word)
    let synonyms = [
      "yes": "true", "on": "true", "no": "false", "off": "false", "pull-up": "up", "pull-down": "down",
      "warn": "warning", "err": "error", "fatal": "critical",
    ]
    let meant = synonyms[text.string.lowercased()].flatMap { words.contains($0) ? $0 : nil }
    let hint = meant.map { "; did you mean \"\($0)\"?" } ?? Suggestion.words(for: text.string, among: words)
    mistakes.add(text.position, "\"\(text.string)\" is not a value of \"\(entry.key.string)\"\(hint)")
    return nil
  }

  /// A whole number.
  func integer(_ entry: YAMLEntry, in range: ClosedRange<Int64>) -> Int64? {
    guard let text = text(entry) else { return nil }
    guard let number = number(text), let integer = number.integer else {
      mistakes.add(
        text.position,
        "\"\(text.string)\" is not a whole number; \"\(entry.key.string)\" is between \(range.lowerBound) and "
          + "\(range.upperBound)")
      return nil
    }
    guard range.contains(integer) else {
      mistakes.add(
        text.position,
        "\"\(entry.key.string)\" is \(integer); it must be between \(range.lowerBound) and \(range.upperBound)")
      return nil
    }
    return integer
  }

  /// A number with or without decimals.
  func decimal(_ entry: YAMLEntry) -> Decimal? { text(entry).flatMap { decimal($0, for: entry.key.string) } }

  /// A number with or without decimals.
  func decimal(_ text: YAMLText, for name: String) -> Decimal? {
    if let number = number(text) { return number }
    let fixed = text.string.replacingComma
    let meant = fixed.flatMap { Decimal(Array($0.utf8).span) == nil ? nil : $0 }
    let hint = meant.map { "did you mean \($0)?" } ?? "write it as 21.5 or -3, with at most 18 digits"
    mistakes.add(text.position, "\"\(text.string)\" is not a number for \"\(name)\"; \(hint)")
    return nil
  }

  private func number(_ text: YAMLText) -> Decimal? {
    let bytes = Array(text.string.utf8)
    return Decimal(bytes.span)
  }

  /// A length of time.
  func duration(_ entry: YAMLEntry, in range: ClosedRange<Int64>) -> Milliseconds? {
    guard let text = text(entry) else { return nil }
    let name = entry.key.string
    let bounds = "between \(DurationText.text(range.lowerBound)) and \(DurationText.text(range.upperBound))"
    do throws(DurationText.Failure) {
      let milliseconds = try DurationText.milliseconds(text.string)
      if range.contains(milliseconds), let count = UInt32(exactly: milliseconds) { return Milliseconds(count) }
      mistakes.add(text.position, "\"\(name)\" is \(text.string); it must be \(bounds)")
    } catch {
      let given = text.string
      let words = switch error {
      case .malformed: "is not a length of time; write a number and ms, s, min, h or d, such as 30 min"
      case .missingUnit: "has no unit; did you mean \(given) ms, \(given) s or \(given) min?"
      case .otherUnit(let meant): "is not a length of time; did you mean \"\(meant)\"?"
      case .fraction: "is not a whole number of milliseconds"
      }
      mistakes.add(text.position, "\"\(given)\" \(words)")
    }
    return nil
  }
}

extension String {
  /// This text with "." for its one ",", or with a "0" before a leading "."; nil if it is neither.
  fileprivate var replacingComma: String? {
    if hasPrefix(".") { return "0" + self }
    if hasPrefix("+") { return String(dropFirst()) }
    guard contains(",") else { return nil }
    return String(map { $0 == "," ? "." : $0 })
  }
}
