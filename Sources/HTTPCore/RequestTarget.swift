// SPDX-License-Identifier: MIT

// The request-target (RFC 9112 section 3.2). An origin server gets origin-form, must take absolute-form, and
// takes "*" with OPTIONS; the authority-form of CONNECT is for proxies, and is understood to be refused.

import Bytes

/// Where the parts of a request-target lie in it.
struct RequestTarget {
  /// Empty if an absolute target has no path, which means "/" (RFC 9110 section 4.2.3).
  private(set) var path = 0..<0
  /// Empty without "?".
  private(set) var query = 0..<0
  /// Host and port of an absolute target, otherwise empty.
  private(set) var authority = 0..<0

  /// - Parameter isSecured: Whether it came over a connection that is secured.
  init(_ target: Span<UInt8>, method: HTTPMethod, isSecured: Bool = false) throws(RemoteProtocolError) {
    for index in target.indices where !target[index].isTargetCharacter { throw .malformedTarget }
    if method == .connect {
      throw target.isAuthorityForm ? .unsupportedMethod : .malformedTarget
    } else if target.starts(with: "/") {
      splitPathAndQuery(of: target, from: 0)
    } else if target.equals("*"), method == .options {
      path = 0..<1
    } else {
      let start = try Self.authorityStart(of: target, isSecured: isSecured)
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
  private static func authorityStart(
    of target: Span<UInt8>, isSecured: Bool
  ) throws(RemoteProtocolError) -> Int {
    guard let colon = target.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedTarget }
    guard target.extracting(droppingFirst: colon).starts(with: "://") else { throw .malformedTarget }
    let scheme = target.extracting(first: colon)
    // RFC 9110 section 7.4: an https resource only over a connection that is secured for it.
    if scheme.equalsIgnoringCase("https") {
      guard isSecured else { throw .misdirectedRequest }
      return colon + 3
    }
    guard scheme.equalsIgnoringCase("http") else { throw .malformedTarget }
    return colon + 3
  }

  @inline(never)
  private mutating func splitPathAndQuery(of target: Span<UInt8>, from start: Int) {
    let mark = target.firstIndex(of: UInt8(ascii: "?"), from: start)
    path = start..<(mark ?? target.count)
    if let mark { query = mark + 1..<target.count }
  }
}

extension UInt8 {
  /// Visible ASCII without `"`, `#` (a client keeps its fragment to itself, RFC 9110 section 7.1), `<` and `>`.
  ///
  /// No URI has ``\ ^ ` { | }`` either, nor brackets in a path or query, but browsers send them in a query as they
  /// are (URL Standard, sections 1.3 and 4.4).
  fileprivate var isTargetCharacter: Bool {
    switch self {
    case 0x22, 0x23, 0x3C, 0x3E: false
    default: 0x21...0x7E ~= self
    }
  }
}

extension Span<UInt8> {
  /// Whether this is `uri-host ":" port` with a port that is not empty, the target of CONNECT (RFC 9110 section
  /// 9.3.6).
  fileprivate var isAuthorityForm: Bool {
    isHostAndPort && firstIndex(of: UInt8(ascii: ":")) != nil && self[count - 1].isASCIIDigit
  }
}
