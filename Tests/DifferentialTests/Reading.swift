// SPDX-License-Identifier: MIT

// What a parser makes of a stream of bytes: requests, and whether it refused to go on. Two parsers are asked: ours, and
// llhttp, the parser of Node.js, in the form that SwiftNIO has.

import Bytes
import HTTPCore
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// A request as a parser saw it.
struct SeenRequest: Equatable {
  var method: String
  var target: String
  /// Name and value of each field line, in order.
  var fields: [[String]] = []
  var body: [UInt8] = []
}

/// What a parser made of a whole stream, its end included.
struct Reading<Refusal: Error & Equatable> {
  var requests: [SeenRequest] = []
  /// Why it refused to read on; nil if it took everything, or dropped what followed the last request.
  var refusal: Refusal?
}

extension Reading<RemoteProtocolError> {
  /// Our parser's reading, whole requests answered as they come, and where each of them begins; behind those, where
  /// what it takes no more begins.
  static func ours(_ bytes: [UInt8]) -> (reading: Reading, starts: [Int]) {
    var reader = OurReader()
    // Line by line, because heads end with a line: so the reader knows where each request ends.
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      reader.receive(Array(bytes[line.startIndex..<min(line.endIndex + 1, bytes.count)]))
    }
    reader.receiveEndOfStream()
    return (reader.reading, reader.starts)
  }
}

private struct OurReader {
  var reading = Reading<RemoteProtocolError>()
  var starts = [0]
  private var connection = HTTPConnection()
  private var received = 0
  private var partial: SeenRequest?
  /// The end of the request, if its head tells it.
  private var knownEnd: Int?

  mutating func receive(_ bytes: [UInt8]) {
    received += bytes.count
    var taken = 0
    repeat {
      taken += connection.receive(bytes.span.extracting(droppingFirst: taken))
      drain()
    } while taken < bytes.count
  }

  mutating func receiveEndOfStream() {
    connection.receiveEndOfStream()
    drain()
  }

  private mutating func drain() {
    do throws(RemoteProtocolError) {
      while true {
        switch try connection.nextEvent() {
        case .needData, .held, .closed: return
        case .request(let head):
          partial = SeenRequest(head)
          knownEnd = head.isChunked ? nil : received + Int(head.contentLength ?? 0)
        case .endOfMessage: answer()
        }
      }
    } catch {
      reading.refusal = error
    }
  }

  private mutating func answer() {
    guard var request = partial else { return }
    request.body = connection.takeBody()
    reading.requests.append(request)
    starts.append(knownEnd ?? received)
    try? connection.send(ResponseHead(.noContent), .none)
    try? connection.finish()
    if !connection.mustClose { try? connection.startNextCycle() }
    connection.writeOutput { $0.count }
  }
}

extension SeenRequest {
  fileprivate init(_ head: RequestHead) {
    method = Self.text(head.methodToken)
    target = Self.text(head.target)
    var fields: [[String]] = []
    head.forEachField { fields.append([Self.text($0), Self.text($1)]) }
    self.fields = fields
  }

  private static func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }
}

extension Reading<HTTPParserError> {
  /// llhttp's reading.
  static func llhttp(_ bytes: [UInt8]) -> Reading {
    var reading = Reading()
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }  // one that is left open is never freed
    do {
      try channel.writeInbound(ByteBuffer(bytes: bytes))
      _ = try channel.finish()
    } catch {
      reading.refusal = error as? HTTPParserError ?? .unknown
    }
    var partial: SeenRequest?
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
      switch part {
      case .head(let head):
        partial = SeenRequest(
          method: head.method.rawValue, target: head.uri,
          fields: head.headers.map { [$0.name, $0.value] })
      case .body(let piece): partial?.body += piece.readableBytesView
      case .end: if let request = partial { reading.requests.append(request) }
      }
    }
    return reading
  }
}
