// SPDX-License-Identifier: MIT

// The client as these tests play it: it writes masked frames, also wrong ones, and reads what the server
// sends. It shares no code with the module; RFC 6455 section 5.2 is what both go by.

/// A frame as a client sends it, every field free to be wrong.
struct ClientFrame {
  var first: UInt8
  var payload: [UInt8]
  var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
  /// How many bytes the extended length takes (0, 2 or 8); nil for the fewest.
  var extended: Int?

  static func text(_ text: String, final: Bool = true) -> ClientFrame {
    ClientFrame(first: final ? 0x81 : 0x01, payload: Array(text.utf8))
  }

  static func binary(_ payload: [UInt8], final: Bool = true) -> ClientFrame {
    ClientFrame(first: final ? 0x82 : 0x02, payload: payload)
  }

  static func continuation(_ payload: [UInt8], final: Bool) -> ClientFrame {
    ClientFrame(first: final ? 0x80 : 0x00, payload: payload)
  }

  static func ping(_ payload: [UInt8] = []) -> ClientFrame { ClientFrame(first: 0x89, payload: payload) }
  static func pong(_ payload: [UInt8] = []) -> ClientFrame { ClientFrame(first: 0x8A, payload: payload) }

  static func close(_ code: UInt16? = nil, _ reason: [UInt8] = []) -> ClientFrame {
    ClientFrame(first: 0x88, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + reason)
  }

  /// The frame on the wire.
  var bytes: [UInt8] {
    let count = payload.count
    let extended = extended ?? (count < 126 ? 0 : count < 65_536 ? 2 : 8)
    var result = [
      first, (key == nil ? 0 : 0x80) | (extended == 0 ? UInt8(count) : extended == 2 ? 126 : 127),
    ]
    for place in (0..<extended).reversed() {
      result.append(UInt8(UInt64(count) >> (8 * UInt64(place)) & 0xFF))
    }
    guard let key else { return result + payload }
    result += key
    result += payload.indices.map { payload[$0] ^ key[$0 % 4] }
    return result
  }
}

/// The bytes of several frames, one after the other.
func wire(_ frames: [ClientFrame]) -> [UInt8] { frames.flatMap(\.bytes) }

/// A frame that the server sent.
struct ServerFrame: Equatable, CustomStringConvertible {
  var first: UInt8
  var payload: [UInt8]

  var description: String { "\(String(first, radix: 16)):\(payload.prefix(16))+\(payload.count)" }

  static func text(_ text: String) -> ServerFrame { ServerFrame(first: 0x81, payload: Array(text.utf8)) }
  static func ping(_ payload: [UInt8] = []) -> ServerFrame { ServerFrame(first: 0x89, payload: payload) }
  static func pong(_ payload: [UInt8] = []) -> ServerFrame { ServerFrame(first: 0x8A, payload: payload) }

  static func close(_ code: UInt16? = nil, _ reason: String = "") -> ServerFrame {
    ServerFrame(
      first: 0x88, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + Array(reason.utf8))
  }
}

/// Reads whole unmasked frames; nil if there is anything else.
func serverFrames(_ bytes: [UInt8]) -> [ServerFrame]? {
  var frames: [ServerFrame] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    guard rest.count >= 2 else { return nil }
    let first = rest.removeFirst()
    var count = Int(rest.removeFirst())
    let extended = count == 126 ? 2 : count == 127 ? 8 : 0
    guard rest.count >= extended, count < 128 else { return nil }
    if extended > 0 {
      count = rest.prefix(extended).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(extended)
    }
    guard rest.count >= count else { return nil }
    frames.append(ServerFrame(first: first, payload: Array(rest.prefix(count))))
    rest = rest.dropFirst(count)
  }
  return frames
}
