// SPDX-License-Identifier: MIT

// What the YAML parser says about a file that is not YAML, in words for its author. The table is of the
// messages of libyaml (scanner.c, parser.c), which Yams hands on with their places.

import Yams

extension YAMLReader {
  /// Notes an error of Yams.
  func note(_ error: any Error) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, let yaml),
      YamlError.parser(let context, let problem, let mark, let yaml),
      YamlError.composer(let context, let problem, let mark, let yaml):
      let position = Self.position(mark)
      let start = context.map { Self.position($0.mark) } ?? position
      let found = Self.scalar(at: position, in: yaml)
      let (place, words) = Self.words(problem, context?.text ?? "", position, start, found)
      mistakes.add(place, words)
    case YamlError.reader(let problem, _, _, _): mistakes.add(.start, "the file cannot be read: \(problem)")
    case let error: mistakes.add(.start, "the file cannot be read: \(error)")
    }
  }

  private static func scalar(at position: TextPosition, in text: String) -> Unicode.Scalar? {
    var place = TextPosition.start
    for scalar in text.unicodeScalars {
      if place == position { return scalar }
      guard place < position else { return nil }
      place = scalar == "\n"
        ? TextPosition(line: place.line + 1, column: 1) : TextPosition(line: place.line, column: place.column + 1)
    }
    return nil
  }

  /// Where a mistake is, and what it is; `start` is where what was being read began.
  private static func words(
    _ problem: String, _ context: String, _ position: TextPosition, _ start: TextPosition, _ found: Unicode.Scalar?
  ) -> (TextPosition, String) {
    if found == "\t" { return (position, "a tab; YAML is indented with spaces") }
    switch problem {
    case "found character that cannot start any token":
      let character = found.map { String(Character($0)) } ?? ""
      return (position, "a text may not begin with \"\(character)\"; put it in quotation marks")
    case "mapping values are not allowed in this context":
      return (
        position,
        "a key with a value is not allowed here; check the indentation and the line above, or put a text with \": \" in"
          + " quotation marks"
      )
    case "could not find expected ':'":
      return (start, "a key without \":\"; write \"key: value\"")
    case "did not find expected key":
      return (
        position,
        "this does not continue the mapping that begins at \(start); check the indentation, commas and quotation marks"
      )
    case "did not find expected '-' indicator":
      return (position, "this does not continue the list that begins at \(start); check the indentation")
    case "did not find expected ',' or ']'":
      return (position, "\",\" or \"]\" is missing; the list begins at \(start)")
    case "did not find expected ',' or '}'":
      return (position, "\",\" or \"}\" is missing; the mapping begins at \(start)")
    case "found unexpected end of stream", "found unexpected document indicator":
      return (start, "a quotation mark without its closing one")
    case "found unknown escape character", "did not find expected hexdecimal number":
      return (position, "an unknown escape with a backslash; in '…' a backslash stands for itself")
    case "block sequence entries are not allowed in this context", "block sequence entries are not allowed here":
      return (position, "a list item (\"- \") is not allowed here; begin the list on a line of its own")
    case "found undefined alias":
      return (position, "an alias (*name) is not supported here; write the value out")
    case "but found another document":
      return (position, "a second document begins here; a description is one document, without \"---\" in it")
    case "did not find expected <document start>":
      return (position, "this does not belong to the text before it; check the indentation")
    case "did not find expected node content":
      return (position, "a value is missing before this")
    default:
      return (position, "not valid YAML: \([context, problem].filter { !$0.isEmpty }.joined(separator: ", "))")
    }
  }
}
