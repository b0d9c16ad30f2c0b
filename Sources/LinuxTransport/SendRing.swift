// SPDX-License-Identifier: MIT

// A ring of Linux's io_uring that only sends. With MSG_DONTWAIT a send is finished when the call that submits it
// returns, and with IOSQE_CQE_SKIP_SUCCESS only those are reported that did not go out whole.
// Rule: whether a kernel keeps to that is tried before a connection depends on it: some containers forbid rings, and
// some kernels know rings but not these sends.

#if os(Linux)
  import CLinuxIO
  import SystemCalls

  /// A ring that is known to send.
  ///
  /// Memory: `ring` is initialized from `init` to `deinit`, and what it names is mapped as long. One thread uses it.
  final class SendRing {
    private let ring: UnsafeMutablePointer<send_ring>

    private init(_ ring: UnsafeMutablePointer<send_ring>) { self.ring = ring }

    /// What can be read when there is a report.
    var descriptor: CInt { ring.pointee.descriptor }

    /// Sets one up and tries it; nil if the kernel has none for us and it is not needed.
    static func open(isNeeded: Bool) throws(SystemError) -> SendRing? {
      do throws(SystemError) {
        return try open(entries: Sender.maxPieces)
      } catch {
        if isNeeded { throw error }
        return nil
      }
    }

    private static func open(entries: Int) throws(SystemError) -> SendRing {
      let ring = UnsafeMutablePointer<send_ring>.allocate(capacity: 1)
      ring.initialize(to: send_ring())
      let code = ring_open(ring, CUnsignedInt(entries))
      guard code == 0 else {
        ring.deallocate()
        throw SystemError(code: -code)
      }
      let made = SendRing(ring)
      guard Int(ring.pointee.entries) >= entries, try made.keepsToTheRules() else { throw SystemError(code: ENOSYS) }
      return made
    }

    deinit {
      ring_close(ring)
      ring.deallocate()
    }

    /// Fills in a send of the next submission: `number` is below the ring's entries, and `bytes` stay until then.
    @inline(__always)
    func prepare(
      _ number: Int, _ descriptor: CInt, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ more: Bool, _ key: UInt64
    ) {
      ring_prepare(
        ring, CUnsignedInt(truncatingIfNeeded: number), descriptor, bytes, CUnsignedInt(truncatingIfNeeded: count),
        more ? 1 : 0, key)
    }

    /// Has the first `count` sends done; gives how many the kernel has taken on, which may be fewer.
    func submit(_ count: Int, _ calls: SocketCalls) -> Int { Int(calls.submit(ring, CUnsignedInt(count))) }

    /// The next send that did not go out whole: its key, and how many bytes did or the negative errno.
    func next(_ calls: SocketCalls) -> (key: UInt64, result: Int)? {
      var key: UInt64 = 0
      var result: CInt = 0
      guard calls.report(ring, &key, &result) != 0 else { return nil }
      return (key, Int(result))
    }

    // MARK: The trial

    /// Sends over a pair of sockets: what fits, more than fits, into a full one and to nobody.
    private func keepsToTheRules() throws(SystemError) -> Bool {
      var pair: [CInt] = [-1, -1]
      try SystemError.check { socket_pair(&pair) }
      defer { for descriptor in pair where descriptor >= 0 { close(descriptor) } }
      try SystemError.checked(socket_set(pair[0], SOL_SOCKET, SO_SNDBUF, 4096))
      let bytes = [UInt8](repeating: 7, count: 65_536)
      func result(_ count: Int) -> Int? {
        bytes.withUnsafeBufferPointer { prepare(0, pair[0], $0.baseAddress!, count, false, 1) }
        guard submit(1, SocketCalls()) == 1 else { return .min }
        let report = next(SocketCalls())
        return report?.key == 1 || report == nil ? report?.result : .min
      }
      guard result(100) == nil, let part = result(bytes.count), (1..<bytes.count).contains(part),
        result(100) == -Int(EAGAIN)
      else { return false }
      close(pair[1])
      pair[1] = -1
      return result(100) == -Int(EPIPE)
    }
  }
#endif
