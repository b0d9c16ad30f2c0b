// SPDX-License-Identifier: MIT

// What a client makes of all that it has read of the fuzzed server: responses, then frames, unfolded if they are
// compressed.

import WebSocketCore

/// What a client makes of all that it has read.
struct Heard {
  private(set) var statuses: [Int] = []
  private(set) var lastState = 0
  private(set) var hasClose = false
  private var lastMessage = 0
  /// What unfolds the server's messages, if the 101 announced that they may be compressed.
  private var codec: AnyMessageCodec?

  /// Reads responses, then frames; unless they are whole, the last may be cut.
  init(_ bytes: [UInt8], areResponsesWhole: Bool, areFramesWhole: Bool) throws(BrokenInvariant) {
    var rest = bytes[...]
    var isOver = false
    while statuses.last != 101, let response = try WireResponse.take(from: &rest, expecting: .unknown) {
      try check(!isOver, "nothing follows the last response")
      try check(response.isWhole || !areResponsesWhole, "a response is whole")
      if response.status != 100 { statuses.append(response.status) }
      if response.status == 101 { codec = try Agreement(announcedIn: response)?.clientCodec() }
      isOver = response.saysClose
    }
    let hasFrames = statuses.last == 101
    if hasFrames {
      while let frame = try WireFrame.take(from: &rest, mayBeCompressed: codec != nil) {
        try check(!hasClose, "nothing follows a Close")
        try read(unfolded(frame))
      }
    }
    let isWhole = hasFrames ? areFramesWhole : areResponsesWhole
    try check(rest.isEmpty || !isWhole, "what is sent is whole, but \(rest.count) bytes are left")
  }

  /// The frame as it was before it was compressed.
  private func unfolded(_ frame: WireFrame) throws(BrokenInvariant) -> WireFrame {
    guard frame.isCompressed, let codec else { return frame }
    var payload: [UInt8] = []
    do throws(WebSocketError) {
      try codec.inflate(frame.payload.span, isLast: true, to: &payload, limit: Journal.largestMessage)
    } catch {
      throw BrokenInvariant(description: "what is compressed unfolds, but \(error)")
    }
    let plain = WireFrame(opcode: frame.opcode, payload: payload)
    try plain.checkPayload()
    return plain
  }

  private mutating func read(_ frame: WireFrame) throws(BrokenInvariant) {
    if frame.opcode == 8 { hasClose = true }
    guard frame.opcode == 1, let kind = frame.payload.first else { return }
    let number = Int(text(frame.payload.dropFirst().prefix { 0x30...0x39 ~= $0 })) ?? 0
    if kind == UInt8(ascii: "s") {
      try check(number >= lastState, "states never go back")
      lastState = number
    } else if kind == UInt8(ascii: "m") {
      try check(number > lastMessage, "messages come in order, each once")
      lastMessage = number
    }
  }
}
