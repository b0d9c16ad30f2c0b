// SPDX-License-Identifier: MIT

// SHA-1 against the examples of FIPS 180 and RFC 3174 section 7.3, the handshake of RFC 6455 section 1.3, and
// a table of digests made by another implementation.

import Bytes
import ConformanceSupport
import Testing

@Suite struct SHA1Tests {
  struct Example: Sendable {
    var piece: String
    var repetitions = 1
    var digest: String
  }

  static let published = [
    Example(piece: "", digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    Example(piece: "abc", digest: "a9993e364706816aba3e25717850c26c9cd0d89d"),
    Example(
      piece: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      digest: "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    Example(
      piece: "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      digest: "a49b2446a02c645bf419f995b67091253a04a259"),
    Example(
      piece: String(repeating: "a", count: 1000), repetitions: 1000,
      digest: "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    Example(
      piece: "0123456701234567012345670123456701234567012345670123456701234567", repetitions: 10,
      digest: "dea356a2cddd90c7a7ecedc5ebb563934f460452"),
  ]

  @Test(arguments: published)
  func publishedExamplesGiveTheirDigests(_ example: Example) {
    let piece = bytes(example.piece)
    var hash = SHA1()
    for _ in 0..<example.repetitions { hash.update(piece.span) }
    let digest = hex(hash.finish())
    #expect(digest == example.digest)
  }

  @Test(arguments: independentDigests.indices)
  func everyLengthUpToTwoBlocksAgreesWithAnotherImplementation(_ length: Int) {
    let message = (0..<length).map { UInt8(truncatingIfNeeded: 31 * $0 + length) }
    #expect(digest(of: message) == independentDigests[length])

    for cut in 0...length {
      var hash = SHA1()
      hash.update(message.span.extracting(first: cut))
      hash.update(message.span.extracting(droppingFirst: cut))
      let digest = hex(hash.finish())
      #expect(digest == independentDigests[length], "cut at \(cut)")
    }
    var byteByByte = SHA1()
    for byte in message { byteByByte.update([byte].span) }
    let digest = hex(byteByByte.finish())
    #expect(digest == independentDigests[length])
  }

  @Test func aCopyGoesOnByItself() {
    var hash = SHA1()
    hash.update("a")
    var copy = hash
    copy.update("bc")
    hash.update("not this")
    let digest = hex(copy.finish())
    #expect(digest == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func theHandshakeOfTheRFCGivesItsAcceptKey() {
    var hash = SHA1()
    hash.update(bytes("dGhlIHNhbXBsZSBub25jZQ==").span)
    hash.update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    let digest = hash.finish()
    var accept: [UInt8] = []
    Base64.append(digest.span, to: &accept)
    #expect(text(accept) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  private func digest(of message: [UInt8]) -> String { hex(SHA1.digest(of: message.span)) }

  private func hex(_ digest: SHA1.Digest) -> String {
    var digits: [UInt8] = []
    for index in digest.indices { digits.append(hexadecimal: digest[index], width: 2) }
    return text(digits)
  }
}
