// SPDX-License-Identifier: MIT

// The calls on sockets that every connection lives from, as values, so that a test can put its own in their place: one
// that reads and writes less than was asked, fails, or comes late. A call through a value costs what a call into a
// shared library costs anyway.
// Rule: each gives the negative errno if it fails.

#if os(Linux)
  import CLinuxIO
  import SystemCalls

  /// What the loop asks of the kernel for its connections.
  struct SocketCalls: Sendable {
    typealias Peer = UnsafeMutablePointer<sockaddr_storage>
    typealias Ring = UnsafeMutablePointer<send_ring>

    var accept: @convention(c) (CInt, Peer?) -> CInt = { socket_accept($0, $1) }
    var receive: @convention(c) (CInt, UnsafeMutableRawPointer?, Int) -> Int = { socket_receive($0, $1, $2) }
    /// If the last argument is not 0, what does not fill a segment waits for what follows.
    var send: @convention(c) (CInt, UnsafeRawPointer?, Int, CInt) -> Int = { socket_send($0, $1, $2, $3) }
    /// Has so many sends of a ring done; gives how many the kernel has taken on.
    var submit: @convention(c) (Ring?, CUnsignedInt) -> CUnsignedInt = { ring_submit($0, $1) }
    /// The next send that did not go out whole: its key and result, and 0 if there is none.
    var report: @convention(c) (Ring?, UnsafeMutablePointer<UInt64>?, UnsafeMutablePointer<CInt>?) -> CInt = {
      ring_next($0, $1, $2)
    }
    /// Has epoll report everything that happens to a connection.
    var register: @convention(c) (CInt, CInt, UInt64) -> CInt = { poll_add($0, $1, poll_connection, $2) }
  }

  /// What may become of a call that did not do what it should.
  enum SocketTrouble {
    /// It has to wait until the kernel says so.
    case full
    /// The kernel has no memory just now, and will not say when it has; or a signal came.
    case shortage
    /// The connection is over.
    case broken

    init(_ result: Int) {
      switch CInt(clamping: -result) {
      case EAGAIN: self = .full
      case EINTR, ENOBUFS, ENOMEM: self = .shortage
      default: self = .broken
      }
    }
  }
#endif
