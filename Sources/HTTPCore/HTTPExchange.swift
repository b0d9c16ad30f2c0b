// SPDX-License-Identifier: MIT

// What a connection and its owner exchange: the version that the client speaks, the events that `nextEvent` returns,
// how a response gives its length, and the owner's possible mistakes.

/// The HTTP version that a client speaks.
///
/// The server itself always answers as HTTP/1.1, its own highest version (RFC 9110 section 6.2), but leaves out what
/// a client of 1.0 cannot read.
public enum HTTPVersion: Sendable, Hashable {
  /// HTTP/1.0: no chunked bodies, no interim answers, one request per connection unless it asks for more.
  case http10
  /// HTTP/1.1, and any later minor version, which is to be read as this one (RFC 9110 section 2.5).
  case http11
}

/// What `HTTPConnection.nextEvent()` gives, in the order of the wire.
public enum HTTPEvent: Sendable {
  /// Nothing more until more input comes.
  case needData
  /// Nothing more until the owner has acted: answered the request and started the next cycle, or written
  /// output away (see `Limits.outputSize`). Input that has come is held until then; after 101 for good.
  case held
  /// A request's head is in.
  case request(RequestHead)
  /// The request is in to its last byte; `takeBody()` has its body.
  case endOfMessage
  /// Nothing more will ever come, and no answer is due.
  case closed
}

/// How the end of a response's body is found (RFC 9112 section 6).
///
/// The owner says what it knows of the body; the connection turns that into fields that the client can read.
public enum BodyFraming: Sendable, Equatable {
  /// No body: `Content-Length: 0`, or nothing where the status allows no body (1xx, 204, 304).
  case none
  /// A body of so many bytes; a negative number is refused.
  case length(Int)
  /// A body of unknown length, in chunks; for an HTTP/1.0 client the end of the connection ends it instead.
  case chunked
}

/// A misuse of `HTTPConnection` by its owner; nothing of the refused call goes out.
public enum LocalProtocolError: Error, Hashable, Sendable {
  /// The call does not fit the state: see the table in `ConnectionStates`.
  case wrongState
  /// More or fewer body bytes than the head announced, or a negative number of them in the head.
  case bodyLengthMismatch
}
