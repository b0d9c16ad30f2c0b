// SPDX-License-Identifier: MIT

// An open port. What its connections are to have is set on it, and the kernel passes it on.
// Rule: when no connection can be accepted, for lack of descriptors for instance, the port rests for a second, reports
// that once, and everyone who is there is served on.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Timebase

  final class Listener<App: Application & ~Copyable>: Source<App> {
    private let report: (@Sendable (any Error) -> Void)?
    private var isFailing = false

    /// Short, so that nobody waits long behind a flood: what finds no room is tried again by its peer.
    private static var backlog: CInt { 256 }
    /// So many are accepted before others have their turn.
    private static var acceptCount: Int { 64 }
    private static var rest: Milliseconds { .seconds(1) }
    /// The kernel takes little beyond what it has sent: without that a client that does not read would be given
    /// megabytes of states that nobody wants any more.
    private static var notSentLimit: CInt { 16_384 }

    init(_ address: SocketAddress, report: (@Sendable (any Error) -> Void)?) throws(SystemError) {
      let descriptor = try Descriptor(owning: SystemError.checked(socket_open(address.family)))
      try SystemError.checked(socket_set(descriptor.number, SOL_SOCKET, SO_REUSEADDR, 1))
      try SystemError.checked(socket_set_no_delay(descriptor.number))
      try SystemError.checked(socket_set_not_sent_limit(descriptor.number, Self.notSentLimit))
      try SystemError.checked(address.withStorage { socket_bind(descriptor.number, $0, address.length) })
      try SystemError.check { listen(descriptor.number, Self.backlog) }
      self.report = report
      super.init(descriptor.release())
    }

    /// The address that it has got.
    var address: RemoteAddress {
      var storage = sockaddr_storage()
      return socket_name(descriptor, &storage) < 0 ? .unknown : RemoteAddress(storage)
    }

    override func hear(_ events: UInt32, _ loop: inout Loop<App>) {
      for _ in 0..<Self.acceptCount {
        var peer = sockaddr_storage()
        let accepted = loop.calls.accept(descriptor, &peer)
        switch -accepted {
        case ...0:
          isFailing = false
          loop.accept(accepted, from: RemoteAddress(peer))
        case EAGAIN: return
        case EINTR, ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
          ENETUNREACH, ETIMEDOUT:
          break  // it was the trouble of that connection (accept(2))
        default: return rest(SystemError(code: -accepted), &loop)
        }
      }
    }

    private func rest(_ error: SystemError, _ loop: inout Loop<App>) {
      if !isFailing { report?(error) }
      isFailing = true
      _ = poll_change(loop.poller, descriptor, 0, key)
      _ = loop.alarms.add(loop.now + Self.rest) { [key] loop in
        guard let listener = loop.sources[key] else { return }
        _ = poll_change(loop.poller, listener.descriptor, poll_in, key)
      }
    }
  }
#endif
