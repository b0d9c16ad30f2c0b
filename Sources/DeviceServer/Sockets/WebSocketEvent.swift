// SPDX-License-Identifier: MIT

// The events of a socket handler: the tutorial's WS_EVT_*, and what those leave out: the client's address, and why it
// went. The payload lies in the server's own buffer for the time of the call, never in anything that the handler may
// change.

public import WebSocketCore

/// Something that happened to a client of a hub.
public enum WebSocketEvent: ~Escapable {
  /// A client has come (WS_EVT_CONNECT); it can be sent to.
  case connect(ClientID, RemoteAddress)
  /// A client has gone (WS_EVT_DISCONNECT), with the close code and reason: the peer's, or ours if it said none to our
  /// Close or we failed it; 1006 if the connection ended without a Close, with the reason if we gave the client up.
  case disconnect(ClientID, CloseCode, reason: Span<UInt8>)
  /// A whole text message, valid UTF-8 (WS_EVT_DATA).
  case text(ClientID, Span<UInt8>)
  /// A whole binary message (WS_EVT_DATA).
  case binary(ClientID, Span<UInt8>)
  /// A pong, the answer to a ping of ours or unasked (WS_EVT_PONG).
  case pong(ClientID, Span<UInt8>)
  /// A client broke the protocol and is being closed (WS_EVT_ERROR); `disconnect` follows.
  case error(ClientID, WebSocketError)
}
