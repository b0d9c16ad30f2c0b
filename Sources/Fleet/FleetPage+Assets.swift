// SPDX-License-Identifier: MIT

// The gateway's page, as the server wants it.

import Bytes
public import DeviceServer
import FleetPage
import RemoteControlPage

extension AssetTable {
  /// The page that is part of the program.
  public static var fleetPage: AssetTable {
    let page = FleetPage.index
    var assets = [StaticAsset(path: [UInt8](page.path), bytes: page.bytes, isTemplate: true)]
    for file in FleetPage.files + [RemoteControlPage.icon, RemoteControlPage.touchIcon] {
      assets.append(
        StaticAsset(
          path: [UInt8](file.path), bytes: file.bytes, gzipped: file.gzipped, entityTag: [UInt8](file.entityTag)))
    }
    return AssetTable(assets)
  }
}
