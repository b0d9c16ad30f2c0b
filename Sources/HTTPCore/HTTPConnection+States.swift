// SPDX-License-Identifier: MIT

// The states of one connection: one for what the client sends, one for what we send, as a table. Two rules
// hold it together (h11's): everything that decides what may happen next lives in this file, and this file
// knows nothing of bytes. So the table can be checked, and drawn, row by row.
//
// In one exchange the request goes idle -> body -> done, and the response idle -> due -> body -> done. Then:
//
// - Both done and the connection persists: `nextCycle` makes both idle (RFC 9112 section 9.3).
// - A connection that does not persist ends with its response: closed and mustClose (section 9.6).
// - A response that begins before the request has ended is the last: the rest of the request is not read.
// - A request that failed is answered once; nothing is read after it.
// - 101 takes both sides out of HTTP for good (RFC 9110 section 7.8).

/// What the client has sent of its current request.
public enum RequestState: Sendable, Hashable, CaseIterable {
  /// Between requests, or in a head that is not complete.
  case idle
  /// The head has come, the end of the body has not.
  case body
  /// The whole request has come.
  case done
  /// The client's bytes belong to another protocol now.
  case switched
  /// The request broke the protocol or was given up; whatever the client still sends is dropped.
  case failed
  /// The last request has come, or the client has ended its stream; whatever still comes is dropped.
  case closed
}

/// What the server has sent of its current response.
public enum ResponseState: Sendable, Hashable, CaseIterable {
  /// No request to answer.
  case idle
  /// A request waits for its answer.
  case due
  /// The head has gone, the end of the body has not.
  case body
  /// The whole response has gone.
  case done
  /// Our bytes belong to another protocol now.
  case switched
  /// Nothing more may be sent; once the output is written the transport closes its side.
  case mustClose
}

/// Both states, and whether the connection outlives this exchange.
struct ConnectionStates: Sendable, Hashable {
  /// What can happen to a connection.
  enum Input: Sendable, Hashable, CaseIterable {
    case requestHead, requestEnd, requestFailed, endOfStream
    case responseHead, responseEnd, responseFailed, switchProtocols
    case nextCycle, closeAfterResponse
  }

  var request = RequestState.idle
  var response = ResponseState.idle
  var persists = true

  /// The states after `input`, or nil where it may not happen.
  func after(_ input: Input) -> ConnectionStates? {
    switch (input, request, response) {
    // The client's side.
    case (.requestHead, .idle, .idle): moved(.body, .due)
    case (.requestEnd, .body, .due): moved(.done, .due)
    case (.requestEnd, .body, .body): moved(.done, .body)
    case (.requestFailed, .idle, .idle): moved(.failed, .due, persists: false)
    case (.requestFailed, .body, .due): moved(.failed, .due, persists: false)
    case (.requestFailed, .body, .body): moved(.failed, .body, persists: false)
    case (.endOfStream, .idle, .idle): moved(.closed, .mustClose, persists: false)

    // Our side.
    case (.responseHead, .body, .due): moved(.body, .body, persists: false)
    case (.responseHead, .done, .due): moved(.done, .body)
    case (.responseHead, .failed, .due): moved(.failed, .body)
    case (.responseEnd, .done, .body) where persists: moved(.done, .done)
    case (.responseEnd, _, .body): moved(.closed, .mustClose)
    case (.responseFailed, _, .body): moved(.closed, .mustClose, persists: false)
    case (.switchProtocols, .done, .due): moved(.switched, .switched)

    // Both.
    case (.nextCycle, .done, .done): moved(.idle, .idle)
    case (.closeAfterResponse, .idle, .idle): moved(.closed, .mustClose, persists: false)
    case (.closeAfterResponse, .done, .done): moved(.closed, .mustClose, persists: false)
    case (.closeAfterResponse, _, _): moved(request, response, persists: false)

    default: nil
    }
  }

  private func moved(
    _ request: RequestState, _ response: ResponseState, persists: Bool = true
  ) -> ConnectionStates {
    // Once lost, persistence never comes back.
    ConnectionStates(request: request, response: response, persists: self.persists && persists)
  }

  /// Moves by `input`, or says that it may not happen.
  mutating func apply(_ input: Input) throws(LocalProtocolError) {
    guard let next = after(input) else { throw .wrongState }
    self = next
  }
}
