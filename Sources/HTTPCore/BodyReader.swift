// SPDX-License-Identifier: MIT

// The body of a request: so many bytes, or chunks and a trailer section (RFC 9112 sections 6 and 7.1). It
// moves bytes from the input to the body and never holds any itself.

import Bytes

/// Reads one body.
struct BodyReader: Sendable {
  private enum Step {
    /// Bytes of the body; `remaining` says how many.
    case content
    /// The CRLF behind a chunk.
    case endOfChunk
    /// The line with a chunk's size.
    case chunkLine
    /// Field lines behind the last chunk, then an empty line.
    case trailers
    case complete
  }

  private var step = Step.complete
  private let isChunked: Bool
  private var remaining = 0
  private var received = 0
  private var scanner = LineScanner()
  /// Bytes of chunk lines so far, beyond the first 16 of each; behind the last chunk, bytes of trailers.
  private var overhead = 0
  private var trailerCount = 0
  /// Whether any byte of the message body has come.
  private(set) var hasBegun = false

  /// A reader with nothing to read.
  init() { isChunked = false }

  /// A reader of the body that follows `head`.
  init(_ head: RequestHead) {
    isChunked = head.isChunked
    remaining = Int(clamping: head.contentLength ?? 0)
    step = isChunked ? .chunkLine : remaining > 0 ? .content : .complete
  }

  /// Whether the last byte of the message has been read.
  var isComplete: Bool { step == .complete }

  /// Moves what `input` has of the body to the end of `body`; stops behind its last byte.
  mutating func read(
    _ input: inout ByteQueue, into body: inout [UInt8], within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) {
    while step != .complete, !input.isEmpty {
      hasBegun = true
      switch step {
      case .content: readContent(&input, into: &body)
      case .endOfChunk: guard try readEndOfChunk(&input) else { return }
      case .chunkLine: guard try readChunkLine(&input, within: limits) else { return }
      case .trailers: guard try readTrailer(&input, within: limits) else { return }
      case .complete: return
      }
    }
  }

  private mutating func readContent(_ input: inout ByteQueue, into body: inout [UInt8]) {
    let count = min(remaining, input.count)
    body.append(input.bytes.extracting(first: count))
    input.consume(count)
    received += count
    remaining -= count
    if remaining == 0 { step = isChunked ? .endOfChunk : .complete }
  }

  /// Exactly CRLF stands between the last byte of a chunk and the next line.
  private mutating func readEndOfChunk(_ input: inout ByteQueue) throws(RemoteProtocolError) -> Bool {
    switch scanner.scan(input.bytes, limit: 2) {
    case .incomplete: return false
    case .tooLong, .malformed: throw .malformedChunk
    case .line:
      input.consume(2)
      step = .chunkLine
      return true
    }
  }

  /// False until the line is complete, as in all that follow.
  private mutating func readChunkLine(
    _ input: inout ByteQueue, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> Bool {
    // RFC 9112 section 7.1.1: a server ought to limit the total length of extensions. Besides them a line has
    // at most 16 digits (the free bytes) and CRLF.
    switch scanner.scan(input.bytes, limit: limits.chunkExtensionSize - overhead + 18) {
    case .incomplete: return false
    case .tooLong: throw .chunkExtensionsTooLarge
    case .malformed: throw .malformedChunk
    case .line(let length):
      remaining = try ChunkLine.size(input.bytes.extracting(first: length))
      input.consume(length + 2)
      overhead += max(length - 16, 0)
      guard remaining <= limits.bodySize - received else { throw .bodyTooLarge }
      if remaining > 0 {
        step = .content
      } else {
        step = .trailers
        overhead = 0
      }
      return true
    }
  }

  /// Trailer fields are checked like those of a head and dropped, as RFC 9110 section 6.5.1 allows.
  private mutating func readTrailer(
    _ input: inout ByteQueue, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> Bool {
    switch scanner.scan(input.bytes, limit: limits.headSize - overhead) {
    case .incomplete: return false
    case .tooLong: throw .headTooLarge
    case .malformed: throw .malformedField
    case .line(let length):
      if length == 0 {
        step = .complete
      } else {
        trailerCount += 1
        guard trailerCount <= limits.fieldCount else { throw .tooManyFields }
        _ = try FieldLine(input.bytes.extracting(first: length), isFirst: trailerCount == 1)
      }
      input.consume(length + 2)
      overhead += length + 2
      return true
    }
  }
}
