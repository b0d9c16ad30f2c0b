// SPDX-License-Identifier: MIT

// A port that is opened, or the words for why it cannot be.

import DeviceServer
import HostTransport
import TransportSecurity
import SystemCalls

extension HostTransport where App: ~Copyable {
  /// Listens there, and returns where that is; `warn` is told when no connection can be accepted.
  func open(
    host: String, port: Int, tls identity: TLSIdentity? = nil, warn: @escaping @Sendable (String) -> Void
  ) async throws -> RemoteAddress {
    do {
      return try await listen(host: host, port: port, tls: identity) { error in
        warn("cannot accept connections: \(Self.words(for: error)); trying every second")
      }
    } catch {
      throw StartFailure(description: "cannot listen on \(host) port \(port): \(Self.words(for: error))")
    }
  }
}
