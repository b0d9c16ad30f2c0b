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

  /// How much of a line of the file is quoted, and how long a mistake is, at most.
  private static var longestQuotation: Int { 60 }
  private static var longestLine: Int { 500 }

  /// Notes a mistake. A mistake is one line of moderate length: control characters that a file may hold are shown as
  /// "?", and of what stands in quotation marks only the beginning is shown if it is long.
  func add(_ position: TextPosition, _ words: String) {
    let scalars = words.unicodeScalars.map { $0.isControl ? "?" : $0 }
    let pieces = String(String.UnicodeScalarView(scalars)).split(separator: "\"", omittingEmptySubsequences: false)
    let line = pieces.enumerated()
      .map { number, piece in number % 2 == 1 ? piece.shortened(to: Self.longestQuotation) : String(piece) }
      .joined(separator: "\"").shortened(to: Self.longestLine)
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

extension StringProtocol {
  /// This text, or its beginning and an ellipsis if it has more than `limit` characters.
  func shortened(to limit: Int) -> String { count <= limit ? String(self) : prefix(limit - 1) + "…" }
}

extension Unicode.Scalar {
  /// Whether this would not stay on its line, or would turn what follows around: a text on one line has none.
  var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)  // bidirectional overrides
    default: false
    }
  }
}
