// SPDX-License-Identifier: MIT

// Compressed messages: whatever a client sends as one unfolds, within the limit and in the same way however it is cut
// into frames, or is refused; and what the server compresses unfolds to what it was. Without the package's trait
// `Deflate` there is nothing to fuzz.

import Bytes
import Deflate
import DeviceServer
import HTTPCore
import Timebase
import WebSocketCore

extension FuzzTarget {
  /// A byte of parameters, then messages: a byte that says how long, and so many bytes of DEFLATE.
  static let deflate = FuzzTarget("deflate", longestInput: 600) { input throws(BrokenInvariant) in
    guard DeflateSupport.zlib() != nil, let parameters = input.first else { return }
    let agreement = Agreement(parameters)
    var messages = Agreement.messages(in: input.dropFirst())

    var first: [FrameModel.Seen]?
    for way in 0..<3 {
      var peer = WebSocketPeer(messageSize: Agreement.messageSize, codec: try agreement.codec())
      for message in messages {
        for frame in Agreement.frames(of: Cuts.deliveries(of: message)[way]) { try peer.receive(frame[...]) }
      }
      try check(agreement.isSame(peer.seen, first ?? peer.seen), "a message unfolds alike however it is cut")
      first = peer.seen
    }
    for case .binary(let message) in first ?? [] { messages.append(message) }
    try agreement.checkReturn(of: messages)
  }
}

/// Windows and contexts that client and server agree on.
struct Agreement {
  static let messageSize = 3000

  private let serverBits: Int
  private let clientBits: Int
  private let serverForgets: Bool
  private let clientForgets: Bool

  /// What the eight bits of a byte choose.
  init(_ parameters: UInt8) {
    serverBits = 8 + Int(parameters & 7)
    clientBits = 8 + Int(parameters >> 3 & 7)
    serverForgets = parameters & 64 != 0
    clientForgets = parameters & 128 != 0
  }

  /// What a server announces in its 101; nil if it does not compress.
  init?(announcedIn response: WireResponse) throws(BrokenInvariant) {
    guard let value = response.values("sec-websocket-extensions").first else { return nil }
    let parameters = value.split(separator: ";").map { $0.drop { $0 == " " } }
    try check(parameters.first == "permessage-deflate", "only what was offered is announced, not \(value)")
    func bits(_ name: String) -> Int {
      parameters.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) } ?? 15
    }
    serverBits = bits("server_max_window_bits=")
    clientBits = bits("client_max_window_bits=")
    serverForgets = parameters.contains("server_no_context_takeover")
    clientForgets = parameters.contains("client_no_context_takeover")
  }

  private init(mirroring other: Agreement) {
    (serverBits, clientBits) = (other.clientBits, other.serverBits)
    (serverForgets, clientForgets) = (other.clientForgets, other.serverForgets)
  }

  /// The client's codec.
  func clientCodec() throws(BrokenInvariant) -> AnyMessageCodec { try Agreement(mirroring: self).codec() }

  /// The server's codec, by way of a handshake.
  func codec() throws(BrokenInvariant) -> AnyMessageCodec {
    var offer = "permessage-deflate; server_max_window_bits=\(serverBits); client_max_window_bits=\(clientBits)"
    if serverForgets { offer += "; server_no_context_takeover" }
    if clientForgets { offer += "; client_no_context_takeover" }
    var connection = HTTPConnection()
    _ = connection.receive(Array("GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Extensions: \(offer)\r\n\r\n".utf8).span)
    var response = ResponseHead(.switchingProtocols)
    guard case .request(let head)? = try? connection.nextEvent(),
      case .agreed(let codec)? = DeflateSupport.zlib()?.answer(to: head, memory: .max, announcedIn: &response)
    else { throw BrokenInvariant(description: "a sound offer is taken") }
    return codec
  }

  /// Whether two clients that sent the same bytes, cut in different ways, were understood alike.
  ///
  /// zlib may miss that a client looks back further than its window if what it looks at came out in the same step; with
  /// the largest window nobody can.
  func isSame(_ one: [FrameModel.Seen], _ other: [FrameModel.Seen]) -> Bool {
    if one == other { return true }
    return clientBits < 15
      && [(one, other), (other, one)].contains { refused, taken in
        refused.last == .refused(.invalidCompressedData) && taken.starts(with: refused.dropLast())
      }
  }

  /// What the server sends of these messages unfolds to them, for a client with the same parameters.
  func checkReturn(of messages: [[UInt8]]) throws(BrokenInvariant) {
    var connection = WebSocketConnection(
      limits: ServerLimits().webSocket, timing: ServerTimeouts().webSocket, codec: try codec(), now: .zero)
    let client = try clientCodec()
    for message in messages {
      try check(connection.send(.binary, message.span), "an open connection can be sent to")
      var output: [UInt8] = []
      connection.writeOutput { bytes in
        output += [UInt8](bytes)
        return bytes.count
      }
      var rest = output[...]
      guard let frame = try WireFrame.take(from: &rest, mayBeCompressed: true), rest.isEmpty else {
        throw BrokenInvariant(description: "a message is one frame")
      }
      var unfolded: [UInt8] = []
      if frame.isCompressed {
        try? client.inflate(frame.payload.span, isLast: true, to: &unfolded, limit: message.count)
      } else {
        unfolded = frame.payload
      }
      try check(unfolded == message, "what the server compresses unfolds to what it was")
    }
  }

  /// The messages of an input: each has its length before it.
  static func messages(in input: ArraySlice<UInt8>) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var rest = input
    while let length = rest.popFirst() {
      messages.append(Array(rest.prefix(Int(length))))
      rest = rest.dropFirst(Int(length))
    }
    return messages
  }

  /// One binary message in frames, compressed, masked with zeros.
  static func frames(of fragments: [ArraySlice<UInt8>]) -> [[UInt8]] {
    let fragments = fragments.isEmpty ? [[]] : fragments
    return fragments.enumerated().map { place, fragment in
      let first: UInt8 = (place == 0 ? 0x42 : 0) | (place == fragments.count - 1 ? 0x80 : 0)
      let size: [UInt8] = fragment.count < 126 ? [0x80 | UInt8(fragment.count)] : [0xFE, 0, UInt8(fragment.count)]
      return [first] + size + [0, 0, 0, 0] + fragment
    }
  }
}
