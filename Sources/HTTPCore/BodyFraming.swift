// SPDX-License-Identifier: MIT

// How a response tells where its body ends (RFC 9112 section 6). The owner says what it knows of the body;
// the connection turns that into fields that the client can read.

/// How the end of a response's body is found (RFC 9112 section 6).
public enum BodyFraming: Sendable, Equatable {
  /// No body: `Content-Length: 0`, or nothing where the status allows no body (1xx, 204, 304).
  case none
  /// A body of so many bytes.
  case length(Int)
  /// A body of unknown length, in chunks; for an HTTP/1.0 client the end of the connection ends it instead.
  case chunked
}
