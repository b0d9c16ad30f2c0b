// SPDX-License-Identifier: MIT

// What a client is told that has no place: the newcomer to a full house, and whoever loses a place to another. Rule: it
// is said by a message, and once more as the reason of the Close (4013, `CloseCode.placeTaken`), since many libraries
// show their user one of the two only.

import Bytes

/// Why a client has no place, or no longer.
public struct Farewell: Sendable {
  /// In a few words: `all places are taken`, `others have fewer places` or `too many clients`.
  public let reason: StaticString
  /// How many clients are connected.
  public let clients: Int

  /// Appends it as JSON: `{"type":"error","error":"all places are taken","clients":8}`.
  public func append(to message: inout [UInt8]) {
    message.append(#"{"type":"error","error":""#)
    message.append(reason)
    message.append(#"","clients":"#)
    message.append(decimal: UInt32(clamping: clients))
    message.append("}")
  }
}

extension WebSocketHub {
  /// Appends the text message that a client gets which has no place, before it is closed with 4013.
  public typealias FarewellEncoder = @Sendable (_ farewell: Farewell, _ message: inout [UInt8]) -> Void
}
