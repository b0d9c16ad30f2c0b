// SPDX-License-Identifier: MIT

// What a client remembers from one connection to the next: the packet identifiers that are taken, and, of a session that
// is kept, the messages that have not been acknowledged. MQTT 5.0 sections 2.2.1, 4.1 and 4.4.

import Bytes

/// The client's part of a session (section 4.1).
public struct MQTTSession: Sendable {
  /// A packet that is to be acknowledged.
  struct Pending: Sendable {
    enum Kind: Sendable {
      case publish(Stored?)
      case subscribe(filters: Int)
      case unsubscribe(filters: Int)
    }

    var identifier: UInt16
    var kind: Kind
    /// Whether it has gone out on this connection.
    var isSent = true

    var isPublication: Bool {
      if case .publish = kind { true } else { false }
    }
  }

  /// A message as it is sent again.
  struct Stored: Sendable {
    var topic: [UInt8]
    var payload: [UInt8]
    var isRetained: Bool
  }

  /// Whether messages are kept until they are acknowledged, over connections. If not, whoever sent one that is lost with
  /// its connection sends its successor.
  let isKept: Bool
  private(set) var pending: [Pending] = []
  private var lastIdentifier: UInt16 = 0

  /// A new session.
  public init(isKept: Bool) { self.isKept = isKept }

  /// How many messages have not been acknowledged.
  public var unacknowledgedMessages: Int {
    var count = 0
    for entry in pending where entry.isPublication { count += 1 }
    return count
  }

  /// How many messages have gone out on this connection and have not been acknowledged.
  var inFlight: Int {
    var count = 0
    for entry in pending where entry.isPublication && entry.isSent { count += 1 }
    return count
  }

  /// Takes an identifier that is free, for a packet that goes out. Fewer than 65,535 may be taken.
  mutating func take(_ kind: Pending.Kind) -> UInt16 {
    repeat {
      lastIdentifier = lastIdentifier == .max ? 1 : lastIdentifier + 1
    } while index(of: lastIdentifier) != nil
    pending.append(Pending(identifier: lastIdentifier, kind: kind))
    return lastIdentifier
  }

  /// Frees an identifier; nil if nothing was sent with it.
  mutating func acknowledge(_ identifier: UInt16) -> Pending.Kind? {
    guard let index = index(of: identifier), pending[index].isSent else { return nil }
    return pending.remove(at: index).kind
  }

  /// Begins a connection: requests are forgotten, and of messages those that are kept have yet to go out.
  mutating func beginConnection() {
    pending.removeAll { entry in
      if case .publish(.some) = entry.kind { false } else { true }
    }
    for index in pending.indices { pending[index].isSent = false }
  }

  /// The oldest message that has yet to go out, which is now taken as sent.
  mutating func nextUnsent() -> (identifier: UInt16, message: Stored)? {
    for index in pending.indices where !pending[index].isSent {
      guard case .publish(.some(let message)) = pending[index].kind else { continue }
      pending[index].isSent = true
      return (pending[index].identifier, message)
    }
    return nil
  }

  private func index(of identifier: UInt16) -> Int? {
    for index in pending.indices where pending[index].identifier == identifier { return index }
    return nil
  }
}
