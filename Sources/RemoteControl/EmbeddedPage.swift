// SPDX-License-Identifier: MIT

// The page that is part of the program, as the server wants it.

import Bytes
public import DeviceServer
import RemoteControlPage

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
