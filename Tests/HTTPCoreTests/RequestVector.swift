// SPDX-License-Identifier: MIT

// One line of a table of requests: the bytes, the clause that judges them, and the judgment. Every vector
// runs whole, byte by byte and with the next request behind it; each way must come to the same end.

import ConformanceSupport
import HTTPCore
import Testing

struct RequestVector: CustomTestStringConvertible, Sendable {
  enum Judgment: Sendable, Equatable {
    /// Taken, and whether the next request on the connection is read.
    case accepted(survives: Bool = true)
    /// Refused; nothing after it is read.
    case refused(RemoteProtocolError, UInt16)
  }

  var name: String
  var clause: String
  var input: String
  var judgment: Judgment
  /// The body, where the vector is about one.
  var body: String?
  /// Whether the client's stream ends behind the input.
  var endsStream = false

  var testDescription: String { "\(name) (\(clause))" }

  init(
    _ name: String, _ clause: String, _ input: String, _ judgment: Judgment, body: String? = nil,
    endsStream: Bool = false
  ) {
    self.name = name
    self.clause = clause
    self.input = input
    self.judgment = judgment
    self.body = body
    self.endsStream = endsStream
  }

  static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

  /// Runs the vector in one way and compares.
  func check(_ delivery: Delivery) throws {
    var server = EchoServer()
    let pieces = delivery.pieces(of: bytes(input), trailing: endsStream ? [] : bytes(Self.next))
    for (index, piece) in pieces.enumerated() {
      if delivery == .byteByByte, index == pieces.count - 1, case .accepted = judgment {
        #expect(server.requests.isEmpty, "the request was given before its last byte")
      }
      try server.receive(piece)
    }
    if endsStream { try server.receiveEndOfStream() }

    switch judgment {
    case .accepted(let survives):
      let hasNext = delivery == .withTrailingBytes && !endsStream && survives
      #expect(server.errors.isEmpty)
      #expect(server.requests.count == (hasNext ? 2 : 1))
      #expect(server.requests.last?.target == "/next" || !hasNext)
      #expect(server.connection.mustClose == (!survives || endsStream))
      if let body { #expect(text(server.requests.first?.body ?? []) == body) }
    case .refused(let error, let status):
      #expect(server.errors == [error])
      #expect(error.status.code == status)
      #expect(server.requests.isEmpty)
      #expect(server.connection.mustClose)
      #expect(text(server.output).hasPrefix("HTTP/1.1 \(status) "))
      #expect(text(server.output).contains("\r\nConnection: close\r\n"))
    }
  }
}
