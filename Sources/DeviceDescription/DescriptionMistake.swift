// SPDX-License-Identifier: MIT

// What is wrong with a description, and where: one line for each mistake, in the form that editors jump to.
//
//     kitchen.yaml:4:36: unknown key "clck"; did you mean "click"?

/// A place in a text: both numbers from 1, columns in Unicode scalars.
public struct TextPosition: Comparable, Hashable, Sendable, CustomStringConvertible {
  /// The line.
  public let line: Int
  /// The column.
  public let column: Int

  /// A place in a text.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first character.
  public static let start = TextPosition(line: 1, column: 1)

  public static func < (left: TextPosition, right: TextPosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }

  /// `4:36`.
  public var description: String { "\(line):\(column)" }
}

/// One thing that is wrong with a description.
public struct DescriptionMistake: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as the caller named it.
  public let file: String
  /// Where in it.
  public let position: TextPosition
  /// What is wrong, and what was probably meant: one line.
  public let words: String

  /// `FILE:LINE:COLUMN: what is wrong; what was meant`.
  public var description: String { "\(file):\(position): \(words)" }
}

/// All mistakes in a description, at least one, in the order of the file.
public struct DescriptionMistakes: Error, Equatable, Sendable, CustomStringConvertible {
  /// The mistakes.
  public let mistakes: [DescriptionMistake]

  /// One line for each mistake.
  public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// Collects mistakes while a description is read: one list, which all that read share.
final class MistakeList {
  let file: String
  private(set) var mistakes: [DescriptionMistake] = []

  init(file: String) { self.file = file }

  /// How many mistakes are reported at most: the rest can wait until these are mended.
  private static var limit: Int { 50 }

  /// Notes a mistake. Control characters that a file may hold are shown as "?": a mistake is one line.
  func add(_ position: TextPosition, _ words: String) {
    let scalars = words.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
    let line = String(String.UnicodeScalarView(scalars))
    let mistake = DescriptionMistake(file: file, position: position, words: line)
    if !mistakes.contains(mistake) { mistakes.append(mistake) }  // an anchor is met again at each of its aliases
  }

  /// - Throws: The mistakes, if there are any.
  func check() throws(DescriptionMistakes) {
    guard !mistakes.isEmpty else { return }
    // A stable order: of two mistakes at one place, the one found first comes first.
    let sorted = mistakes.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
    throw DescriptionMistakes(mistakes: sorted.prefix(Self.limit).map(\.element))
  }
}
