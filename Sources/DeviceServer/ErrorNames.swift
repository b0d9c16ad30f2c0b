// SPDX-License-Identifier: MIT

// Errors in a few words, for a line of log. (`String(describing:)` needs reflection, which Embedded Swift does not
// have.)

import Bytes
import HTTPCore
public import WebSocketCore

extension RemoteProtocolError {
  var name: StaticString {
    switch self {
    case .malformedRequestLine: "malformed request line"
    case .malformedTarget: "malformed target"
    case .misdirectedRequest: "https without TLS"
    case .unsupportedMethod: "unsupported method"
    case .unsupportedVersion: "unsupported version"
    case .malformedField: "malformed field"
    case .obsoleteLineFolding: "obsolete line folding"
    case .missingHost: "missing Host"
    case .duplicateHost: "duplicate Host"
    case .malformedHost: "malformed Host"
    case .targetTooLong: "target too long"
    case .headTooLarge: "head too large"
    case .tooManyFields: "too many fields"
    case .bodyTooLarge: "body too large"
    case .conflictingFraming: "conflicting framing"
    case .malformedContentLength: "malformed Content-Length"
    case .malformedTransferCoding: "malformed Transfer-Encoding"
    case .unsupportedTransferCoding: "unsupported transfer coding"
    case .malformedChunk: "malformed chunk"
    case .chunkExtensionsTooLarge: "chunk extensions too large"
    case .truncatedMessage: "truncated message"
    }
  }
}

extension WebSocketHandshakeError {
  var name: Span<UInt8> {
    @_lifetime(immortal) get {
      #if !WITHOUT_SUBPROTOCOLS
        if case .malformedProtocols = self { return Self.malformedProtocolsName.span }
      #endif
      return Self.names.line(Int(rawValue))
    }
  }

  #if !WITHOUT_SUBPROTOCOLS
    private static var malformedProtocolsName: StaticString { "malformed Sec-WebSocket-Protocol" }
  #endif

  /// A line for each other case, in their order.
  private static let names: StaticString = """
    upgrade is not a GET
    upgrade in HTTP/1.0
    upgrade with a body
    not an upgrade to websocket
    Connection without Upgrade
    missing Sec-WebSocket-Key
    repeated Sec-WebSocket-Key
    malformed Sec-WebSocket-Key
    unsupported Sec-WebSocket-Version
    """
}

extension WebSocketError {
  /// The error in a few words.
  public var name: StaticString {
    switch self {
    case .reservedBits: "reserved bits"
    case .reservedOpcode: "reserved opcode"
    case .unmaskedFrame: "unmasked frame"
    case .fragmentedControlFrame: "fragmented control frame"
    case .controlFrameTooLong: "control frame too long"
    case .nonMinimalLength: "non-minimal length"
    case .lengthTooLarge: "length too large"
    case .unexpectedContinuation: "unexpected continuation"
    case .expectedContinuation: "expected continuation"
    case .messageTooBig: "message too big"
    case .invalidUTF8: "invalid UTF-8"
    case .invalidCompressedData: "invalid compressed data"
    case .malformedClosePayload: "malformed Close"
    case .invalidCloseCode: "invalid close code"
    }
  }
}
