// SPDX-License-Identifier: MIT

// What happens to a connection, between the kernel and the application: it is accepted, read, written, and ended in
// each direction for itself. Nothing is read while the application has left input with us; nothing is written while the
// kernel takes no more.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Timebase

  extension Loop where App: ~Copyable {
    /// Takes on a connection that a port has accepted.
    mutating func accept(_ descriptor: CInt, from remote: RemoteAddress) {
      hasNews = true
      guard let id = application.pointee.accept(from: remote, over: .http, now: now) else {
        _ = close(descriptor)
        return
      }
      connectionCount += 1
      serial = serial == .max ? 1 : serial + 1
      guard let row = table.add(id, descriptor, serial: serial) else {
        _ = close(descriptor)
        return gone(id)
      }
      if calls.register(poller, descriptor, row.pointee.key) < 0 { end(row) }
    }

    // MARK: What the kernel reports

    mutating func hear(_ row: ConnectionRow, _ events: UInt32) {
      let key = row.pointee.key
      if events & poll_end != 0 { row.pointee.hasPeerEnded = true }
      // It was reset, and no read will say so.
      if events & poll_error != 0, row.pointee.isInputHeld || row.pointee.isInputOver { return end(row) }
      if events & poll_urgent != 0 { row.pointee.hasUrgent = true }
      if row.pointee.isFull, events & poll_out != 0 { takesMore(row) }
      guard events & ~poll_out != 0, row.pointee.key == key, !row.pointee.isUnfinished else { return }
      if row.pointee.isInputHeld { row.pointee.isReadDue = true } else { read(row) }
    }

    /// The most that is read at once. A client that sends much, and whose input is taken, gets the whole buffer, unless
    /// others do so, too, and have to wait; or much is held already: that is memory.
    private func readSize(_ row: ConnectionRow) -> Int {
      if heldCount > 8 << 20 { return 16_384 }
      return row.pointee.isBulky && reading.count <= 1 ? Self.bufferSize : 65_536
    }

    /// Reads on in the next turn, when others have had theirs.
    private mutating func readLater(_ row: ConnectionRow) {
      row.pointee.isUnfinished = true
      unfinished.append(row.pointee.key)
    }

    /// Reads on those that were not finished in the last turn, once each.
    mutating func readOn() {
      swap(&unfinished, &reading)
      for key in reading {
        if let row = table.find(key) { row.pointee.isUnfinished = false }
        hear(key, poll_in)
      }
      reading.removeAll(keepingCapacity: true)
    }

    private mutating func read(_ row: ConnectionRow) {
      while !row.pointee.isInputOver {
        let size = readSize(row)
        let count = calls.receive(row.pointee.descriptor, buffer, size)
        if count > 0 {
          hasNews = true
          // `count` bytes of the buffer are what the kernel has just written, and nobody writes there until the call
          // returns.
          let bytes = UnsafeRawBufferPointer(start: buffer, count: count).assumingMemoryBound(to: UInt8.self).span
          let taken = application.pointee.receive(bytes, from: row.pointee.id, now: now)
          row.pointee.isBulky = count == size && taken >= count
          if taken < count { return hold(bytes.extracting(droppingFirst: max(taken, 0)), row) }
          if count == size { return readLater(row) }
          // Less than there was room for: that was all, unless a read stops before what is urgent.
          if !row.pointee.hasPeerEnded, !row.pointee.hasUrgent { return }
        } else if count == 0 {
          row.pointee.isInputOver = true
          endInput(row)
          return
        } else {
          switch SocketTrouble(count) {
          case .full: return row.pointee.hasUrgent = false
          case .shortage:
            hasNews = true
            return sender.stalled.append(row.pointee.key)
          case .broken: return end(row)
          }
        }
      }
    }

    /// Keeps what the application has left.
    private mutating func hold(_ rest: Span<UInt8>, _ row: ConnectionRow) {
      let waiting = row.pointee.waiting ?? Waiting()
      row.pointee.waiting = waiting
      waiting.input.append(rest)
      heldCount += rest.count
      row.pointee.isInputHeld = true
      row.pointee.isReadDue = true
    }

    /// The kernel takes output again.
    private mutating func takesMore(_ row: ConnectionRow) {
      hasNews = true
      guard sender.sendKept(row) else { return }
      switch row.pointee.output {
      case .open: write(row)
      case .ending: sender.closeOutput(row)
      case .ended: break
      }
    }

    // MARK: What the application wants

    mutating func write(_ row: ConnectionRow) {
      guard !row.pointee.isFull else { return }
      sender.begin()
      Self.write(row, of: application, now, through: &sender)
    }

    /// The row stays: inside the call only the sender is used, which ends no connection.
    @inline(__always)
    private static func write(
      _ row: ConnectionRow, of application: UnsafeMutablePointer<App>, _ now: MonotonicTime,
      through sender: inout Sender
    ) {
      application.pointee.writeOutput(row.pointee.id, now: now) { sender.send($0, to: row) }
    }

    /// Offers held input again, and reads on if all of it was taken.
    mutating func resume(_ row: ConnectionRow) {
      hasNews = true
      let input = row.pointee.waiting?.input ?? Waiting.Bytes()
      let count = input.count
      let taken = min(max(application.pointee.receive(input.span, from: row.pointee.id, now: now), 0), count)
      heldCount -= taken
      if let waiting = row.pointee.waiting {
        waiting.input.drop(taken)
        if waiting.isEmpty { row.pointee.waiting = nil }
      }
      if taken < count { return }
      row.pointee.isInputHeld = false
      if row.pointee.isInputOver { return endInput(row) }
      if row.pointee.isReadDue {
        row.pointee.isReadDue = false
        if !row.pointee.isUnfinished { readLater(row) }
      }
    }

    /// The peer's last byte has been taken.
    private mutating func endInput(_ row: ConnectionRow) {
      switch row.pointee.output {
      case .open:
        guard !row.pointee.isEndTold else { return }
        row.pointee.isEndTold = true
        hasNews = true
        application.pointee.endOfStream(row.pointee.id, now: now)
      case .ending: break  // what waits still goes out
      case .ended: end(row)
      }
    }

    // MARK: The end

    /// Ends a connection now; what is in the batch goes out before that.
    mutating func end(_ row: ConnectionRow) {
      if sender.isGathered(row) { sender.flush() }
      let id = row.pointee.id
      heldCount -= row.pointee.waiting?.input.count ?? 0
      _ = close(row.pointee.descriptor)
      table.remove(row)
      gone(id)
    }

    private mutating func gone(_ id: ConnectionID) {
      connectionCount -= 1
      hasNews = true
      application.pointee.disconnected(id, now: now)
    }

    mutating func endThoseOver() {
      while let key = sender.over.popLast() {
        if let row = table.find(key) { end(row) }
      }
    }

    /// Tries again what the kernel had no memory for: it does not say when it has.
    mutating func retryLater() {
      let keys = sender.stalled
      sender.stalled = []
      _ = alarms.add(now + Milliseconds(20)) { loop in
        for key in keys { loop.hear(key, poll_in | poll_out) }
      }
    }
  }
#endif
