// SPDX-License-Identifier: MIT

// What the remote control is unless told otherwise: the embedded page, and limits for a device at home.

import Bytes
public import DeviceServer
import RemoteControlPage
import WebSocketCore

extension AssetTable {
  /// The page that is part of the program.
  public static var embeddedPage: AssetTable {
    let page = RemoteControlPage.index
    var assets = [StaticAsset(path: [UInt8](page.path), bytes: page.bytes, isTemplate: true)]
    for file in RemoteControlPage.files {
      assets.append(
        StaticAsset(
          path: [UInt8](file.path), bytes: file.bytes, gzipped: file.gzipped,
          entityTag: [UInt8](file.entityTag)))
    }
    return AssetTable(assets)
  }
}

extension ServerLimits {
  /// Eight screens, each with a page to load, and messages of at most 4 KB: no message of ours is a tenth of
  /// that.
  public static var remoteControl: ServerLimits {
    var limits = ServerLimits()
    limits.webSocket.messageSize = 4096
    limits.outboxSize = 16_384
    limits.outputHighWater = 4096  // below that: who does not read waits before an answer is dropped
    return limits
  }
}
