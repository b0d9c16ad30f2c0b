// SPDX-License-Identifier: MIT

// The request-target (RFC 9112 section 3.2). An origin server gets origin-form, must take absolute-form, and
// takes "*" with OPTIONS; the authority-form of CONNECT is for proxies and is refused.

import Bytes

/// Where the parts of a request-target lie in it.
struct RequestTarget {
  /// Empty if an absolute target has no path, which means "/" (RFC 9110 section 4.2.3).
  private(set) var path = 0..<0
  /// Empty without "?".
  private(set) var query = 0..<0
  /// Host and port of an absolute target, otherwise empty.
  private(set) var authority = 0..<0

  init(_ target: Span<UInt8>, method: HTTPMethod) throws(RemoteProtocolError) {
    for index in target.indices {
      // Visible ASCII only; a client keeps its fragment to itself (RFC 9110 section 7.1).
      guard 0x21...0x7E ~= target[index], target[index] != UInt8(ascii: "#") else { throw .malformedTarget }
    }
    if target.starts(with: "/") {
      splitPathAndQuery(of: target, from: 0)
    } else if target.equals("*"), method == .options {
      path = 0..<1
    } else {
      let start = try Self.authorityStart(of: target)
      var end = start
      while end < target.count, target[end] != UInt8(ascii: "/"), target[end] != UInt8(ascii: "?") {
        end += 1
      }
      authority = start..<end
      guard target.extracting(authority).isHostAndPort else { throw .malformedHost }
      splitPathAndQuery(of: target, from: end)
    }
  }

  /// absolute-form: the index behind `http://` or `https://`.
  private static func authorityStart(of target: Span<UInt8>) throws(RemoteProtocolError) -> Int {
    guard let colon = target.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedTarget }
    let scheme = target.extracting(first: colon)
    guard scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https"),
      target.extracting(droppingFirst: colon).starts(with: "://")
    else { throw .malformedTarget }
    return colon + 3
  }

  private mutating func splitPathAndQuery(of target: Span<UInt8>, from start: Int) {
    let mark = target.firstIndex(of: UInt8(ascii: "?"), from: start)
    path = start..<(mark ?? target.count)
    if let mark { query = mark + 1..<target.count }
  }
}
