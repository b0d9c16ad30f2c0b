// SPDX-License-Identifier: MIT

// What is known about a send. `enqueued` means that the bytes are in the client's outbox, in order; whether the client
// has received them is not known.

/// What became of a message to one client.
public enum SendStatus: Sendable {
  /// It waits in the client's outbox.
  case enqueued
  /// It waits in the client's outbox, which is past its high-water mark: send less to this one.
  case backpressure
  /// The outbox is full, or the client is closing: it was dropped and counted.
  case discarded
  /// There is no such client, or no longer.
  case noSuchClient
}

/// What became of a message to all clients.
public enum BroadcastStatus: Sendable {
  /// It waits in every client's outbox, if there are any.
  case enqueued
  /// Some outboxes were full: those clients miss it.
  case partiallyEnqueued
  /// All outboxes were full.
  case discarded
}
