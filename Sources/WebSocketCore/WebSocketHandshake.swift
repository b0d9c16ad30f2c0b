// SPDX-License-Identifier: MIT

// The server's half of the opening handshake: is this request one, and what is the answer? Who may connect
// (Origin, Host, logins) is the application's decision and made before. What a client offers besides is not taken up
// here, which the absence of its fields in the answer says: sub-protocols are chosen in
// WebSocketHandshake+Subprotocol.swift, and the extension that compresses by `DeflateSupport`. RFC 6455 section 4.2.

import Bytes
public import HTTPCore

/// The opening handshake (RFC 6455 section 4.2).
public enum WebSocketHandshake {
  /// Whether the request asks to speak WebSocket: then it is answered by `response(to:)` or its error.
  public static func isRequested(by head: RequestHead) -> Bool {
    head.field("Upgrade", contains: "websocket")
  }

  /// The response 101 that accepts the handshake; frames follow it, and may follow the request at once.
  ///
  /// - Throws: the first thing that the request lacks, in the order of section 4.2.1 but for the version,
  ///   which comes before the key. Host was checked by the parser.
  public static func response(to head: RequestHead) throws(WebSocketHandshakeError) -> ResponseHead {
    // 1. "An HTTP/1.1 or higher GET request", which has no body that could be taken for frames.
    guard head.method == .get else { throw .methodNotGet }
    guard head.version == .http11 else { throw .versionTooOld }
    guard !head.isChunked, head.contentLength ?? 0 == 0 else { throw .unexpectedBody }
    // 3. and 4. The tokens may be among others, in any case and in several lines.
    guard isRequested(by: head) else { throw .upgradeMissing }
    guard head.field("Connection", contains: "Upgrade") else { throw .connectionUpgradeMissing }
    // 6. before 5.: a client of another version should learn of this one, whatever its key is.
    guard head.fieldCount("Sec-WebSocket-Version") == 1, let version = head.field("Sec-WebSocket-Version"),
      version.equals("13")
    else { throw .unsupportedVersion }
    // 5. "A base64-encoded value that, when decoded, is 16 bytes in length."
    guard let key = head.field("Sec-WebSocket-Key") else { throw .keyMissing }
    guard head.fieldCount("Sec-WebSocket-Key") == 1 else { throw .keyRepeated }
    guard Base64.decodedCount(key) == 16 else { throw .keyMalformed }

    var response = ResponseHead(.switchingProtocols)
    response.add("Upgrade", "websocket")
    response.add("Connection", "Upgrade")
    response.add("Sec-WebSocket-Accept", acceptValue(for: key).span)
    return response
  }

  /// The proof that the server read the handshake: base64 of the SHA-1 of key and GUID (section 4.2.2, step
  /// 5.4).
  static func acceptValue(for key: Span<UInt8>) -> [UInt8] {
    var hasher = SHA1()
    hasher.update(key)
    hasher.update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    var value: [UInt8] = []
    Base64.append(hasher.finish().span, to: &value)
    return value
  }
}
