// SPDX-License-Identifier: MIT

import Bytes
import DeviceServer
import Parts

enum PageRows {
  static func append(_ device: borrowing Device, to html: inout [UInt8]) {}
}
