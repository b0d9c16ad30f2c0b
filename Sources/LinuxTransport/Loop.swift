// SPDX-License-Identifier: MIT

// The loop: one thread waits for the kernel, tells the application what happened, does what it wants done, and waits
// again until its deadline. The application, the connections and the way out are members of one value on that thread's
// stack, so nothing is locked, shared or checked for exclusive access.
// Rule: a turn first hears all events, then acts once.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Timebase

  /// Drives an application.
  struct Loop<App: Application & ~Copyable>: ~Copyable {
    typealias NewSecond = @Sendable (inout App, Int64) -> Void
    typealias Activity = @Sendable (inout App, MonotonicTime) -> Void

    /// The keys of the mailbox and of the ring; those of other sources have the highest bit, too, and those of
    /// connections have not.
    private static var mailKey: UInt64 { .max }
    private static var ringKey: UInt64 { .max - 1 }
    private static var eventCount: Int { 512 }
    static var bufferSize: Int { 524_288 }

    /// Memory: the application lives here from `init` to `deinit`; nothing else has the pointer, and no call of the
    /// application is made inside another: all begin in a method of this value, which is exclusive.
    ///
    /// This has to be the first member: for the thread sanitizer Swift 6.3.1 takes the first word of a value that
    /// cannot be copied for the address that `application.pointee` has.
    let application: UnsafeMutablePointer<App>
    let calls: SocketCalls
    let poller: CInt
    let mailbox: Mailbox<App>
    let onNewSecond: NewSecond?
    private let afterActivity: Activity?
    private var wallClock = WallClock()

    let table = ConnectionTable()
    var sender: Sender
    var connectionCount = 0
    /// The number of the last connection or source.
    var serial: UInt32 = 0
    /// What is read into; between two reads it says nothing. `bufferSize` bytes.
    let buffer: UnsafeMutableRawPointer
    /// How many bytes the application has left to us.
    var heldCount = 0

    /// Where news comes from beside the connections: ports, watched descriptors, the connection that the program makes.
    var sources: [UInt64: Source<App>] = [:]
    var outgoing: Outgoing<App>?
    var alarms = Alarms<App>()

    /// The time of this turn.
    private(set) var now = MonotonicTime.zero
    /// When the application wants to be polled next.
    private var deadline: MonotonicTime?
    /// Whether the application was told of something since it was last asked what to do.
    var hasNews = true
    /// Connections that are to be read on without an event.
    var unfinished: [UInt64] = []
    /// Those of the last turn, while they are read on.
    var reading: [UInt64] = []
    /// The alarm that cuts off what is left of a shutdown; nil until one begins.
    private var cutOff: Int?
    /// Those that wait for the end of the last connection. (A member of its own, and not of an optional structure: Swift 6.3
    /// leaks what is replaced inside an optional of a value that cannot be copied.)
    private var waitingForEnd: [@Sendable () -> Void] = []
    var isStopped = false

    init(
      _ application: consuming App, _ mailbox: Mailbox<App>, calls: SocketCalls, ring: SendRing?,
      onNewSecond: NewSecond?, afterActivity: Activity?
    ) throws(SystemError) {
      self.application = .allocate(capacity: 1)
      self.application.initialize(to: application)
      (self.mailbox, self.calls, self.onNewSecond, self.afterActivity) = (mailbox, calls, onNewSecond, afterActivity)
      sender = Sender(table, calls, ring: ring)
      buffer = .allocate(byteCount: Self.bufferSize, alignment: 64)
      poller = epoll_create1(CInt(EPOLL_CLOEXEC))
      now = .systemNow
      guard poller >= 0 else { throw .last }
      try SystemError.checked(poll_add(poller, mailbox.descriptor, poll_in, Self.mailKey))
      // Its reports are read when it has been given something; only one that comes late is heard of here.
      if let ring { try SystemError.checked(poll_add(poller, ring.descriptor, poll_in, Self.ringKey)) }
    }

    deinit {
      for key in table.keys { if let row = table.find(key) { _ = close(row.pointee.descriptor) } }
      for source in sources.values { source.closeDescriptor() }
      table.deallocate()
      sender.deallocate()
      application.deinitialize(count: 1)
      application.deallocate()
      buffer.deallocate()
      if poller >= 0 { _ = close(poller) }
    }

    // MARK: Turns

    /// The application begins.
    mutating func begin() {
      beginTurn()
      act()
    }

    mutating func run() {
      // Memory: the kernel fills in as many events as it says, and no more than there is room for.
      let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Self.eventCount)
      defer { events.deallocate() }
      while !isStopped {
        let count = Int(poll_wait(poller, events, CInt(Self.eventCount), patience))
        beginTurn()
        if !unfinished.isEmpty { readOn() }
        for number in 0..<max(count, 0) { hear(poll_key(events + number), poll_events(events + number)) }
        while alarms.earliest <= now, let alarm = alarms.due(now) { alarm(&self) }
        if hasNews || (deadline.map { $0 <= now } ?? false) { act() }
      }
      for letter in mailbox.close() { letter(&self) }
    }

    /// How long to wait, in nanoseconds; negative: without an end.
    private var patience: Int64 {
      if !unfinished.isEmpty { return 0 }
      let next = min(alarms.earliest, deadline ?? .distantFuture)
      let (time, overflow) = Int64(clamping: next.milliseconds).multipliedReportingOverflow(by: 1_000_000)
      return overflow ? -1 : max(time - Self.nanoseconds, 0)  // by the clock: this turn has taken its time
    }

    private static var nanoseconds: Int64 {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Reads the clock; the application is told the date if it has changed.
    private mutating func beginTurn() {
      now = .systemNow
      if let onNewSecond, let seconds = wallClock.newSecond(now: now) { onNewSecond(&application.pointee, seconds) }
    }

    @inline(__always)
    mutating func hear(_ key: UInt64, _ events: UInt32) {
      if let row = table.find(key) { return hear(row, events) }
      if key == Self.mailKey { return readMail() }
      if key == Self.ringKey { return readReports() }
      sources[key]?.hear(events, &self)
    }

    private mutating func readReports() {
      hasNews = true
      sender.readReports()
    }

    private mutating func readMail() {
      mailbox.acknowledge()
      for letter in mailbox.take() { letter(&self) }
    }

    // MARK: The application's actions

    /// Does everything that the application wants done.
    mutating func act() {
      repeat {
        settle()
        afterActivity?(&application.pointee, now)
        outgoing?.act(&self)
      } while hasNews
      // What is due already was done just now: were it due again at once, nothing else would ever be heard.
      deadline = deadline.map { max($0, now + 1) }
      if connectionCount == 0 { finishClosing() }
    }

    private mutating func settle() {
      repeat {
        var isQuiet = false
        while !isQuiet {  // what is done may make something due
          hasNews = false
          deadline = application.pointee.poll(now: now)
          isQuiet = true
          while let action = application.pointee.nextAction() {
            perform(action)
            isQuiet = false
          }
        }
        sender.flush()
        if !sender.over.isEmpty { endThoseOver() }
        if !sender.stalled.isEmpty { retryLater() }
      } while hasNews
    }

    @inline(__always)
    private mutating func perform(_ action: TransportAction) {
      switch action {
      case .write(let id): if let row = table.find(id) { write(row) }
      case .endOutput(let id): if let row = table.find(id) { sender.endOutput(row) }
      case .resume(let id): if let row = table.find(id) { resume(row) }
      case .abort(let id): if let row = table.find(id) { end(row) }
      }
    }

    /// Lets `body` use the application; what follows from it is done in this turn.
    mutating func run<Result>(_ body: (inout App, MonotonicTime) throws -> Result) rethrows -> Result {
      hasNews = true
      return try body(&application.pointee, now)
    }

    // MARK: The end

    /// Whether a shutdown has begun.
    var isClosing: Bool { cutOff != nil }

    /// Closes ports and watched descriptors, lets the application say goodbye, and cuts off after `grace` what is left.
    mutating func shutdown(grace: Milliseconds, _ done: @escaping @Sendable () -> Void) {
      hasNews = true
      waitingForEnd.append(done)
      if isClosing { return }
      cutOff = alarms.add(now + grace) { loop in
        for key in loop.table.keys { if let row = loop.table.find(key) { loop.end(row) } }
        loop.outgoing?.abort(&loop)
        loop.hasNews = true
      }
      for source in sources.values { source.close(&self) }
      application.pointee.shutdown(now: now)
      outgoing?.shutdown(&self)
      act()  // what is said at the end goes out before anything is cut off
    }

    private mutating func finishClosing() {
      guard let cutOff, outgoing?.isOver ?? true else { return }
      alarms.cancel(cutOff)
      deadline = nil
      let waiting = waitingForEnd
      waitingForEnd = []
      for done in waiting { done() }
    }
  }
#endif
