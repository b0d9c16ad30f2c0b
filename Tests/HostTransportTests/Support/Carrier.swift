// SPDX-License-Identifier: MIT

// The transports that the same tests ask the same of.

import HostTransport

/// What carries a test's server.
enum Carrier: String, CaseIterable {
  #if SwiftNIO
    case nio
  #endif
  #if os(Linux)
    case epoll
    /// epoll, with a ring for sends where the kernel allows one; elsewhere it is epoll once more.
    case ring
  #endif
  #if TLS
    /// SwiftNIO with TLS: its clients come through a tunnel.
    case tls
  #endif

  /// For tests that ask what no transport decides.
  static var any: Carrier { allCases[0] }

  /// Those without TLS.
  static var unencrypted: [Carrier] { allCases.filter { !$0.isSecure } }

  /// The same transport without TLS.
  var unencrypted: Carrier {
    #if SwiftNIO
      isSecure ? .nio : self
    #else
      self
    #endif
  }

  var isSecure: Bool { rawValue == "tls" }

  var kind: TransportKind {
    switch self {
    #if SwiftNIO
      case .nio: .nio
    #endif
    #if os(Linux)
      case .epoll: .epoll
      case .ring: .automatic
    #endif
    #if TLS
      case .tls: .nio
    #endif
    }
  }
}
