// SPDX-License-Identifier: MIT

// The request method (RFC 9110 section 9, PATCH from RFC 5789). Methods are case-sensitive tokens: `get` is
// not GET.

import Bytes

/// What a request asks to be done.
public enum HTTPMethod: UInt8, Sendable, Hashable, CaseIterable {
  /// The methods of RFC 9110 section 9.3, and PATCH.
  case get, head, post, put, patch, delete, options, connect, trace
  /// A token that this server does not know; `RequestHead.methodToken` holds it.
  case other

  /// The method that `token` names; `.other` if it names none of ours.
  public init(token: Span<UInt8>) {
    for method in Self.allCases where token.equals(method.token) {
      self = method
      return
    }
    self = .other
  }

  /// Whether it only looks (RFC 9110 section 9.2.1). TRACE, which nothing here answers, does not count.
  public var isSafe: Bool { self == .get || self == .head || self == .options }

  /// The method as it is written; empty for `.other`.
  public var token: Span<UInt8> {
    @_lifetime(immortal) get { Self.tokens.line(Int(rawValue)) }
  }

  /// A line for each case, in their order.
  private static let tokens: StaticString = """
    GET
    HEAD
    POST
    PUT
    PATCH
    DELETE
    OPTIONS
    CONNECT
    TRACE
    """
}
