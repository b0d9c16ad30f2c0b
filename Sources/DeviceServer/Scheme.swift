// SPDX-License-Identifier: MIT

// How a request came: in the open, or over TLS (RFC 9110 sections 4.2.1 and 4.2.2). The transport knows, the core does
// not: bytes that it is fed are plain in either case.

/// The scheme of the URL under which a peer reaches the server.
public enum Scheme: Equatable, Sendable {
  /// In the open.
  case http
  /// Over TLS.
  case https
}
