// SPDX-License-Identifier: MIT

// One connection of the baseline: after the request head every byte is taken for well-formed masked frames of whole
// messages, and each is sent back.

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
    if !isUpgraded { upgrade(&input) }
    while let frame = Frame(in: input) {
      if frame.isForAll(in: input) {
        write()
        frame.append(from: input, to: &room.output)
        writeToAll()
      } else {
        frame.append(from: input, to: &room.output)
      }
      input.moveReaderIndex(forwardBy: frame.size)
    }
    write()
    if input.readableBytes > 0 { rest = input }
  }

  /// Answers whatever request this is with the accept value for the key that the load generator sends, the sample of
  /// RFC 6455 section 1.3.
  private func upgrade(_ input: inout ByteBuffer) {
    guard input.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
    isUpgraded = true
    input.moveReaderIndex(to: input.writerIndex)
    room.output.writeStaticString(
      """
      HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
      """)
  }

  private func write() {
    guard room.output.readableBytes > 0 else { return }
    send(room.output)
    room.output.clear()  // the same memory, unless the socket did not take it all
  }

  private func writeToAll() {
    for handler in room.handlers { handler.send(room.output) }
    room.output.clear()
  }

  private func send(_ output: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(output), promise: nil) }
}

/// Where a frame of a client lies in a buffer (RFC 6455 section 5.2).
struct Frame {
  private let opcode: UInt8
  private let start: Int
  private let count: Int
  private let key: UInt32
  /// Its header and its payload.
  var size: Int { headerSize + count }
  private let headerSize: Int

  /// The frame at the start of what can be read; nil if that is not all of it.
  init?(in buffer: ByteBuffer) {
    let found: (opcode: UInt8, headerSize: Int, count: Int, key: UInt32)? =
      buffer.withUnsafeReadableBytes { bytes in
        guard bytes.count >= 6 else { return nil }
        var headerSize = 6
        var count = Int(bytes[1] & 0x7F)
        if count == 126 {
          headerSize = 8
          count = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        } else if count == 127 {
          headerSize = 14
          guard bytes.count >= headerSize else { return nil }
          count = Int(truncatingIfNeeded: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self)))
        }
        guard bytes.count - headerSize >= count else { return nil }
        let key = bytes.loadUnaligned(fromByteOffset: headerSize - 4, as: UInt32.self)
        return (bytes[0], headerSize, count, key)
      }
    guard let found else { return nil }
    (opcode, headerSize, count, key) = found
    start = buffer.readerIndex + found.headerSize
  }

  func isForAll(in buffer: ByteBuffer) -> Bool {
    count > 0 && buffer.getInteger(at: start, as: UInt8.self) == UInt8(ascii: "B") ^ UInt8(truncatingIfNeeded: key)
  }

  /// Appends the same message as a server sends it.
  func append(from input: ByteBuffer, to output: inout ByteBuffer) {
    let headerSize = count < 126 ? 2 : count < 65_536 ? 4 : 10
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: headerSize + count) { target in
      target[0] = opcode
      switch headerSize {
      case 2: target[1] = UInt8(truncatingIfNeeded: count)
      case 4:
        target[1] = 126
        target.storeBytes(of: UInt16(truncatingIfNeeded: count).bigEndian, toByteOffset: 2, as: UInt16.self)
      default:
        target[1] = 127
        target.storeBytes(of: UInt64(count).bigEndian, toByteOffset: 2, as: UInt64.self)
      }
      input.withUnsafeReadableBytes { bytes in
        unmask(UnsafeRawBufferPointer(rebasing: bytes[(size - count)..<size]), to: target, at: headerSize)
      }
      return headerSize + count
    }
  }

  private func unmask(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, at place: Int) {
    let wide = UInt64(key) << 32 | UInt64(key)
    var offset = 0
    while offset + 8 <= count {
      let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide
      target.storeBytes(of: word, toByteOffset: place + offset, as: UInt64.self)
      offset += 8
    }
    while offset < count {
      target[place + offset] = source[offset] ^ UInt8(truncatingIfNeeded: key >> (8 * UInt32(offset % 4)))
      offset += 1
    }
  }
}
