// SPDX-License-Identifier: MIT

// The remote control on GPIO lines: edges of the button come with the times at which they happened, and a chip may
// vanish.

#if os(Linux)
  import LinuxGPIO
  import RemoteControl
  import SystemCalls
  import Timebase

  extension HostDevice {
    /// The board, if it is one of GPIO lines.
    var gpio: LinuxBoard? {
      if case .gpio(let board) = board { board } else { nil }
    }

    /// Lets the button be seen at each of its edges, at the time when it happened, and then at this moment.
    mutating func poll(_ board: LinuxBoard, now: MonotonicTime) -> MonotonicTime? {
      // What is due may depend on an edge that the loop has yet to read: that is a moment.
      if let due = remoteControl.nextLoop, due <= now, board.hasUnreadEdges { return now + 1 }
      while let time = board.nextEdge(now: now) {
        remoteControl.catchUp(before: time)
        board.showNextEdge(now: now)
        remoteControl.loop(now: time)
      }
      noteDroppedEdges(of: board)
      noteFault(of: board)
      var deadline: MonotonicTime
      // A pin that was written just now may have found its chip gone, or it is back: everyone is to know at once.
      repeat {
        deadline = remoteControl.poll(now: now) ?? .distantFuture
        deadline = min(deadline, board.poll(now: now) ?? .distantFuture)
      } while noteFault(of: board)
      if board.hasEvents { boardNews?.yield() }
      return deadline
    }

    /// Says that the kernel had to drop edges: presses may have been among them.
    private mutating func noteDroppedEdges(of board: LinuxBoard) {
      let count = board.droppedEdges &- remoteControl.device.state.droppedEdges
      guard count != 0 else { return }
      remoteControl.device.state.droppedEdges = board.droppedEdges
      remoteControl.device.log.debug { line in
        line.append(contentsOf: "the button's edges came too fast: \(count) were dropped".utf8)
      }
    }

    /// Tells the remote control of a fault, and of its end; true if that is news.
    @discardableResult
    private mutating func noteFault(of board: LinuxBoard) -> Bool {
      guard board.fault != shownFault else { return false }
      shownFault = board.fault
      remoteControl.device.state.noteFault(board.fault.map { Array($0.description.utf8) } ?? [])
      return true
    }
  }
#endif
