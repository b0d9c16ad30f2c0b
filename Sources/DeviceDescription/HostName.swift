// SPDX-License-Identifier: MIT

// A name that browsers may know the device by, judged when it is given: what they could never send as `Host` is a
// mistake that says the right form. Sources: RFC 1123 section 2.1 (what a host name is), RFC 1034 section 3.1 (lengths
// and the final dot), RFC 5890 (A-labels), and the URL Standard, sections 3.3 and 3.5 (what browsers make of a host).

import Foundation

/// A host name as a browser sends it: in lower case, in A-labels, without a final dot.
public struct HostName: Equatable, Hashable, Sendable {
  /// The name; ASCII.
  public let text: String

  /// The name that somebody wrote.
  ///
  /// - Throws: What is wrong with it.
  public init(_ given: String) throws(HostNameMistake) {
    var name = given.lowercased()
    guard !name.isEmpty else { throw .empty }
    if let mistake = Self.unlike(given) { throw mistake }
    if name.hasSuffix("."), name != "." { name.removeLast() }
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { throw Self.beyondASCII(given) }
    if let letter = name.first(where: { !Self.isLetterOfAName($0) }) { throw .letter(letter) }
    try Self.check(name)
    text = name
  }

  /// What else it may be than a name, by its marks.
  private static func unlike(_ given: String) -> HostNameMistake? {
    if given.contains("://") { return .scheme(rightForm(of: given)) }
    if given.contains("[") || given.filter({ $0 == ":" }).count > 1 { return .address }
    if given.contains("/") { return .path(rightForm(of: given)) }
    if given.contains("@") { return .user(rightForm(of: given)) }
    if given.contains(":") { return .port(rightForm(of: given)) }
    return given.contains("*") ? .wildcard : nil
  }

  /// The lengths of the name and its labels (RFC 1034 section 3.1), and what the labels are.
  private static func check(_ name: String) throws(HostNameMistake) {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    for label in labels {
      guard !label.isEmpty else { throw .emptyLabel }
      guard label.count <= 63 else { throw .longLabel(String(label), label.count) }
      guard !label.hasPrefix("-"), !label.hasSuffix("-") else { throw .hyphen(String(label)) }
      if label.hasPrefix("xn--") {
        guard let decoded = Punycode.decode(String(label.dropFirst(4))), aLabel(of: decoded) == String(label),
          decoded.unicodeScalars.allSatisfy(isLetterOfAnIDN)
        else { throw .malformedALabel(String(label)) }
      }
    }
    guard name.count <= 253 else { throw .tooLong(name.count) }
    // What ends in a number is an address to a browser, or nothing: 1.2.3 is 1.2.0.3.
    guard let last = labels.last, last.allSatisfy(\.isNumber) || last.hasPrefix("0x") else { return }
    let numbers = labels.compactMap { $0.count > 1 && $0.hasPrefix("0") ? nil : UInt8($0) }
    guard labels.count == 4, numbers.count == 4 else { throw .number }
  }

  private static func isLetterOfAName(_ letter: Character) -> Bool {
    letter.isASCII && (letter.isLetter || letter.isNumber || letter == "-" || letter == "." || letter == "_")
  }

  // MARK: The right form

  /// The name in A-labels, for one with other letters than ASCII's; or which of them no name has.
  private static func beyondASCII(_ given: String) -> HostNameMistake {
    let mapped = mapped(given)
    for scalar in mapped.unicodeScalars where !isLetterOfAnIDN(scalar) { return .letter(Character(scalar)) }
    let labels = mapped.split(separator: ".", omittingEmptySubsequences: false).map { aLabel(of: String($0)) }
    guard let name = try? HostName(labels.map { $0 ?? "" }.joined(separator: ".")) else { return .letters }
    return .beyondASCII(name.text)
  }

  /// What browsers make of letters before they encode them, near enough (UTS 46): small ones, composed, and a dot for
  /// that of ideographs. Letter by letter, since the word's end does not matter there.
  private static func mapped(_ given: String) -> String {
    func small(_ text: String) -> String { text.unicodeScalars.map(\.properties.lowercaseMapping).joined() }
    return small(small(given).precomposedStringWithCompatibilityMapping).precomposedStringWithCanonicalMapping
      .replacingOccurrences(of: "\u{3002}", with: ".")
  }

  /// Letters, marks, digits and signs of any script: what is left of IDNA's long table (RFC 5892) when a browser
  /// judges.
  private static func isLetterOfAnIDN(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isLetterOfAName(Character(scalar)) }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber,
      .otherSymbol:
      return true
    default: return scalar.value == 0xB7  // the middle dot of Catalan
    }
  }

  /// A label as DNS carries it.
  private static func aLabel(of label: String) -> String? {
    label.utf8.allSatisfy { $0 < 0x80 } ? label : Punycode.encode(label).map { "xn--" + $0 }
  }

  /// The name within a URL or before a port; nil if that is none either.
  private static func rightForm(of given: String) -> String? {
    var rest = Substring(given)
    if let scheme = rest.range(of: "://") { rest = rest[scheme.upperBound...] }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    rest = rest.prefix { $0 != ":" }
    do throws(HostNameMistake) {
      return try HostName(String(rest)).text
    } catch {
      if case .beyondASCII(let name) = error { return name }
      return nil
    }
  }
}

/// Why a text is no host name.
public enum HostNameMistake: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is nothing.
  case empty
  /// It is a URL; with the name in it.
  case scheme(String?)
  /// A path follows; with the name before it.
  case path(String?)
  /// A user stands before it; with the name behind it.
  case user(String?)
  /// A port follows; with the name before it.
  case port(String?)
  /// It is an IPv6 address, or in brackets.
  case address
  /// Its last label is a number, which makes it an address, but a malformed one.
  case number
  /// A part of it is to stand for anything.
  case wildcard
  /// It has other letters than ASCII's; with the name in A-labels.
  case beyondASCII(String)
  /// No name has this letter.
  case letter(Character)
  /// It has letters that no name has.
  case letters
  /// A label begins with `xn--` and is no A-label.
  case malformedALabel(String)
  /// A label begins or ends with a hyphen.
  case hyphen(String)
  /// There is nothing between two dots, or before the first.
  case emptyLabel
  /// A label has more than 63 letters; with their number.
  case longLabel(String, Int)
  /// It has more than 253 letters; with their number.
  case tooLong(Int)

  /// What is wrong, and the right form: one line.
  public var description: String {
    switch self {
    case .empty: "a host name is missing; write lamp.example.org"
    case .scheme(let name): "a host name has no scheme; write \(name ?? Self.example)"
    case .path(let name): "a host name has no path; write \(name ?? Self.example)"
    case .user(let name): "a host name has no user; write \(name ?? Self.example)"
    case .port(let name): "a host name has no port, since any port is understood; write \(name ?? Self.example)"
    case .address: "an address is no host name; leave it out, since every address is understood"
    case .number: "browsers take a name that ends in a number for an address; write \(Self.example)"
    case .wildcard: "a host name has no wildcard; give every name"
    case .beyondASCII(let name): "browsers send this name in A-labels; write \(name)"
    case .letter(let letter):
      "no host name has \(Self.shown(letter)); it has letters, digits, hyphens and dots, as \(Self.example)"
    case .letters: "a host name has letters, digits, hyphens and dots; write \(Self.example)"
    case .malformedALabel(let label):
      "\(label) is no A-label; write the name in its own letters to be told its A-labels"
    case .hyphen(let label): "no part of a host name begins or ends with a hyphen, as \(label) does"
    case .emptyLabel: "a part of the host name is missing beside a dot; write \(Self.example)"
    case .longLabel(_, let count): "between two dots are at most 63 letters; here are \(count)"
    case .tooLong(let count): "a host name has at most 253 letters; this one has \(count)"
    }
  }

  private static var example: String { "lamp.example.org" }

  private static func shown(_ letter: Character) -> String {
    letter == " " ? "spaces" : letter == "\"" ? "quotation marks" : "the letter \(letter)"
  }
}
