// SPDX-License-Identifier: MIT

// Edges of the lines that are inputs. An event loop watches a descriptor for each request and hands over what it reads;
// here they wait until they are reported, in order of time across all chips. Each has the time at which it happened,
// so it does not matter how late the host is.

#if os(Linux)
  import Parts
  public import SystemCalls
  import Timebase

  /// An edge that waits to be reported.
  struct Edge {
    let input: Int
    let isHigh: Bool
    let time: MonotonicTime
  }

  extension LinuxBoard {
    /// How long edges wait at most for those of other requests that the loop has yet to read.
    private static var patience: Milliseconds { 20 }

    /// The requests for lines, each by a number that no other has: an event loop is to watch a descriptor for each.
    ///
    /// They change with each event of lines. Those of outputs alone have nothing to read, but tell when their chip
    /// goes.
    public var edgeSources: [UInt32] { requests.map(\.id) }

    /// A descriptor that has the edges of a request to read; nil if the request is gone.
    ///
    /// - Throws: If the program has no descriptor left.
    public func edgeDescriptor(of source: UInt32) throws(SystemError) -> Descriptor? {
      try requests.first { $0.id == source }?.lines.duplicate()
    }

    /// Takes the bytes that an event loop read; those of a request that is gone come late, and are ignored.
    ///
    /// They are whole records of the kernel's, 48 bytes each; part of one at the end is dropped.
    public func receive(_ bytes: Span<UInt8>, of source: UInt32) {
      guard let request = requests.first(where: { $0.id == source }) else { return }
      var rest = bytes
      while rest.count >= LineEvent.size {
        if let event = LineEvent(rest) { queue(event, of: request) }
        rest = rest.extracting(droppingFirst: LineEvent.size)
      }
    }

    /// Notes that no more edges are to come from a request: its chip is gone.
    public func receiveEnd(of source: UInt32) {
      guard let request = requests.first(where: { $0.id == source }) else { return }
      lose(request.unit, .gone(request.lines.chip))
    }

    /// Whether there are edges that are not reported yet: a decision that depends on time waits for them.
    ///
    /// (They are read in one place only: an event loop that was woken to read must find something.)
    public var hasUnreadEdges: Bool { !edges.isEmpty || hasEdgesToRead }

    private var hasEdgesToRead: Bool {
      var result = false
      for request in requests where request.inputs.contains(where: { $0 != nil }) {
        do throws(BoardError) {
          if try request.lines.hasEdges() { result = true }
        } catch {
          lose(request.unit, error)
        }
      }
      return result
    }

    private func queue(_ event: LineEvent, of request: Request) {
      guard let index = request.lines.offsets.firstIndex(of: event.offset), let input = request.inputs[index] else {
        return
      }
      if let last = lastNumbers[input] { droppedEdges &+= event.number &- last &- 1 }
      lastNumbers[input] = event.number
      // An edge that the kernel debounced is stamped when it has come to rest.
      let delay = request.lines.isDebounced ? UInt64(wiring.inputs[input].kernelDebounce.count) * 1_000_000 : 0
      let (start, isBeforeBoot) = event.timestamp.subtractingReportingOverflow(delay)
      let time = MonotonicTime(milliseconds: isBeforeBoot ? 0 : start / 1_000_000)
      edges.append(Edge(input: input, isHigh: event.isRising, time: time))
    }

    /// Whether edges of other requests, which may be older than those that are here, have yet to be read.
    func mustWaitForEdges(now: MonotonicTime) -> Bool {
      let count = requests.count { $0.inputs.contains { $0 != nil } }
      guard !edges.isEmpty, count > 1, hasEdgesToRead else {
        waitsSince = nil
        return false
      }
      let start = waitsSince ?? now
      waitsSince = start
      return now - start < Self.patience
    }

    /// Tells the device what its inputs showed when they were taken, and the edges since then.
    func senseLines(of device: inout some Listener, now: MonotonicTime) {
      edges.sort { $0.time < $1.time }  // (which keeps the order of equals)
      let start = min(now, edges.first?.time ?? now)
      for (input, isHigh) in firstLevels { device.sense(input, reading(isHigh, ofInput: input), at: start) }
      for edge in edges {
        // Never later than now, nor before the edge before it.
        let time = min(now, max(lastTimes[edge.input], edge.time))
        lastTimes[edge.input] = time
        device.sense(edge.input, reading(edge.isHigh, ofInput: edge.input), at: time)
      }
      firstLevels = []
      edges.removeAll(keepingCapacity: true)
    }

    private func reading(_ isHigh: Bool, ofInput input: Int) -> Reading {
      isHigh != wiring.inputs[input].isActiveLow ? .active : .inactive
    }
  }
#endif
