// SPDX-License-Identifier: MIT

// The servers that a program may connect to by itself, and the TLS that it speaks with them.

/// A server to connect to.
public struct OutgoingServer: Sendable {
  /// Its name or address.
  public let host: String
  /// Its TCP port, 1 to 65,535; other numbers are not refused here.
  public let port: Int
  /// How it is encrypted; nil: not at all.
  public let tls: TLSTrust?

  /// The server at `host` and `port`, without encryption unless `tls` is given.
  public init(host: String, port: Int, tls: TLSTrust? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}
