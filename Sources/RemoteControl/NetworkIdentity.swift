// SPDX-License-Identifier: MIT

// How the device is reached, in the words that the tutorial prints on its serial line.

import Bytes
public import DeviceServer

/// The address of the device, as the tutorial prints it.
public struct NetworkIdentity: Sendable {
  /// The hardware address, zero for loopback.
  public let hardwareAddress: InlineArray<6, UInt8>
  /// The bound address.
  public let address: RemoteAddress

  /// The interface with `hardwareAddress` and `address`.
  public init(hardwareAddress: InlineArray<6, UInt8>, address: RemoteAddress) {
    self.hardwareAddress = hardwareAddress
    self.address = address
  }

  /// `Trying to connect [30:AE:A4:97:F3:0C] ... 192.168.1.32`
  func append(to line: inout [UInt8]) {
    Self.appendBeginning(hardwareAddress, to: &line)
    line.append("...")
    Self.appendEnd(address, to: &line)
  }

  static func appendBeginning(_ hardwareAddress: InlineArray<6, UInt8>, to line: inout [UInt8]) {
    line.append("Trying to connect [")
    for index in hardwareAddress.indices {
      if index > 0 { line.append(UInt8(ascii: ":")) }
      let start = line.count
      line.append(hexadecimal: hardwareAddress[index], width: 2)
      for digit in start..<line.count where line[digit] >= UInt8(ascii: "a") { line[digit] -= 0x20 }
    }
    line.append("] ")
  }

  static func appendEnd(_ address: RemoteAddress, to line: inout [UInt8]) {
    line.append(" ")
    address.appendAddress(to: &line)
  }
}
