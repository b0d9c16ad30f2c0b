// SPDX-License-Identifier: MIT

// Status codes (RFC 9110 section 15, RFC 6585 for 429 and 431). The reason phrase carries no meaning, but
// people read it in logs and terminals.

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

  public static let `continue` = HTTPStatus(known: 100)
  public static let switchingProtocols = HTTPStatus(known: 101)
  public static let ok = HTTPStatus(known: 200)
  public static let created = HTTPStatus(known: 201)
  public static let noContent = HTTPStatus(known: 204)
  public static let seeOther = HTTPStatus(known: 303)
  public static let notModified = HTTPStatus(known: 304)
  public static let badRequest = HTTPStatus(known: 400)
  public static let unauthorized = HTTPStatus(known: 401)
  public static let forbidden = HTTPStatus(known: 403)
  public static let notFound = HTTPStatus(known: 404)
  public static let methodNotAllowed = HTTPStatus(known: 405)
  public static let requestTimeout = HTTPStatus(known: 408)
  public static let conflict = HTTPStatus(known: 409)
  public static let contentTooLarge = HTTPStatus(known: 413)
  public static let uriTooLong = HTTPStatus(known: 414)
  public static let unsupportedMediaType = HTTPStatus(known: 415)
  public static let misdirectedRequest = HTTPStatus(known: 421)
  public static let upgradeRequired = HTTPStatus(known: 426)
  public static let tooManyRequests = HTTPStatus(known: 429)
  public static let requestHeaderFieldsTooLarge = HTTPStatus(known: 431)
  public static let internalServerError = HTTPStatus(known: 500)
  public static let notImplemented = HTTPStatus(known: 501)
  public static let serviceUnavailable = HTTPStatus(known: 503)
  public static let httpVersionNotSupported = HTTPStatus(known: 505)

  /// The words that go with the code; empty, as RFC 9112 section 4 allows, for a code without a constant.
  public var reason: StaticString {
    switch code {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 204: "No Content"
    case 303: "See Other"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 421: "Misdirected Request"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }

  /// Whether a response of this status ever has a body (RFC 9112 section 6.3, rule 1).
  public var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }
}
