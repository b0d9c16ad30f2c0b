// SPDX-License-Identifier: MIT

// Where a broker is, as people write it: mqtt://broker.local, mqtts://broker.local:8884, or the name alone.

/// The address of a broker.
struct BrokerURL: Equatable, Sendable {
  /// A name or an address; of IPv6 without brackets.
  let host: String
  let port: Int
  let isSecure: Bool

  /// Reads the address that a person gives.
  ///
  /// - Throws: What is wrong with it, and the right form.
  init(_ text: String) throws(StartFailure) {
    func wrong(_ what: String) -> StartFailure {
      let said = text.contains("@") ? "this" : text  // there may be a password in it
      return StartFailure(
        description: "\(said) is no broker: \(what); write it as mqtt://broker.local or mqtts://broker.local:8883")
    }
    var rest = text[...]
    var isSecure = false
    if let end = rest.firstRange(of: "://") {
      switch rest[..<end.lowerBound].lowercased() {
      case "mqtt", "tcp": break
      case "mqtts", "ssl", "tls": isSecure = true
      case "ws", "wss": throw wrong("MQTT over WebSockets is not spoken")
      default: throw wrong("it begins with another scheme than mqtt or mqtts")
      }
      rest = rest[end.upperBound...]
    }
    guard !rest.contains("@") else { throw wrong("user and password have settings of their own") }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.contains(where: { "/?#".contains($0) || $0.isWhitespace }) else { throw wrong("there is something behind the port") }
    var port: Int?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw wrong("a bracket is missing") }
      let behind = rest[rest.index(after: end)...]
      guard behind.isEmpty || behind.hasPrefix(":") else { throw wrong("there is something behind the address") }
      if !behind.isEmpty { port = try Self.port(behind.dropFirst(), wrong) }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
    } else if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon {
      port = try Self.port(rest[rest.index(after: colon)...], wrong)
      host = String(rest[..<colon])
    } else {
      host = String(rest)
    }
    guard !host.isEmpty else { throw wrong("it has no name") }
    self.isSecure = isSecure
    self.port = port ?? (isSecure ? 8883 : 1883)
  }

  private static func port(_ text: Substring, _ wrong: (String) -> StartFailure) throws(StartFailure) -> Int {
    guard let port = UInt16(text), port > 0 else { throw wrong("its port is no number from 1 to 65535") }
    return Int(port)
  }
}
