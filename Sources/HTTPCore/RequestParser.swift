// SPDX-License-Identifier: MIT

// The head of a request, line by line, as its bytes come (RFC 9112 sections 2 to 5). A complete line is
// checked, kept in the head's own form and taken from the input at once, so the input holds at most one
// unfinished line and no byte is looked at twice. What depends on several fields is decided when the empty
// line has come.

import Bytes

/// Builds one `RequestHead` at a time from the input.
struct RequestParser: Sendable {
  /// The head so far; after an error, the head at fault.
  private(set) var head = RequestHead()
  private var scanner = LineScanner()
  /// How many bytes of this head were taken from the input.
  private var size = 0
  private var fieldCount = 0
  private var hasSkippedEmptyLine = false
  #if WITHOUT_TLS
    private var isSecured: Bool { false }
  #else
    /// Whether the connection is secured.
    var isSecured = false
  #endif

  /// Whether the request line has come.
  var hasBegun: Bool { head.methodEnd > 0 }

  /// The next head, or nil until more input comes.
  mutating func next(
    _ input: inout ByteQueue, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> RequestHead? {
    while let length = try nextLine(input.bytes, within: limits) {
      let isEndOfHead = try take(input.bytes.extracting(first: length), waiting: input.count, within: limits)
      input.consume(length + 2)
      size += length + 2
      if isEndOfHead { return try finish(within: limits) }
    }
    return nil
  }

  /// The length of the next complete line.
  private mutating func nextLine(
    _ bytes: Span<UInt8>, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> Int? {
    let room = limits.headSize - size
    // Besides the target, a request line has a method, the version and two spaces.
    let limit = hasBegun ? room : min(room, limits.targetSize + Self.requestLineAllowance)
    return switch scanner.scan(bytes, limit: limit) {
    case .incomplete: nil
    case .line(let length): length
    case .tooLong: throw hasBegun ? .headTooLarge : Self.excess(of: bytes.extracting(first: limit))
    case .malformed: throw hasBegun ? .malformedField : .malformedRequestLine
    }
  }

  private static var requestLineAllowance: Int { 64 }

  /// What it is that makes a request line too long (RFC 9112 section 3).
  private static func excess(of line: Span<UInt8>) -> RemoteProtocolError {
    line.firstIndex(of: UInt8(ascii: " ")) == nil ? .unsupportedMethod : .targetTooLong
  }

  /// Takes in one line; true if it ends the head.
  private mutating func take(
    _ line: Span<UInt8>, waiting: Int, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> Bool {
    if hasBegun {
      if line.isEmpty { return true }
      fieldCount += 1
      guard fieldCount <= limits.fieldCount else { throw .tooManyFields }
      let field = try FieldLine(line, isFirst: fieldCount == 1)
      head.append(field)
    } else if line.isEmpty, !hasSkippedEmptyLine {
      hasSkippedEmptyLine = true  // RFC 9112 section 2.2: clients of old send one after a body
    } else {
      head.bytes.reserveCapacity(waiting + 16)  // mostly the whole head waits: one allocation
      try takeRequestLine(line, within: limits)
    }
    return false
  }

  /// `method SP request-target SP HTTP-version`, with one space each (RFC 9112 section 3).
  private mutating func takeRequestLine(
    _ line: Span<UInt8>, within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) {
    guard let firstSpace = line.firstIndex(of: UInt8(ascii: " ")), firstSpace > 0,
      let secondSpace = line.firstIndex(of: UInt8(ascii: " "), from: firstSpace + 1),
      secondSpace > firstSpace + 1
    else { throw .malformedRequestLine }
    for index in 0..<firstSpace where !line[index].isTokenCharacter { throw .malformedRequestLine }
    guard secondSpace - firstSpace - 1 <= limits.targetSize else { throw .targetTooLong }

    let version = try Self.version(line.extracting(droppingFirst: secondSpace + 1))
    let method = HTTPMethod(token: line.extracting(first: firstSpace))
    let target = try RequestTarget(
      line.extracting(firstSpace + 1..<secondSpace), method: method, isSecured: isSecured)
    head.setRequestLine(line.extracting(first: secondSpace), methodEnd: firstSpace, method, target, version)
  }

  /// `HTTP/` DIGIT `.` DIGIT, case-sensitive (RFC 9112 section 2.3).
  private static func version(_ text: Span<UInt8>) throws(RemoteProtocolError) -> HTTPVersion {
    guard text.count == 8, text.starts(with: "HTTP/"), text[5].isASCIIDigit, text[6] == UInt8(ascii: "."),
      text[7].isASCIIDigit
    else { throw .malformedRequestLine }
    guard text[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
    return text[7] == UInt8(ascii: "0") ? .http10 : .http11
  }

  /// Begins anew, on the same connection.
  mutating func reset() {
    #if WITHOUT_TLS
      self = RequestParser()
    #else
      let isSecured = isSecured
      self = RequestParser()
      self.isSecured = isSecured
    #endif
  }

  private mutating func finish(
    within limits: HTTPConnection.Limits
  ) throws(RemoteProtocolError) -> RequestHead {
    try head.resolve()
    if let length = head.contentLength, length > UInt64(limits.bodySize) { throw .bodyTooLarge }
    let finished = head
    reset()
    return finished
  }
}
