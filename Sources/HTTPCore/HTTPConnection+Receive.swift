// SPDX-License-Identifier: MIT

// The receiving half: bytes in, events out. `receive` only stores; `nextEvent` parses, one request at a time,
// and a pipelined request stays in the input until the one before it is answered (RFC 9112 section 9.3.2).

import Bytes

extension HTTPConnection {
  /// Stores as much of `bytes` as there is room for, and says how much; the rest stays with the transport.
  ///
  /// There is room for `Limits.headSize` bytes that are not parsed yet; it comes back when `nextEvent` has parsed.
  /// Input after the last request, or after an error, is taken and dropped.
  public mutating func receive(_ bytes: Span<UInt8>) -> Int {
    switch states.request {
    case .failed, .closed: return bytes.count
    case .idle, .body, .done, .switched:
      guard !inputHasEnded else { return bytes.count }
      let count = min(bytes.count, limits.headSize - input.count)
      input.append(bytes.extracting(first: count))
      return count
    }
  }

  /// Says that the client has ended its stream; what it sent before is still parsed and answered.
  public mutating func receiveEndOfStream() { inputHasEnded = true }

  /// What comes next in the input.
  ///
  /// After an error no request is read any more: if `responseState` is `.due`, one answer with the error's
  /// status may be sent; it closes the connection.
  ///
  /// - Throws: What the client did wrong.
  public mutating func nextEvent() throws(RemoteProtocolError) -> HTTPEvent {
    switch states.request {
    case .idle where isOutputFull: .held
    case .idle: try receiveHead()
    case .body: try receiveBody()
    case .done, .switched: .held
    case .failed, .closed: mustClose ? .closed : .held
    }
  }

  private mutating func receiveHead() throws(RemoteProtocolError) -> HTTPEvent {
    do throws(RemoteProtocolError) {
      guard let head = try parser.next(&input, within: limits) else { return try waitForInput() }
      bodyReader = BodyReader(head)
      current = Exchange(head)
      move(.requestHead)
      if !head.wantsPersistence { move(.closeAfterResponse) }
      return .request(head)
    } catch {
      fail()
      throw error
    }
  }

  private mutating func receiveBody() throws(RemoteProtocolError) -> HTTPEvent {
    do throws(RemoteProtocolError) {
      try bodyReader.read(&input, into: &body, within: limits)
      guard bodyReader.isComplete else { return try waitForInput() }
      move(.requestEnd)
      return .endOfMessage
    } catch {
      fail()
      throw error
    }
  }

  /// The input has no more to give now; if it has ended, a request must not be left unfinished.
  private mutating func waitForInput() throws(RemoteProtocolError) -> HTTPEvent {
    guard inputHasEnded else { return .needData }
    guard isIdle else { throw .truncatedMessage }
    move(.endOfStream)
    return .closed
  }

  /// The body as far as it has come since the last call; all of it after `.endOfMessage`, which is at most
  /// `Limits.bodySize` bytes.
  public mutating func takeBody() -> [UInt8] {
    let taken = body
    body = []
    return taken
  }

  /// After 101: the bytes that followed the request's head and belong to the new protocol.
  public mutating func takeTrailingData() -> [UInt8] {
    guard states.request == .switched else { return [] }
    let trailing = [UInt8](input.bytes)
    input.removeAll()
    input.trim()
    return trailing
  }

  /// Gives up on the request that is coming in, because its time is over or the server has no room for it.
  ///
  /// Nothing more is read. If `responseState` is `.due` afterwards, one last answer, such as 408 or 503, may
  /// be sent.
  public mutating func abandonRequest() {
    guard states.after(.requestFailed) != nil else { return }
    fail()
  }

  private mutating func fail() {
    if states.request == .idle {
      current = Exchange(parser.head)
      // Also of a request line that is wrong or unfinished the method may be known (RFC 9110 section 9.3.2).
      if !parser.hasBegun { current.isHead = input.bytes.starts(with: "HEAD ") }
    }
    move(.requestFailed)
    parser.reset()
    dropInputIfClosed()
  }

  /// Moves the states where the caller has made sure that the table allows it.
  private mutating func move(_ event: ConnectionStates.Input) {
    if let next = states.after(event) { states = next }
  }
}
