// SPDX-License-Identifier: MIT

// A client on a `VirtualNetwork`: writes requests and masked frames, reads responses and frames. It shares
// no code with what it tests, and is strict: bytes that are neither a response nor a frame are an issue of
// the test. RFC 9112 (messages) and RFC 6455 section 5.2 (frames).

public import DeviceServer
import Testing

/// A response as a client reads it.
public struct Reply: Equatable, Sendable {
  public var status = 0
  /// Names in lower case, values as they came, in order.
  public var fields: [(name: String, value: String)] = []
  public var body: [UInt8] = []

  /// The value of the first field of that name, which is given in lower case.
  public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// The body as text.
  public var text: String { String(decoding: body, as: UTF8.self) }

  public static func == (left: Reply, right: Reply) -> Bool {
    left.status == right.status && left.body == right.body
      && left.fields.map(\.name) == right.fields.map(\.name) && left.fields.map(\.value) == right.fields.map(\.value)
  }
}

/// A frame as a client reads it.
public struct ReceivedFrame: Equatable, Sendable, CustomStringConvertible {
  public var opcode: UInt8
  public var payload: [UInt8]

  public init(opcode: UInt8, payload: [UInt8]) {
    self.opcode = opcode
    self.payload = payload
  }

  public static func text(_ text: String) -> ReceivedFrame { ReceivedFrame(opcode: 1, payload: Array(text.utf8)) }
  public static func binary(_ payload: [UInt8]) -> ReceivedFrame { ReceivedFrame(opcode: 2, payload: payload) }
  public static func ping(_ text: String = "") -> ReceivedFrame { ReceivedFrame(opcode: 9, payload: Array(text.utf8)) }
  public static func pong(_ text: String = "") -> ReceivedFrame { ReceivedFrame(opcode: 10, payload: Array(text.utf8)) }
  public static func close(_ code: UInt16, _ reason: String = "") -> ReceivedFrame {
    ReceivedFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
  }

  public var description: String {
    if opcode == 8, payload.count >= 2 {
      return "close \(Int(payload[0]) << 8 | Int(payload[1])) \(String(decoding: payload.dropFirst(2), as: UTF8.self))"
    }
    let shown = String(decoding: payload.prefix(60), as: UTF8.self)
    return "frame \(opcode) of \(payload.count): \(shown)"
  }
}

/// What a client reads, taken apart.
public enum Wire {
  /// Takes one response off the front of `bytes`; nil until it is whole.
  ///
  /// A response to HEAD has no body whatever its length says; nor have 1xx, 204 and 304.
  public static func takeReply(_ bytes: inout [UInt8], toHead: Bool = false) -> Reply? {
    guard let headEnd = firstRange(of: Array("\r\n\r\n".utf8), in: bytes) else { return nil }
    var lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(byLine: "\r\n")
    var reply = Reply()
    let statusLine = lines.removeFirst()
    guard statusLine.hasPrefix("HTTP/1.1 "), let status = Int(statusLine.dropFirst(9).prefix(3)) else {
      Issue.record("not a status line: \(statusLine)")
      return nil
    }
    reply.status = status
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else {
        Issue.record("not a field line: \(line)")
        return nil
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      reply.fields.append((line[..<colon].lowercased(), String(value)))
    }
    var length = 0
    if !toHead, status >= 200, status != 204, status != 304 {
      guard let announced = reply["content-length"].flatMap({ Int($0) }) else {
        Issue.record("a response of \(status) without a length")
        return nil
      }
      length = announced
    }
    let bodyStart = headEnd + 4
    guard bytes.count - bodyStart >= length else { return nil }
    reply.body = Array(bytes[bodyStart..<bodyStart + length])
    bytes.removeFirst(bodyStart + length)
    return reply
  }

  /// Takes one frame off the front of `bytes`; nil until it is whole.
  public static func takeFrame(_ bytes: inout [UInt8]) -> ReceivedFrame? {
    guard bytes.count >= 2 else { return nil }
    if bytes[0] & 0xF0 != 0x80 { Issue.record("a frame with first byte \(bytes[0])") }
    if bytes[1] & 0x80 != 0 { Issue.record("a masked frame from a server") }
    var start = 2
    var length = Int(bytes[1] & 0x7F)
    let extended = length == 126 ? 2 : length == 127 ? 8 : 0
    if extended > 0 {
      guard bytes.count >= 2 + extended else { return nil }
      length = bytes[2..<2 + extended].reduce(0) { $0 << 8 | Int($1) }
      start += extended
    }
    guard bytes.count - start >= length else { return nil }
    let frame = ReceivedFrame(opcode: bytes[0] & 0x0F, payload: Array(bytes[start..<start + length]))
    bytes.removeFirst(start + length)
    return frame
  }

  /// A client's frame, masked with a key that is not zero.
  public static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
  ) -> [UInt8] {
    var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
    switch payload.count {
    case ...125: bytes.append(0x80 | UInt8(payload.count))
    case ...0xFFFF: bytes += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default: bytes += [0xFF] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    bytes += key
    for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index & 3]) }
    return bytes
  }

  /// A client's Close.
  public static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
  }

  /// A request of HTTP/1.1; `fields` replace the Host field if they name one.
  public static func request(
    _ method: String = "GET", _ target: String, _ fields: [String] = [], body: String? = nil
  ) -> [UInt8] {
    var text = "\(method) \(target) HTTP/1.1\r\n"
    if !fields.contains(where: { $0.lowercased().hasPrefix("host:") }) { text += "Host: 192.168.1.32\r\n" }
    for field in fields { text += field + "\r\n" }
    if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
    return Array((text + "\r\n" + (body ?? "")).utf8)
  }

  /// An opening handshake, with the key of RFC 6455 section 1.3.
  public static func upgrade(_ target: String = "/ws", _ fields: [String] = []) -> [UInt8] {
    request(
      "GET", target,
      [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ] + fields)
  }

  private static func firstRange(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= needle.count else { return nil }
    return (0...bytes.count - needle.count).first {
      bytes[$0] == needle[0] && bytes[$0..<$0 + needle.count].elementsEqual(needle)
    }
  }
}

/// One client of a network.
public struct VirtualClient<App: Application & ~Copyable> {
  public let network: VirtualNetwork<App>
  /// The number of its connection.
  public let number: Int

  /// Connects.
  public init(
    _ network: VirtualNetwork<App>, from remote: RemoteAddress = .ipv4(0xC0A8_0164, port: 50_000),
    over scheme: Scheme = .http, capacity: Int = 65_536, isReading: Bool = true
  ) {
    self.network = network
    number = network.connect(from: remote, over: scheme, capacity: capacity, isReading: isReading)
  }

  /// Connects and becomes a WebSocket client; the 101 is checked and taken.
  public static func webSocket(
    _ network: VirtualNetwork<App>, _ path: String = "/ws",
    from remote: RemoteAddress = .ipv4(0xC0A8_0164, port: 50_000), capacity: Int = 65_536
  ) -> VirtualClient {
    let client = VirtualClient(network, from: remote, capacity: capacity)
    client.send(Wire.upgrade(path))
    client.expectUpgraded()
    return client
  }

  /// Takes the response to a handshake, which must be a 101.
  public func expectUpgraded() {
    let reply = reply()
    #expect(reply?.status == 101)
    #expect(reply?["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")  // RFC 6455 section 1.3
  }

  public func send(_ bytes: [UInt8]) { network.send(bytes, on: number) }
  public func send(_ text: String) { network.send(Array(text.utf8), on: number) }
  /// Sends a text message.
  public func sendText(_ text: String) { send(Wire.frame(1, Array(text.utf8))) }
  /// Sends a binary message.
  public func sendBinary(_ payload: [UInt8]) { send(Wire.frame(2, payload)) }

  /// Sends a request and takes its response.
  public func ask(
    _ method: String = "GET", _ target: String, _ fields: [String] = [], body: String? = nil
  ) -> Reply? {
    send(Wire.request(method, target, fields, body: body))
    return reply(toHead: method == "HEAD")
  }

  /// The next response, nil if there is no whole one.
  public func reply(toHead: Bool = false) -> Reply? {
    var bytes = network.received(on: number)
    let count = bytes.count
    let reply = Wire.takeReply(&bytes, toHead: toHead)
    network.take(count - bytes.count, on: number)
    return reply
  }

  /// The next frame, nil if there is no whole one.
  public func frame() -> ReceivedFrame? {
    var bytes = network.received(on: number)
    let count = bytes.count
    let frame = Wire.takeFrame(&bytes)
    network.take(count - bytes.count, on: number)
    return frame
  }

  /// All whole frames that have come.
  public func frames() -> [ReceivedFrame] {
    var bytes = network.take(on: number)
    var frames: [ReceivedFrame] = []
    while let frame = Wire.takeFrame(&bytes) { frames.append(frame) }
    if !bytes.isEmpty { Issue.record("\(bytes.count) bytes that are no frame yet") }
    return frames
  }

  /// What has come and was not taken.
  public var received: [UInt8] { network.received(on: number) }
  public var isConnected: Bool { network.isConnected(number) }
  public var hasReachedEnd: Bool { network.hasReachedEnd(number) }
  public var wasAborted: Bool { network.wasAborted(number) }
  public func finish() { network.finish(number) }
  public func breakOff() { network.breakOff(number) }
  public func stopReading() { network.setReading(false, on: number) }
  public func startReading() { network.setReading(true, on: number) }
}

extension String {
  /// The parts between occurrences of `separator`, which may be several characters; no Foundation needed.
  fileprivate func components(byLine separator: String) -> [String] {
    var parts: [String] = [""]
    var rest = Substring(self)
    while let character = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(character)
        rest = rest.dropFirst()
      }
    }
    return parts
  }
}
