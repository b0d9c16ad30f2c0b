// SPDX-License-Identifier: MIT

// The tutorial's `processor`: what replaces the names in `index.html`, so that the first paint, and a browser without
// JavaScript, show the true state. The page's script finds the same rows and continues with them.

import Bytes
import DeviceServer
import Parts

enum PageTemplate {
  /// The value of a name in `index.html`.
  static func processor(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ name: Span<UInt8>, _ value: inout [UInt8]
  ) -> Template.Value? {
    if name.equals("NAME") {
      value.append(context.device.name.span)
    } else if name.equals("STATE") {
      guard let main = context.device.mainPart else { return .text }
      value.append(context.device.parts[main].isOn == true ? "on" : "off")
    } else if name.equals("PARTS") {
      PageRows.append(context.device, for: request.principal, to: &value)
      return .html
    } else {
      return nil
    }
    return .text
  }
}
