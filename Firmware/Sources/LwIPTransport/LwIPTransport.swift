// SPDX-License-Identifier: MIT

// lwIP under an application: listens, and moves bytes and time between lwIP and the application, which owns
// all state. No protocol is spoken here. The order is always the same: let lwIP take in a frame, tell the
// application what came of it, ask what to do, copy its output into the one buffer, and only then call lwIP.
// So neither is ever called from inside the other. The twin of NIOTransport: its Driver's work is done here,
// its ConnectionHandler's in Connection.

import CBoard
import CLwIP
public import DeviceServer
public import Timebase

/// Why a port could not be opened: lwIP had no memory for it.
public enum ListenError: Error {
  case outOfMemory
}

/// A listening port whose connections an `Application` serves.
public struct LwIPTransport<App: Application & ~Copyable>: ~Copyable {
  /// The application. What is done to it from outside takes effect at the next `poll`.
  public var application: App

  /// The network that it is reached by.
  public private(set) var network: Network

  private let rows: Row
  /// Output on its way to lwIP.
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  /// Frames that the controller had no time for, when last looked at.
  private var deferred: UInt32 = 0
  private var turn = Turn()
  #if !WITHOUT_MQTT
    /// The connection that the application makes, if it makes any.
    private var outgoing: Outgoing<App>?
  #endif

  /// While memory is short one connection at a time is served, with what is kept for that: else all might wait, each
  /// with part of a request, for memory that none gives back.
  private struct Turn {
    /// Whose turn it is, until its answer is out, its connection or its time is over.
    var holder: Row?
    var end = MonotonicTime.zero
    /// The connection that is served first when it has ended.
    var first = 0
  }

  /// At most so many bytes are copied rather than sent from where they are in flash: they take less memory
  /// than that.
  private static var smallSize: Int { 64 }

  /// Runs `application` on a network that has been started; no port is open yet.
  public init(_ application: consuming App, network: consuming Network) {
    self.application = application
    self.network = network
    rows = .allocate(capacity: rowCount)
    rows.initialize(repeating: Connection(), count: rowCount)
    buffer = .allocate(capacity: Int(TCP_MSS))
  }

  /// Opens a port.
  public mutating func listen(port: UInt16) throws(ListenError) {
    guard let pcb = tcp_new() else { throw .outOfMemory }
    guard tcp_bind(pcb, lwip_any_address(), port) == ok, let listener = lwip_listen(pcb) else {
      tcp_abort(pcb)
      throw .outOfMemory
    }
    tcp_arg(listener, rows)
    tcp_accept(listener) { rows, pcb, _ in
      guard let rows = rows?.assumingMemoryBound(to: Connection.self), let pcb,
        let index = (0..<rowCount).first(where: { rows[$0].pcb == nil && rows[$0].id == nil })
      else { return err_t(truncatingIfNeeded: ERR_MEM.rawValue) }  // lwIP resets the connection
      Connection.adopt(pcb, in: rows + index)
      return ok
    }
  }

  #if !WITHOUT_MQTT
    /// Makes the connection that `calls` ask for, to `servers`.
    public mutating func connect(_ calls: OutgoingConnection<App>, servers: [OutgoingServer]) {
      outgoing = Outgoing(calls, servers: servers)
    }
  #endif

  // MARK: The loop

  /// Does everything that is due and returns when to be called next at the latest; earlier when a frame has
  /// come.
  ///
  /// `now` is the time of `board_milliseconds`.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime {
    let statistics = lwip_transport_statistics()
    if deferred != statistics.pointee.frames_deferred {
      deferred = statistics.pointee.frames_deferred
      sendAgain()
    }
    var next = network.serveTimers(now: now)
    var deadline = act(now: now)
    var frames = 0
    while frames < Network.framesPerPoll, network.receiveFrame() {
      deadline = act(now: now)
      frames += 1
    }
    if frames > 0 { next = network.serveTimers(now: now) }
    updateStatistics()
    let isBusy = frames == Network.framesPerPoll || deferred != statistics.pointee.frames_deferred
    return isBusy ? now : min(next, deadline ?? .distantFuture)
  }

  /// Tells the application what has happened, and carries out all its actions.
  @inline(never)
  private mutating func act(now: MonotonicTime) -> MonotonicTime? {
    var deadline: MonotonicTime?
    var isQuiet = false
    while !isQuiet {  // what is done may make something due
      let first = turn.first
      for step in 0..<rowCount { report(rows + (first + step) % rowCount, now: now) }
      #if !WITHOUT_MQTT
        outgoing?.report(to: &application, now: now, buffer: buffer)
      #endif
      deadline = application.poll(now: now)
      isQuiet = true
      while let action = application.nextAction() {
        perform(action, now: now)
        isQuiet = false
      }
      #if !WITHOUT_MQTT
        if outgoing?.act(for: &application, now: now, buffer: buffer) == true { isQuiet = false }
      #endif
    }
    #if !WITHOUT_MQTT
      if let limit = outgoing?.deadline { deadline = min(limit, deadline ?? .distantFuture) }
    #endif
    return deadline
  }

  // MARK: What lwIP has recorded

  // Accept and disconnect move whole rows of the server's table. Inlined, they would keep the stack for these
  // below each request that is handled.

  private mutating func report(_ row: Row, now: MonotonicTime) {
    if row.pointee.pcb == nil { return disconnect(row, now: now) }
    if row.pointee.id == nil { accept(row, now: now) }
    if row.pointee.received != nil || row.pointee.input == .ending { receive(row, now: now) }
    if row.pointee.isDeferred, mayGoOn(row, now: now) { resume(row, now: now) }
    row.pointee.flush()
    if row.pointee.isWriteDue { write(row, now: now) }
    row.pointee.releaseIfOver()
  }

  @inline(never)
  private mutating func accept(_ row: Row, now: MonotonicTime) {
    if heap_largest_free() >= Self.enoughForNewcomers {
      row.pointee.id = application.accept(from: row.pointee.remoteAddress, over: .http, now: now)
    }
    if row.pointee.id == nil { Connection.abort(row) }
  }

  /// Tells the end of a connection once, and frees its row.
  @inline(never)
  private mutating func disconnect(_ row: Row, now: MonotonicTime) {
    guard let id = row.pointee.id else { return }
    Connection.renew(row)
    endTurn(of: row)
    application.disconnected(id, now: now)
  }

  /// Gives the application what has come, and lwIP its buffers back.
  private mutating func receive(_ row: Row, now: MonotonicTime) {
    let received = row.pointee.received
    row.pointee.received = nil
    var next = received
    while let piece = next, let id = row.pointee.id {
      let bytes = UnsafeBufferPointer(start: UnsafePointer(piece.bytes), count: piece.count)
      var taken = 0
      if !mayGoOn(row, now: now) {
        row.pointee.isDeferred = true
      } else if row.pointee.held.isEmpty {
        taken = min(max(application.receive(bytes.span, from: id, now: now), 0), bytes.count)
        acknowledge(taken, row)
      }
      if taken < bytes.count { row.pointee.hold(UnsafeBufferPointer(rebasing: bytes[taken...])) }
      next = piece.pointee.next
    }
    if let received { pbuf_free(received) }
    endInput(row, now: now)
  }

  /// Offers held input again.
  @inline(never)
  private mutating func resume(_ row: Row, now: MonotonicTime) {
    guard let id = row.pointee.id else { return }
    var held = row.pointee.held
    row.pointee.held = []
    row.pointee.isDeferred = false
    let taken = min(max(application.receive(held.span, from: id, now: now), 0), held.count)
    acknowledge(taken, row)
    if taken < held.count {
      held.removeFirst(taken)
      row.pointee.held = held
    }
    endInput(row, now: now)
  }

  // MARK: Memory
  //
  // What counts is the largest piece of the heap that is free: as much in many pieces is of no use.

  /// With so many bytes every connection is served. With less, input waits, so that its window stays closed, for all
  /// but the one whose turn it is; what is on its way to the others takes a part of this, too.
  private static var ample: Int { 12_288 }

  /// With less, new connections are reset: they can be refused without harm.
  private static var enoughForNewcomers: Int { 8192 }

  /// What one step takes at most, from the last part of a longest head to its answer, and what time limits take beside
  /// it. With less all wait until a connection has ended.
  private static var enoughForAStep: Int { 5632 }

  /// A turn ends when nothing has come for so long: the client has no request, or does not send the rest.
  private static var turnTime: Milliseconds { 100 }

  /// Whether a connection's input may be handled now.
  @inline(never)
  private mutating func mayGoOn(_ row: Row, now: MonotonicTime) -> Bool {
    let free = heap_largest_free()
    guard free < Self.ample else { return true }
    if now >= turn.end { turn.holder = nil }
    if turn.holder == nil {
      turn.holder = row
      turn.first = (row - rows + 1) % rowCount
    }
    guard turn.holder == row, free >= Self.enoughForAStep else { return false }
    turn.end = now + Self.turnTime
    return true
  }

  private mutating func endTurn(of row: Row) {
    if turn.holder == row { turn.holder = nil }
  }

  /// Opens the receive window by what the application has taken.
  private func acknowledge(_ count: Int, _ row: Row) {
    if count > 0, let pcb = row.pointee.pcb { tcp_recved(pcb, UInt16(clamping: count)) }
  }

  /// Tells once that the peer's last byte has been taken. That, too, may be answered.
  private mutating func endInput(_ row: Row, now: MonotonicTime) {
    guard let id = row.pointee.id, row.pointee.input == .ending, row.pointee.held.isEmpty else { return }
    guard mayGoOn(row, now: now) else { return row.pointee.isDeferred = true }
    row.pointee.input = .ended
    if row.pointee.output == .open { application.endOfStream(id, now: now) }
  }

  // MARK: The application's actions

  private mutating func perform(_ action: TransportAction, now: MonotonicTime) {
    switch action {
    case .write(let id): if let row = row(id) { write(row, now: now) }
    case .endOutput(let id): row(id)?.pointee.endOutput()
    case .resume(let id):
      guard let row = row(id) else { return }
      if mayGoOn(row, now: now) { resume(row, now: now) } else { row.pointee.isDeferred = true }
    case .abort(let id): if let row = row(id) { Connection.abort(row) }
    }
  }

  /// Nil if that connection has ended.
  @inline(never)
  private func row(_ id: ConnectionID) -> Row? {
    for index in 0..<rowCount where rows[index].id == id { return rows + index }
    return nil
  }

  /// Hands over output for as long as there is some and lwIP has room; the rest is due when it has room
  /// again.
  private mutating func write(_ row: Row, now: MonotonicTime) {
    guard let id = row.pointee.id, row.pointee.output == .open else { return }
    row.pointee.isWriteDue = true
    while row.pointee.isWriteDue {
      let room = row.pointee.room
      guard room > 0, let pcb = row.pointee.pcb else { return }
      let window = Int(pcb.pointee.snd_buf)
      let buffer = self.buffer
      var count = 0
      var inPlace = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      application.writeOutput(id, now: now) { bytes in
        guard inPlace.isEmpty else { return 0 }
        return bytes.withUnsafeBufferPointer { bytes in
          if bytes.count > Self.smallSize, bytes.isInFlash {
            inPlace = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, window - count)])
            return inPlace.count
          }
          let taken = min(bytes.count, room - count)
          for index in 0..<taken { buffer[count + index] = bytes[index] }
          count += taken
          return taken
        }
      }
      if count < room, inPlace.isEmpty { row.pointee.isWriteDue = false }
      row.pointee.write(UnsafeBufferPointer(rebasing: buffer[..<count]), inPlace: inPlace)
    }
    endTurn(of: row)
  }

  /// The controller was busy: what TCP has not sent is sent now, not when its timer runs out.
  private func sendAgain() {
    for index in 0..<rowCount {
      if let pcb = rows[index].pcb { tcp_output(pcb) }
    }
    #if !WITHOUT_MQTT
      outgoing?.sendAgain()
    #endif
  }

  private func updateStatistics() {
    var connections: UInt32 = 0
    for index in 0..<rowCount where rows[index].id != nil { connections += 1 }
    lwip_transport_statistics().pointee.connections = connections
    lwip_update_statistics()
  }
}

/// Connections at a time; beyond them lwIP resets newcomers. More than an application should serve, so that
/// it can tell newcomers that it is busy, and choose whom to drop.
private let rowCount = 16

extension UnsafeBufferPointer<UInt8> {
  /// Whether lwIP can send these bytes from where they are: they will be there when it sends them again.
  fileprivate var isInFlash: Bool {
    guard let baseAddress else { return false }
    return baseAddress >= board_flash_start() && baseAddress < board_flash_end()
  }
}
