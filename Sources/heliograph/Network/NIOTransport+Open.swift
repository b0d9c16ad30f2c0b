// SPDX-License-Identifier: MIT

// A port that is opened, or the words for why it cannot be.

import DeviceServer
import NIOCore
import NIOTransport
import SystemCalls

extension NIOTransport where App: ~Copyable {
  /// Listens there, and returns where that is; `warn` is told when no connection can be accepted.
  func open(
    host: String, port: Int, tls identity: TLSIdentity? = nil, warn: @escaping @Sendable (String) -> Void
  ) async throws -> SocketAddress {
    do {
      return try await listen(host: host, port: port, tls: identity) { error in
        warn("cannot accept connections: \(Self.reason(error)); trying every second")
      }
    } catch {
      throw StartFailure(description: "cannot listen on \(host) port \(port): \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    if error is SocketAddressError { return "no such address" }
    return "\(error)"
  }
}
