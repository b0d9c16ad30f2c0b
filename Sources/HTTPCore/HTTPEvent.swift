// SPDX-License-Identifier: MIT

// What a connection has to tell its owner, in the order of the wire.

/// One answer of `HTTPConnection.nextEvent()`.
public enum HTTPEvent: Sendable {
  /// Nothing more until more input comes.
  case needData
  /// Nothing more until the owner has acted: answered the request and started the next cycle, or written
  /// output away (see `Limits.outputSize`). After 101 it stays so.
  case paused
  /// A request's head is in.
  case request(RequestHead)
  /// The request is in to its last byte; `takeBody()` has its body.
  case endOfMessage
  /// Nothing more will ever come, and no answer is due.
  case closed
}
