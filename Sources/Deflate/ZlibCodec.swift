// SPDX-License-Identifier: MIT

// permessage-deflate by the system's zlib. A message is a raw DEFLATE stream up to a sync flush, whose last four bytes,
// always the same, are not sent. A message is bounded while it inflates, so a bomb costs no more than the
// largest message. RFC 7692 section 7.2 and RFC 1951.

#if Deflate
  import Bytes
  import CZlib
  import WebSocketCore

  /// The codec of one connection. `Sendable` is unchecked: a connection is used by one thread at a time, and nobody
  /// else has its codec.
  final class ZlibCodec: MessageCodec, @unchecked Sendable {
    private let parameters: PermessageDeflate
    var memorySize: Int { Self.memorySize(parameters) }
    // zlib keeps the address of a stream, so it must not move.
    private let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let deflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// The compressed message that is being sent.
    private var deflated: [UInt8] = []

    /// An array up to this many bytes stays for the next message.
    private static let keptCapacity = 4096
    /// How much is inflated or compressed in one step.
    private static let stepSize = 8192
    /// What a sync flush ends with, and what is cut off the message (section 7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    /// Nil if there is not enough memory.
    init?(_ parameters: PermessageDeflate) {
      self.parameters = parameters
      let bits = Self.deflateBits(parameters)
      inflater.initialize(to: z_stream())
      deflater.initialize(to: z_stream())
      guard raw_inflate_init(inflater, Int32(parameters.clientMaxWindowBits)) == Z_OK,
        raw_deflate_init(deflater, Int32(bits), Int32(Self.memoryLevel(bits))) == Z_OK
      else { return nil }
    }

    /// How many bytes a codec with these parameters takes: the formula in zconf.h, and 7 KB for the state in each
    /// direction.
    static func memorySize(_ parameters: PermessageDeflate) -> Int {
      let bits = deflateBits(parameters)
      let deflating = (1 << (bits + 2)) + (1 << (memoryLevel(bits) + 9))
      return deflating + (1 << Int(parameters.clientMaxWindowBits)) + 2 * 7168 + keptCapacity
    }

    /// zlib cannot compress with a window of 8 bits. With one of 9 it never looks back more than 250 bytes (512 less
    /// the 262 of its look-ahead), which a window of 8 bits still holds.
    private static func deflateBits(_ parameters: PermessageDeflate) -> Int {
      max(Int(parameters.serverMaxWindowBits), 9)
    }

    /// The hash table grows with the window, to zlib's default for the largest.
    private static func memoryLevel(_ bits: Int) -> Int { bits - 7 }

    deinit {
      // Each is an error without effect on a stream that was not made.
      inflateEnd(inflater)
      deflateEnd(deflater)
      inflater.deallocate()
      deflater.deallocate()
    }

    // MARK: Receiving

    func inflate(
      _ input: Span<UInt8>, isLast: Bool, to output: inout [UInt8], limit: Int
    ) throws(WebSocketError) {
      try inflate(input, to: &output, limit: limit)
      guard isLast else { return }
      // The message must stop inside the empty block of a sync flush, where the bytes that were cut off follow.
      guard inflateSyncPoint(inflater) == 1 else { throw .invalidCompressedData }
      try inflate(Self.tail.span, to: &output, limit: limit)
      if parameters.clientNoContextTakeover { inflateReset(inflater) }
    }

    private func inflate(_ input: Span<UInt8>, to output: inout [UInt8], limit: Int) throws(WebSocketError) {
      try input.withUnsafeBufferPointer { source throws(WebSocketError) in
        var rest = source[...]
        while inflater.takesInput(&rest) || inflater.isOutputFull {
          let result = inflater.step(upTo: min(Self.stepSize - 1, limit - output.count) + 1, to: &output) {
            CZlib.inflate($0, Z_NO_FLUSH)
          }
          guard output.count <= limit else { throw .messageTooBig }
          switch result {
          case Z_OK, Z_BUF_ERROR: break  // the latter: there was nothing left to do
          case Z_STREAM_END: inflateResetKeep(inflater)  // another may follow in the same window (section 7.2.3.4)
          default: throw .invalidCompressedData
          }
        }
      }
    }

    // MARK: Sending

    func deflate(_ message: Span<UInt8>, _ use: (Span<UInt8>) -> Void) {
      deflated.removeAll(keepingCapacity: true)
      message.withUnsafeBufferPointer { source in
        var rest = source[...]
        while deflater.takesInput(&rest) || deflater.isOutputFull {
          let flush = rest.isEmpty ? Z_SYNC_FLUSH : Z_NO_FLUSH
          _ = deflater.step(upTo: Self.stepSize, to: &deflated) { CZlib.deflate($0, flush) }
        }
      }
      if message.isEmpty { deflated = [0x00] + Self.tail }  // zlib has nothing to flush (section 7.2.3.6)
      use(deflated.span.extracting(droppingLast: Self.tail.count))
      if parameters.serverNoContextTakeover { deflateReset(deflater) }
      if deflated.capacity > Self.keptCapacity { deflated = [] }
    }
  }

  extension UnsafeMutablePointer<z_stream> {
    /// Whether the last step filled all the room it had, so that there may be more.
    fileprivate var isOutputFull: Bool { pointee.avail_out == 0 && pointee.next_out != nil }

    /// Gives the stream the next of `rest` if it has used up what it had, and says whether it has any now.
    fileprivate func takesInput(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
      if pointee.avail_in == 0 {
        let part = UnsafeBufferPointer(rebasing: rest.prefix(1 << 30))  // zlib counts in 32 bits
        pointee.next_in = UnsafeMutablePointer<UInt8>(mutating: part.baseAddress)
        pointee.avail_in = UInt32(part.count)
        rest = rest.dropFirst(part.count)
      }
      return pointee.avail_in > 0
    }

    /// Lets zlib append up to `count` bytes to `output`.
    fileprivate func step(
      upTo count: Int, to output: inout [UInt8], _ work: (z_streamp) -> Int32
    ) -> Int32 {
      var result = Z_OK
      output.append(addingCapacity: count) { span in
        span.withUnsafeMutableBufferPointer { room, initialized in
          pointee.next_out = room.baseAddress
          pointee.avail_out = UInt32(count)
          result = work(self)
          initialized = count - Int(pointee.avail_out)
        }
      }
      return result
    }
  }
#endif
