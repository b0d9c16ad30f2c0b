// SPDX-License-Identifier: MIT

// Where the device's paths begin in those of a proxy: `/devices/lamp`. It goes into `Location` and into the paths of
// cookies, so it is judged by letter: `//evil.example` would be another server there.

#if !WITHOUT_PROXIES
  import Bytes

  /// The first segments of a path, without a slash at the end; empty for none.
  public struct PathPrefix: Equatable, Sendable {
    /// The most bytes that a prefix may have.
    public static let maximumSize = 256

    /// The prefix as it stands in a path.
    public let bytes: [UInt8]

    /// No prefix.
    public init() { bytes = [] }

    /// The prefix that `text` writes; slashes at its end are dropped, and `/` is none.
    ///
    /// - Throws: What is wrong with it; see `PathPrefixError.words`.
    public init(parsing text: Span<UInt8>) throws(PathPrefixError) {
      guard text.count <= Self.maximumSize else { throw .tooLong }
      guard text.starts(with: "/") else { throw .missingSlash }
      var end = text.count
      while end > 0, text[end - 1] == UInt8(ascii: "/") { end -= 1 }
      let path = text.extracting(0..<end)
      var segment = 0  // how many letters it has so far, and whether there is more than dots
      var isDots = true
      for index in 1..<max(end, 1) + 1 {
        if index >= end || path[index] == UInt8(ascii: "/") {
          guard end == 0 || segment > 0, !isDots || segment > 2 || segment == 0 else { throw .malformedSegment }
          (segment, isDots) = (0, true)
        } else {
          guard Self.isAllowed(path[index]) else { throw .malformedSegment }
          segment += 1
          if path[index] != UInt8(ascii: ".") { isDots = false }
        }
      }
      bytes = [UInt8](path)
    }

    /// Unreserved characters (RFC 3986 section 2.3) only: these mean the same wherever the prefix is put.
    private static func isAllowed(_ letter: UInt8) -> Bool {
      switch letter {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
      default: false
      }
    }
  }

  /// Why a text is no prefix of paths.
  public enum PathPrefixError: Error, Equatable, Sendable {
    /// It does not begin with a slash.
    case missingSlash
    /// A segment is empty, consists of dots, or has a letter that does not belong there.
    case malformedSegment
    /// It has more than `PathPrefix.maximumSize` bytes.
    case tooLong

    /// What is wrong, and the right form.
    public var words: StaticString {
      switch self {
      case .missingSlash: "a prefix of paths begins with a slash; write /devices/lamp"
      case .malformedSegment: "a prefix has letters, digits, - . _ ~ between single slashes; write /devices/lamp"
      case .tooLong: "a prefix of paths has at most 256 letters"
      }
    }
  }
#endif
