// SPDX-License-Identifier: MIT

// The head of a request: method, target, version and fields (RFC 9112 sections 3 and 5), as one array of
// bytes and a few offsets into it. Nothing is a String, so nothing is compared by Unicode's rules and nothing
// is decoded twice.
//
// Layout of `bytes`: the request line up to its target; a "/" if an absolute target has no path; then, for
// each field, the lengths of name and value (two bytes each), the name and the trimmed value. Looking a field
// up jumps from length to length.

import Bytes

/// The head of one request, checked: whatever breaks the grammar never becomes a `RequestHead`.
public struct RequestHead: Sendable {
  /// What is to be done.
  public internal(set) var method = HTTPMethod.other
  /// The version that the client speaks.
  public internal(set) var version = HTTPVersion.http11
  /// The length of the body in bytes, at most `Limits.bodySize`; nil without Content-Length (RFC 9110 section 8.6).
  public internal(set) var contentLength: UInt64?
  /// Whether the body comes in chunks (RFC 9112 section 7.1).
  public internal(set) var isChunked = false
  /// Whether the client waits for 100 (Continue) before it sends the body (RFC 9110 section 10.1.1).
  public internal(set) var expectsContinue = false

  var bytes: [UInt8] = []
  var methodEnd = 0
  var targetRange = 0..<0
  var pathRange = 0..<0
  var queryRange = 0..<0
  var hostRange = 0..<0
  var fieldsStart = 0

  /// A head that the parser fills.
  init() {}

  /// Keeps what came before the version in `line`.
  mutating func setRequestLine(
    _ line: Span<UInt8>, methodEnd: Int, _ method: HTTPMethod, _ target: RequestTarget, _ version: HTTPVersion
  ) {
    self.method = method
    self.version = version
    self.methodEnd = methodEnd
    let start = methodEnd + 1
    bytes.append(line)
    targetRange = start..<line.count
    hostRange = target.authority.shifted(by: start)
    queryRange = target.query.shifted(by: start)
    pathRange = target.path.shifted(by: start)
    if pathRange.isEmpty {
      pathRange = bytes.count..<bytes.count + 1
      bytes.append(UInt8(ascii: "/"))
    }
    fieldsStart = bytes.count
  }

  /// How many bytes of memory it holds.
  public var memorySize: Int { bytes.capacity }

  /// The method as the client wrote it.
  public var methodToken: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(0..<methodEnd) }
  }

  /// The request-target as the client wrote it.
  public var target: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(targetRange) }
  }

  /// The path of the target, still percent-encoded, without the query.
  ///
  /// It begins with "/", except for OPTIONS of the whole server, where it is "*" (RFC 9112 section 3.2.4).
  public var path: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(pathRange) }
  }

  /// What follows the first "?" of the target, still percent-encoded; empty if there is none.
  public var query: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(queryRange) }
  }

  /// The host and, if it was given, ":" and the port that the request is meant for.
  ///
  /// It comes from the target if that names one, otherwise from the Host field (RFC 9112 section 3.2.2);
  /// empty only in HTTP/1.0. Decide by this, never by `field("Host")`.
  public var host: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span.extracting(hostRange) }
  }

  /// Whether the target itself names the host (absolute-form, RFC 9112 section 3.2.2).
  public var isAbsoluteForm: Bool { !hostRange.isEmpty && hostRange.upperBound <= targetRange.upperBound }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
