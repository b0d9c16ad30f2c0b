// SPDX-License-Identifier: MIT

// The state, conflated. The state has a revision, and each client a cursor: the revision that it has. A client that is
// behind is sent, as soon as its outbox is empty, what has changed since its cursor, as it is at that moment. So a slow
// client never falls behind, costs the others nothing, and takes no memory but the cursor. The message is made by the
// endpoint's `Router.StateEncoder`, once for all clients with the same cursor.

import WebSocketCore

extension WebSocketHub {
  /// Says that the state has changed: each client is to have all changes up to `revision`.
  ///
  /// Each gets, when the network takes it, what the endpoint's encoder then says has changed since the last message. A
  /// revision that is not above the last one changes nothing.
  public mutating func publish(revision: UInt64) {
    guard revision > self.revision else { return }
    let previous = self.revision
    self.revision = revision
    publications &+= 1
    hasPublished = true
    var conflated: UInt32 = 0
    for index in clients.indices where clients[index].isConnected && clients[index].cursor < revision {
      if clients[index].cursor < previous {
        conflated &+= 1  // the transport has yet to write the last publication to it, and writes both in one
      } else {
        list(index)
      }
    }
    counters.conflated.count(conflated)
  }

  /// Makes `payload`, a text message, the whole state: for endpoints without an encoder.
  ///
  /// Each client gets it when the network takes it, or a later one instead; a newcomer gets the last one.
  public mutating func publishState(_ payload: Span<UInt8>) {
    guard revision < .max else { return }
    stateFrames.keep(payload, since: 0...revision, revision: revision + 1)
    publish(revision: revision + 1)
  }

  /// Sends a text message to one client that contains the whole state as of `revision`: it is sent later changes only.
  @discardableResult
  public mutating func snapshot(_ payload: Span<UInt8>, revision: UInt64, to client: ClientID) -> SendStatus {
    let status = send(.text, payload, to: client)
    if status == .enqueued || status == .backpressure, let index = index(of: client) {
      clients[index].cursor = revision
    }
    return status
  }

  /// Sends a text message to one client that contains the state as it was published last.
  @discardableResult
  public mutating func snapshot(_ payload: Span<UInt8>, to client: ClientID) -> SendStatus {
    snapshot(payload, revision: revision, to: client)
  }

  /// Sends a client the whole state once more, if one was published.
  mutating func repeatState(_ index: Int) {
    clients[index].cursor = 0
    if revision > 0 { list(index) }
  }

  /// Sends a client the changes in one of `stateFrames`.
  mutating func sendState(_ index: Int, _ frame: Int, _ accept: (Span<UInt8>) -> Int) -> Written {
    // Whatever revision an encoder returns, it is not asked again for this client and publication.
    clients[index].cursor = max(stateFrames[frame].revision, revision)
    if !stateFrames[frame].isEmpty {
      _ = clients[index].socket.send(stateFrames[frame].message, offeringTo: accept)
    }
    return clients[index].writeOutput(revision, accept)
  }
}

/// The messages about the present state that clients are being sent, encoded: one for each cursor from which clients
/// come, as far as there is room.
///
/// Nearly all clients have the same cursor, that of the last publication. The few that are slow come one at a time.
struct StateFrames: ~Copyable, Sendable {
  struct Frame: Sendable {
    /// The cursors for which the message is right.
    var since: ClosedRange<UInt64>
    /// The revision that a client has after it.
    var revision: UInt64
    var message: EncodedFrame
    /// Whether there is nothing to say to these cursors.
    var isEmpty: Bool
  }

  /// How many are kept. Where memory is scarce a message for a client that is slow is rather encoded once more.
  private static var capacity: Int {
    #if hasFeature(Embedded)
      1
    #else
      4
    #endif
  }

  private var frames = Rows<Frame>()
  /// The one to give up next, if all are in use.
  private var next = 0

  subscript(index: Int) -> Frame {
    _read { yield frames[index] }
  }

  /// The message that brings a client from `cursor` to `revision`.
  @inline(__always)
  func index(since cursor: UInt64, to revision: UInt64) -> Int? {
    for index in frames.indices where frames[index].revision >= revision && frames[index].since.contains(cursor) {
      return index
    }
    return nil
  }

  /// Keeps a message for clients with a cursor in `since`, in place of one that is out of date; the memory is used
  /// again unless an outbox still holds it.
  @discardableResult
  mutating func keep(
    _ payload: Span<UInt8>, since: ClosedRange<UInt64>, revision: UInt64, isEmpty: Bool = false
  ) -> Int {
    let index = place(for: revision)
    frames[index].since = since
    frames[index].revision = revision
    frames[index].isEmpty = isEmpty
    frames[index].message.encode(.text, payload)
    return index
  }

  private mutating func place(for revision: UInt64) -> Int {
    for index in frames.indices where frames[index].revision < revision { return index }
    if frames.count < Self.capacity {
      frames.append(Frame(since: 0...0, revision: 0, message: EncodedFrame(.text, Span()), isEmpty: true))
      return frames.count - 1
    }
    next = next &+ 1 < frames.count ? next &+ 1 : 0
    return next
  }
}
