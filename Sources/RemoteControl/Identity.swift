// SPDX-License-Identifier: MIT

// What distinguishes a device, and each start of it, from others.

import Bytes

/// What stays the same for as long as the device runs.
public struct Identity: Sendable {
  /// The number of this start, in eight hexadecimal digits.
  public let boot: [UInt8]
  /// What the parts are wired to: `simulated`, `linux`, or the name of a microcontroller's board.
  public let board: [UInt8]

  /// `boot` is another number at each start, so that clients notice a reboot.
  public init(boot: UInt32, board: StaticString) {
    var digits: [UInt8] = []
    digits.append(hexadecimal: boot, width: 8)
    self.boot = digits
    self.board = [UInt8](board)
  }

  /// The version of this program.
  public static let version: StaticString = "0.9.0"
}
