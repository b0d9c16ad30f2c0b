// SPDX-License-Identifier: MIT

// The search for the end of a line: that it costs one look per byte, and stops at its limit.

import ConformanceSupport
import Testing

@testable import HTTPCore

@Suite struct LineScannerTests {
  /// The length of the line, or nil if it has not ended.
  private func scan(_ scanner: inout LineScanner, _ input: String, limit: Int = 100) throws -> Int? {
    switch scanner.scan(bytes(input).span, limit: limit) {
    case .incomplete: return nil
    case .line(let length): return length
    case .tooLong: throw RemoteProtocolError.headTooLarge
    case .malformed: throw RemoteProtocolError.malformedField
    }
  }

  /// A slow client would otherwise cost the square of what it sends. The bytes that were looked at are
  /// spoiled between the calls: nobody may notice.
  @Test func noByteIsLookedAtTwice() throws {
    var scanner = LineScanner()
    #expect(try scan(&scanner, "GET /") == nil)
    #expect(try scan(&scanner, "\0\n\0\r\0index") == nil)
    #expect(try scan(&scanner, "\0\0\0\0\0\0\0\0\0\0.html\r") == nil)
    #expect(try scan(&scanner, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n") == 15)
  }

  @Test func theNextLineBeginsAnew() throws {
    var scanner = LineScanner()
    #expect(try scan(&scanner, "a\r\nb\r\n") == 1)
    #expect(try scan(&scanner, "b\r\n") == 1)
    #expect(try scan(&scanner, "\r\n") == 0)
  }

  @Test func noByteBehindTheLimitIsLookedAt() throws {
    var scanner = LineScanner()
    #expect(throws: RemoteProtocolError.headTooLarge) { try scan(&scanner, "abc\0", limit: 3) }
    scanner = LineScanner()
    #expect(throws: RemoteProtocolError.headTooLarge) { try scan(&scanner, "a\r\n", limit: 2) }
    scanner = LineScanner()
    #expect(try scan(&scanner, "a\r\n", limit: 3) == 1)
  }
}
