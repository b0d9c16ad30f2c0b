// SPDX-License-Identifier: MIT

import DeviceServer

extension RemoteAddress {
  /// The address without the port, as people write it.
  var string: String { String(decoding: addressText, as: UTF8.self) }
}
