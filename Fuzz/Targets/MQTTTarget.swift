// SPDX-License-Identifier: MIT

// The MQTT machine. The first byte of an input chooses the version and what the client has sent before; the rest comes
// from the server. However that is cut, the client sees and answers the same; what it sends are whole packets, an
// acknowledgement for each message that asks for one, and nothing after a DISCONNECT.

import Bytes
import MQTTCore
import Timebase

extension FuzzTarget {
  /// What a broker sends after TCP's handshake.
  static let mqtt = FuzzTarget("mqtt", longestInput: 1024) { input throws(BrokenInvariant) in
    guard let choice = input.first else { return }
    let stream = Array(input.dropFirst())
    var first: MQTTPeer?
    for pieces in Cuts.deliveries(of: stream) {
      var peer = try MQTTPeer(choice)
      for piece in pieces { try peer.receive(piece) }
      try peer.end()
      try check(peer.seen == first?.seen ?? peer.seen, "cuts change nothing in what is seen")
      try check(peer.answer == first?.answer ?? peer.answer, "cuts change nothing in the answer")
      first = peer
    }

    var cuts = Cuts(of: input)
    var peer = try MQTTPeer(choice)
    for piece in cuts.pieces(of: stream) {
      try peer.live(&cuts)
      try peer.receive(piece)
    }
    try peer.end()
  }
}

/// The owner of an MQTT connection.
struct MQTTPeer {
  enum Seen: Equatable {
    case event(MQTTConnection.Event, [UInt8])
    case refused(MQTTError)
  }

  private static let packetSize = 200  // which short inputs exceed
  private static let topic = Array("t".utf8)
  private var connection: MQTTConnection
  private var now = MonotonicTime.zero
  private var scratch: [UInt8] = []
  private(set) var seen: [Seen] = []
  private(set) var answer: [UInt8] = []
  private var asked = 0  // messages that want an acknowledgement
  private var isGivenUp = false  // and what waited was dropped

  init(_ choice: UInt8) throws(BrokenInvariant) {
    var options = ConnectOptions(version: choice & 1 == 0 ? .v311 : .v5, clientIdentifier: Array("fuzz".utf8))
    options.isCleanStart = choice & 2 == 0
    do throws(SendingError) {
      connection = try MQTTConnection(options: options, limits: .init(packetSize: Self.packetSize), now: .zero)
      guard choice & 4 == 0 else { return }
      take()
      let connack: [UInt8] = options.version == .v5 ? [0x20, 6, 0, 0, 3, 0x22, 0, 2] : [0x20, 2, 0, 0]
      _ = try? connection.receive(connack.span, now: now, scratch: &scratch)
      for _ in 1...2 {
        try connection.publish(Self.topic.span, alias: 1, Span(), qos: .atLeastOnce, isRetained: false, now: now)
      }
      _ = try connection.subscribe([Array("a".utf8), Array("b".utf8)], now: now)
      _ = try connection.unsubscribe([Array("c".utf8)], now: now)
    } catch {
      throw BrokenInvariant(description: "what is right is sent: \(error)")
    }
    take()
    answer = []
  }

  mutating func receive(_ piece: ArraySlice<UInt8>) throws(BrokenInvariant) {
    let bytes = [UInt8](piece)
    var offset = 0
    while offset < bytes.count {
      let wasOver = connection.state == .closed
      do throws(MQTTError) {
        let received = try connection.receive(bytes.span.extracting(droppingFirst: offset), now: now, scratch: &scratch)
        guard received.taken > 0, received.taken <= bytes.count - offset, !wasOver || received.event == .needData else {
          offset = -1
          break
        }
        offset += received.taken
        note(received.event)
      } catch {
        seen.append(.refused(error))
        offset = wasOver || connection.state != .closed ? -1 : bytes.count
      }
      if offset < 0 { break }
    }
    try check(offset >= 0, "input is taken, and after the end it is dropped")
    try check(scratch.count <= Self.packetSize, "a packet keeps its limit")
  }

  private mutating func note(_ event: MQTTConnection.Event) {
    switch event {
    case .needData: return
    case .message(let message):
      seen.append(.event(event, scratch))
      if message.qos == .atLeastOnce { asked += 1 }
    case .subscribed, .unsubscribed: seen.append(.event(event, scratch))
    case .connected, .acknowledged, .pong, .ended: seen.append(.event(event, []))
    }
  }

  /// Something that an owner may do at any time.
  mutating func live(_ cuts: inout Cuts) throws(BrokenInvariant) {
    let payload = [UInt8](repeating: UInt8(ascii: "x"), count: cuts.number(below: 300))
    let isOpen = connection.isOpen
    switch cuts.number(below: 6) {
    case 0, 1:
      let qos = cuts.number(below: 2) == 0 ? QualityOfService.atMostOnce : .atLeastOnce
      let sent = try? connection.publish(
        Self.topic.span, alias: UInt16(cuts.number(below: 3)), payload.span, qos: qos, isRetained: false, now: now)
      try check(sent == nil || isOpen, "only an open connection sends")
    case 2: _ = try? connection.subscribe([Array("d".utf8)], now: now)
    case 3 where payload.count < 20: connection.disconnect(now: now)
    case 4:
      now = now + Milliseconds(UInt32(payload.count * 100))
      let waiting = connection.pendingOutput
      let deadline = connection.poll(now: now)
      if connection.pendingOutput < waiting { isGivenUp = true }
      try check(deadline ?? .distantFuture > now || connection.pendingOutput > 0, "no deadline stays due")
    default: take()
    }
  }

  private mutating func take() {
    while connection.pendingOutput > 0 {
      connection.writeOutput { bytes in
        answer += [UInt8](bytes)
        return bytes.count
      }
    }
  }

  /// Ends the stream, and reads what was sent.
  mutating func end() throws(BrokenInvariant) {
    take()
    var rest = answer[...]
    var acknowledgements = 0
    while let first = rest.first {
      guard let length = rest.dropFirst().first else { break }
      var size = Int(length & 0x7F)
      var header = 2
      if length & 0x80 != 0, let next = rest.dropFirst(2).first {
        size |= Int(next) << 7
        header = 3
      }
      try check([0x10, 0x30, 0x32, 0x3A, 0x40, 0x82, 0xA2, 0xC0, 0xE0].contains(first), "a client sends such packets")
      try check(rest.count >= header + size, "packets are sent whole")
      if first == 0x40 { acknowledgements += 1 }
      rest = rest.dropFirst(header + size)
      try check(first != 0xE0 || rest.isEmpty, "nothing follows a DISCONNECT")
    }
    try check(rest.isEmpty, "packets are sent whole")
    let passedOver = Int(connection.oversizedMessages)
    try check(acknowledgements <= asked + passedOver, "nothing is acknowledged that did not ask for it")
    try check(acknowledgements >= asked || isGivenUp, "each message that asks for it is acknowledged")
  }
}
