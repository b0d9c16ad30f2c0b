// SPDX-License-Identifier: MIT

// The connection that the application makes. It is asked for after everything that happens, as the application's other
// actions are. A name may have several addresses: they are tried one after the other, the next a quarter of a second
// after the one before or as soon as that has failed, and the first that answers is taken (RFC 8305).

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Timebase

  /// One socket of that connection: one that may come to be, or the one that is.
  final class OutgoingSocket<App: Application & ~Copyable>: Source<App> {
    override func hear(_ events: UInt32, _ loop: inout Loop<App>) { loop.outgoing?.hear(self, events, &loop) }
    /// The application says what becomes of it.
    override func close(_ loop: inout Loop<App>) {}
  }

  /// Does what the application wants of its own connection.
  final class Outgoing<App: Application & ~Copyable> {
    private let calls: OutgoingConnection<App>
    private let servers: [LinuxTransport<App>.Peer]
    /// How long a server may take to accept a connection.
    private let timeout: Milliseconds

    /// The connection, when it is there.
    private var socket: OutgoingSocket<App>?
    private var isFull = false
    private var isReadDue = false
    private var held = Waiting.Bytes()
    /// The application has ended it; what is to come is dropped.
    private var isClosing = false
    /// Our direction has ended.
    private var isEnded = false
    /// Cuts the connection off if the peer does not end it; nil as long as we have not.
    private var ending: Int?
    /// Nothing is done any more, whatever is still under way.
    private var isCutOff = false

    /// Cuts an attempt off; nil if none is under way.
    private var attempt: Int?
    /// How many attempts there were: what one of before reports is not heard.
    private var attempts = 0
    private var addresses: ArraySlice<SocketAddress> = []
    private var trials: [OutgoingSocket<App>] = []
    private var nextTrial: Int?
    private var lastError: (any Error)?

    private static var trialDelay: Milliseconds { 250 }
    /// How long the peer may take to end the connection after us.
    private static var endTimeout: Milliseconds { .seconds(2) }
    private static var readSize: Int { 65_536 }

    init(_ calls: OutgoingConnection<App>, _ servers: [LinuxTransport<App>.Peer], timeout: Milliseconds) {
      (self.calls, self.servers, self.timeout) = (calls, servers, timeout)
    }

    /// Whether there is no connection, and none is being made.
    var isOver: Bool { socket == nil && attempt == nil }

    /// Does what is to be done now.
    func act(_ loop: inout Loop<App>) {
      if attempt != nil || isCutOff { return }
      if isClosing { return finish(&loop) }
      switch calls.nextStep(&loop.application.pointee, loop.now) {
      case .connect(let destination): connect(to: destination, &loop)
      case .close:
        isClosing = socket != nil
        if isClosing { finish(&loop) }
      case .wait: move(&loop)
      }
    }

    // MARK: Making it

    private func connect(to destination: Destination, _ loop: inout Loop<App>) {
      guard let server = server(at: destination) else { return fail("there is no such server", &loop) }
      attempts += 1
      let number = attempts
      attempt = loop.alarms.add(loop.now + timeout) { $0.outgoing?.fail("no answer", &$0) }
      lastError = nil
      SocketAddress.resolve(server.host, server.port) { [mailbox = loop.mailbox] result in
        mailbox.post { $0.outgoing?.resolved(result, number, &$0) }
      }
    }

    private func server(at destination: Destination) -> LinuxTransport<App>.Peer? {
      switch destination {
      case .known(let number): return servers.indices.contains(number) ? servers[number] : nil
      case .other(let host, let port, let number):
        guard servers.indices.contains(number) else { return nil }
        return .init(host: String(decoding: host, as: UTF8.self), port: port.map(Int.init) ?? servers[number].port)
      }
    }

    private func resolved(_ result: Result<[SocketAddress], any Error>, _ number: Int, _ loop: inout Loop<App>) {
      guard attempt != nil, number == attempts else { return }
      do {
        addresses = Self.alternating(try result.get())[...]
      } catch {
        lastError = error
      }
      tryNext(&loop)
    }

    /// The families by turns, beginning with that of the first (RFC 8305 section 4).
    private static func alternating(_ addresses: [SocketAddress]) -> [SocketAddress] {
      let first = addresses.filter { $0.family == addresses[0].family }
      let second = addresses.filter { $0.family != addresses[0].family }
      return (0..<max(first.count, second.count)).flatMap {
        first.dropFirst($0).prefix(1) + second.dropFirst($0).prefix(1)
      }
    }

    private func tryNext(_ loop: inout Loop<App>) {
      cancel(&nextTrial, &loop)
      while let address = addresses.popFirst() {
        do {
          let trial = OutgoingSocket<App>(try SystemError.checked(socket_open(address.family)))
          _ = socket_set_no_delay(trial.descriptor)
          let code = address.withStorage { socket_connect(trial.descriptor, $0, address.length) }
          guard code == 0 || code == -EINPROGRESS else {
            trial.closeDescriptor()
            throw SystemError(code: -code)
          }
          try trial.join(poll_connection, &loop)
          trials.append(trial)
          nextTrial = loop.alarms.add(loop.now + Self.trialDelay) { loop in loop.outgoing?.tryNext(&loop) }
          return
        } catch {
          lastError = error
        }
      }
      if trials.isEmpty { fail(lastError.map(Self.words) ?? "no answer", &loop) }
    }

    private func fail(_ words: String, _ loop: inout Loop<App>) {
      endAttempt(&loop)
      loop.run { calls.failed(&$0, Array(words.utf8), $1) }
    }

    private func endAttempt(_ loop: inout Loop<App>) {
      cancel(&attempt, &loop)
      cancel(&nextTrial, &loop)
      for trial in trials where trial !== socket { trial.leave(&loop) }
      trials = []
      addresses = []
    }

    private func cancel(_ alarm: inout Int?, _ loop: inout Loop<App>) {
      if let number = alarm { loop.alarms.cancel(number) }
      alarm = nil
    }

    // MARK: What the kernel reports

    func hear(_ source: OutgoingSocket<App>, _ events: UInt32, _ loop: inout Loop<App>) {
      if source === socket {
        if events & poll_out != 0 { isFull = false }
        if events & ~poll_out != 0 { isReadDue = true }
        loop.hasNews = true  // which leads to `act`
        return
      }
      guard let index = trials.firstIndex(where: { $0 === source }) else { return }
      let error = socket_error(source.descriptor)
      guard error == 0 else {
        lastError = SystemError(code: error)
        trials.remove(at: index).leave(&loop)
        return tryNext(&loop)
      }
      guard events & poll_out != 0 else { return }
      (socket, isFull, isReadDue) = (source, false, true)
      endAttempt(&loop)
      loop.run { calls.opened(&$0, $1) }
    }

    // MARK: Moving bytes

    /// Moves what can be moved: output that has gone makes room for input, whose answers are output again.
    private func move(_ loop: inout Loop<App>) {
      write(&loop)
      if !held.isEmpty {
        let input = held
        let taken = offer(input.span, &loop)
        held.drop(taken)
      }
      if held.isEmpty, isReadDue { read(&loop) }
    }

    private func write(_ loop: inout Loop<App>) {
      var failure: CInt = 0
      var hasSent = true
      while let socket, !isFull, hasSent {
        let send = loop.calls.send
        var isFull = false
        hasSent = false
        calls.writeOutput(&loop.application.pointee, loop.now) { bytes in
          if isFull { return 0 }
          let sent = bytes.withUnsafeBytes { send(socket.descriptor, $0.baseAddress, $0.count, 0) }
          isFull = sent < bytes.count
          hasSent = hasSent || sent > 0
          if sent < 0, sent != -Int(EAGAIN) { failure = CInt(clamping: -sent) }
          return max(sent, 0)
        }
        self.isFull = isFull
      }
      switch failure == 0 ? nil : SocketTrouble(-Int(failure)) {
      case nil, .full?: break
      case .shortage?: stall(&loop)
      case .broken?: closed(SystemError(code: failure), &loop)
      }
    }

    /// The kernel has no memory just now: it is tried again in a moment.
    private func stall(_ loop: inout Loop<App>) {
      guard let socket else { return }
      loop.sender.stalled.append(socket.key)
      loop.hasNews = true  // which leads to those that are stalled
    }

    private func read(_ loop: inout Loop<App>) {
      guard let socket else { return }
      isReadDue = false
      let count = loop.calls.receive(socket.descriptor, loop.buffer, Self.readSize)
      if count > 0 {
        loop.unfinished.append(socket.key)  // until there is nothing more; others have their turn first
        if isClosing { return }
        // As for connections: these bytes were just read, and nobody writes there meanwhile.
        let bytes = UnsafeRawBufferPointer(start: loop.buffer, count: count).assumingMemoryBound(to: UInt8.self).span
        let taken = offer(bytes, &loop)
        if taken < count { held.append(bytes.extracting(droppingFirst: taken)) }
      } else if count == 0 {
        closed(nil, &loop)
      } else {
        switch SocketTrouble(count) {
        case .full: break
        case .shortage: stall(&loop)
        case .broken: closed(SystemError(code: CInt(clamping: -count)), &loop)
        }
      }
    }

    /// Offers input as long as some of it is taken; gives how much was.
    private func offer(_ bytes: Span<UInt8>, _ loop: inout Loop<App>) -> Int {
      var taken = 0
      while taken < bytes.count {
        let rest = bytes.extracting(droppingFirst: taken)
        let more = min(max(calls.receive(&loop.application.pointee, rest, loop.now), 0), rest.count)
        if more == 0 { break }
        taken += more
      }
      if taken > 0 { loop.hasNews = true }
      return taken
    }

    // MARK: The end

    /// Ends the connection behind what is queued. What the peer says yet is read and dropped: were it left unread, TCP
    /// would reset the connection, and the peer might lose our last bytes (RFC 1122 section 4.2.2.13).
    private func finish(_ loop: inout Loop<App>) {
      held = .init()
      if ending == nil { ending = loop.alarms.add(loop.now + Self.endTimeout) { $0.outgoing?.closed(nil, &$0) } }
      if !isEnded { write(&loop) }
      if !isEnded, !isFull, let socket {
        socket_end_output(socket.descriptor)
        (isEnded, isReadDue) = (true, true)
      }
      if isReadDue { read(&loop) }
    }
    /// The connection is gone; nil after an orderly close.
    private func closed(_ error: SystemError?, _ loop: inout Loop<App>) {
      let words = isClosing ? "" : error.map(Self.words) ?? ""
      cancel(&ending, &loop)
      socket?.leave(&loop)
      (socket, isClosing, isEnded, held) = (nil, false, false, .init())
      loop.run { calls.closed(&$0, Array(words.utf8), $1) }
    }

    /// Lets the application say its last words.
    func shutdown(_ loop: inout Loop<App>) { loop.run { calls.shutdown(&$0, $1) } }

    /// Ends what there is at once.
    func abort(_ loop: inout Loop<App>) {
      isCutOff = true
      cancel(&ending, &loop)
      endAttempt(&loop)
      socket?.leave(&loop)
      socket = nil
    }

    private static func words(_ error: any Error) -> String { "\(error)" }
  }
#endif
