// SPDX-License-Identifier: MIT

// A line of words, and the command that it gives or the lines that answer it.
// Rule: a mistake is answered in one line that says what is possible.

import Bytes
import Parts

/// What comes of a line.
enum CommandReply: Equatable {
  case command(BoardCommand)
  /// Lines to print: an answer, or what is wrong.
  case answer([String])
}

/// Reads commands for the parts of a board.
struct CommandParser {
  /// More names than this are not listed in an answer.
  private static let namesShown = 8

  let parts: [PartView]
  /// Whether some keys are commands by themselves, so that a line begins with a colon.
  let hasKeys: Bool

  /// The reply to a line of printable ASCII; nil to a blank one.
  func reply(to line: String) -> CommandReply? {
    let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard let first = words.first?.lowercased() else { return nil }
    guard let verb = ConsoleVerb(rawValue: first) else { return .answer([unknownWord(first)]) }
    if verb.isAboutTheBoard {
      guard words.count == 1 else { return .answer(["nothing can follow '\(verb)'"]) }
      return .answer(verb == .list ? list : help)
    }
    switch part(words.count > 1 ? words[1] : nil, for: verb) {
    case .failure(let refusal): return .answer([refusal.words])
    case .success(let part): return reply(verb, part, Array(words.dropFirst(2)))
    }
  }

  /// The reply to a key that presses the first button.
  func reply(toKey verb: ConsoleVerb) -> CommandReply {
    switch part(nil, for: verb) {
    case .failure(let refusal): .answer([refusal.words])
    case .success(let part): reply(verb, part, [])
    }
  }

  private func unknownWord(_ word: String) -> String {
    if hasKeys, word == "ess" || word == "elease" { return "p and r are keys of their own: begin a line with a colon" }
    return "unknown word '\(Self.quoted(word))': say \(Self.choice(usableVerbs.map(\.rawValue)))"
  }

  // MARK: Which part

  private struct Refusal: Error {
    let words: String
  }

  private func part(_ word: String?, for verb: ConsoleVerb) -> Result<Int, Refusal> {
    guard let word else {
      if verb.meansFirstButton, let button = parts.firstIndex(where: { $0.kind == .button }) { return .success(button) }
      return .failure(Refusal(words: missingName(verb)))
    }
    let name = word.lowercased()
    guard let part = parts.firstIndex(where: { $0.name == name }) else {
      return .failure(Refusal(words: unknownName(name)))
    }
    guard verb.works(on: parts[part].kind) else {
      return .failure(Refusal(words: "\(name) is a \(parts[part].kind.rawValue): say \(Self.choice(verbs(part)))"))
    }
    return .success(part)
  }

  private func missingName(_ verb: ConsoleVerb) -> String {
    let names = parts.filter { verb.works(on: $0.kind) }.map(\.name)
    guard !names.isEmpty else { return "there is nothing here to \(verb)" }
    return "\(verb) which part? say \(Self.choice(shown(names)))"
  }

  private func unknownName(_ name: String) -> String {
    guard !parts.isEmpty else { return "no part '\(Self.quoted(name))': there are no parts" }
    if let nearest = nearest(to: name) { return "no part '\(Self.quoted(name))': did you mean \(nearest)?" }
    return "no part '\(Self.quoted(name))': there is \(Self.choice(shown(parts.map(\.name)), last: "and"))"
  }

  /// The name that begins with `name`, or that is a slip away, or two if it is long.
  private func nearest(to name: String) -> String? {
    if let whole = parts.first(where: { $0.name.hasPrefix(name) }) { return whole.name }
    let candidates = parts.map { (name: $0.name, slips: slips(Array(name.utf8), Array($0.name.utf8))) }
    guard let best = candidates.min(by: { $0.slips < $1.slips }) else { return nil }
    return best.slips <= (best.name.utf8.count < 8 ? 1 : 2) ? best.name : nil
  }

  /// How many bytes must be put in, left out, exchanged or swapped with the next to make `left` of `right`
  /// (optimal string alignment).
  private func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var row = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var next = [i + 1]
      for (j, other) in right.enumerated() {
        var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (byte == other ? 0 : 1))
        if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other { cost = min(cost, before[j - 1] + 1) }
        next.append(cost)
      }
      (before, row) = (row, next)
    }
    return row[right.count]
  }

  // MARK: What to do with it

  private func reply(_ verb: ConsoleVerb, _ part: Int, _ rest: [String]) -> CommandReply {
    let kind = parts[part].kind
    switch verb {
    case .set: return setting(part, rest)
    case .fault:
      return .command(.board(.fault(part, Array((rest.isEmpty ? "simulated" : rest.joined(separator: " ")).utf8))))
    default: break
    }
    guard rest.isEmpty else { return .answer(["nothing can follow '\(verb) \(parts[part].name)'"]) }
    switch verb {
    case .press, .open: return .command(.board(.activate(part)))
    case .release, .close: return .command(.board(.deactivate(part)))
    case .on where kind == .contact: return .command(.board(.activate(part)))
    case .off where kind == .contact: return .command(.board(.deactivate(part)))
    case .on, .off: return .command(setting(part, PartValues(isOn: verb == .on)))
    case .tap: return .command(.board(.tap(part)))
    case .toggle: return .command(.device(part: part, .toggle))
    case .heal: return .command(.board(.heal(part)))
    case .set, .fault, .list, .help: return .answer([])  // not reached: answered above
    }
  }

  private func setting(_ part: Int, _ rest: [String]) -> CommandReply {
    let word = rest.joined(separator: " ").lowercased()
    let command: BoardCommand? =
      switch parts[part].kind {
      case .sensor where word == "unknown": .board(.measure(part, nil))
      case .sensor: Decimal(word.utf8.span).map { .board(.measure(part, $0)) }
      case .number: Decimal(word.utf8.span).map { setting(part, PartValues(value: $0)) }
      case .light where word.hasPrefix("#"): color(part, word.dropFirst()).map { setting(part, PartValues(color: $0)) }
      case .light: UInt8(word).flatMap { $0 == 0 ? nil : setting(part, PartValues(brightness: $0)) }
      case .switch, .button, .contact: nil
      }
    if let command { return .command(command) }
    let fault = word.isEmpty ? "" : ", not '\(Self.quoted(word))'"
    return .answer(["set \(parts[part].name) to \(possibleValues(part))\(fault)"])
  }

  private func setting(_ part: Int, _ settings: PartValues) -> BoardCommand { .device(part: part, .set(settings)) }

  private func possibleValues(_ part: Int) -> String {
    switch parts[part].kind {
    case .sensor: return "a number such as 21.5, or to unknown"
    case .light:
      let digits = String("ff8000c0".prefix(2 * parts[part].color.count))
      return "a brightness from 1 to 255" + (digits.isEmpty ? "" : ", or to a color such as #\(digits)")
    case .number, .switch, .button, .contact: return "a number such as 21.5"
    }
  }

  /// Two hexadecimal digits for each channel that the light has.
  private func color(_ part: Int, _ digits: Substring) -> Color? {
    let values = digits.compactMap(\.hexDigitValue)
    let channels = parts[part].color.count
    guard channels > 0, values.count == digits.count, values.count == 2 * channels else { return nil }
    let bytes = stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    guard bytes.count >= 3 else { return nil }
    return Color(red: bytes[0], green: bytes[1], blue: bytes[2], white: bytes.count > 3 ? bytes[3] : 0)
  }

  // MARK: What is possible

  /// The words that some part here can be worked with, and the general ones.
  private var usableVerbs: [ConsoleVerb] {
    ConsoleVerb.allCases.filter { verb in verb.isAboutTheBoard || parts.contains { verb.works(on: $0.kind) } }
  }

  private func verbs(_ part: Int) -> [String] {
    ConsoleVerb.allCases.filter { $0.works(on: parts[part].kind) }.map(\.rawValue)
  }

  private var list: [String] {
    let width = parts.map(\.name.count).max() ?? 0
    return parts.indices.map { index in
      let name = parts[index].name
      let kind = parts[index].kind.rawValue
      return name + blanks(width - name.count + 3) + kind + blanks(10 - kind.count)
        + verbs(index).joined(separator: ", ")
    }
  }

  private var help: [String] {
    let lines = ConsoleVerb.helpLines.filter { line in parts.contains { line.kinds.contains($0.kind) } }.map(\.text)
    return hasKeys ? lines + ["Type a colon, or any letter but p, r and q, to start a command; Esc cancels it."] : lines
  }

  private func shown(_ names: [String]) -> [String] {
    guard names.count > Self.namesShown else { return names }
    return names.prefix(Self.namesShown) + ["\(names.count - Self.namesShown) more ('list' prints them)"]
  }

  /// "a, b or c".
  private static func choice(_ words: [String], last: String = "or") -> String {
    guard let final = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(last) " + final
  }

  /// A word of theirs, short enough for an answer of one line.
  private static func quoted(_ word: String) -> String {
    word.count > 40 ? word.prefix(40) + "…" : word
  }
}

func blanks(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
