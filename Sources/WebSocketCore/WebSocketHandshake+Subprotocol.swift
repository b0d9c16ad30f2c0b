// SPDX-License-Identifier: MIT

// The sub-protocol of a socket (RFC 6455 sections 1.9, 4.2.2 and 11.3.4): the client lists those that it speaks, in the
// order of its preference, and the server names one of them in the 101, or none. A browser that listed some fails the
// connection if none is named (WHATWG WebSockets; Firefox and Safari do not), and every browser does if another is.

#if !WITHOUT_SUBPROTOCOLS
  import Bytes
  public import HTTPCore

  extension WebSocketHandshake {
    /// The first of the sub-protocols that the client offers which is among `known`, letter by letter; nil if it offers
    /// none of them. A field without any is no offer: tcllib always sends one (RFC 9110 section 5.6.1.2).
    ///
    /// - Throws: `.malformedProtocols` if what it offers is not a list of tokens (section 11.3.4: `1#token`).
    public static func subprotocol(
      offeredBy head: RequestHead, among known: [StaticString]
    ) throws(WebSocketHandshakeError) -> StaticString? {
      var chosen: StaticString?
      var isSound = true
      head.forEachElement(of: "Sec-WebSocket-Protocol") { offered in
        for index in offered.indices where !offered[index].isTokenCharacter { isSound = false }
        guard chosen == nil else { return }
        for index in known.indices where offered.equals(known[index]) { chosen = known[index] }
      }
      guard isSound else { throw .malformedProtocols }
      return chosen
    }
  }
#endif
