// SPDX-License-Identifier: MIT

// ASCII as protocols need it: classes of bytes, comparison without regard to case, trimming, numbers.
// RFC 9110 section 5.6.2 names the token, RFC 5234 appendix B.1 the rest.

extension UInt8 {
  /// This byte with `A`–`Z` turned into `a`–`z`.
  @inlinable
  public var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// Whether this is `0`–`9` (DIGIT).
  @inlinable
  public var isASCIIDigit: Bool { self &- 0x30 < 10 }

  /// Whether this is a space or a tab: what RFC 9110 section 5.6.3 allows as white space on a line.
  @inlinable
  public var isLinearWhitespace: Bool { self == 0x20 || self == 0x09 }

  /// Whether this is a space, a tab or a line end.
  @inlinable
  public var isWhitespace: Bool { isLinearWhitespace || self == 0x0A || self == 0x0D }

  /// The value of a hexadecimal digit of either case, 0 to 15, or nil.
  @inline(never)
  public var hexadecimalValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }

  /// Whether this may be in a token (`tchar`, RFC 9110 section 5.6.2).
  public var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A: true  // digits, letters, ^ _ `
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x7C, 0x7E: true  // ! # $ % & ' * + - . | ~
    default: false
    }
  }
}

extension Span<UInt8> {
  /// Whether these are exactly the bytes of `text`.
  public func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let start = text.utf8Start
    for index in indices where self[index] != start[index] { return false }
    return true
  }

  /// Whether these are exactly the bytes of `other`.
  public func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }

  /// Whether these are the bytes of `text`, apart from the case of ASCII letters.
  public func equalsIgnoringCase(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let start = text.utf8Start
    for index in indices where self[index].asciiLowercased != start[index].asciiLowercased { return false }
    return true
  }

  /// Whether these are the bytes of `other`, apart from the case of ASCII letters.
  public func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index].asciiLowercased != other[index].asciiLowercased { return false }
    return true
  }

  /// Whether the first bytes are those of `text`.
  public func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(first: text.utf8CodeUnitCount).equals(text)
  }

  /// These bytes without spaces and tabs at either end.
  public var trimmed: Span<UInt8> {
    @_lifetime(copy self) get {
      var lower = 0
      var upper = count
      while lower < upper, self[lower].isLinearWhitespace { lower += 1 }
      while upper > lower, self[upper - 1].isLinearWhitespace { upper -= 1 }
      return extracting(lower..<upper)
    }
  }

  /// These bytes without ASCII white space at either end: spaces, tabs, line ends and form feeds.
  public var trimmedOfWhitespace: Span<UInt8> {
    @_lifetime(copy self) get {
      var lower = 0
      var upper = count
      while lower < upper, self[lower].isWhitespace || self[lower] == 0x0C { lower += 1 }
      while upper > lower, self[upper - 1].isWhitespace || self[upper - 1] == 0x0C { upper -= 1 }
      return extracting(lower..<upper)
    }
  }

  /// The number that these decimal digits write, or nil: empty, another byte, or more than 64 bits.
  public var decimalValue: UInt64? {
    guard count > 0 else { return nil }
    var value: UInt64 = 0
    for index in indices {
      guard self[index].isASCIIDigit else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(self[index] - 0x30))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }
}

extension StaticString {
  /// The line of this number, counted from 0; empty if there are fewer. A negative number is a trap.
  ///
  /// Texts in one literal take less memory than texts in a `switch`, each of which costs an address, a length and two
  /// instructions.
  @_lifetime(immortal)
  @inline(never)
  public func line(_ number: Int) -> Span<UInt8> {
    let text = span
    var start = 0
    for _ in 0..<number {
      guard let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) else { return text.extracting(0..<0) }
      start = end + 1
    }
    return text.extracting(start..<(text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count))
  }
}
