// SPDX-License-Identifier: MIT

// The codec against RFC 7692's own bytes, a bomb, random messages through every window, and a client that shares only
// zlib with it. All of it needs the package's trait `Deflate` (`swift test --traits default,Deflate`); without it there
// is one claim, that nobody gets support that is not there.

import ConformanceSupport
import SystemCalls
import Testing
import WebSocketCore

@testable import Deflate

#if !Deflate
  @Suite struct DeflateTests {
    @Test func withoutTheTraitThereIsNoSupport() {
      #expect(DeflateSupport.zlib() == nil)
    }
  }
#else
  import CZlib

  #if canImport(Darwin)
  #elseif canImport(Musl)
  #else
  #endif

  @Suite struct ZlibCodecTests {
    private func codec(_ parameters: PermessageDeflate = .init()) throws -> ZlibCodec {
      try #require(ZlibCodec(parameters))
    }

    private func inflate(_ codec: ZlibCodec, _ pieces: [[UInt8]], limit: Int = 65_536) throws(WebSocketError) -> [UInt8] {
      var output: [UInt8] = []
      for (index, piece) in pieces.enumerated() {
        try codec.inflate(piece.span, isLast: index == pieces.count - 1, to: &output, limit: limit)
      }
      return output
    }

    private func deflate(_ codec: ZlibCodec, _ message: [UInt8]) -> [UInt8] {
      var result: [UInt8] = []
      codec.deflate(message.span) { deflated in result = deflated.indices.map { deflated[$0] } }
      return result
    }

    /// RFC 7692 section 7.2.3: one compressed block, one without compression, BFINAL, two blocks.
    @Test(arguments: ["f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000", "f248050000 00ffffcac9c90700"])
    func theExamplesOfTheRFCAreHello(hex: String) throws {
      let message = bytes(hex: hex)
      for cut in 0...message.count {
        let pieces = [Array(message[..<cut]), Array(message[cut...])]
        #expect(try inflate(codec(), pieces) == bytes("Hello"), "cut at \(cut)")
      }
    }

    /// Section 7.2.3.2: the second message refers to the first.
    @Test func aContextGoesFromMessageToMessage() throws {
      let codec = try codec()
      #expect(try inflate(codec, [bytes(hex: "f248cdc9c90700")]) == bytes("Hello"))
      #expect(try inflate(codec, [bytes(hex: "f200110000")]) == bytes("Hello"))
      #expect(deflate(codec, bytes("Hello")) == bytes(hex: "f248cdc9c90700"))
      #expect(deflate(codec, bytes("Hello")) == bytes(hex: "f200110000"))
    }

    @Test func withoutContextTakeoverEachMessageStandsForItself() throws {
      let codec = try codec(.init(serverNoContextTakeover: true, clientNoContextTakeover: true))
      #expect(deflate(codec, bytes("Hello")) == deflate(codec, bytes("Hello")))
      #expect(try inflate(codec, [bytes(hex: "f248cdc9c90700")]) == bytes("Hello"))
      #expect(throws: WebSocketError.invalidCompressedData) { try inflate(codec, [bytes(hex: "f200110000")]) }
    }

    /// A window survives the end of a DEFLATE stream inside a message (BFINAL, section 7.2.3.4).
    @Test func aMessageBehindAFinalBlockMayReferToItsWindow() throws {
      let codec = try codec()
      #expect(try inflate(codec, [bytes(hex: "f348cdc9c9070000")]) == bytes("Hello"))
      #expect(try inflate(codec, [bytes(hex: "f200110000")]) == bytes("Hello"))
    }

    @Test(arguments: ["", "00ff", "f248cdc9c907", "f248cdc9c9", "07", "ffffffff", "000500faff48656c6c6f", "f348cdc9c90700"])
    func whatDoesNotEndInAnEmptyBlockIsRefused(hex: String) throws {
      let codec = try codec()
      #expect(throws: WebSocketError.invalidCompressedData) { try inflate(codec, [bytes(hex: hex)]) }
    }

    @Test(arguments: [.max, .max - 1, 5] as [Int]) func theHighestLimitIsOneLikeAnother(limit: Int) throws {
      #expect(try inflate(codec(), [bytes(hex: "f248cdc9c90700")], limit: limit) == bytes("Hello"))
      let message = [UInt8](repeating: 7, count: 300_000)
      let packed = deflate(try codec(), message)
      if limit > message.count { #expect(try inflate(codec(), [packed], limit: limit) == message) }
    }

    @Test func aBombIsRefusedAtTheLimitAndNotUnfolded() throws {
      let peer = try codec()
      let bomb = deflate(peer, [UInt8](repeating: 0, count: 64 << 20))
      #expect(bomb.count < 80_000)
      let codec = try codec()
      var output: [UInt8] = []
      #expect(throws: WebSocketError.messageTooBig) {
        try codec.inflate(bomb.span, isLast: true, to: &output, limit: 10_000)
      }
      #expect(output.count <= 10_001 && output.capacity < 40_000)
      let exact = deflate(try self.codec(), [UInt8](repeating: 1, count: 10_000))
      #expect(try inflate(self.codec(), [exact], limit: 10_000).count == 10_000)
    }

    /// Also with 8 bits, which zlib itself refuses to compress with: a client's window of 256 bytes is enough.
    @Test(arguments: 8...15 as ClosedRange<UInt8>)
    func whatIsCompressedUnfoldsInAWindowOfTheSizeThatWasAgreedOn(bits: UInt8) throws {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      let server = try codec(.init(serverMaxWindowBits: bits, clientMaxWindowBits: bits))
      let client = try codec(.init(serverMaxWindowBits: bits, clientMaxWindowBits: bits))
      for _ in 0..<60 {
        // Few different bytes, so that there is always something to refer back to, far and near.
        let message = (0..<Int.random(in: 0..<5000, using: &generator)).map { _ in
          UInt8.random(in: 0..<3, using: &generator)
        }
        let deflated = deflate(server, message)
        let pieces = deflated.isEmpty ? [[]] : randomPieces(of: deflated, using: &generator)
        #expect(try inflate(client, pieces) == message, "seed \(generator.seed)")
      }
    }

    @Test func noBytesTrapTheInflater() throws {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      for _ in 0..<2000 {
        var message = deflate(try codec(), bytes("some text, some more text, and some more of that"))
        for _ in 0..<Int.random(in: 1..<4, using: &generator) {
          message[Int.random(in: 0..<message.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let codec = try codec()
        do throws(WebSocketError) {
          #expect(try inflate(codec, randomPieces(of: message, using: &generator), limit: 1000).count <= 1000)
        } catch {
          #expect(error == .invalidCompressedData || error == .messageTooBig, "seed \(generator.seed)")
        }
      }
    }

    @Test func anEmptyMessageIsOneByte() throws {
      let (server, client) = (try codec(), try codec())
      for message in [[], bytes("a"), [], []] { #expect(try inflate(client, [deflate(server, message)]) == message) }
      #expect(deflate(server, []) == [0x00])
    }

    @Test func largeMessagesAndIncompressibleOnesComeThrough() throws {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      let (server, client) = (try codec(), try codec())
      for size in [8191, 8192, 8193, 65_535, 65_536, 300_000] {
        let message = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(try inflate(client, [deflate(server, message)], limit: size) == message, "seed \(generator.seed)")
      }
    }

    /// zlib's own allocations, counted, for the same parameters.
    @Test(arguments: [(8, 8), (9, 9), (12, 10), (15, 15)] as [(UInt8, UInt8)])
    func theMemoryThatIsCountedIsWhatZlibTakes(server: UInt8, client: UInt8) throws {
      let parameters = PermessageDeflate(serverMaxWindowBits: server, clientMaxWindowBits: client)
      let counted = try codec(parameters).memorySize
      let taken = Allocations()
      taken.withStream { stream in
        #expect(raw_deflate_init(stream, Int32(max(server, 9)), Int32(max(server, 9)) - 7) == Z_OK)
        deflateEnd(stream)
      }
      taken.withStream { stream in
        #expect(raw_inflate_init(stream, Int32(client)) == Z_OK)
        var message = bytes(hex: "f248cdc9c90700")
        var room = [UInt8](repeating: 0, count: 10)
        let result = message.withUnsafeMutableBufferPointer { source in
          room.withUnsafeMutableBufferPointer { target in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = 7
            stream.pointee.next_out = target.baseAddress
            stream.pointee.avail_out = 10
            return CZlib.inflate(stream, Z_SYNC_FLUSH)  // the window is made when something is unfolded
          }
        }
        #expect(result == Z_OK)
        inflateEnd(stream)
      }
      #expect((taken.bytes...taken.bytes + 8192).contains(counted), "counted \(counted), taken \(taken.bytes)")
    }
  }

  /// Counts what a stream of zlib's allocates.
  private final class Allocations {
    var bytes = 0

    func withStream(_ body: (z_streamp) throws -> Void) rethrows {
      var stream = z_stream()
      stream.opaque = Unmanaged.passUnretained(self).toOpaque()
      stream.zalloc = { counter, items, size in
        guard let counter else { return nil }
        Unmanaged<Allocations>.fromOpaque(counter).takeUnretainedValue().bytes += Int(items) * Int(size)
        return calloc(Int(items), Int(size))
      }
      stream.zfree = { _, address in free(address) }
      try withUnsafeMutablePointer(to: &stream, body)
    }
  }
#endif
