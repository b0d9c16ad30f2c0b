// SPDX-License-Identifier: MIT

// The application and its connections on one event loop. The order is always the same: tell the application what
// happened, ask what to do, copy its output into the loop's one buffer, and only then call the stack, which may call
// back. So no call of the application is ever inside another.

import DeviceServer
import NIOCore
import TransportSecurity
import SystemCalls
import Timebase

/// Drives an application: everything here happens on `eventLoop`.
final class Driver<App: Application & ~Copyable>: ConnectionOwner {
  let eventLoop: any EventLoop

  /// What brings news beside the connections: listening sockets and watched descriptors.
  private var sources: [any Channel] = []
  /// To be used through `use` only.
  @exclusivity(unchecked) private var application: App
  @exclusivity(unchecked) private var isInUse = false
  private let onNewSecond: NIOTransport<App>.NewSecond?
  private let afterActivity: NIOTransport<App>.Activity?
  private var wallClock = WallClock()
  /// By `ConnectionID.index`. Each access is over before anything else is called, so none needs checking at run time.
  @exclusivity(unchecked) private var connections: [ConnectionHandler?] = []
  private var connectionCount = 0
  /// The connection that the application makes, if it makes one.
  private var outgoing: OutgoingChannel<App>?
  private var timer: (deadline: MonotonicTime, task: Scheduled<Void>)?
  private var isActing = false
  /// Whether the application was told of something since it was last asked what to do.
  @exclusivity(unchecked) private var hasNews = false
  /// What the application wants done next, if it was asked ahead of time.
  @exclusivity(unchecked) private var nextAction: TransportAction?
  private var closing: (done: EventLoopPromise<Void>, cutOff: Scheduled<Void>)?
  /// Output on its way to a channel. A channel that takes all of it at once leaves the memory to the next write; one
  /// that does not keeps it, so it is made small and grows only for a large output.
  private var buffer: ByteBuffer

  /// No more than this is handed to a channel at a time.
  private static var writeSize: Int { 16_384 }
  /// Room for a message of a device.
  private static var smallSize: Int { 512 }

  init(
    _ application: consuming App, eventLoop: any EventLoop, onNewSecond: NIOTransport<App>.NewSecond?,
    afterActivity: NIOTransport<App>.Activity?
  ) {
    self.application = application
    self.eventLoop = eventLoop
    self.onNewSecond = onNewSecond
    self.afterActivity = afterActivity
    buffer = ByteBufferAllocator().buffer(capacity: Self.smallSize)
  }

  /// Lets `body` use the application, which nothing else may do meanwhile. The check of the language would cost as much
  /// as to make a small frame, at each use.
  @inline(__always)
  func use<Result: ~Copyable, Failure>(_ body: (inout App) throws(Failure) -> Result) throws(Failure) -> Result {
    precondition(!isInUse, "the application was called from inside one of its calls")
    isInUse = true
    defer { isInUse = false }
    return try body(&application)
  }

  /// The time of the system's monotonic clock.
  var now: MonotonicTime { .systemNow }

  /// The same, for a call that may make a response: the application is told the date if it has changed.
  private func tell() -> MonotonicTime {
    let now = now
    if let onNewSecond, let seconds = wallClock.newSecond(now: now) { use { onNewSecond(&$0, seconds) } }
    return now
  }

  /// Lets `body` use the application, then does what follows from it.
  @discardableResult
  func run<Result>(_ body: (inout App, MonotonicTime) throws -> Result) rethrows -> Result {
    defer { act() }
    let now = tell()
    return try use { try body(&$0, now) }
  }

  // MARK: What channels report

  func accept(_ connection: ConnectionHandler, from remote: RemoteAddress, over scheme: Scheme) -> ConnectionID? {
    let now = tell()
    hasNews = true
    guard let id = use({ $0.accept(from: remote, over: scheme, now: now) }) else { return nil }
    while connections.count <= id.index { connections.append(nil) }
    connections[id.index] = connection
    connectionCount += 1
    return id
  }

  /// Gives the application what it takes of `input`; the caller calls `readIsComplete` after that.
  func receive(_ input: inout ByteBuffer, from id: ConnectionID) {
    let now = tell()
    hasNews = true
    let taken = use { $0.receive(input.readableBytesUInt8Span, from: id, now: now) }
    input.moveReaderIndex(forwardBy: min(max(taken, 0), input.readableBytes))
  }

  func endOfStream(_ id: ConnectionID) {
    let now = tell()
    use { $0.endOfStream(id, now: now) }
    act()
  }

  func disconnected(_ id: ConnectionID) {
    use { $0.disconnected(id, now: now) }
    connections[id.index] = nil
    connectionCount -= 1
    act()
  }

  func isWritable(_ id: ConnectionID) {
    withBuffer { write(id, now: now, through: &$0) }
    act()
  }

  func readIsComplete() {
    if hasNews { act() }
  }

  // MARK: The application's actions

  /// Does everything that the application wants done.
  func act() {
    guard !isActing else { return }  // a call back from the stack: the loop below goes on
    isActing = true
    hasNews = false
    var deadline: MonotonicTime?
    var isQuiet = false
    let now = tell()
    withBuffer { buffer in
      while !isQuiet {  // what is done may make something due
        deadline = use { $0.poll(now: now) }
        isQuiet = true
        while let action = takeAction() {
          perform(action, now: now, through: &buffer)
          isQuiet = false
        }
      }
    }
    if let afterActivity { use { afterActivity(&$0, now) } }
    isActing = false
    outgoing?.act(now: now)  // what it reports makes us act again
    arm(deadline)
    if connectionCount == 0 { finishClosing() }
  }

  /// Takes the buffer out of the driver for as long as `body` runs. (A call back from the stack in that time finds
  /// none, and makes one of its own.)
  func withBuffer(_ body: (inout ByteBuffer) -> Void) {
    var buffer = self.buffer
    self.buffer = ByteBuffer()
    body(&buffer)
    self.buffer = buffer
  }

  private func takeAction() -> TransportAction? {
    guard let action = nextAction else { return use { $0.nextAction() } }
    nextAction = nil
    return action
  }

  private func perform(_ action: TransportAction, now: MonotonicTime, through buffer: inout ByteBuffer) {
    switch action {
    case .write(let id): write(id, now: now, through: &buffer)
    case .endOutput(let id): connection(id)?.endOutput()
    case .resume(let id): connection(id)?.resume()
    case .abort(let id): connection(id)?.abort()
    }
  }

  /// Nil if that connection has ended; another may have its index.
  private func connection(_ id: ConnectionID) -> ConnectionHandler? {
    guard id.index < connections.count, let connection = connections[id.index] else { return nil }
    return connection.id == id ? connection : nil
  }

  private func write(_ id: ConnectionID, now: MonotonicTime, through buffer: inout ByteBuffer) {
    while let connection = connection(id), connection.isWritable {
      fill(&buffer) { app, accept in app.writeOutput(id, now: now, accept) }
      guard buffer.readableBytes > 0 else { return }
      guard buffer.readableBytes < Self.writeSize else {
        connection.write(buffer)
        continue
      }
      // What comes last may take the end along.
      if nextAction == nil { nextAction = use { $0.nextAction() } }
      guard case .endOutput(id) = nextAction else { return connection.write(buffer) }
      nextAction = nil
      return connection.writeLast(buffer)
    }
  }

  /// Has the buffer filled with the next output, and no more than goes to a channel at a time.
  @inline(__always)
  func fill(_ buffer: inout ByteBuffer, _ write: (inout App, (Span<UInt8>) -> Int) -> Void) {
    Self.empty(&buffer)
    use { app in
      write(&app) { bytes in
        let count = min(bytes.count, Self.writeSize - buffer.readableBytes)
        guard count > 0 else { return 0 }
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
          bytes.extracting(first: count).withUnsafeBytes { target.copyMemory(from: $0) }
          return count
        }
      }
    }
  }

  /// Makes room for the next output.
  @inline(__always)
  private static func empty(_ buffer: inout ByteBuffer) {
    if buffer.capacity == smallSize {
      // Cheaper than to clear it. If a channel keeps the memory, it is copied once, which is no more than there.
      buffer.moveWriterIndex(to: 0)
    } else {
      buffer.clear(minimumCapacity: smallSize)
    }
  }

  /// Makes connections for the application from now on.
  func connect(_ calls: OutgoingConnection<App>, servers: [OutgoingServer], timeout: TimeAmount) {
    outgoing = OutgoingChannel(calls, servers: servers, timeout: timeout, driver: self)
    act()
  }

  // MARK: Time

  /// Makes sure that `act` runs at `deadline`; a timer that is early enough already stays as it is.
  private func arm(_ deadline: MonotonicTime?) {
    // What is due already was done just now: were it due again at once, nothing else would ever be heard.
    guard let deadline = deadline.map({ max($0, now + 1) }) else { return }
    if let timer {
      if timer.deadline <= deadline { return }
      timer.task.cancel()
    }
    let (time, overflow) = deadline.milliseconds.multipliedReportingOverflow(by: 1_000_000)
    if overflow { return }  // never
    let task = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(time)) {
      self.timer = nil
      self.act()
    }
    timer = (deadline, task)
  }

  // MARK: The end

  /// Keeps a source until its end or the transport's; one that comes after that is closed.
  func add(_ source: any Channel) throws {
    guard closing == nil else {
      source.close(promise: nil)
      throw ChannelError.alreadyClosed
    }
    sources.append(source)
    source.closeFuture.assumeIsolated().whenComplete { _ in self.sources.removeAll { $0 === source } }
  }

  /// Whether `shutdown` has not begun.
  var isOpen: Bool { closing == nil }

  func shutdown(grace: TimeAmount) -> EventLoopFuture<Void> {
    if let closing { return closing.done.futureResult }
    let done = eventLoop.makePromise(of: Void.self)
    let cutOff = eventLoop.assumeIsolated().scheduleTask(in: grace) {
      for connection in self.connections { connection?.abort() }
      self.outgoing?.abort()
      self.act()
    }
    closing = (done, cutOff)
    for source in sources { source.close(promise: nil) }
    use { $0.shutdown(now: now) }
    outgoing?.shutdown()
    act()
    return done.futureResult
  }

  private func finishClosing() {
    guard let closing, outgoing?.isOver ?? true else { return }
    closing.cutOff.cancel()
    timer?.task.cancel()
    timer = nil
    closing.done.succeed()
  }
}
