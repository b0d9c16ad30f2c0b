// SPDX-License-Identifier: MIT

// An origin that a maker invites: scheme, host and port (RFC 6454 section 4), judged and brought into one form when it
// is given, so that a value which no browser could ever send is an error at start and not a socket that never opens.

#if !WITHOUT_PROXIES
  import Bytes

  /// The origin of a page.
  public struct Origin: Equatable, Sendable, ExpressibleByStringLiteral {
    let scheme: Scheme
    /// The host in lower case and, unless it is the scheme's own, ":" and the port.
    let authority: [UInt8]

    /// The origin that `text` writes, `https://home.example.org:8443`.
    ///
    /// One final slash is dropped, so is the scheme's own port; `ws` and `wss` are `http` and `https`.
    /// - Throws: What is wrong with it; see `OriginError.words`.
    public init(parsing text: Span<UInt8>) throws(OriginError) {
      guard let (scheme, place) = OriginText.parts(of: text) else {
        let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.count
        throw text.extracting(colon..<text.count).starts(with: "://") ? .unknownScheme : .missingScheme
      }
      let authority = text.extracting(place)
      for index in authority.indices {
        switch authority[index] {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): throw .path
        case UInt8(ascii: "@"): throw .userInformation
        case UInt8(ascii: "*"): throw .wildcard
        case 0x80...: throw .notASCII
        default: break
        }
      }
      self.scheme = scheme
      self.authority = try Self.normalized(authority, scheme)
    }

    private static func normalized(_ text: Span<UInt8>, _ scheme: Scheme) throws(OriginError) -> [UInt8] {
      let name = RequestGuard.withoutPort(text)
      var authority: [UInt8] = []
      if name.count > 2, name[0] == UInt8(ascii: "["), name[name.count - 1] == UInt8(ascii: "]") {
        guard let address = RemoteAddress(parsing: name.extracting(1..<name.count - 1)), address.family == .ipv6 else {
          throw .malformedHost
        }
        authority.append(UInt8(ascii: "["))
        address.appendAddress(to: &authority)
        authority.append(UInt8(ascii: "]"))
      } else {
        guard name.count > 0 else { throw .malformedHost }
        for index in name.indices {
          let letter = name[index].asciiLowercased
          switch letter {
          case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            authority.append(letter)
          default: throw .malformedHost
          }
        }
      }
      guard name.count < text.count else { return authority }
      guard let port = text.extracting(name.count + 1..<text.count).decimalValue, 1...65_535 ~= port else {
        throw .malformedPort
      }
      if port != scheme.defaultPort {
        authority.append(UInt8(ascii: ":"))
        authority.append(decimal: port)
      }
      return authority
    }

    private init(scheme: Scheme, authority: [UInt8]) {
      self.scheme = scheme
      self.authority = authority
    }

    /// The origin of a literal in a program; one that is malformed matches nothing.
    public init(stringLiteral text: StaticString) {
      do throws(OriginError) {
        try self.init(parsing: text.span)
      } catch {
        self.init(scheme: .http, authority: [])
      }
    }

    /// The host without its port, as a name that the server may be known by.
    public var host: [UInt8] { [UInt8](RequestGuard.withoutPort(authority.span)) }

    /// The origin as browsers write it.
    public var bytes: [UInt8] {
      var text = [UInt8](scheme == .https ? "https://" : "http://")
      text.append(authority.span)
      return text
    }

    /// Whether a request's `Origin` field is this one.
    func isSame(as field: Span<UInt8>) -> Bool {
      guard authority.count > 0, let (scheme, place) = OriginText.parts(of: field), scheme == self.scheme else {
        return false
      }
      return RequestGuard.isSame(field.extracting(place), authority.span, scheme)
    }
  }

  /// Why a text is no origin.
  public enum OriginError: Error, Equatable, Sendable {
    /// It does not begin with a scheme.
    case missingScheme
    /// Its scheme is none of http, https, ws and wss.
    case unknownScheme
    /// A path, a query or a fragment follows the host.
    case path
    /// A user name stands before the host.
    case userInformation
    /// A part of it is to stand for anything.
    case wildcard
    /// A letter is not ASCII: browsers send A-labels.
    case notASCII
    /// The host is missing, or has a letter that no name has.
    case malformedHost
    /// The port is missing behind the colon, or not 1 to 65535.
    case malformedPort

    /// What is wrong, and the right form.
    public var words: StaticString {
      switch self {
      case .missingScheme: "an origin begins with its scheme; write https://home.example.org or http://192.168.1.5:8080"
      case .unknownScheme: "an origin's scheme is http or https; write https://home.example.org"
      case .path: "an origin ends with its host and port; leave the path out"
      case .userInformation: "an origin has no user name; write https://home.example.org"
      case .wildcard: "an origin has no wildcard; give each origin by itself"
      case .notASCII: "write the host as browsers send it, in A-labels: https://xn--kche-0ra.example"
      case .malformedHost: "the host is missing or malformed; write https://home.example.org or http://[fd00::5]:8080"
      case .malformedPort: "the port must be 1 to 65535; write https://home.example.org:8443"
      }
    }
  }

  extension Scheme {
    /// The port of a URL that names none.
    var defaultPort: UInt64 { self == .https ? 443 : 80 }
  }
#endif
