// SPDX-License-Identifier: MIT

// The protocol version of a request. The server itself always answers as HTTP/1.1, its own highest version
// (RFC 9110 section 6.2), but leaves out what a 1.0 client cannot read.

/// The HTTP version that a client speaks.
public enum HTTPVersion: Sendable, Hashable {
  /// HTTP/1.0: no chunked bodies, no interim answers, one request per connection unless it asks for more.
  case http10
  /// HTTP/1.1, and any later minor version, which is to be read as this one (RFC 9110 section 2.5).
  case http11
}
