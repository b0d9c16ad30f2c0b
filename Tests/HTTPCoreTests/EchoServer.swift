// SPDX-License-Identifier: MIT

// The smallest owner a connection can have: it answers every request with the request's body and every error
// with the error's status, as a real server does, and writes down what it saw.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing

/// What one request looked like to its receiver.
struct SeenRequest: Equatable {
  var method = ""
  var target = ""
  var path = ""
  var query = ""
  var host = ""
  var fields: [String] = []
  var body: [UInt8] = []

  init(_ head: RequestHead) {
    method = string(head.methodToken)
    target = string(head.target)
    path = string(head.path)
    query = string(head.query)
    host = string(head.host)
    head.forEachField { name, value in fields.append(string(name) + "|" + string(value)) }
  }
}

struct EchoServer {
  var connection: HTTPConnection
  var requests: [SeenRequest] = []
  var errors: [RemoteProtocolError] = []
  var output: [UInt8] = []
  private var partial: SeenRequest?

  init(limits: HTTPConnection.Limits = .init()) { connection = HTTPConnection(limits: limits) }

  /// Feeds one piece, as often as the connection asks for the rest.
  mutating func receive(_ piece: [UInt8]) throws {
    var offset = 0
    while offset < piece.count {
      let taken = connection.receive(piece.span.extracting(droppingFirst: offset))
      offset += taken
      let sawEvent = try drain()
      try #require(taken > 0 || sawEvent, "the connection takes no more and says nothing")
    }
  }

  mutating func receiveEndOfStream() throws {
    connection.receiveEndOfStream()
    _ = try drain()
  }

  /// Handles events until there are none; true if there was one.
  private mutating func drain() throws -> Bool {
    var sawEvent = false
    while true {
      do throws(RemoteProtocolError) {
        switch try connection.nextEvent() {
        case .needData, .held, .closed: return sawEvent
        case .request(let head): partial = SeenRequest(head)
        case .endOfMessage: try answer()
        }
      } catch {
        errors.append(error)
        try refuse(error)
      }
      sawEvent = true
    }
  }

  private mutating func answer() throws(RemoteProtocolError) {
    guard var request = partial else { return }
    partial = nil
    request.body = connection.takeBody()
    requests.append(request)
    do {
      try connection.send(ResponseHead(.ok), .length(request.body.count))
      try connection.send(content: OutputQueue(SharedBytes(request.body)))
      try connection.finish()
      if !connection.mustClose { try connection.startNextCycle() }
    } catch {
      Issue.record("\(error)")
    }
    writeOutput()
  }

  private mutating func refuse(_ error: RemoteProtocolError) throws {
    try connection.send(ResponseHead(error.status), .none)
    try connection.finish()
    writeOutput()
  }

  mutating func writeOutput() {
    while connection.pendingOutput > 0 {
      connection.writeOutput { span in
        output.append(contentsOf: array(span))
        return span.count
      }
    }
  }
}

/// The connection's output so far, taken from it.
func takeOutput(_ connection: inout HTTPConnection) -> String {
  var taken: [UInt8] = []
  connection.writeOutput { span in
    taken += array(span)
    return span.count
  }
  return text(taken)
}

/// A connection that has received `input` whole and given the events up to the first that is not a request's.
func connection(afterReceiving input: String, limits: HTTPConnection.Limits = .init()) throws
  -> HTTPConnection
{
  var connection = HTTPConnection(limits: limits)
  let taken = connection.receive(bytes(input).span)
  try #require(taken == input.utf8.count)
  while true {
    switch try connection.nextEvent() {
    case .needData, .held, .closed: return connection
    case .request, .endOfMessage: continue
    }
  }
}

/// The head of the one request that `input` holds.
func head(of input: String) throws -> RequestHead {
  var connection = HTTPConnection()
  _ = connection.receive(bytes(input).span)
  guard case .request(let head) = try connection.nextEvent() else { throw NotARequest() }
  return head
}

struct NotARequest: Error {}

func array(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

func string(_ span: Span<UInt8>) -> String { text(array(span)) }

func string(_ span: Span<UInt8>?) -> String? {
  guard let span else { return nil }
  return text(array(span))
}
