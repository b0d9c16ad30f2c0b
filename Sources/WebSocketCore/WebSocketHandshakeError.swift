// SPDX-License-Identifier: MIT

// Why a request is not an opening handshake, and what to tell the client: RFC 6455 sections 4.2.1, 4.2.2 and 4.4.

public import HTTPCore

/// What a request lacks to become a WebSocket connection; the numbers are the rules of RFC 6455 section
/// 4.2.1.
public enum WebSocketHandshakeError: UInt8, Error, Hashable, Sendable {
  /// The method is not GET (1.).
  case methodNotGet
  /// The version is below HTTP/1.1 (1.).
  case versionTooOld
  /// The request has a body, where frames should begin.
  case unexpectedBody
  /// Upgrade does not name `websocket` (3.).
  case upgradeMissing
  /// Connection does not name `Upgrade` (4.).
  case connectionUpgradeMissing
  /// There is no Sec-WebSocket-Key (5.).
  case keyMissing
  /// There are several Sec-WebSocket-Key fields (5., and section 11.3.1).
  case keyRepeated
  /// Sec-WebSocket-Key is not 16 bytes in base64 (5.).
  case keyMalformed
  /// Sec-WebSocket-Version is not 13, or missing, or repeated (6.).
  case unsupportedVersion
  #if !WITHOUT_SUBPROTOCOLS
    /// Sec-WebSocket-Protocol is not a list of tokens (8., and section 11.3.4).
    case malformedProtocols
  #endif

  /// The status of the answer.
  public var status: HTTPStatus {
    switch self {
    case .methodNotGet: .methodNotAllowed
    case .upgradeMissing, .unsupportedVersion: .upgradeRequired
    case .versionTooOld, .unexpectedBody, .connectionUpgradeMissing, .keyMissing, .keyRepeated, .keyMalformed:
      .badRequest
    #if !WITHOUT_SUBPROTOCOLS
      case .malformedProtocols: .badRequest
    #endif
    }
  }

  /// Adds the fields that such an answer must have: Allow with 405 (RFC 9110 section 15.5.6), Upgrade and its
  /// Connection with 426 (section 15.5.22), and there the version that is spoken here (RFC 6455 section 4.4).
  public func addFields(to response: inout ResponseHead) {
    switch status {
    case .methodNotAllowed:
      #if WITHOUT_OPTIONS
        response.add("Allow", "GET")
      #else
        response.add("Allow", "GET, OPTIONS")
      #endif
    case .upgradeRequired:
      response.add("Upgrade", "websocket")
      response.add("Connection", "Upgrade")
      response.add("Sec-WebSocket-Version", "13")
    default:
      break
    }
  }
}
