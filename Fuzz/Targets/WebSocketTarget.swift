// SPDX-License-Identifier: MIT

// The WebSocket machine. However the stream is cut, it says what a plain reading of RFC 6455 says, and answers the
// same; and in a life of pings, sends, polls and half-taken output it sends whole frames and nothing after a Close.

import Bytes
import DeviceServer
import Timebase
import WebSocketCore

extension FuzzTarget {
  /// What a client sends after the handshake.
  static let webSocket = FuzzTarget("websocket", longestInput: 1024) { input throws(BrokenInvariant) in
    let messageSize = 300  // which short inputs reach
    let expected = FrameModel.read(input, messageSize: messageSize)
    var firstAnswer: [WireFrame]?
    for pieces in Cuts.deliveries(of: input) {
      var peer = WebSocketPeer(messageSize: messageSize)
      for piece in pieces { try peer.receive(piece) }
      try check(peer.seen == expected, "events are what the frames say: \(peer.seen), not \(expected)")
      let answer = try peer.end()
      try check(answer == firstAnswer ?? answer, "cuts change nothing in the answer")
      firstAnswer = answer
    }

    var cuts = Cuts(of: input)
    var peer = WebSocketPeer(messageSize: messageSize)
    for piece in cuts.pieces(of: input) {
      try peer.live(&cuts)
      try peer.receive(piece)
    }
    try check(peer.isDead || peer.seen == expected, "what is sent changes nothing in what is received")
    _ = try peer.end()
  }
}

/// A frame that came over the wire, from the server.
struct WireFrame: Equatable {
  var opcode: UInt8
  var payload: [UInt8]
  var isCompressed = false

  /// Takes one frame off the front of `bytes`; nil until it is whole.
  static func take(
    from bytes: inout ArraySlice<UInt8>, mayBeCompressed: Bool = false
  ) throws(BrokenInvariant) -> WireFrame? {
    guard let first = bytes.first, let second = bytes.dropFirst().first else { return nil }
    let isCompressed = mayBeCompressed && first & 0x48 == 0x40
    try check(first & 0xF0 == (isCompressed ? 0xC0 : 0x80), "a frame of the server is whole, without reserved bits")
    try check([1, 2, 8, 9, 10].contains(first & 0xF), "a frame of the server is of a kind that it sends")
    try check(second < 0x80, "a frame of the server is not masked")
    let extended = second == 126 ? 2 : second == 127 ? 8 : 0
    guard bytes.count >= 2 + extended else { return nil }
    let length = extended == 0 ? Int(second) : bytes.dropFirst(2).prefix(extended).reduce(0) { $0 << 8 | Int($1) }
    try check(extended == 0 || length > (extended == 2 ? 125 : 65_535), "a length is written in the fewest bytes")
    try check(first & 8 == 0 || length <= 125, "a control frame is short")
    guard bytes.count >= 2 + extended + length else { return nil }
    let payload = Array(bytes.dropFirst(2 + extended).prefix(length))
    let frame = WireFrame(opcode: first & 0xF, payload: payload, isCompressed: isCompressed)
    if !isCompressed { try frame.checkPayload() }
    bytes = bytes.dropFirst(2 + extended + length)
    return frame
  }

  func checkPayload() throws(BrokenInvariant) {
    switch opcode {
    case 1: try check(String(validating: payload, as: UTF8.self) != nil, "text is UTF-8")
    case 8 where !payload.isEmpty:
      try check(payload.count >= 2, "a Close has a whole code or none")
      let code = Int(payload[0]) << 8 | Int(payload[1])
      let maySend = 1000...1003 ~= code || 1007...1014 ~= code || 3000...4999 ~= code
      try check(maySend, "a Close has a code that may be sent, not \(code)")
      try check(String(validating: payload.dropFirst(2), as: UTF8.self) != nil, "a reason is UTF-8")
    default: break
    }
  }
}

/// The owner of a WebSocket machine.
struct WebSocketPeer {
  private let messageSize: Int
  private var connection: WebSocketConnection
  private var now = MonotonicTime.zero
  private var scratch: [UInt8] = []
  private var output: [UInt8] = []
  private(set) var seen: [FrameModel.Seen] = []

  init(messageSize: Int, codec: AnyMessageCodec? = nil) {
    self.messageSize = messageSize
    connection = WebSocketConnection(
      limits: .init(messageSize: messageSize), timing: ServerTimeouts().webSocket, codec: codec, now: .zero)
  }

  /// Whether it has given the client up.
  var isDead: Bool { connection.isDead }

  mutating func receive(_ piece: ArraySlice<UInt8>) throws(BrokenInvariant) {
    let bytes = [UInt8](piece)
    var offset = 0
    while offset < bytes.count {
      let wasOver = connection.state == .closed
      do throws(WebSocketError) {
        let input = bytes.span.extracting(droppingFirst: offset)
        let received = try connection.receive(input, now: now, scratch: &scratch)
        offset += received.taken
        note(received.event)
        guard received.taken > 0, offset <= bytes.count else { offset = -1; break }
        if wasOver, received.event != .needData { offset = -1; break }
      } catch {
        seen.append(.refused(error))
        offset = wasOver || connection.state != .closed ? -1 : bytes.count
        break
      }
    }
    try check(offset >= 0, "input is taken, and after the end it is dropped")
    try check(scratch.count <= max(messageSize, 125), "a message keeps its limit")
  }

  private mutating func note(_ event: WebSocketConnection.Event) {
    switch event {
    case .needData: break
    case .text: seen.append(.text(scratch))
    case .binary: seen.append(.binary(scratch))
    case .ping: seen.append(.ping(scratch))
    case .pong: seen.append(.pong(scratch))
    case .closed: seen.append(.closed(connection.closeCode.rawValue, connection.closeReason))
    }
  }

  /// Something that an owner may do at any time.
  mutating func live(_ cuts: inout Cuts) throws(BrokenInvariant) {
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: cuts.number(below: 400))
    let before = connection.pendingOutput
    let wasOpen = connection.isOpen
    switch cuts.number(below: 8) {
    case 0: try check(connection.send(.text, payload.span) == wasOpen, "an open connection, and no other, sends")
    case 1: try check(connection.send(EncodedFrame(.binary, payload.span)) == wasOpen, "a frame for many is sent alike")
    case 2:
      let isSent = connection.ping(payload.span, now: now)
      try check(isSent == (wasOpen && payload.count <= 125), "a short ping, and no other, is sent")
    case 3 where payload.count < 40:
      connection.close(CloseCode(rawValue: UInt16(1000 + payload.count)), reason: payload.span, now: now)
      try check(!connection.isOpen, "a connection that is closed is not open")
    case 4:
      now = now + Milliseconds(UInt32(payload.count * 50))
      let deadline = connection.poll(now: now)
      try check(deadline ?? .distantFuture > now, "no deadline stays due")
      try check(deadline ?? .distantFuture == connection.nextDeadline, "a deadline is told alike")
      try check(!connection.isDead || connection.pendingOutput == 0, "nothing is written to the dead")
    case 5: connection.trim()
    default: try write(payload.count, pieces: 1 + cuts.number(below: 30))
    }
    try check(connection.pendingOutput <= before + max(payload.count + 10, 127), "no output comes from nowhere")
  }

  /// Ends the stream; gives the frames that were sent, all output taken.
  mutating func end() throws(BrokenInvariant) -> [WireFrame] {
    try write(.max, pieces: .max)
    try check(connection.pendingOutput == 0, "all output can be written")
    var frames: [WireFrame] = []
    var rest = output[...]
    while let frame = try WireFrame.take(from: &rest) {
      frames.append(frame)
      try check(frame.opcode != 8 || rest.isEmpty, "nothing follows a Close")
    }
    try check(rest.isEmpty || isDead, "frames are sent whole")
    let wasClosed = connection.state == .closed
    try check(!wasClosed || isDead || frames.last?.opcode == 8, "an end is announced")
    connection.receiveEndOfStream()
    try check(connection.state == .closed && connection.pendingOutput == 0, "the end of the stream is the end")
    try check(connection.nextDeadline == .distantFuture, "nothing is waited for after the end")
    return frames
  }

  /// Takes up to `limit` bytes of output, a few at a time.
  private mutating func write(_ limit: Int, pieces: Int) throws(BrokenInvariant) {
    var left = limit
    while left > 0, connection.pendingOutput > 0 {
      let before = left
      connection.writeOutput { bytes in
        let count = min(bytes.count, left, pieces)
        output += [UInt8](bytes.extracting(first: count))
        left -= count
        return count
      }
      try check(left < before, "output that waits is offered")
    }
  }
}
