// SPDX-License-Identifier: MIT

// A kernel in a bad mood, in front of the real one: its calls read and write less than they were asked, are
// interrupted, find no memory, have to wait, end a connection, or are reported late. After each that epoll would report
// something for, epoll is made to report it: registering a socket again has it look anew.
// Rule: what it says to have happened has happened: bytes that it reports as sent are sent.

#if os(Linux)
  import CLinuxIO
  import ConformanceSupport
  import SystemCalls

  @testable import LinuxTransport

  /// What went wrong, and is to go wrong.
  struct Trouble: Sendable {
    var dice: SeededGenerator
    /// Whether connections are ended as well.
    var isDeadly: Bool
    /// How many were.
    var deaths = 0
    /// How many of them because a report came late, so that nothing is known of what their clients got.
    var lateReports = 0
    /// How often each kind of trouble came.
    var counts: [String: Int] = [:]
    /// What epoll knows of each socket.
    var registered: [CInt: (poller: CInt, key: UInt64)] = [:]
    /// What the ring has yet to report, by its descriptor.
    var reports: [(key: UInt64, result: CInt)] = []

    init(seed: UInt64, isDeadly: Bool) {
      dice = SeededGenerator(seed: seed)
      self.isDeadly = isDeadly
    }

    enum Kind { case none, short(Int), failure(CInt) }

    /// What is to happen to a call for `count` bytes, which may be few or many.
    mutating func kind(_ call: String, _ count: Int) -> Kind {
      switch Int.random(in: 0..<100, using: &dice) {
      case 0..<25 where count > 1:
        counts["\(call), short", default: 0] += 1
        return .short(Int.random(in: 1..<(Bool.random(using: &dice) ? min(count, 8) : count), using: &dice))
      case 25..<27: return failure(call, EINTR)
      case 27..<29: return failure(call, ENOBUFS)
      case 29..<37: return failure(call, EAGAIN)
      case 37 where isDeadly && Int.random(in: 0..<20, using: &dice) == 0:
        deaths += 1
        return failure(call, call == "receive" ? ECONNRESET : EPIPE)
      default: return .none
      }
    }

    private mutating func failure(_ call: String, _ code: CInt) -> Kind {
      counts["\(call), \(code)", default: 0] += 1
      return .failure(code)
    }

    /// Has epoll look at the socket again.
    func report(_ descriptor: CInt) {
      if let (poller, key) = registered[descriptor] { _ = poll_change(poller, descriptor, poll_connection, key) }
    }

    /// There is one for the whole process: what C calls knows of nothing else. The suite that uses it is serialized.
    static let shared = Locked(Trouble(seed: 0, isDeadly: false))

    /// Calls that run into it.
    static var calls: SocketCalls {
      var calls = SocketCalls()
      calls.accept = { listener, peer in
        let kind = Trouble.shared.withLock { $0.kind("accept", 0) }
        // What is not accepted now stays with the listener, of which epoll speaks as long as there is something.
        if case .failure(let code) = kind, code == EINTR || code == EAGAIN { return -code }
        return socket_accept(listener, peer)
      }
      calls.receive = { descriptor, bytes, count in
        Trouble.shared.withLock { trouble in
          switch trouble.kind("receive", count) {
          case .none: return socket_receive(descriptor, bytes, count)
          case .short(let part):
            let received = socket_receive(descriptor, bytes, part)
            trouble.report(descriptor)
            return received
          case .failure(let code):
            trouble.report(descriptor)
            return -Int(code)
          }
        }
      }
      calls.send = { descriptor, bytes, count, more in
        Trouble.shared.withLock { trouble in
          switch trouble.kind("send", count) {
          case .none: return socket_send(descriptor, bytes, count, more)
          case .short(let part):
            let sent = socket_send(descriptor, bytes, part, 0)
            trouble.report(descriptor)
            return sent
          case .failure(let code):
            trouble.report(descriptor)
            return -Int(code)
          }
        }
      }
      calls.submit = { ring, count in Trouble.shared.withLock { $0.submit(ring!, count) } }
      calls.report = { ring, key, result in
        Trouble.shared.withLock { trouble in
          guard let report = trouble.nextReport(ring!) else { return 0 }
          (key!.pointee, result!.pointee) = report
          return 1
        }
      }
      calls.register = { poller, descriptor, key in
        Trouble.shared.withLock { $0.registered[descriptor] = (poller, key) }
        return poll_add(poller, descriptor, poll_connection, key)
      }
      return calls
    }

    /// What says only that there are reports.
    private static let bell = UInt64.max

    /// The next report, or none though there are some: then all come when the ring has spoken again.
    private mutating func nextReport(_ ring: UnsafeMutablePointer<send_ring>) -> (key: UInt64, result: CInt)? {
      hearReports(ring)
      guard !reports.isEmpty else { return nil }
      if isDeadly, Int.random(in: 0..<20, using: &dice) == 0 {
        counts["reports, late", default: 0] += 1
        deaths += reports.count
        lateReports += reports.count
        ringBell(ring)
        return nil
      }
      return reports.removeFirst()
    }

    /// Has the ring do nothing, and report it.
    private func ringBell(_ ring: UnsafeMutablePointer<send_ring>) {
      let nothing = ring.pointee.sends + Int(ring.pointee.submitted.pointee & ring.pointee.taken_mask)
      let send = nothing.pointee
      nothing.pointee = io_uring_sqe()
      nothing.pointee.user_data = Self.bell
      _ = ring_submit(ring, 1)
      nothing.pointee = send
    }

    /// What was cut may have gone out only in part, too, or not at all: then that is what has happened.
    private mutating func hearReports(_ ring: UnsafeMutablePointer<send_ring>) {
      var (key, result): (UInt64, CInt) = (0, 0)
      while ring_next(ring, &key, &result) != 0 {
        if key == Self.bell { continue }
        reports.removeAll { $0.key == key }
        reports.append((key, result))
      }
    }

    /// A submission in which some sends are cut or turned into nothing, which is reported, and after some of which the
    /// kernel takes no more.
    private mutating func submit(_ ring: UnsafeMutablePointer<send_ring>, _ count: CUnsignedInt) -> CUnsignedInt {
      var count = count
      if count > 1, Int.random(in: 0..<8, using: &dice) == 0 {
        counts["submit, some", default: 0] += 1
        count = .random(in: 0..<count, using: &dice)
      }
      let first = ring.pointee.submitted.pointee
      var turned: [UnsafeMutablePointer<io_uring_sqe>] = []
      for number in 0..<count {
        let send = ring.pointee.sends + Int((first &+ number) & ring.pointee.taken_mask)
        switch kind("ring", Int(send.pointee.len)) {
        case .none: continue
        case .short(let part):
          send.pointee.len = CUnsignedInt(part)
          reports.append((send.pointee.user_data, CInt(part)))
        case .failure(let code):
          send.pointee.opcode = UInt8(IORING_OP_NOP.rawValue)
          send.pointee.msg_flags = 0  // the same place is the flags of that, which knows others
          turned.append(send)
          reports.append((send.pointee.user_data, -code))
        }
        report(send.pointee.fd)
      }
      let taken = ring_submit(ring, count)
      for send in turned { send.pointee.opcode = UInt8(IORING_OP_SEND.rawValue) }
      hearReports(ring)
      return taken
    }
  }
#endif
