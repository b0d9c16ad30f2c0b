// SPDX-License-Identifier: MIT

// What a request shows of its sender: the Authorization field (RFC 9110 section 11.6.2) with Basic (RFC 7617) or a
// Bearer token (RFC 6750 section 2.1), and cookies (RFC 6265 sections 4.2 and 5.4).
// Rule: Authorization is taken strictly, since only programs write it for us. Cookies are not: the browser sends those
// that any other server on the same machine has set, and they must not stand in the way of ours.

import Bytes

#if !WITHOUT_LOGIN
  /// What the Authorization field of a request says.
  public enum Authorization: Equatable, Sendable {
    /// There is no such field.
    case none
    /// A name and a password, both of them UTF-8 without control characters; they may be empty.
    case basic(user: [UInt8], password: [UInt8])
    /// A token: letters, digits and `-._~+/`, with `=` at its end.
    case bearer([UInt8])
    /// Another scheme, several fields, or what its scheme does not allow.
    case malformed

    /// The longest value of the field that is looked at, in bytes; a longer one is `malformed`.
    public static var limit: Int { 1024 }

    /// What a field says that has this value, from which white space at its ends has been taken.
    public init(_ value: Span<UInt8>) {
      self = .malformed
      guard value.count <= Self.limit, let blank = value.firstIndex(of: UInt8(ascii: " ")) else { return }
      var start = blank
      while start < value.count, value[start] == UInt8(ascii: " ") { start += 1 }  // credentials = scheme 1*SP token68
      let scheme = value.extracting(first: blank)
      let token = value.extracting(droppingFirst: start)
      guard token.isToken68 else { return }
      if scheme.equalsIgnoringCase("Bearer") {
        self = .bearer([UInt8](token))
      } else if scheme.equalsIgnoringCase("Basic") {
        var pair: [UInt8] = []
        guard Base64.append(decoding: token, to: &pair), let basic = Self.basic(pair.span) else { return }
        self = basic
      }
    }

    /// RFC 7617 section 2: the first colon ends the name, and there are no control characters.
    private static func basic(_ pair: Span<UInt8>) -> Authorization? {
      guard let colon = pair.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      for index in pair.indices where pair[index] < 0x20 || pair[index] == 0x7F { return nil }
      var validator = UTF8Validator()
      guard validator.receive(pair), validator.isComplete else { return nil }
      return .basic(
        user: [UInt8](pair.extracting(first: colon)), password: [UInt8](pair.extracting(droppingFirst: colon + 1)))
    }
  }

  extension RequestHead {
    /// What the Authorization field says.
    public var authorization: Authorization {
      guard let value = field("Authorization") else { return .none }
      return fieldCount("Authorization") == 1 ? Authorization(value) : .malformed
    }

    /// Calls `body` with the value of each cookie of this name, in the order of arrival, until that returns false.
    ///
    /// There may be several: RFC 6265 section 5.4 puts the one for the longest path first, but whoever serves another
    /// port of the same machine may have set that. Quotes around a value stay; anything that is no pair is passed over.
    /// A proxy that was asked by HTTP/2 may send several fields (RFC 9113 section 8.2.3).
    public func forEachCookie(_ name: Span<UInt8>, _ body: (Span<UInt8>) -> Bool) {
      var line = fieldsStart
      while let record = nextValue(of: "Cookie", from: line) {
        let list = bytes.span.extracting(record.value)
        var start = 0
        while start < list.count {
          let end = list.firstIndex(of: UInt8(ascii: ";"), from: start) ?? list.count
          let pair = list.extracting(start..<end).trimmed
          start = end + 1
          guard let sign = pair.firstIndex(of: UInt8(ascii: "=")), pair.extracting(first: sign).trimmed.equals(name)
          else { continue }
          guard body(pair.extracting(droppingFirst: sign + 1).trimmed) else { return }
        }
        line = record.value.upperBound
      }
    }
  }

  extension Span<UInt8> {
    /// Whether this is a `token68` (RFC 9110 section 11.2), which is not empty.
    fileprivate var isToken68: Bool {
      var end = count
      while end > 0, self[end - 1] == UInt8(ascii: "=") { end -= 1 }
      for index in 0..<end {
        switch self[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue  // digits, letters
        case 0x2B, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E: continue  // + - . / _ ~
        default: return false
        }
      }
      return end > 0
    }
  }
#endif
