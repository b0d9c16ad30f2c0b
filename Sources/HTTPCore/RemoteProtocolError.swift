// SPDX-License-Identifier: MIT

// What a client can do wrong, one case for each breach, and the status that answers it. Anything that makes
// the end of a request uncertain ends the connection: guessing where the next one starts is how requests are
// smuggled (RFC 9112 section 11.2).

/// A breach of HTTP/1.1, or of this server's limits, by the client.
public enum RemoteProtocolError: Error, Hashable, Sendable {
  /// The first line is not `method SP request-target SP HTTP-version`, or holds a control character (RFC 9112
  /// section 3).
  case malformedRequestLine
  /// The request-target is neither a path nor an `http` URI (nor `*` with OPTIONS), or holds a fragment or another
  /// byte that none has (RFC 9112 section 3.2).
  case malformedTarget
  /// An `https` URI as the target, on a connection without TLS (RFC 9110 section 7.4).
  case misdirectedRequest
  /// CONNECT, or a method that is longer than a whole request line may be (RFC 9110 section 9.3.6, RFC 9112 section
  /// 3).
  case unsupportedMethod
  /// Another major version than 1 (RFC 9110 section 15.6.6).
  case unsupportedVersion
  /// A field line without a proper name and colon, with a control character, or a line ended by anything but
  /// CRLF (RFC 9112 sections 2.2 and 5).
  case malformedField
  /// A field value continued in the next line (RFC 9112 section 5.2).
  case obsoleteLineFolding
  /// An HTTP/1.1 request without Host (RFC 9112 section 3.2).
  case missingHost
  /// More than one Host line (RFC 9112 section 3.2).
  case duplicateHost
  /// Host, or the authority of the target, is not `uri-host [":" port]` (RFC 9110 section 7.2).
  case malformedHost
  /// The request-target is longer than `Limits.targetSize`.
  case targetTooLong
  /// The head, or a chunked body's trailer section, is longer than `Limits.headSize`.
  case headTooLarge
  /// More field lines than `Limits.fieldCount`.
  case tooManyFields
  /// The body is longer than `Limits.bodySize`.
  case bodyTooLarge
  /// The length of the body is given twice: several Content-Length lines, Content-Length beside
  /// Transfer-Encoding, or Transfer-Encoding in HTTP/1.0 (RFC 9112 sections 6.1 and 6.3).
  case conflictingFraming
  /// Content-Length is not a row of digits (RFC 9110 section 8.6).
  case malformedContentLength
  /// `chunked` is missing, repeated or not the last of the transfer codings (RFC 9112 sections 6.1 and 6.3).
  case malformedTransferCoding
  /// A transfer coding beside `chunked` (RFC 9112 section 6.1).
  case unsupportedTransferCoding
  /// A chunk's size line, extension or end breaks RFC 9112 section 7.1.
  case malformedChunk
  /// The chunk size lines of one body are longer than `Limits.chunkExtensionSize` allows (RFC 9112 section
  /// 7.1.1).
  case chunkExtensionsTooLarge
  /// The stream ended inside a request (RFC 9112 section 8).
  case truncatedMessage

  /// The status that tells the client.
  public var status: HTTPStatus {
    switch self {
    case .targetTooLong: .uriTooLong
    case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
    case .bodyTooLarge, .chunkExtensionsTooLarge: .contentTooLarge
    case .unsupportedVersion: .httpVersionNotSupported
    case .unsupportedMethod, .unsupportedTransferCoding: .notImplemented
    case .misdirectedRequest: .misdirectedRequest
    case .malformedRequestLine, .malformedTarget, .malformedField, .obsoleteLineFolding, .missingHost,
      .duplicateHost, .malformedHost, .conflictingFraming, .malformedContentLength, .malformedTransferCoding,
      .malformedChunk, .truncatedMessage:
      .badRequest
    }
  }
}
