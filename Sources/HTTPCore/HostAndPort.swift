// SPDX-License-Identifier: MIT

// Whether a Host field or an authority is valid: `uri-host [":" port]` (RFC 9110 section 7.2, RFC 3986 section 3.2.2).
// Which hosts this server answers for is not decided here.

import Bytes

extension Span<UInt8> {
  /// Whether this is a host that is not empty (RFC 9110 section 4.2.1), and a port if there is a colon.
  ///
  /// User information ("@") does not fit, as RFC 9110 section 4.2.4 wants.
  var isHostAndPort: Bool {
    guard count > 0 else { return false }
    var end = 0
    if self[0] == UInt8(ascii: "[") {
      guard let bracket = firstIndex(of: UInt8(ascii: "]")), bracket > 2 else { return false }
      for index in 1..<bracket where !self[index].isIPv6Character { return false }
      end = bracket + 1
    } else {
      end = firstIndex(of: UInt8(ascii: ":")) ?? count
      guard extracting(first: end).isRegisteredName else { return false }
    }
    guard end < count else { return true }
    guard self[end] == UInt8(ascii: ":") else { return false }
    let port = extracting(droppingFirst: end + 1)
    guard port.count > 0 else { return true }  // port = *DIGIT
    guard let number = port.decimalValue else { return false }
    return number <= 65_535
  }

  /// Whether this is a `reg-name`, which an IPv4 address is too, and not empty.
  private var isRegisteredName: Bool {
    var index = 0
    while index < count {
      if self[index] == UInt8(ascii: "%") {
        guard count - index > 2, self[index + 1].hexadecimalValue != nil,
          self[index + 2].hexadecimalValue != nil
        else { return false }
        index += 3
      } else {
        guard self[index].isRegisteredNameCharacter else { return false }
        index += 1
      }
    }
    return count > 0
  }
}

extension UInt8 {
  fileprivate var isIPv6Character: Bool {
    hexadecimalValue != nil || self == UInt8(ascii: ":") || self == UInt8(ascii: ".")
  }

  /// unreserved / sub-delims (RFC 3986 section 2).
  fileprivate var isRegisteredNameCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true  // digits, letters
    case 0x21, 0x24, 0x26...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: true  // ! $ & ' ( ) * + , - . ; = _ ~
    default: false
    }
  }
}
