// SPDX-License-Identifier: MIT

// The tutorial's wait for the network: `Trying to connect [30:AE:A4:97:F3:0C] `, a dot at once and every 500 ms, and
// when there is an address ` 192.168.1.32`. It has no limit: a device without a network has nothing else to do.

import Bytes
public import DeviceServer
public import Timebase

/// The line that a device prints while it waits for the network, a piece at a time.
public struct NetworkWait: Sendable {
  private let hardwareAddress: InlineArray<6, UInt8>
  private var nextDot: MonotonicTime?

  /// A wait of the interface with this hardware address.
  public init(hardwareAddress: InlineArray<6, UInt8>) { self.hardwareAddress = hardwareAddress }

  /// Appends to `output` what is to be printed by now, and returns when there will be more: nil once there is an
  /// `address`, which ends the line.
  public mutating func poll(
    now: MonotonicTime, address: RemoteAddress?, to output: inout [UInt8]
  ) -> MonotonicTime? {
    var due = nextDot ?? now
    if nextDot == nil { NetworkIdentity.appendBeginning(hardwareAddress, to: &output) }
    defer { nextDot = due }
    if let address {
      NetworkIdentity.appendEnd(address, to: &output)
      return nil
    }
    if due <= now {
      output.append(".")
      due = now + Self.interval
    }
    return due
  }

  private static var interval: Milliseconds { Milliseconds(500) }
}
