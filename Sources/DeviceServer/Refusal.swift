// SPDX-License-Identifier: MIT

// Why the server refused a request. A handler set with `Router.onRefusal` sees each one, for a line of log; the
// counters have the sum.

import Bytes
public import HTTPCore
public import Timebase
public import WebSocketCore

/// A request, connection or client that the server turned away.
public struct Refusal: Sendable {
  /// What was wrong.
  public enum Reason: Sendable {
    /// The request could not be read (400, 413, 414, 421, 431, 501, 505).
    case malformedRequest(RemoteProtocolError)
    /// The upgrade was not one (400, 405, 426).
    case badHandshake(WebSocketHandshakeError)
    /// The client broke the WebSocket protocol or a limit (1002, 1007, 1009).
    case webSocketError(WebSocketError)
    #if !WITHOUT_PROXIES
      /// What a trusted proxy says of the request cannot be read (400).
      case malformedForwarding(ForwardingError)
      /// Not refused: what the request says of another client was not believed, since it came from no trusted proxy.
      /// Told once for each connection.
      case forwardingIgnored
    #endif
    /// The `Host` names no name of this server (403): DNS rebinding, or a name that is not configured.
    case unknownHost
    #if WITHOUT_TLS && !PASSWORDS_IN_THE_CLEAR
      /// The request has an `Authorization`, and came in the open (403): on such a board nothing else is possible.
      case passwordInTheClear
    #endif
    /// The target is a URI of another server (421): what a proxy is asked.
    case misdirected
    /// The `Origin` is another site (403).
    case foreignOrigin
    /// A form came without an `Origin` (403).
    case anonymousForm
    /// No route and no asset (404).
    case notFound
    /// The path exists, the method does not (405).
    case methodNotAllowed
    /// Nothing here knows the method (501).
    case unknownMethod
    /// The path has a malformed escape, a control character or a dot segment (400).
    case malformedPath
    /// The head or the body did not come in time (408).
    case tooSlow
    /// What a request waited for did not come in time (503).
    case noAnswer
    /// The connection table is full (503).
    case tooManyConnections
    /// The hub is full (4013).
    case tooManyClients
    /// The client's address held most places of a full hub, and a newcomer's fewer: it was closed (4013).
    case displacedClient
    /// There are as many event streams as may be (503).
    case tooManyEventStreams
    /// The server is ending (503).
    case shuttingDown
    /// No pong, no Close or no progress in time: the connection was aborted.
    case unresponsive
    /// A handler answered with this status, or a condition of the request for an asset did not hold (412).
    case handler(HTTPStatus)
  }

  /// What was wrong.
  public let reason: Reason
  /// The peer that was refused.
  public let remote: RemoteAddress
  /// When.
  public let now: MonotonicTime
  /// How it reached the server.
  let scheme: Scheme
  /// What it asked for, as far as that is known.
  let head: RequestHead?

  init(_ reason: Reason, _ remote: RemoteAddress, _ now: MonotonicTime) {
    (self.reason, self.remote, self.now) = (reason, remote, now)
    scheme = .http
    head = nil
  }

  init(_ reason: Reason, _ head: RequestHead?, _ connection: borrowing Connection, _ now: MonotonicTime) {
    (self.reason, self.head, self.now) = (reason, head, now)
    remote = connection.remote
    scheme = connection.scheme
  }

  /// Appends the reason in a few words and the peer's address, for a log.
  public func append(to line: inout [UInt8]) {
    remote.appendAddress(to: &line)
    line.append(": ")
    switch reason {
    case .malformedRequest(let error): append(error.name, to: &line)
    case .badHandshake(let error):
      append("", to: &line)
      line.append(error.name)
    case .webSocketError(let error):
      line.append(decimal: error.closeCode.rawValue)
      line.append(" ")
      line.append(error.name)
    #if !WITHOUT_PROXIES
      case .malformedForwarding(let error): append(error.words, to: &line)
      case .forwardingIgnored: line.append("its Forwarded or X-Forwarded fields are ignored: it is no trusted proxy")
    #endif
    case .unknownHost:
      append("unknown Host ", to: &line)
      appendName(to: &line)
    #if WITHOUT_TLS && !PASSWORDS_IN_THE_CLEAR
      case .passwordInTheClear: append("password in the clear", to: &line)
    #endif
    case .misdirected:
      append("target of another server, ", to: &line)
      appendName(to: &line)
    case .foreignOrigin:
      append("foreign Origin ", to: &line)
      appendName(to: &line)
      line.append(", not ")
      appendOwnOrigin(to: &line)
    case .anonymousForm: append("form without Origin", to: &line)
    case .notFound: append("no such path", to: &line)
    case .methodNotAllowed: append("no such method here", to: &line)
    case .unknownMethod: append("unknown method", to: &line)
    case .malformedPath: append("malformed path", to: &line)
    case .tooSlow: append("request too slow", to: &line)
    case .noAnswer: append("no answer in time", to: &line)
    case .tooManyConnections: append("too many connections", to: &line)
    case .tooManyClients: line.append("4013 too many clients")
    case .displacedClient: line.append("4013 place given to another address")
    case .tooManyEventStreams: append("too many event streams", to: &line)
    case .shuttingDown: append("shutting down", to: &line)
    case .unresponsive: line.append("no answer in time, aborted")
    case .handler(let status):
      append("", to: &line)
      line.append(status.reason)
    }
  }

  /// Appends what the peer called the server, or its `Origin`: the name by which it can be let in. Nothing for other
  /// reasons than a name. It is safe to print, and of a long one the beginning.
  public func appendName(to line: inout [UInt8]) {
    guard let head else { return }
    switch reason {
    case .unknownHost, .misdirected: line.append(brief: HostNames.bare(head.host))
    case .foreignOrigin: if let origin = head.field("Origin") { line.append(brief: origin) }
    default: break
    }
  }

  /// Appends the origin of the server's own pages, as a browser knows it: `http://lamp.local:8080`.
  func appendOwnOrigin(to line: inout [UInt8]) {
    line.append(scheme == .https ? "https://" : "http://")
    if let head { line.append(brief: head.host) }
  }

  private func append(_ words: StaticString, to line: inout [UInt8]) {
    line.append(decimal: reason.status.code)
    line.append(" ")
    line.append(words)
  }
}

extension [UInt8] {
  /// Appends a peer's words so that they can be printed; of long ones the beginning, and an ellipsis.
  mutating func append(brief words: Span<UInt8>) {
    let limit = 100
    guard words.count > limit else { return append(printable: words) }
    var end = limit
    while end > 0, words[end] & 0xC0 == 0x80 { end -= 1 }  // not inside a character
    append(printable: words.extracting(0..<end))
    append("…")
  }
}

extension Refusal.Reason {
  /// The status of the answer; of what is answered by a Close, or not at all, it is not sent.
  var status: HTTPStatus {
    switch self {
    case .malformedRequest(let error): error.status
    case .badHandshake(let error): error.status
    case .handler(let status): status
    #if !WITHOUT_PROXIES
      case .malformedForwarding: .badRequest
      case .forwardingIgnored: .ok
    #endif
    #if WITHOUT_TLS && !PASSWORDS_IN_THE_CLEAR
      case .passwordInTheClear: .forbidden
    #endif
    case .unknownHost, .foreignOrigin, .anonymousForm: .forbidden
    case .misdirected: .misdirectedRequest
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .unknownMethod: .notImplemented
    case .malformedPath: .badRequest
    case .tooSlow: .requestTimeout
    case .noAnswer, .tooManyConnections, .tooManyEventStreams, .shuttingDown, .webSocketError, .tooManyClients,
      .displacedClient, .unresponsive:
      .serviceUnavailable
    }
  }

  /// The cause in a few words, for the status line; empty if they are those of the status.
  var words: Span<UInt8> {
    @_lifetime(immortal) get {
      switch self {
      case .badHandshake(let error): error.name
      #if !WITHOUT_REASON_PHRASES  // the names of all that can be malformed are half a kilobyte
        case .malformedRequest(let error): error.name.span
      #endif
      default: ownWords.span
      }
    }
  }

  private var ownWords: StaticString {
    switch self {
    #if !WITHOUT_PROXIES
      case .malformedForwarding(let error): error.words
      case .forwardingIgnored: ""
    #endif
    #if WITHOUT_TLS && !PASSWORDS_IN_THE_CLEAR
      case .passwordInTheClear: "No TLS here: send no password"
    #endif
    case .unknownHost: "Unknown Host"
    case .misdirected: "Misdirected request"
    case .foreignOrigin: "Origin is another site"
    case .anonymousForm: "A form must say its origin"
    case .notFound: "Not found"
    case .methodNotAllowed: "Method not allowed"
    case .unknownMethod: "Unknown method"
    case .malformedPath: "Malformed path"
    case .tooSlow: "Request too slow"
    case .noAnswer: "The device took too long"
    case .tooManyConnections: "Too many connections"
    case .tooManyEventStreams: "Too many event streams"
    case .shuttingDown: "Shutting down"
    case .malformedRequest, .badHandshake, .handler, .webSocketError, .tooManyClients, .displacedClient,
      .unresponsive: ""
    }
  }
}
