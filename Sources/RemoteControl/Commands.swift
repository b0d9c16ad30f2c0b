// SPDX-License-Identifier: MIT

// A command on somebody's behalf, from whichever surface: whether they may, and the name under which everybody sees it.

import DeviceServer
import Parts
import Timebase

extension RemoteControlContext {
  /// Makes a part do something for `principal`; `client` is the number of their WebSocket client, 0 for a request.
  ///
  /// - Throws: `.notAllowed` if they may not, or what `Device.perform` throws; nothing has changed then.
  mutating func perform(
    _ command: Command, on part: Int, for principal: Principal, client: UInt32 = 0, now: MonotonicTime
  ) throws(CommandError) {
    guard principal.role >= (device.isForAdmins(part) ? .admin : .control) else { throw .notAllowed }
    try device.perform(command, on: part, by: Author(principal, client: client), now: now)
  }
}

extension Author {
  /// The author of what `principal` does.
  init(_ principal: Principal, client: UInt32) {
    #if !WITHOUT_LOGIN
      guard principal.name.isEmpty else {
        self = .person(name: principal.name, client: client)
        return
      }
    #endif
    self = client > 0 ? .client(client) : .http
  }
}
