// SPDX-License-Identifier: MIT

// How much of 64 KB peers may use: everything that the defaults allow for a computer, cut to what a page needs.
// Together with lwIP's buffers this is what the RAM budget of scripts/firmware counts on.

import DeviceServer
import HTTPCore
import WebSocketCore

extension ServerLimits {
  /// Eight pages, and four connections more to load them with.
  static var firmware: ServerLimits {
    var limits = ServerLimits()
    limits.clients = 8
    limits.connections = 12
    limits.refusals = 3
    limits.http.headSize = 2048  // browsers on a home network send 400 to 900 bytes
    limits.http.targetSize = 256
    limits.http.fieldCount = 32
    limits.http.bodySize = 256
    limits.http.chunkExtensionSize = 64
    limits.http.outputSize = 0  // one answer at a time: lwIP has the last one while the next is made
    limits.webSocket.messageSize = 512
    limits.outboxSize = 1024
    limits.outputHighWater = 512
    return limits
  }
}
