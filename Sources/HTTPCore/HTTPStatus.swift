// SPDX-License-Identifier: MIT

// Status codes (RFC 9110 section 15, RFC 6585 for 429 and 431). The reason phrase carries no meaning, but
// people read it in logs and terminals.

import Bytes

/// The three-digit status of a response.
public struct HTTPStatus: Equatable, Hashable, Sendable {
  /// The code, from 100 to 599.
  public let code: UInt16

  /// The status with this code, or nil if it is outside 100–599 (RFC 9110 section 15).
  public init?(_ code: UInt16) {
    guard 100...599 ~= code else { return nil }
    self.code = code
  }

  private init(known code: UInt16) { self.code = code }

  /// 100 (RFC 9110 section 15.2.1).
  public static let `continue` = HTTPStatus(known: 100)
  /// 101 (RFC 9110 section 15.2.2).
  public static let switchingProtocols = HTTPStatus(known: 101)
  /// 200 (RFC 9110 section 15.3.1).
  public static let ok = HTTPStatus(known: 200)
  /// 202 (RFC 9110 section 15.3.3).
  public static let accepted = HTTPStatus(known: 202)
  /// 204 (RFC 9110 section 15.3.5).
  public static let noContent = HTTPStatus(known: 204)
  /// 206 (RFC 9110 section 15.3.7).
  public static let partialContent = HTTPStatus(known: 206)
  /// 301 (RFC 9110 section 15.4.2).
  public static let movedPermanently = HTTPStatus(known: 301)
  /// 303 (RFC 9110 section 15.4.4).
  public static let seeOther = HTTPStatus(known: 303)
  /// 304 (RFC 9110 section 15.4.5).
  public static let notModified = HTTPStatus(known: 304)
  /// 308 (RFC 9110 section 15.4.9).
  public static let permanentRedirect = HTTPStatus(known: 308)
  /// 400 (RFC 9110 section 15.5.1).
  public static let badRequest = HTTPStatus(known: 400)
  /// 401 (RFC 9110 section 15.5.2).
  public static let unauthorized = HTTPStatus(known: 401)
  /// 403 (RFC 9110 section 15.5.4).
  public static let forbidden = HTTPStatus(known: 403)
  /// 404 (RFC 9110 section 15.5.5).
  public static let notFound = HTTPStatus(known: 404)
  /// 405 (RFC 9110 section 15.5.6).
  public static let methodNotAllowed = HTTPStatus(known: 405)
  /// 406 (RFC 9110 section 15.5.7).
  public static let notAcceptable = HTTPStatus(known: 406)
  /// 408 (RFC 9110 section 15.5.9).
  public static let requestTimeout = HTTPStatus(known: 408)
  /// 409 (RFC 9110 section 15.5.10).
  public static let conflict = HTTPStatus(known: 409)
  /// 412 (RFC 9110 section 15.5.13).
  public static let preconditionFailed = HTTPStatus(known: 412)
  /// 413 (RFC 9110 section 15.5.14).
  public static let contentTooLarge = HTTPStatus(known: 413)
  /// 414 (RFC 9110 section 15.5.15).
  public static let uriTooLong = HTTPStatus(known: 414)
  /// 416 (RFC 9110 section 15.5.17).
  public static let rangeNotSatisfiable = HTTPStatus(known: 416)
  /// 421 (RFC 9110 section 15.5.20).
  public static let misdirectedRequest = HTTPStatus(known: 421)
  /// 426 (RFC 9110 section 15.5.22).
  public static let upgradeRequired = HTTPStatus(known: 426)
  /// 429 (RFC 6585 section 4).
  public static let tooManyRequests = HTTPStatus(known: 429)
  /// 431 (RFC 6585 section 5).
  public static let requestHeaderFieldsTooLarge = HTTPStatus(known: 431)
  /// 500 (RFC 9110 section 15.6.1).
  public static let internalServerError = HTTPStatus(known: 500)
  /// 501 (RFC 9110 section 15.6.2).
  public static let notImplemented = HTTPStatus(known: 501)
  /// 503 (RFC 9110 section 15.6.4).
  public static let serviceUnavailable = HTTPStatus(known: 503)
  /// 505 (RFC 9110 section 15.6.6).
  public static let httpVersionNotSupported = HTTPStatus(known: 505)

  /// The words that go with the code; empty, as RFC 9112 section 4 allows, for a code without a constant.
  public var reason: Span<UInt8> {
    @_lifetime(immortal) get {
      #if !WITHOUT_RANGES
        let reason = Self.reason(of: code, in: Self.fileReasons)
        if reason.count > 0 { return reason }
      #endif
      return Self.reason(of: code, in: Self.reasons)
    }
  }

  @_lifetime(immortal)
  private static func reason(of code: UInt16, in lines: StaticString) -> Span<UInt8> {
    let lines = lines.span
    var start = 0
    while start < lines.count {
      let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.count
      if lines.extracting(start..<start + 3).decimalValue == UInt64(code) { return lines.extracting(start + 4..<end) }
      start = end + 1
    }
    return lines.extracting(0..<0)
  }

  #if !WITHOUT_RANGES
    /// Those that only files are answered with.
    private static let fileReasons: StaticString = """
      206 Partial Content
      301 Moved Permanently
      416 Range Not Satisfiable
      """
  #endif

  /// A line for each code. In one text, since a literal for each would take three words more of flash.
  private static let reasons: StaticString = """
    100 Continue
    101 Switching Protocols
    200 OK
    202 Accepted
    204 No Content
    303 See Other
    304 Not Modified
    308 Permanent Redirect
    400 Bad Request
    401 Unauthorized
    403 Forbidden
    404 Not Found
    405 Method Not Allowed
    406 Not Acceptable
    408 Request Timeout
    409 Conflict
    412 Precondition Failed
    413 Content Too Large
    414 URI Too Long
    421 Misdirected Request
    426 Upgrade Required
    429 Too Many Requests
    431 Request Header Fields Too Large
    500 Internal Server Error
    501 Not Implemented
    503 Service Unavailable
    505 HTTP Version Not Supported
    """

  /// Whether a response of this status ever has a body (RFC 9112 section 6.3, rule 1).
  public var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }
}
