// SPDX-License-Identifier: MIT

// The action of a gesture, as written in a file, with the place of each word: Action (module Parts) reads the text, and
// this says which word of it is wrong.

import Bytes
import Parts

/// An action and the places of its words.
struct ActionText {
  let action: Action
  /// The place of the name of the part that it is for.
  let targetPosition: TextPosition
  /// Its first word, and where its values begin.
  let verb: String
  let position: TextPosition

  private static let verbs = ["toggle", "on", "off", "set", "dim"]
  private static let values = ["on", "brightness", "color", "value"]

  /// Reads an action; nil, with a mistake noted, if the text is not one.
  init?(_ text: YAMLText, _ mistakes: MistakeList) {
    let words = Self.words(text)
    verb = words.first?.text ?? ""
    position = text.position
    targetPosition = words.count > 1 ? words[1].position : text.position
    let plain = words.map { Self.inNumbers($0.text) }.joined(separator: " ")
    let bytes = Array(plain.utf8)
    do throws(Action.Mistake) {
      action = try Action(bytes.span)
    } catch {
      Self.note(error, words, text, mistakes)
      return nil
    }
  }

  private static func words(_ text: YAMLText) -> [(text: String, position: TextPosition)] {
    var words: [(text: String, position: TextPosition)] = []
    var offset = 0
    for word in text.string.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false) {
      if !word.isEmpty { words.append((String(word), text.position(at: offset))) }
      offset += word.count + 1
    }
    return words
  }

  /// `brightness=50%` as `brightness=128`, and `color=#ff8000` as `color=255,128,0`, which needs quotation marks in
  /// YAML.
  private static func inNumbers(_ word: String) -> String {
    if word.hasPrefix("brightness="), word.hasSuffix("%"), let percent = Int(word.dropFirst(11).dropLast()),
      (1...100).contains(percent)
    {
      return "brightness=\((percent * 255 + 50) / 100)"
    }
    let digits = Array(word.utf8).dropFirst(7).compactMap(\.hexadecimalValue)
    guard word.hasPrefix("color=#"), digits.count == word.utf8.count - 7, digits.count == 6 || digits.count == 8 else {
      return word
    }
    let channels = stride(from: 0, to: digits.count, by: 2).map { "\(digits[$0] << 4 | digits[$0 + 1])" }
    return "color=\(channels.joined(separator: ","))"
  }

  private static func note(
    _ mistake: Action.Mistake, _ words: [(text: String, position: TextPosition)], _ text: YAMLText,
    _ mistakes: MistakeList
  ) {
    let verb = words.first?.text ?? ""
    switch mistake {
    case .unknownVerb:
      // "lamp toggle" has the right words in the wrong order.
      if words.count == 2, verbs.contains(words[1].text) {
        mistakes.add(text.position, "an action begins with its verb; did you mean \"\(words[1].text) \(verb)\"?")
      } else {
        mistakes.add(text.position, "\"\(verb)\" is not an action\(Suggestion.words(for: verb, among: verbs))")
      }
    case .missingTarget:
      mistakes.add(text.position, "\"\(verb)\" does not say which part; write \"\(verb) NAME\"")
    case .missingSettings:
      mistakes.add(
        text.position, "\"\(text.string)\" does not say what to set; write \"\(text.string) brightness=128\"")
    case .unsuitableForAll:
      mistakes.add(text.position, "\"all\" can be turned on or off only; write \"off all\" or name one part")
    case .malformedSettings:
      noteSettings(words, text, mistakes)
    }
  }

  private static func noteSettings(
    _ words: [(text: String, position: TextPosition)], _ text: YAMLText, _ mistakes: MistakeList
  ) {
    let verb = words.first?.text ?? ""
    guard verb == "set" else {
      let place = words.count > 2 ? words[2].position : text.position
      mistakes.add(
        place, "\"\(verb)\" takes one part and nothing else; more actions go into a list, [\(verb) a, \(verb) b]")
      return
    }
    for word in words.dropFirst(2) {
      let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        mistakes.add(word.position, "\"\(word.text)\" is not a value; write it as brightness=128, without spaces")
        return
      }
      guard values.contains(parts[0]) else {
        mistakes.add(word.position, "\"\(parts[0])\" cannot be set\(Suggestion.words(for: parts[0], among: values))")
        return
      }
      let bytes = Array("set x \(inNumbers(word.text))".utf8)
      guard (try? Action(bytes.span)) == nil else { continue }
      let range = switch parts[0] {
      case "on": "true or false"
      case "brightness": "1 to 255, or 1% to 100%"
      case "color": "such as #ff8000, or 255,128,0 in quotation marks"
      default: "a number such as 21.5"
      }
      mistakes.add(word.position, "\"\(parts[1])\" is not a value of \"\(parts[0])\"; it is \(range)")
      return
    }
    mistakes.add(text.position, "\"\(text.string)\" is not an action")
  }
}
