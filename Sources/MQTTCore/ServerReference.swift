// SPDX-License-Identifier: MIT

// Where a server sends its clients. MQTT 5.0 section 4.11.

import Bytes

/// The first server that a Server Reference names: a name or an address, and a port if it says one.
public struct ServerReference: Equatable, Sendable {
  /// A name, an IPv4 address, or an IPv6 address without its brackets.
  public var host: [UInt8]
  /// The port; nil for that of the server that sent us.
  public var port: UInt16?

  /// Reads a reference such as `myserver.xyz.org:1883 [fe80::9610]:1883`; nil if it names no server.
  public init?(_ text: Span<UInt8>) {
    var end = 0
    while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
    var hostEnd = end
    var start = 0
    if end > 0, text[0] == UInt8(ascii: "[") {
      start = 1
      hostEnd = 1
      while hostEnd < end, text[hostEnd] != UInt8(ascii: "]") { hostEnd += 1 }
      guard hostEnd < end else { return nil }
    } else if let colon = Self.onlyColon(in: text.extracting(first: end)) {
      hostEnd = colon
    }
    host = [UInt8](text.extracting(start..<hostEnd))
    let rest = text.extracting(hostEnd + start..<end)  // behind the bracket, if there is one
    guard !host.isEmpty, Self.isHost(host.span), rest.isEmpty || rest[0] == UInt8(ascii: ":") else { return nil }
    if !rest.isEmpty {
      guard let port = Self.port(rest.extracting(droppingFirst: 1)) else { return nil }
      self.port = port
    }
  }

  /// Where the colon is that stands before a port; an IPv6 address without brackets has more of them.
  private static func onlyColon(in text: Span<UInt8>) -> Int? {
    var found: Int?
    for index in text.indices where text[index] == UInt8(ascii: ":") {
      guard found == nil else { return nil }
      found = index
    }
    return found
  }

  private static func isHost(_ text: Span<UInt8>) -> Bool {
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: ":"), UInt8(ascii: "%"):
        break
      default: return false
      }
    }
    return true
  }

  private static func port(_ digits: Span<UInt8>) -> UInt16? {
    guard (1...5).contains(digits.count) else { return nil }
    var value: UInt32 = 0
    for index in digits.indices {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else { return nil }
      value = value * 10 + UInt32(digits[index] - UInt8(ascii: "0"))
    }
    return value > 0 ? UInt16(exactly: value) : nil
  }
}
