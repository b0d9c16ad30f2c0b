// SPDX-License-Identifier: MIT

// The cookie of a session, written in one place (RFC 6265 section 4.1, RFC 6265bis for SameSite and the prefixes of
// names). No script reads it, and no other site's page makes a browser send it.
// Under TLS its name says that nobody without TLS can have set it: `__Host-` where the device has the host for itself,
// `__Secure-` under a path, since `__Host-` wants the path `/`.
// How long it lasts is the server's decision: 30 days after it was last used. In the browser it lasts as long as
// browsers keep any, 400 days, so that it need not be set anew all the time.

import Bytes

/// The cookie by which a browser shows its session.
public struct SessionCookie: Equatable, Sendable {
  /// Its name, to look for in requests.
  public let name: [UInt8]
  private let attributes: [UInt8]

  /// The cookie of a device that is reached in this way.
  ///
  /// - Parameters:
  ///   - isSecure: Whether the browser uses https.
  ///   - prefix: The path that the device has behind a proxy, such as `/devices/lamp`; empty without one.
  ///   - suffix: What tells devices apart that share a host, for browsers share cookies between its ports: the port,
  ///     for instance.
  public init(isSecure: Bool, prefix: [UInt8] = [], suffix: [UInt8] = []) {
    var path = prefix.allSatisfy(Self.mayBeInPath) ? prefix : []
    while path.last == UInt8(ascii: "/") { path.removeLast() }
    var name: [UInt8] = []
    if isSecure { name.append(path.isEmpty ? "__Host-" : "__Secure-") }
    name.append("heliograph_session")
    if !suffix.isEmpty {
      name.append(UInt8(ascii: "_"))
      name += suffix.filter { $0.isTokenCharacter }
    }
    self.name = name
    var attributes = [UInt8]("; Path=")
    attributes += path
    attributes.append("/; HttpOnly; SameSite=Strict")
    if isSecure { attributes.append("; Secure") }
    self.attributes = attributes
  }

  /// The value of a Set-Cookie field that gives the browser this session.
  public func setting(_ secret: [UInt8]) -> [UInt8] { field(secret, maxAge: 400 * 86_400) }

  /// The value of a Set-Cookie field that takes the session from the browser.
  public var removal: [UInt8] { field([], maxAge: 0) }

  private func field(_ value: [UInt8], maxAge: UInt32) -> [UInt8] {
    var field = name
    field.append(UInt8(ascii: "="))
    field += value
    field.append("; Max-Age=")
    field.append(decimal: maxAge)
    return field + attributes
  }

  private static func mayBeInPath(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ";") }
}
