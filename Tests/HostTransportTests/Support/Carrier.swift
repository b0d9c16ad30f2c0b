// SPDX-License-Identifier: MIT

// The transports that the same tests ask the same of.

import HostTransport

/// What carries a test's server.
enum Carrier: String, CaseIterable {
  case nio
  #if os(Linux)
    case epoll
    /// epoll, with a ring for sends where the kernel allows one; elsewhere it is epoll once more.
    case ring
  #endif
  #if TLS
    /// SwiftNIO with TLS: its clients come through a tunnel.
    case tls
  #endif

  /// Those without TLS.
  static var unencrypted: [Carrier] { allCases.filter { !$0.isSecure } }

  var isSecure: Bool { rawValue == "tls" }

  var kind: TransportKind {
    switch self {
    case .nio: .nio
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
