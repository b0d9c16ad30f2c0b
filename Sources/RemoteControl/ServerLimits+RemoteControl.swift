// SPDX-License-Identifier: MIT

// The limits of a device at home, where they differ from a server's defaults.

public import DeviceServer
import WebSocketCore

extension ServerLimits {
  /// Eight pages, each with files to load, and messages of at most 4 KB: none of ours has a tenth of that.
  public static var remoteControl: ServerLimits {
    var limits = ServerLimits()
    limits.webSocket.messageSize = 4096
    limits.outboxSize = 16_384
    limits.outputHighWater = 4096  // below that: a client that does not read is held back before an answer is dropped
    return limits
  }
}
