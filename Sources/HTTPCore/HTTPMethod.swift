// SPDX-License-Identifier: MIT

// The request method (RFC 9110 section 9, PATCH from RFC 5789). Methods are case-sensitive tokens: `get` is
// not GET.

import Bytes

/// What a request asks to be done.
public enum HTTPMethod: Sendable, Hashable, CaseIterable {
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

  /// The method as it is written; empty for `.other`.
  public var token: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .connect: "CONNECT"
    case .trace: "TRACE"
    case .other: ""
    }
  }
}
