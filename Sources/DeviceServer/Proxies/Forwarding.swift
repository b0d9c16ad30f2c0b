// SPDX-License-Identifier: MIT

// Who asked, by which scheme, for which host and path, when the connection is that of a proxy: `Forwarded` (RFC 7239),
// or X-Forwarded-For, -Proto, -Host and -Port, which no standard describes and most proxies send; and
// X-Forwarded-Prefix, or X-Ingress-Path as Home Assistant calls it. Asked for only when the peer is a trusted proxy.
//
// Anyone can send these fields, and proxies append to what they got. So the list is read from its end: the last node
// that is not itself a trusted proxy is the client, and what stands before it is not looked at. The other fields count
// from the end, too. What cannot be read there refuses the request (400) and is not passed over: the client would be
// taken for the proxy, whose address is often one that has rights. A request with fields of both kinds is refused,
// since a proxy knows one of them and lets the client write the other.

#if !WITHOUT_PROXIES
  import Bytes
  import HTTPCore

  /// What is wrong with the fields of a proxy.
  public enum ForwardingError: Error, Equatable, Sendable {
    /// `Forwarded` breaks its grammar.
    case malformedForwarded
    /// The address of the client, or of a proxy before it, is none.
    case malformedAddress
    /// The scheme is neither http nor https, nor that of a WebSocket.
    case malformedScheme
    /// The host is none, or the port not 1 to 65535.
    case malformedHost
    /// The prefix is none, or there are two different ones.
    case malformedPrefix
    /// There are both `Forwarded` and fields that begin with X-Forwarded.
    case bothKinds

    /// What is wrong, in a few words for a log and an answer.
    public var words: StaticString {
      switch self {
      case .malformedForwarded: "the proxy's Forwarded field is malformed"
      case .malformedAddress: "the proxy's field does not give the client's address"
      case .malformedScheme: "the proxy's field gives a scheme that is not http or https"
      case .malformedHost: "the proxy's field gives a malformed host or port"
      case .malformedPrefix: "the proxy's field gives a malformed path prefix"
      case .bothKinds: "the request has both Forwarded and X-Forwarded fields; let the proxy remove one kind"
      }
    }
  }

  /// What a trusted proxy says of a request; nil or empty where it says nothing.
  struct Forwarding: Equatable {
    /// The client; `.unknown` if proxies speak of it but hide its address.
    private(set) var remote: RemoteAddress?
    private(set) var scheme: Scheme?
    private(set) var host: [UInt8] = []
    private(set) var port: UInt16?
    private(set) var prefix: [UInt8] = []

    /// Whether a request has any of the fields.
    static func isIn(_ head: RequestHead) -> Bool {
      var isThere = false
      head.forEachField { name, _ in
        if name.equalsIgnoringCase("Forwarded") || name.equalsIgnoringCase("X-Ingress-Path") { isThere = true }
        if name.count > 12, name.extracting(0..<12).equalsIgnoringCase("X-Forwarded-") { isThere = true }
      }
      return isThere
    }

    /// Reads the fields of a request that came from a proxy which is trusted.
    init(of head: RequestHead, trusting proxies: [AddressRange]) throws(ForwardingError) {
      let hasStandard = head.fieldCount("Forwarded") > 0
      let hasCommon =
        head.fieldCount("X-Forwarded-For") + head.fieldCount("X-Forwarded-Proto") + head.fieldCount("X-Forwarded-Host")
        + head.fieldCount("X-Forwarded-Port") > 0
      guard !hasStandard || !hasCommon else { throw .bothKinds }
      if hasStandard { try readStandard(head, proxies) }
      if hasCommon { try readCommon(head, proxies) }
      try readPrefix(head)
    }

    private mutating func readStandard(_ head: RequestHead, _ proxies: [AddressRange]) throws(ForwardingError) {
      guard let elements = ForwardedElement.all(in: head) else { throw .malformedForwarded }
      var index = elements.count
      while index > 0 {
        index -= 1
        let node = try Self.address(elements[index].node)
        remote = node
        if index > 0, proxies.contains(node) { continue }
        if let text = elements[index].scheme { scheme = try Self.scheme(text.span) }
        host = elements[index].host ?? []
        guard elements[index].host == nil || !host.isEmpty else { throw .malformedHost }
        return
      }
    }

    private mutating func readCommon(_ head: RequestHead, _ proxies: [AddressRange]) throws(ForwardingError) {
      let nodes = Self.elements(of: "X-Forwarded-For", head)
      var place = 1  // counted from the end
      remote = try Self.address(nodes.last)
      while let node = remote, place < nodes.count, proxies.contains(node) {
        place += 1
        remote = try Self.address(nodes[nodes.count - place])
      }
      if let text = Self.element(of: "X-Forwarded-Proto", head, place) { scheme = try Self.scheme(text.span) }
      host = Self.element(of: "X-Forwarded-Host", head, place) ?? []
      if let text = Self.element(of: "X-Forwarded-Port", head, place) {
        guard let number = text.span.decimalValue, 1...65_535 ~= number else { throw .malformedHost }
        port = UInt16(truncatingIfNeeded: number)
      }
    }

    private mutating func readPrefix(_ head: RequestHead) throws(ForwardingError) {
      var found: PathPrefix?
      for name in ["X-Forwarded-Prefix", "X-Ingress-Path"] as [StaticString] {
        guard let text = head.field(name) else { continue }
        guard head.fieldCount(name) == 1 else { throw .malformedPrefix }
        do throws(PathPrefixError) {
          let prefix = try PathPrefix(parsing: text)
          guard found == nil || found == prefix else { throw PathPrefixError.malformedSegment }
          found = prefix
        } catch {
          throw .malformedPrefix
        }
      }
      prefix = found?.bytes ?? []
    }

    /// The host with the port that goes with it, `own` being the request's own; empty if the proxy says neither.
    func authority(_ own: Span<UInt8>, over scheme: Scheme) -> [UInt8] {
      var authority = host
      guard let port else { return authority }
      if authority.isEmpty { authority.append(own) }
      let isBare = RequestGuard.withoutPort(authority.span).count == authority.count
      if isBare, authority.count > 0, UInt64(port) != scheme.defaultPort {
        authority.append(UInt8(ascii: ":"))
        authority.append(decimal: port)
      }
      return authority
    }

    // MARK: values

    private static func address(_ node: [UInt8]?) throws(ForwardingError) -> RemoteAddress {
      guard let node else { return .unknown }
      guard let address = RemoteAddress(node: node.span) else { throw .malformedAddress }
      return address
    }

    /// Some proxies give the scheme of a socket as that of WebSocket.
    private static func scheme(_ text: Span<UInt8>) throws(ForwardingError) -> Scheme {
      if text.equalsIgnoringCase("http") || text.equalsIgnoringCase("ws") { return .http }
      if text.equalsIgnoringCase("https") || text.equalsIgnoringCase("wss") { return .https }
      throw .malformedScheme
    }

    private static func elements(of name: StaticString, _ head: RequestHead) -> [[UInt8]] {
      var elements: [[UInt8]] = []
      head.forEachElement(of: name) { elements.append([UInt8]($0)) }
      return elements
    }

    /// The element in this place, counted from the end; the first if there are fewer, as where a proxy replaces what it
    /// got.
    private static func element(of name: StaticString, _ head: RequestHead, _ place: Int) -> [UInt8]? {
      let elements = elements(of: name, head)
      return elements.isEmpty ? nil : elements[max(elements.count - place, 0)]
    }
  }

  extension [AddressRange] {
    /// Whether an address is in one of the ranges.
    public func contains(_ address: RemoteAddress) -> Bool {
      for range in self where range.contains(address) { return true }
      return false
    }
  }
#endif
