// SPDX-License-Identifier: MIT

// The connection that the application makes, in lwIP's terms: the name, if it is one, by DNS; then one connection at a
// time, under the same rules as those that are accepted. There is no TLS. The twin of NIOTransport's OutgoingChannel.

#if !WITHOUT_MQTT
  import Bytes
  import CBoard
  import CLwIP
  import DeviceServer
  import Timebase

  /// A server to connect to. Nothing that goes there is encrypted.
  public struct OutgoingServer: Sendable {
    /// Its name, of at most 63 bytes, or its IPv4 address.
    public let host: [UInt8]
    /// Its TCP port.
    public let port: UInt16

    public init(host: [UInt8], port: UInt16) {
      self.host = host
      self.port = port
    }
  }

  /// What DNS says of a name, at an address that never moves.
  private struct Lookup {
    var isDone = false
    var address: ip_addr_t?
  }

  /// Does what the application wants of its own connection, in its turns of the transport's loop.
  struct Outgoing<App: Application & ~Copyable> {
    private enum Phase { case idle, resolving, connecting, open, closing }

    private let calls: OutgoingConnection<App>
    private let servers: [OutgoingServer]
    private let row: Row
    private let lookup: UnsafeMutablePointer<Lookup>
    private var phase = Phase.idle
    /// The server that is being connected to.
    private var server = OutgoingServer(host: [], port: 0)
    /// When connecting, or the end, takes too long.
    private(set) var deadline = MonotonicTime.distantFuture

    /// How long a server may take to accept a connection.
    private static var connectTimeout: Milliseconds { .seconds(10) }

    /// How long the last bytes may take to be acknowledged.
    private static var closeTimeout: Milliseconds { .seconds(2) }

    /// With a largest free piece of the heap smaller than this nothing is connected to, and what comes waits.
    private static var enoughMemory: Int { 6144 }

    init(_ calls: OutgoingConnection<App>, servers: [OutgoingServer]) {
      self.calls = calls
      self.servers = servers
      row = .allocate(capacity: 1)
      row.initialize(to: Connection())
      lookup = .allocate(capacity: 1)
      lookup.initialize(to: Lookup())
    }

    // MARK: What lwIP has recorded

    /// Tells the application what has happened to its connection.
    mutating func report(
      to application: inout App, now: MonotonicTime, buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
      row.pointee.flush()
      switch phase {
      case .idle: break
      case .resolving: if lookup.pointee.isDone { resolved(&application, now: now) }
      case .connecting: look(&application, now: now)
      case .open:
        receive(&application, now: now)
        if row.pointee.pcb == nil || row.pointee.input == .ending && row.pointee.held.isEmpty {
          end(&application, now: now)
        }
      case .closing:
        let isAllWritten = write(&application, now: now, buffer: buffer)
        if now >= deadline { Connection.abort(row) }
        let rest = row.pointee.pcb?.pointee.snd_queuelen ?? 0
        if row.pointee.pcb == nil || isAllWritten && rest == 0 { end(&application, now: now) }
      }
    }

    private mutating func look(_ application: inout App, now: MonotonicTime) {
      guard let pcb = row.pointee.pcb else {
        return fail(row.pointee.error == Self.code(ERR_RST) ? "it refuses connections" : "no answer", &application, now: now)
      }
      if pcb.pointee.state == ESTABLISHED || pcb.pointee.state == CLOSE_WAIT {
        phase = .open
        deadline = .distantFuture
        calls.opened(&application, now)
      } else if now >= deadline {
        Connection.abort(row)
        fail("no answer", &application, now: now)
      }
    }

    private mutating func end(_ application: inout App, now: MonotonicTime) {
      let words: StaticString
      switch row.pointee.pcb == nil && phase == .open ? row.pointee.error : ok {
      case Self.code(ERR_RST): words = "it reset the connection"
      case Self.code(ERR_ABRT): words = "no answer"
      default: words = ""
      }
      row.pointee.close()
      phase = .idle
      deadline = .distantFuture
      calls.closed(&application, [UInt8](words), now)
    }

    private mutating func fail(_ words: StaticString, _ application: inout App, now: MonotonicTime) {
      row.pointee.close()
      phase = .idle
      deadline = .distantFuture
      calls.failed(&application, [UInt8](words), now)
    }

    // MARK: What the application wants

    /// Does what is to be done now; whether that may have made something else due.
    mutating func act(
      for application: inout App, now: MonotonicTime, buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
      guard phase == .idle || phase == .open else { return false }
      switch calls.nextStep(&application, now) {
      case .connect(let destination): connect(to: destination, &application, now: now)
      case .close:
        phase = .closing
        deadline = now + Self.closeTimeout
      case .wait:
        guard phase == .open else { return false }
        _ = write(&application, now: now, buffer: buffer)
        return offer(&application, now: now)  // answers have gone out, so there may be room for more
      }
      return true
    }

    private mutating func connect(to destination: Destination, _ application: inout App, now: MonotonicTime) {
      guard let server = server(at: destination) else { return fail("there is no such server", &application, now: now) }
      guard heap_largest_free() >= Self.enoughMemory else { return fail("no memory", &application, now: now) }
      self.server = server
      phase = .resolving
      lookup.pointee = Lookup()
      var address = ip_addr_t()
      let found = (server.host + [0]).withUnsafeBytes { name in
        dns_gethostbyname(
          name.baseAddress?.assumingMemoryBound(to: CChar.self), &address,
          { _, address, lookup in
            guard let lookup = lookup?.assumingMemoryBound(to: Lookup.self) else { return }
            lookup.pointee.isDone = true
            lookup.pointee.address = address?.pointee
          }, lookup)
      }
      if found == Self.code(ERR_INPROGRESS) { return }
      lookup.pointee.isDone = true
      lookup.pointee.address = found == ok ? address : nil
      resolved(&application, now: now)
    }

    private func server(at destination: Destination) -> OutgoingServer? {
      switch destination {
      case .known(let number): return servers.indices.contains(number) ? servers[number] : nil
      case .other(let host, let port, let number):
        guard servers.indices.contains(number) else { return nil }
        return OutgoingServer(host: host, port: port ?? servers[number].port)
      }
    }

    private mutating func resolved(_ application: inout App, now: MonotonicTime) {
      guard var address = lookup.pointee.address else { return fail("its name is not known", &application, now: now) }
      guard let pcb = tcp_new() else { return fail("no memory", &application, now: now) }
      Connection.adopt(pcb, in: row)
      phase = .connecting
      deadline = now + Self.connectTimeout
      // lwIP begins with the same port at each start: the server would take us for the connection before a reset.
      tcp_bind(pcb, lwip_any_address(), UInt16(0xC000 + lwip_random() % 0x4000))
      if tcp_connect(pcb, &address, server.port, nil) != ok { fail("there is no way to it", &application, now: now) }
    }

    // MARK: Bytes

    private mutating func receive(_ application: inout App, now: MonotonicTime) {
      let received = row.pointee.received
      row.pointee.received = nil
      var next = received
      while let piece = next {
        row.pointee.hold(UnsafeBufferPointer(start: UnsafePointer(piece.bytes), count: piece.count))
        next = piece.pointee.next
      }
      if let received { pbuf_free(received) }
      _ = offer(&application, now: now)
    }

    /// Offers what has come, as far as it is taken; whether any of it was.
    private mutating func offer(_ application: inout App, now: MonotonicTime) -> Bool {
      guard !row.pointee.held.isEmpty, heap_largest_free() >= Self.enoughMemory else { return false }
      var held = row.pointee.held
      row.pointee.held = []
      var start = 0
      while start < held.count {
        let taken = calls.receive(&application, held.span.extracting(droppingFirst: start), now)
        guard taken > 0 else { break }
        start += min(taken, held.count - start)
      }
      held.removeFirst(start)
      row.pointee.held = held
      if start > 0, let pcb = row.pointee.pcb { tcp_recved(pcb, UInt16(clamping: start)) }
      return start > 0
    }

    /// Hands over output for as long as there is some and lwIP has room; whether that was all.
    private mutating func write(
      _ application: inout App, now: MonotonicTime, buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
      while true {
        let room = row.pointee.room
        guard room > 0 else { return false }
        var count = 0
        calls.writeOutput(&application, now) { bytes in
          let taken = min(bytes.count, room - count)
          for index in 0..<taken { buffer[count + index] = bytes[index] }
          count += taken
          return taken
        }
        guard count > 0 else { return true }
        row.pointee.write(
          UnsafeBufferPointer(rebasing: buffer[..<count]), inPlace: UnsafeBufferPointer(start: nil, count: 0))
      }
    }

    /// The controller was busy: what TCP has not sent is sent now.
    func sendAgain() {
      if let pcb = row.pointee.pcb { tcp_output(pcb) }
    }

    private static func code(_ error: err_enum_t) -> err_t { err_t(truncatingIfNeeded: error.rawValue) }
  }
#endif
