// SPDX-License-Identifier: MIT

// The board of a Linux machine: an LED and a push button on GPIO lines, and a status LED on a line or among the system's.
// Rule: it is owned by one thread and never waits. The button's pin shows the level after the last edge that was taken
// out of the queue, not that of this moment: edges are shown one by one, each with its time, so that a press between two
// looks is seen as if somebody had looked all along.
// Rule: pins do not fail. When a chip vanishes the board has a `fault`; what is written meanwhile is what the lines are
// given when it is back.

#if os(Linux)
  public import DeviceComponents
  import Glibc
  public import SystemCalls
  public import Timebase

  /// The LED, button and status LED that `BoardWiring` names.
  public final class LinuxBoard {
    enum Part: Int, CaseIterable { case led, button, statusLed }

    /// Where a part is: in which request, and as which of its lines.
    private struct Place {
      let request: Int
      let index: Int
      let offset: UInt32
    }

    /// Why the board cannot be used at present; nil while all is well.
    public private(set) var fault: GPIOError?
    /// How many edges the kernel dropped because they came faster than they were taken.
    public private(set) var droppedEdges: UInt64 = 0

    private let wiring: BoardWiring
    private var requests: [LineRequest] = []
    private var places: [Place?] = [nil, nil, nil]
    private var levels: [Level]
    private var systemLED: SystemLED?
    /// The level at which the status LED is dark, as it is at the start.
    private let darkLevel: Level
    private var edges: [LineEvent] = []
    /// The kernel's number of the edge that came last; nil before the first, for lines that are gone on with have more.
    private var lastNumber: UInt32?
    private var lastShown = MonotonicTime.zero
    private var readBuffer = [UInt8](repeating: 0, count: 64 * LineEvent.size)

    /// Takes the lines, and drives the LED to `ledLevel` in the same step; the status LED is dark at `statusLedLevel`.
    ///
    /// `stored` are lines that an earlier run left with whoever started the program. Those that fit are taken out and gone
    /// on with, so their outputs never leave their levels.
    public init(
      _ wiring: BoardWiring, ledLevel: Level, statusLedLevel: Level, stored: inout StoredLines
    ) throws(GPIOError) {
      self.wiring = wiring
      levels = [ledLevel, .low, statusLedLevel]
      darkLevel = statusLedLevel
      if case .system(let name) = wiring.statusLed { systemLED = try SystemLED(name) }
      try takeLines(&stored)
    }

    /// Takes the lines anew after a `fault`, with the outputs as they were last written.
    public func reopen() throws(GPIOError) {
      var none = StoredLines()
      try takeLines(&none)
      fault = nil
    }

    /// Gives the status LED back to what it showed before; the lines are let go with the program.
    public func finish() { systemLED = nil }

    // MARK: The pins

    /// The pin of the LED that is remotely controlled.
    public var led: LinuxOutputPin { LinuxOutputPin(board: self, part: .led) }

    /// The pin of the status LED; of a board that has none, one that leads nowhere.
    public var statusLed: LinuxOutputPin { LinuxOutputPin(board: self, part: .statusLed) }

    /// The pin of the push button.
    public var button: LinuxInputPin { LinuxInputPin(board: self) }

    func drive(_ part: Part, to level: Level) {
      levels[part.rawValue] = level
      if part == .statusLed { systemLED?.isLit = level != darkLevel }
      guard fault == nil, let place = places[part.rawValue] else { return }
      do throws(GPIOError) {
        try requests[place.request].drive(place.index, to: level)
      } catch {
        lose(error)
      }
    }

    var buttonLevel: Level { levels[Part.button.rawValue] }

    // MARK: Edges of the button

    /// A descriptor that has the button's edges to read, for an event loop to watch; what it reads goes to `receive`. Nil
    /// while there is a fault.
    public func edgeDescriptor() throws(SystemError) -> Descriptor? {
      guard fault == nil, let place = places[Part.button.rawValue] else { return nil }
      return try requests[place.request].descriptor.duplicate()
    }

    /// Takes what an event loop read; of lines that are gone it may come late, and says nothing then.
    public func receive(_ bytes: Span<UInt8>) {
      guard fault == nil else { return }
      var rest = bytes
      while rest.count >= LineEvent.size {
        if let event = LineEvent(rest), event.offset == places[Part.button.rawValue]?.offset { queue(event) }
        rest = rest.extracting(droppingFirst: LineEvent.size)
      }
    }

    /// Whether there are edges that the event loop has yet to read: a decision that depends on time waits for them. (They
    /// are read in one place only: an event loop that was told of something to read is to find it.)
    public var hasUnreadEdges: Bool {
      guard fault == nil, let place = places[Part.button.rawValue] else { return false }
      var state = pollfd(fd: requests[place.request].descriptor.number, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, 0) > 0 else { return false }
      if state.revents & Int16(POLLERR | POLLHUP) != 0 { lose(nil) }
      return state.revents & Int16(POLLIN) != 0 && fault == nil
    }

    /// When the oldest edge that waits happened; nil if none does. Never later than `now`, nor before the edge before it.
    public func nextEdge(now: MonotonicTime) -> MonotonicTime? {
      guard let edge = edges.first else { return nil }
      // An edge that the kernel debounced is stamped when it has come to rest.
      let delay = isDebounced ? UInt64(wiring.kernelDebounce.count) * 1_000_000 : 0  // 32 bits times 20
      let (start, isBeforeBoot) = edge.timestamp.subtractingReportingOverflow(delay)
      return min(now, max(lastShown, MonotonicTime(milliseconds: isBeforeBoot ? 0 : start / 1_000_000)))
    }

    private var isDebounced: Bool { places[Part.button.rawValue].map { requests[$0.request].isDebounced } ?? false }

    /// Shows the oldest edge that waits on the button's pin.
    public func showNextEdge(now: MonotonicTime) {
      guard let time = nextEdge(now: now) else { return }
      lastShown = time
      levels[Part.button.rawValue] = edges.removeFirst().isRising ? .high : .low
    }

    private func queue(_ event: LineEvent) {
      if let lastNumber { droppedEdges &+= UInt64(event.number &- lastNumber &- 1) }
      lastNumber = event.number
      edges.append(event)
    }

    // MARK: Taking the lines

    /// The lines as they are held, for someone who keeps them while the program is started anew.
    public var heldLines: [(name: String, descriptor: Int32)] {
      requests.map { (StoredLines.name(of: $0.chip, $0.offsets), $0.descriptor.number) }
    }

    private func takeLines(_ stored: inout StoredLines) throws(GPIOError) {
      do throws(GPIOError) {
        letGo()
        try request(&stored)
      } catch {
        letGo()
        throw error
      }
    }

    private func letGo() {
      requests = []
      places = [nil, nil, nil]
      edges = []
      lastNumber = nil
    }

    private func request(_ stored: inout StoredLines) throws(GPIOError) {
      for (chipName, parts) in try wiring.parts() {
        let settings = parts.map { setting(of: $0.part, at: $0.offset) }
        for (index, part) in parts.enumerated() {
          places[part.part.rawValue] = Place(request: requests.count, index: index, offset: part.offset)
        }
        if let descriptor = stored.take(chipName, settings.map(\.offset)),
          let request = LineRequest(adopting: descriptor, settings, ofChipNamed: chipName)
        {
          requests.append(request)
        } else {
          requests.append(try LineRequest(settings, of: try Chip(named: chipName)))
        }
      }
      // Before the first edge that is reported, the level is that of now; an adopted request may hold old edges.
      guard let place = places[Part.button.rawValue] else { return }
      while try requests[place.request].readEvents(into: &readBuffer) > 0 {}
      levels[Part.button.rawValue] = try requests[place.request].level(of: place.index)
    }

    private func setting(of part: Part, at offset: UInt32) -> LineSetting {
      switch part {
      case .led, .statusLed: LineSetting(offset: offset, flags: .output, level: levels[part.rawValue])
      case .button:
        LineSetting(
          offset: offset, flags: [.input, .risingEdge, .fallingEdge, wiring.bias.flags],
          debouncePeriod: wiring.kernelDebounce.count.multipliedReportingOverflow(by: 1000).partialValue)
      }
    }

    /// Notes that the board is gone, and lets go of its lines: a chip is free to go, or to come back, only then.
    public func lose(_ error: GPIOError?) {
      guard fault == nil else { return }
      fault = error ?? .gone(chip: places[Part.button.rawValue].map { requests[$0.request].chip } ?? "the GPIO chip")
      letGo()
    }
  }

  /// A line that is driven, or an LED of the system's.
  public struct LinuxOutputPin: OutputPin, ~Copyable {
    let board: LinuxBoard
    let part: LinuxBoard.Part

    public mutating func write(_ level: Level) { board.drive(part, to: level) }
  }

  /// The button's line, as of the last edge that was shown.
  public struct LinuxInputPin: InputPin, ~Copyable {
    let board: LinuxBoard

    public mutating func read() -> Level { board.buttonLevel }
  }
#endif
