// SPDX-License-Identifier: MIT

// What a refusal says to a person: what was wrong, with the values that were compared, and what they can do about it.
// The words are plain text; what a peer said in them is cut and made printable, and the caller escapes the whole for
// the form that it sends.

#if !WITHOUT_REFUSAL_PAGES
  import Bytes
  import HTTPCore
  import WebSocketCore

  /// What whoever runs the server can do about a refusal: how its answer ends. Each text comes before the name that was
  /// refused; empty, the default: the answer says nothing of the kind.
  public struct RefusalAdvice: Sendable {
    /// For a `Host` that is not known: `Start it with --host-name`.
    public var hostName: StaticString = ""
    /// For the `Origin` of another site: `If both are yours, start it with --origin`.
    public var origin: StaticString = ""

    /// No advice.
    public init() {}
  }

  extension Refusal {
    /// Appends the words of the answer; `allowed` are the methods that the path has.
    func appendWords(_ advice: RefusalAdvice, allowed: Span<UInt8>, to words: inout [UInt8]) {
      switch reason {
      case .unknownHost: appendUnknownHost(advice.hostName, to: &words)
      case .misdirected:
        words.append("This device is not ")
        appendName(to: &words)
        words.append(", and no proxy: ask for the path alone")
      case .foreignOrigin: appendForeignOrigin(advice.origin, to: &words)
      case .anonymousForm:
        words.append("A form must say its origin: with curl leave -d out")
        guard let head, head.host.count > 0 else { return }
        words.append(", or add -H 'Origin: ")
        appendOwnOrigin(to: &words)
        words.append("'")
      case .notFound:
        words.append("There is nothing at ")
        appendPath(to: &words)
        words.append(": check its spelling")
      case .methodNotAllowed:
        appendPath(to: &words)
        words.append(" does not take ")
        if let head { words.append(head.method.token) }
        words.append(", but ")
        words.append(allowed)
      case .unknownMethod:
        words.append("There is no method ")
        if let head { words.append(brief: head.methodToken) }
        words.append(": OPTIONS says which a path takes")
      case .malformedRequest(let error):
        words.append("The request cannot be understood: ")
        words.append(error.name)
        words.append(". ")
        words.append(error.advice)
      case .badHandshake(let error):
        words.append("This is for WebSockets: ")
        words.append(error.name)
        words.append(". ")
        words.append(error.advice)
      default:
        words.append(reason.words.isEmpty ? reason.status.reason : reason.words)
        guard let advice = reason.advice else { return }
        words.append(". ")
        words.append(advice)
      }
    }

    private func appendUnknownHost(_ advice: StaticString, to words: inout [UInt8]) {
      words.append("This device does not know the name ")
      appendName(to: &words)
      guard let head, advice.utf8CodeUnitCount > 0 else { return }
      let name = HostNames.bare(head.host)
      guard HostNames.isPlausible(name) else { return }  // what people copy into a shell is a name and nothing else
      words.append(". ")
      words.append(advice)
      words.append(" ")
      words.append(name)
    }

    private func appendForeignOrigin(_ advice: StaticString, to words: inout [UInt8]) {
      words.append("This was asked by a page of ")
      appendName(to: &words)
      words.append(", and the device is ")
      appendOwnOrigin(to: &words)
      guard let origin = head?.field("Origin"), RequestGuard.isPlausible(origin: origin),
        advice.utf8CodeUnitCount > 0
      else { return }
      words.append(". ")
      words.append(advice)
      words.append(" ")
      words.append(origin)
    }

    private func appendPath(to words: inout [UInt8]) {
      guard let head else { return }
      var path: [UInt8] = []
      _ = RequestPath.decode(head.path, into: &path)
      words.append(brief: path.span)
    }
  }

  extension Refusal.Reason {
    /// Whether the same request may well be answered a second later.
    var isForNow: Bool {
      switch self {
      case .noAnswer, .tooManyConnections, .tooManyEventStreams, .shuttingDown: true
      default: false
      }
    }

    /// What its sender can do about what is refused for the same reason everywhere.
    fileprivate var advice: StaticString? {
      switch self {
      #if !WITHOUT_PROXIES
        case .malformedForwarding: "See what the proxy is set to send"
      #endif
      case .malformedPath: "Write % as %25, and leave out segments that are . or .."
      case .tooSlow: "Send it in one go, or over a better network"
      case .noAnswer, .tooManyConnections, .shuttingDown: "Try again in a few seconds"
      case .tooManyEventStreams: "Close another one, or ask for the state from time to time"
      default: nil
      }
    }
  }

  extension RemoteProtocolError {
    /// What its sender can do about it.
    fileprivate var advice: StaticString {
      switch self {
      case .malformedHost: "An IPv6 address wants brackets, as in [::1]:8080"
      case .missingHost: "Name the device in a Host field"
      default:
        switch status {
        case .contentTooLarge: "Send less at a time"
        case .uriTooLong: "Ask for a shorter path"
        case .requestHeaderFieldsTooLarge: "Send fewer fields; in a browser, delete the cookies of this host"
        case .notImplemented: "Send the body with its length, or chunked"
        case .httpVersionNotSupported: "Speak HTTP/1.1"
        default: "Write it as RFC 9112 says, or let a library do so"
        }
      }
    }
  }

  extension WebSocketHandshakeError {
    /// What its sender can do about it.
    fileprivate var advice: StaticString {
      switch self {
      case .methodNotGet: "Open it with GET"
      case .versionTooOld, .upgradeMissing, .connectionUpgradeMissing:
        "Open it as ws://, and let a proxy in between pass on HTTP/1.1, Upgrade and Connection"
      case .unexpectedBody: "Send no body"
      case .keyMissing, .keyRepeated, .keyMalformed: "Send one Sec-WebSocket-Key, of 16 bytes in base64"
      case .unsupportedVersion: "Speak version 13"
      #if !WITHOUT_SUBPROTOCOLS
        case .malformedProtocols: "Offer sub-protocols by their names, with commas in between"
      #endif
      }
    }
  }

  extension HostNames {
    /// Whether a host is a name or an IPv4 address that a person could mean: letters, digits, hyphens, dots and
    /// underscores, 253 at most (RFC 1123 section 2.1; underscores are no letters of a name, but found in many).
    static func isPlausible(_ name: Span<UInt8>) -> Bool {
      guard 1...253 ~= name.count, name[0] != UInt8(ascii: "-") else { return false }
      for index in name.indices {
        switch name[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): continue
        default: return false
        }
      }
      return true
    }
  }

  extension RequestGuard {
    /// Whether an origin is `http://` or `https://`, such a name, and perhaps a port.
    static func isPlausible(origin: Span<UInt8>) -> Bool {
      guard origin.starts(with: "http://") || origin.starts(with: "https://"),
        let slash = origin.firstIndex(of: UInt8(ascii: "/"))
      else { return false }
      return HostNames.isPlausible(withoutPort(origin.extracting(slash + 2..<origin.count)))
    }
  }
#endif
