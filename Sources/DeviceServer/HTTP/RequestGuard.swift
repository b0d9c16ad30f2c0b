// SPDX-License-Identifier: MIT

// Which requests are allowed. A browser sends requests on behalf of any page that it shows, so a device on a home
// network is open to the whole web unless it looks at two fields: `Host`, against DNS rebinding (RFC 9110 section 7.2),
// and `Origin`, against other sites' pages (RFC 6454, RFC 6455 section 10.2). Both are looked at before anything is
// done.

import Bytes
import HTTPCore

/// The names that the server goes by.
public struct HostNames: Sendable {
  private var names: [[UInt8]]

  /// Addresses and `localhost` are always known, and these names besides; each without a port.
  public init(_ names: [[UInt8]] = []) { self.names = names }

  /// These, and others besides.
  public func adding(_ others: HostNames) -> HostNames { HostNames(names + others.names) }

  /// Whether a `Host` field names this server; its port does not matter, nor does a final dot, which makes a name
  /// absolute in DNS (RFC 1034 section 3.1).
  ///
  /// An address is safe in any case: rebinding needs a name that the attacker's DNS answers for.
  public func contains(_ host: Span<UInt8>) -> Bool {
    let name = Self.bare(host)
    if name.count > 0, name[0] == UInt8(ascii: "[") { return true }
    if name.equalsIgnoringCase("localhost") || RequestGuard.isIPv4(name) { return true }
    for known in names where name.equalsIgnoringCase(known.span) { return true }
    return false
  }

  /// A `Host` without its port and a final dot.
  @_lifetime(copy host)
  static func bare(_ host: Span<UInt8>) -> Span<UInt8> {
    let name = RequestGuard.withoutPort(host)
    guard name.count > 1, name[name.count - 1] == UInt8(ascii: ".") else { return name }
    return name.extracting(0..<name.count - 1)
  }
}

enum RequestGuard {
  /// Whether the request's `Origin`, if it has one, is allowed.
  ///
  /// - Parameter scheme: that by which the client asked; nil if it may have been another than that of the connection.
  static func allowsOrigin(of head: RequestHead, _ policy: OriginPolicy, over scheme: Scheme? = nil) -> Bool {
    if case .any = policy { return true }
    guard let origin = head.field("Origin") else { return true }  // curl and devices send none
    guard head.fieldCount("Origin") == 1 else { return false }
    if let (own, authority) = OriginText.parts(of: origin), !authority.isEmpty, scheme == nil || own == scheme,
      isSame(origin.extracting(authority), head.host, own)
    {
      return true
    }
    #if !WITHOUT_PROXIES
      if case .alsoFrom(let origins) = policy {
        for invited in origins where invited.isSame(as: origin) { return true }
      }
    #endif
    return false
  }

  /// Whether the request is a form that a page could send without the browser telling where from.
  static func isAnonymousForm(_ head: RequestHead) -> Bool {
    guard head.method == .post, head.fieldCount("Origin") == 0, let type = head.field("Content-Type") else {
      return false
    }
    let end = type.firstIndex(of: UInt8(ascii: ";")) ?? type.count
    let essence = type.extracting(0..<end).trimmed
    return essence.equalsIgnoringCase("application/x-www-form-urlencoded")
      || essence.equalsIgnoringCase("multipart/form-data") || essence.equalsIgnoringCase("text/plain")
  }

  /// Whether two hosts with their ports are the same in URLs of this scheme.
  static func isSame(_ left: Span<UInt8>, _ right: Span<UInt8>, _ scheme: Scheme) -> Bool {
    let port: StaticString = scheme == .https ? ":443" : ":80"
    return without(port, left).equalsIgnoringCase(without(port, right))
  }

  @_lifetime(copy authority)
  private static func without(_ port: StaticString, _ authority: Span<UInt8>) -> Span<UInt8> {
    let length = authority.count - port.utf8CodeUnitCount
    guard length > 0, authority.extracting(length..<authority.count).equals(port) else { return authority }
    return authority.extracting(0..<length)
  }

  @_lifetime(copy host)
  static func withoutPort(_ host: Span<UInt8>) -> Span<UInt8> {
    var end = host.count
    while end > 0, host[end - 1].isASCIIDigit { end -= 1 }
    guard end > 0, host[end - 1] == UInt8(ascii: ":") else { return host }
    return host.extracting(0..<end - 1)
  }

  /// Whether `name` is four decimal numbers of at most 255 between dots.
  static func isIPv4(_ name: Span<UInt8>) -> Bool {
    var start = 0
    for part in 0..<4 {
      let end = part == 3 ? name.count : name.firstIndex(of: UInt8(ascii: "."), from: start)
      guard let end, end - start <= 3, let value = name.extracting(start..<max(start, end)).decimalValue, value <= 255
      else { return false }
      start = end + 1
    }
    return true
  }
}
