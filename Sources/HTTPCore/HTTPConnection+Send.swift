// SPDX-License-Identifier: MIT

// The sending half. The connection writes what it alone can know: how the body is framed for this client, and
// whether the connection goes on (RFC 9112 sections 6 and 9). A body that does not match what its head
// announced would shift every response after it, so it ends the connection instead.

public import Bytes

extension HTTPConnection {
  /// Sends 100 (Continue) if the client waits for it: it asked, and no byte of the body has come (RFC 9110
  /// section 10.1.1). Otherwise does nothing.
  public mutating func sendContinue() {
    guard current.awaitsContinue, isReceivingBody, states.response == .due, !bodyReader.hasBegun,
      input.isEmpty
    else { return }
    current.awaitsContinue = false
    output.append("HTTP/1.1 100 Continue\r\n\r\n")
  }

  /// Sends the head of the response, with the fields that frame the body and, if this is the last response or
  /// the client is of HTTP/1.0, Connection.
  ///
  /// An answer to HEAD takes the framing that GET would have; its body need not be sent, and does not go out
  /// if it is. Status 101, once the whole request is in, hands both directions to another protocol. If the
  /// request is not in to its last byte, this response is the last.
  ///
  /// - Throws: `.wrongState` if no response is due, for another 1xx status, and for 101 with a body or before
  ///   the end of the request; `.bodyLengthMismatch` for a negative length.
  public mutating func send(_ head: ResponseHead, _ framing: BodyFraming) throws(LocalProtocolError) {
    try begin(head, framing)
    output.append("\r\n")
  }

  /// Sends the head of a response that was made at `date`, and says so in it (RFC 9110 section 6.6.1); `head` has no
  /// Date of its own.
  ///
  /// - Throws: as `send(_:_:)`.
  public mutating func send(
    _ head: ResponseHead, _ framing: BodyFraming, date: HTTPDate
  ) throws(LocalProtocolError) {
    try begin(head, framing)
    output.append("Date: ")
    output.append(date.bytes)
    output.append("\r\n\r\n")
  }

  /// Takes the memory for a response at once, where it is known whole.
  public mutating func reserve(for head: ResponseHead, _ content: OutputQueue) {
    output.reserve(head.fields.count + Self.greatestFraming + content.copiedCount)
  }

  /// What the status line and the fields that are added here take at most.
  private static var greatestFraming: Int { 192 }

  /// All of the head but the empty line at its end.
  private mutating func begin(_ head: ResponseHead, _ framing: BodyFraming) throws(LocalProtocolError) {
    if case .length(let length) = framing, length < 0 { throw .bodyLengthMismatch }
    if states.request == .body, bodyReader.isComplete { try states.apply(.requestEnd) }
    if head.status == .switchingProtocols {
      guard framing == .none else { throw .wrongState }
      try states.apply(.switchProtocols)
      append(head)
    } else {
      guard head.status.code >= 200 else { throw .wrongState }
      try states.apply(.responseHead)
      if framing == .chunked, current.isHTTP10, head.status.allowsBody, !current.isHead { close() }
      append(head)
      appendFraming(framing, status: head.status)
      appendConnection()
    }
  }

  /// Sends part of the body, copied.
  ///
  /// - Throws: `.wrongState` outside a response; `.bodyLengthMismatch` if the body gets longer than its head
  ///   said: nothing of this part goes out, and the connection is over.
  public mutating func send(body bytes: Span<UInt8>) throws(LocalProtocolError) {
    guard try beginPart(bytes.count) else { return }
    output.append(bytes)
    endPart()
  }

  /// Sends part of the body, of which nothing is copied that `content` holds by reference.
  ///
  /// - Throws: as `send(body:)`.
  public mutating func send(content: OutputQueue) throws(LocalProtocolError) {
    guard try beginPart(content.count) else { return }
    output.append(content)
    endPart()
  }

  /// Ends the response.
  ///
  /// - Throws: `.wrongState` outside a response; `.bodyLengthMismatch` if the body is shorter than its head
  ///   said: the connection is over, which tells the client.
  public mutating func finish() throws(LocalProtocolError) {
    let isWhole = current.remaining ?? 0 == 0 || current.isBodySwallowed
    try states.apply(isWhole ? .responseEnd : .responseFailed)
    if current.isChunked, !current.isBodySwallowed { output.append("0\r\n\r\n") }
    dropInputIfClosed()
    if !isWhole { throw .bodyLengthMismatch }
  }

  /// Lets the next request be parsed.
  ///
  /// - Throws: `.wrongState` unless request and response are both done and the connection goes on.
  public mutating func startNextCycle() throws(LocalProtocolError) {
    try states.apply(.nextCycle)
    body.clear()
  }

  /// How many bytes of output wait.
  @inlinable
  public var pendingOutput: Int { output.count }

  /// Whether so much output waits that no further request is parsed: `Limits.outputSize` bytes, and at least one.
  public var isOutputFull: Bool { !output.isEmpty && output.count >= limits.outputSize }

  /// Offers the waiting output, oldest first, until `accept` takes less than it is offered.
  ///
  /// `accept` says how many of the bytes it took, as for `OutputQueue.write(_:)`, and does no more than copy them.
  public mutating func writeOutput(_ accept: (Span<UInt8>) -> Int) { output.write(accept) }
}

extension HTTPConnection {
  /// The status line and the fields; the empty line comes later.
  private mutating func append(_ head: ResponseHead) {
    output.append("HTTP/1.1 ")
    output.append(UInt64(head.status.code), radix: 10)
    output.append(UInt8(ascii: " "))
    #if WITHOUT_REASON_PHRASES
      output.append(head.status.reason)
    #else
      output.append(head.reasonPhrase.isEmpty ? head.status.reason : head.reasonPhrase.span)
    #endif
    output.append("\r\n")
    output.append(head.fields.span)
  }

  /// Content-Length or Transfer-Encoding, as the status and the client allow (RFC 9112 sections 6.1 to 6.3).
  private mutating func appendFraming(_ framing: BodyFraming, status: HTTPStatus) {
    current.isBodySwallowed = current.isHead || !status.allowsBody
    current.isChunked = framing == .chunked && !current.isHTTP10
    switch framing {
    case .none: current.remaining = 0
    case .length(let length): current.remaining = length
    case .chunked: current.remaining = nil
    }
    guard status.allowsBody else { return }  // RFC 9110 section 8.6: no Content-Length in 204
    if current.isChunked {
      output.append("Transfer-Encoding: chunked\r\n")
    } else if let length = current.remaining {
      output.append("Content-Length: ")
      output.append(UInt64(length), radix: 10)  // negative ones were refused
      output.append("\r\n")
    }
  }

  /// `close` with the last response, `keep-alive` to a client of HTTP/1.0 (RFC 9112 section 9.3).
  private mutating func appendConnection() {
    if !states.persists {
      output.append("Connection: close\r\n")
    } else if current.isHTTP10 {
      output.append("Connection: keep-alive\r\n")
    }
  }

  /// Counts `count` bytes of body; false if none of them are to go out.
  private mutating func beginPart(_ count: Int) throws(LocalProtocolError) -> Bool {
    guard states.response == .body else { throw .wrongState }
    if let remaining = current.remaining {
      guard count <= remaining else {
        try states.apply(.responseFailed)
        dropInputIfClosed()
        throw .bodyLengthMismatch
      }
      current.remaining = remaining - count
    }
    guard count > 0, !current.isBodySwallowed else { return false }  // an empty chunk would end the body
    if current.isChunked {
      output.append(UInt64(count), radix: 16)
      output.append("\r\n")
    }
    return true
  }

  private mutating func endPart() {
    if current.isChunked { output.append("\r\n") }
  }
}

extension OutputQueue {
  /// Appends `value` in digits; there is no array to put them in first.
  fileprivate mutating func append(_ value: UInt64, radix: UInt64) {
    if value >= radix { append(value / radix, radix: radix) }
    let digit = UInt8(truncatingIfNeeded: value % radix)
    append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
  }
}
