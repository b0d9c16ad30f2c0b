// SPDX-License-Identifier: MIT

// Compressed messages as the protocol machine sees them: where RSV1 may stand, what is unfolded when, and what the
// limits count. The codec here knows stored blocks only (RFC 1951 section 3.2.4): it compresses nothing, but what it
// makes is DEFLATE, so no library is needed; tests with zlib have their own target. RFC 7692 sections 6 and 7.2.

import ConformanceSupport
import Testing
import Timebase
import WebSocketCore

/// DEFLATE without compression, as RFC 7692 section 7.2.3.3 shows it.
final class StoredCodec: MessageCodec, @unchecked Sendable {
  private var kept: [UInt8] = []
  let memorySize = 1000

  func inflate(
    _ input: Span<UInt8>, isLast: Bool, to output: inout [UInt8], limit: Int
  ) throws(WebSocketError) {
    for index in input.indices { kept.append(input[index]) }
    if isLast { kept += [0x00, 0x00, 0xFF, 0xFF] }
    while kept.count >= 5 {
      let length = Int(kept[1]) | Int(kept[2]) << 8
      guard kept[0] == 0, length ^ 0xFFFF == Int(kept[3]) | Int(kept[4]) << 8 else { throw .invalidCompressedData }
      guard kept.count >= 5 + length else { break }
      guard output.count + length <= limit else { throw .messageTooBig }
      output += kept[5..<5 + length]
      kept.removeFirst(5 + length)
    }
    guard !isLast || kept.isEmpty else { throw .invalidCompressedData }
  }

  func deflate(_ message: Span<UInt8>, _ use: (Span<UInt8>) -> Void) {
    var plain: [UInt8] = []
    for index in message.indices { plain.append(message[index]) }
    use(Self.stored(plain).span)
  }

  /// `message` as a stored block and the first byte of the empty one behind it.
  static func stored(_ message: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(message.count & 0xFF), UInt8(message.count >> 8))
    return [0x00, low, high, ~low, ~high] + message + [0x00]
  }
}

@Suite struct CompressionTests {
  private func harness(messageSize: Int = 65_536) -> Harness {
    let harness = Harness(messageSize: messageSize)
    harness.connection = WebSocketConnection(
      limits: .init(messageSize: messageSize), timing: .usual, codec: StoredCodec(), now: .zero)
    return harness
  }

  private static let hello = StoredCodec.stored(bytes("Hello"))

  struct Exchange: CustomTestStringConvertible, Sendable {
    var name: String
    var frames: [ClientFrame]
    var seen: [Seen]
    var testDescription: String { name }

    init(_ name: String, _ frames: [ClientFrame], _ seen: [Seen]) {
      self.name = name
      self.frames = frames
      self.seen = seen
    }
  }

  static let exchanges = [
    Exchange("one frame", [ClientFrame(first: 0xC1, payload: hello)], [.text("Hello")]),
    Exchange("binary", [ClientFrame(first: 0xC2, payload: hello)], [.binary(bytes("Hello"))]),
    Exchange("a message that is not compressed", [.text("plain")], [.text("plain")]),
    Exchange(
      "compressed and plain in turn",
      [ClientFrame(first: 0xC1, payload: hello), .text("plain"), ClientFrame(first: 0xC1, payload: hello)],
      [.text("Hello"), .text("plain"), .text("Hello")]),
    Exchange(
      "a plain message in fragments behind a compressed one",
      [ClientFrame(first: 0xC1, payload: hello), .text("pl", final: false), .continuation(bytes("ain"), final: true)],
      [.text("Hello"), .text("plain")]),
    Exchange(
      "fragments: RSV1 stands on the first only",
      [
        ClientFrame(first: 0x41, payload: Array(hello[..<3])), .continuation(Array(hello[3..<7]), final: false),
        .continuation(Array(hello[7...]), final: true),
      ], [.text("Hello")]),
    Exchange(
      "an empty last fragment",
      [ClientFrame(first: 0x41, payload: hello), .continuation([], final: true)], [.text("Hello")]),
    Exchange(
      "a ping between the fragments",
      [
        ClientFrame(first: 0x41, payload: Array(hello[..<3])), .ping([1, 2, 3]),
        .continuation(Array(hello[3...]), final: true),
      ], [.ping([1, 2, 3]), .text("Hello")]),
    Exchange("an empty message (section 7.2.3.6)", [ClientFrame(first: 0xC1, payload: [0])], [.text("")]),
    Exchange("RSV1 on a continuation", [.text("a", final: false), ClientFrame(first: 0xC0, payload: [])], [
      .refused(.reservedBits)
    ]),
    Exchange("RSV1 on a ping", [ClientFrame(first: 0xC9, payload: [])], [.refused(.reservedBits)]),
    Exchange("RSV1 on a Close", [ClientFrame(first: 0xC8, payload: [])], [.refused(.reservedBits)]),
    Exchange("RSV2", [ClientFrame(first: 0xA1, payload: [])], [.refused(.reservedBits)]),
    Exchange("RSV1 and RSV3", [ClientFrame(first: 0xD1, payload: hello)], [.refused(.reservedBits)]),
    Exchange(
      "what is no DEFLATE", [ClientFrame(first: 0xC1, payload: [0, 1, 2, 3, 4, 5])], [.refused(.invalidCompressedData)]),
    Exchange(
      "a stream that does not end with the message", [ClientFrame(first: 0xC1, payload: Array(hello.dropLast()))],
      [.refused(.invalidCompressedData)]),
    Exchange(
      "text that is not UTF-8 once it is unfolded",
      [ClientFrame(first: 0xC1, payload: StoredCodec.stored([0x61, 0xFF]))], [.refused(.invalidUTF8)]),
    Exchange(
      "a character that ends with the message",
      [ClientFrame(first: 0xC1, payload: StoredCodec.stored([0xC3]))], [.refused(.invalidUTF8)]),
  ]

  @Test(arguments: exchanges, Delivery.allCases)
  func compressedMessagesAreUnfoldedHoweverTheyAreCut(exchange: Exchange, delivery: Delivery) {
    let harness = harness()
    for piece in delivery.pieces(of: wire(exchange.frames), trailing: ClientFrame.text("next").bytes) {
      harness.receive(piece)
    }
    if case .refused(let error) = exchange.seen.last {
      #expect(harness.seen == exchange.seen)
      #expect(harness.connection.closeCode == error.closeCode)
    } else {
      #expect(harness.seen == exchange.seen + (delivery == .withTrailingBytes ? [.text("next")] : []))
    }
  }

  @Test func withoutAnAgreementTheBitIsReserved() {
    let seen = outcome(of: [ClientFrame(first: 0xC1, payload: Self.hello).bytes]).seen
    #expect(seen == [.refused(.reservedBits)])
  }

  @Test func theLimitCountsWhatAMessageUnfoldsTo() {
    let payload = [UInt8](repeating: 0x61, count: 100)
    let frame = ClientFrame(first: 0xC2, payload: StoredCodec.stored(payload))
    #expect(frame.payload.count > 100)
    let enough = harness(messageSize: 100)
    enough.receive(frame)
    #expect(enough.seen == [.binary(payload)])
    let tooSmall = harness(messageSize: 99)
    tooSmall.receive(frame)
    #expect(tooSmall.seen == [.refused(.messageTooBig)])
    #expect(tooSmall.writtenFrames() == [.close(1009)])
  }

  @Test func theLimitCountsAllFragments() {
    let harness = harness(messageSize: 100)
    let block = StoredCodec.stored([UInt8](repeating: 0x61, count: 60)).dropLast()
    harness.receive(ClientFrame(first: 0x42, payload: Array(block)), .continuation(Array(block), final: false))
    #expect(harness.seen == [.refused(.messageTooBig)])
  }

  @Test func smallMessagesAreSentAsTheyAreAndLargerOnesCompressed() {
    let harness = harness()
    let short = String(repeating: "s", count: 63)
    let long = String(repeating: "l", count: 64)
    #expect(harness.send(short) && harness.send(long))
    #expect(harness.send(encoded(.text, bytes(short))) && harness.send(encoded(.text, bytes(long))))
    let deflated = ServerFrame(first: 0xC1, payload: StoredCodec.stored(bytes(long)))
    #expect(harness.writtenFrames() == [.text(short), deflated, .text(short), deflated])
  }

  @Test func controlFramesAreNeverCompressed() {
    let harness = harness()
    let payload = [UInt8](repeating: 1, count: 125)
    harness.receive(.ping(payload))
    #expect(harness.ping(payload))
    #expect(harness.writtenFrames() == [.pong(payload), .ping(payload)])
  }

  @Test func aLargeFrameForManyIsCompressedForThoseWhoAgreedToIt() {
    let frame = encoded(.binary, [UInt8](repeating: 7, count: 70_000 / 2))
    let (plain, compressed) = (Harness(), harness())
    #expect(plain.send(frame) && compressed.send(frame))
    #expect(plain.writtenFrames()?.map(\.first) == [0x82])
    #expect(compressed.writtenFrames()?.map(\.first) == [0xC2])
  }
}
