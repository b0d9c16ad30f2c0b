// SPDX-License-Identifier: MIT

// The first bytes of every packet: what it is, its flags, and how long the rest is. MQTT 5.0 section 2.1.

import Bytes

/// The fixed header of a packet from a server.
struct FixedHeader {
  /// What the packet is.
  var type: ControlPacketType
  /// The low bits of its first byte.
  var flags: UInt8
  /// How many bytes this header took: 2 to 5.
  var size: Int
  /// How many bytes follow.
  var length: Int

  /// The longest fixed header.
  static let maximumSize = 5

  /// Reads the header at the start of `bytes`; nil if it does not end there.
  init?(_ bytes: Span<UInt8>, version: ProtocolVersion) throws(MQTTError) {
    guard bytes.count > 0 else { return nil }
    guard let type = ControlPacketType(rawValue: bytes[0] >> 4), type.isFromServer(version) else {
      throw .invalidPacketType
    }
    self.type = type
    flags = bytes[0] & 0x0F
    if let required = type.flags {
      guard flags == required else { throw .invalidFlags }
    } else {
      guard flags & 0b0110 != 0b0110, flags & 0b1110 != 0b1000 else { throw .invalidQoS }
    }
    let rest = bytes.extracting(droppingFirst: 1)
    guard let length = try VariableByteInteger(rest, isMinimal: version.isV5) else { return nil }
    size = 1 + length.size
    self.length = length.value
  }
}

/// The fixed header of a packet of our own.
struct OutgoingHeader {
  private var storage: InlineArray<5, UInt8> = [0, 0, 0, 0, 0]
  private var size = 1

  /// The header of a packet in which `length` bytes follow, 0 to `VariableByteInteger.maximum`.
  init(_ type: ControlPacketType, flags: UInt8 = 0, length: Int) {
    storage[0] = type.rawValue << 4 | (type.flags ?? flags)
    var rest = length
    repeat {
      storage[size] = UInt8(truncatingIfNeeded: rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)
      rest >>= 7
      size += 1
    } while rest > 0 && size < FixedHeader.maximumSize
  }

  /// The header's bytes: 2 to 5.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(first: size) }
  }
}
