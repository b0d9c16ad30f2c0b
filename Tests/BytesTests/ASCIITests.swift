// SPDX-License-Identifier: MIT

// Classes of bytes against the lists in the RFCs, for all 256 values; comparison, search, trimming and
// numbers by tables.

import Bytes
import ConformanceSupport
import Testing

@Suite struct ASCIITests {
  // MARK: bytes

  @Test func classesOfBytesAreThoseOfTheRFCs() {
    // tchar of RFC 9110 section 5.6.2, DIGIT and HEXDIG of RFC 5234 appendix B.1.
    let digits = bytes("0123456789")
    let letters = bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    let tokenCharacters = Set(bytes("!#$%&'*+-.^_`|~") + digits + letters)
    for byte in UInt8.min ... .max {
      #expect(byte.isTokenCharacter == tokenCharacters.contains(byte), "\(byte)")
      #expect(byte.isASCIIDigit == digits.contains(byte), "\(byte)")
      #expect(byte.isLinearWhitespace == (byte == 9 || byte == 32), "\(byte)")
      let isASCII = byte < 0x80
      let character = Character(Unicode.Scalar(byte))
      let digit = isASCII ? character.hexDigitValue : nil
      #expect(byte.hexadecimalValue.map { Int($0) } == digit, "\(byte)")
      let lowercased = isASCII ? character.lowercased().utf8.first : byte
      #expect(byte.asciiLowercased == lowercased, "\(byte)")
    }
  }

  // MARK: comparison

  @Test(arguments: [
    ("", "", true, true), ("a", "a", true, true), ("a", "A", false, true),
    ("Upgrade", "uPGRADE", false, true), ("a", "", false, false), ("", "a", false, false),
    ("ab", "a", false, false), ("a", "b", false, false), ("websocket", "websockex", false, false),
    ("[", "{", false, false), ("@", "`", false, false), ("\u{0}", " ", false, false), ("é", "é", true, true),
    ("É", "é", false, false), ("K", "\u{212A}", false, false), ("ſ", "s", false, false),
  ] as [(StaticString, StaticString, Bool, Bool)])
  func textsAreComparedByteByByteAndOnlyLettersOfASCIIFold(
    _ left: StaticString, _ right: StaticString, _ same: Bool, _ sameIgnoringCase: Bool
  ) {
    let (leftBytes, rightBytes) = ([UInt8](left), [UInt8](right))
    let results = [
      leftBytes.span.equals(right), rightBytes.span.equals(left), leftBytes.span.equals(rightBytes.span),
      rightBytes.span.equals(leftBytes.span),
    ]
    #expect(results == [same, same, same, same])
    let foldedResults = [
      leftBytes.span.equalsIgnoringCase(right), rightBytes.span.equalsIgnoringCase(left),
      leftBytes.span.equalsIgnoringCase(rightBytes.span), rightBytes.span.equalsIgnoringCase(leftBytes.span),
    ]
    #expect(foldedResults == [sameIgnoringCase, sameIgnoringCase, sameIgnoringCase, sameIgnoringCase])
  }

  @Test(arguments: [
    ("", "", true), ("abc", "", true), ("abc", "a", true), ("abc", "abc", true), ("abc", "abcd", false),
    ("abc", "b", false), ("abc", "A", false), ("", "a", false),
  ] as [(String, StaticString, Bool)])
  func aBeginningIsRecognized(_ whole: String, _ beginning: StaticString, _ expected: Bool) {
    let bytes = bytes(whole)
    let starts = bytes.span.starts(with: beginning)
    #expect(starts == expected)
  }

  // MARK: search and trimming

  @Test(arguments: [
    ("a,b,c", 0, 1), ("a,b,c", 1, 1), ("a,b,c", 2, 3), ("a,b,c", 4, nil), ("a,b,c", 5, nil),
    ("a,b,c", 99, nil), ("", 0, nil), (",", 0, 0), ("abc", 0, nil),
  ] as [(String, Int, Int?)])
  func aByteIsFoundAtOrAfterTheStart(_ whole: String, _ start: Int, _ place: Int?) {
    let bytes = bytes(whole)
    let found = bytes.span.firstIndex(of: UInt8(ascii: ","), from: start)
    #expect(found == place)
  }

  @Test(arguments: [
    ("", ""), (" ", ""), (" \t \t", ""), ("a", "a"), (" a", "a"), ("a ", "a"), ("\ta b\t ", "a b"),
    ("\na\r", "\na\r"), ("\u{A0}a", "\u{A0}a"), ("\u{0} ", "\u{0}"),
  ])
  func spacesAndTabsAreTrimmedAtBothEnds(_ whole: String, _ expected: String) {
    let wholeBytes = bytes(whole)
    let trimmed = [UInt8](wholeBytes.span.trimmed)
    #expect(trimmed == bytes(expected))
  }

  // MARK: numbers

  @Test(arguments: [
    ("0", 0), ("7", 7), ("42", 42), ("007", 7), ("18446744073709551615", .max),
    ("000000000000000000000000000001", 1), ("18446744073709551616", nil), ("18446744073709551620", nil),
    ("28446744073709551615", nil), ("99999999999999999999", nil), ("100000000000000000000", nil), ("", nil),
    ("+5", nil), ("-5", nil), (" 5", nil), ("5 ", nil), ("5 5", nil), ("5,5", nil), ("0x5", nil), ("5a", nil),
    ("/", nil), (":", nil), ("٣", nil), ("5\u{0}", nil),
  ] as [(String, UInt64?)])
  func decimalDigitsAreReadExactlyOrRefused(_ digits: String, _ value: UInt64?) {
    let bytes = bytes(digits)
    let read = bytes.span.decimalValue
    #expect(read == value)
  }
}
