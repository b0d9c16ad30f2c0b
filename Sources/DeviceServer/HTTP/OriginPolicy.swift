// SPDX-License-Identifier: MIT

// The origins that are allowed: RequestGuard asks here (RFC 6454, RFC 6455 section 10.2).

/// Which sites' pages may open a socket or change something.
///
/// It is set where routes are made: `Router.origin`, and `origin:` of `Router.webSocket`.
public enum OriginPolicy: Sendable {
  /// Pages that this server itself served: `Origin` is `http(s)://` and the request's `Host`.
  case sameOrigin
  #if !WITHOUT_PROXIES
    /// Also the pages of these origins.
    case alsoFrom([Origin])
  #endif
  /// Any page of any site.
  case any
}
