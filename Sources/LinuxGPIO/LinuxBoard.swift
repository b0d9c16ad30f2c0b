// SPDX-License-Identifier: MIT

// The board of a Linux machine: an LED and a push button on GPIO lines, and a status LED on a line or among the
// system's.
// Rule: it is owned by one thread and never waits. The button's pin shows the level after the last edge that was taken
// out of the queue, not that of this moment: edges are shown one by one, each with its time, so that a press between
// two looks is seen as if somebody had looked all along.
// Rule: pins do not fail. A chip that vanishes takes the circuits on it with it, which are asked for every second; what
// is written meanwhile is what the lines are given when they are back.

#if os(Linux)
  public import DeviceComponents
  public import SystemCalls
  public import Timebase

  /// The LED, button and status LED that `BoardWiring` names.
  public final class LinuxBoard {
    enum Part: Int, CaseIterable { case led, button, statusLed }

    /// Parts that are of use only together: they are lost and found as one.
    public enum Circuit: Int, CaseIterable, Sendable {
      /// LED and button.
      case control
      /// The status LED, without which the others work.
      case status
    }

    /// What has become of a circuit.
    public enum Event: Equatable, Sendable {
      /// It cannot be used any more.
      case lost(Circuit, GPIOError)
      /// It cannot be used again for another reason than before.
      case stillLost(Circuit, GPIOError)
      /// It can be used again, its outputs as they were last written.
      case found(Circuit)
    }

    /// Where a part is: on which of these lines.
    private struct Place {
      let lines: any HeldLines
      let index: Int
    }

    /// Why a circuit was lost, and why it cannot be used again yet.
    private struct Loss {
      let error: GPIOError
      var reason: GPIOError
    }

    /// How many edges the kernel dropped because they came faster than they were taken; wraps at 2³².
    public private(set) var droppedEdges: UInt32 = 0
    /// How often the lines of the button have been taken: who reads their edges says of which time they are.
    public private(set) var taking: UInt32 = 0

    private let wiring: BoardWiring
    private let source: any LineSource
    private let keepsStoredLed: Bool
    private var places: [Place?] = [nil, nil, nil]
    private var levels: [Level]
    private var losses: [Loss?] = [nil, nil]
    private var news: [Event] = []
    /// When what is lost is asked for again.
    private var nextTry: MonotonicTime?
    private var systemLED: SystemLED?
    /// The level at which the status LED is dark, as it is at the start.
    private let darkLevel: Level
    private var edges: [LineEvent] = []
    /// The kernel's number of the edge that came last; nil before the first, for lines that are gone on with have more.
    private var lastNumber: UInt32?
    private var lastShown = MonotonicTime.zero

    /// How long to wait before what is lost is asked for again.
    private static var interval: Milliseconds { .seconds(1) }

    /// Takes the lines, and drives the LED to `ledLevel` in the same step; the status LED is dark at `statusLedLevel`.
    ///
    /// `stored` are lines that an earlier run left with whoever started the program. Those that fit are taken out and
    /// gone on with, so their outputs need not leave their levels: an LED among them stays as it is, whatever
    /// `ledLevel` says, if `keepsStoredLed`.
    public convenience init(
      _ wiring: BoardWiring, ledLevel: Level, keepsStoredLed: Bool, statusLedLevel: Level, stored: inout StoredLines
    ) throws(GPIOError) {
      try self.init(
        wiring, ledLevel: ledLevel, keepsStoredLed: keepsStoredLed, statusLedLevel: statusLedLevel, stored: &stored,
        source: SystemLines())
    }

    init(
      _ wiring: BoardWiring, ledLevel: Level, keepsStoredLed: Bool, statusLedLevel: Level,
      stored: inout StoredLines, source: any LineSource
    ) throws(GPIOError) {
      self.wiring = wiring
      self.source = source
      self.keepsStoredLed = keepsStoredLed
      levels = [ledLevel, .low, statusLedLevel]
      darkLevel = statusLedLevel
      if case .system(let name) = wiring.statusLed { systemLED = try SystemLED(name) }
      try take(Circuit.allCases, &stored)
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
      guard let place = place(of: part) else { return }
      do throws(GPIOError) {
        try place.lines.drive(place.index, to: level)
      } catch {
        lose(place.lines.chip, error)
      }
    }

    /// What the LED was last given.
    public var ledLevel: Level { levels[Part.led.rawValue] }

    var buttonLevel: Level { levels[Part.button.rawValue] }

    // MARK: Edges of the button

    /// A descriptor that has the button's edges to read, for an event loop to watch; what it reads goes to `receive`.
    /// Nil while the button is lost.
    public func edgeDescriptor() throws(SystemError) -> Descriptor? { try place(of: .button)?.lines.duplicate() }

    /// Takes what an event loop read; of lines of another `taking` it comes late, and says nothing.
    public func receive(_ bytes: Span<UInt8>, of taking: UInt32) {
      guard taking == self.taking, let place = place(of: .button) else { return }
      let offset = place.lines.offsets[place.index]
      var rest = bytes
      while rest.count >= LineEvent.size {
        if let event = LineEvent(rest), event.offset == offset { queue(event) }
        rest = rest.extracting(droppingFirst: LineEvent.size)
      }
    }

    /// Notes that no more edges are to come from the lines of that `taking`: their chip is gone.
    public func receiveEnd(of taking: UInt32) {
      guard taking == self.taking, let chip = place(of: .button)?.lines.chip else { return }
      lose(chip, .gone(chip: chip))
    }

    /// Whether there are edges that the event loop has yet to read: a decision that depends on time waits for them.
    /// (They are read in one place only: an event loop that was told of something to read is to find it.)
    public var hasUnreadEdges: Bool {
      guard let place = place(of: .button) else { return false }
      do throws(GPIOError) {
        return try place.lines.hasEdges()
      } catch {
        lose(place.lines.chip, error)
        return false
      }
    }

    /// When the oldest edge that waits happened; nil if none does. Never later than `now`, nor before the edge before
    /// it.
    public func nextEdge(now: MonotonicTime) -> MonotonicTime? {
      guard let edge = edges.first else { return nil }
      // An edge that the kernel debounced is stamped when it has come to rest.
      let isDebounced = place(of: .button)?.lines.isDebounced ?? false
      let delay = isDebounced ? UInt64(wiring.kernelDebounce.count) * 1_000_000 : 0  // 32 bits times 20
      let (start, isBeforeBoot) = edge.timestamp.subtractingReportingOverflow(delay)
      return min(now, max(lastShown, MonotonicTime(milliseconds: isBeforeBoot ? 0 : start / 1_000_000)))
    }

    /// Shows the oldest edge that waits on the button's pin.
    public func showNextEdge(now: MonotonicTime) {
      guard let time = nextEdge(now: now) else { return }
      lastShown = time
      levels[Part.button.rawValue] = edges.removeFirst().isRising ? .high : .low
    }

    private func queue(_ event: LineEvent) {
      if let lastNumber { droppedEdges &+= event.number &- lastNumber &- 1 }
      lastNumber = event.number
      edges.append(event)
    }

    // MARK: Losing and finding

    /// Why LED and button cannot be used at present; nil while they can.
    public var fault: GPIOError? { losses[Circuit.control.rawValue]?.error }

    /// Asks for what is lost when it is time to, and returns when that is next; nil while nothing is lost.
    public func poll(now: MonotonicTime) -> MonotonicTime? {
      if let nextTry, nextTry <= now {
        find()
        self.nextTry = nil
      }
      if losses.contains(where: { $0 != nil }) { nextTry = nextTry ?? now + Self.interval }
      return nextTry
    }

    /// Whether there is an event to take.
    public var hasEvents: Bool { !news.isEmpty }

    /// The oldest event that has not been taken.
    public func nextEvent() -> Event? { news.isEmpty ? nil : news.removeFirst() }

    /// Notes that a chip cannot be used, and lets go of all circuits on it, and of their other chips: what is on those
    /// is in the same requests. A chip is free to go, or to come back, only then.
    private func lose(_ chip: String, _ error: GPIOError) {
      var chips: Set = [chip]
      var rest = Set(Circuit.allCases)
      while let lost = rest.first(where: { !chips.isDisjoint(with: self.chips(of: $0)) }) {
        rest.remove(lost)
        chips.formUnion(self.chips(of: lost))
      }
      for circuit in Circuit.allCases where !rest.contains(circuit) {
        letGo(circuit)
        losses[circuit.rawValue] = Loss(error: error, reason: error)
        news.append(.lost(circuit, error))
      }
    }

    /// Takes what is lost as at the start, a request for each chip; or, if not all of it is there, what is.
    private func find() {
      let lost = Circuit.allCases.filter { losses[$0.rawValue] != nil }
      if lost.count > 1, reasonAgainst(lost) == nil { return }
      for circuit in lost {
        guard let reason = reasonAgainst([circuit]), reason != losses[circuit.rawValue]?.reason else { continue }
        losses[circuit.rawValue]?.reason = reason
        news.append(.stillLost(circuit, reason))
      }
    }

    /// Takes what is lost; returns why it cannot, if so.
    private func reasonAgainst(_ circuits: [Circuit]) -> GPIOError? {
      do throws(GPIOError) {
        var none = StoredLines()
        try take(circuits, &none)
      } catch {
        return error
      }
      for circuit in circuits {
        losses[circuit.rawValue] = nil
        news.append(.found(circuit))
      }
      return nil
    }

    // MARK: Taking the lines

    /// The lines as they are held, for someone who keeps them while the program is started anew.
    public var heldLines: [(name: String, descriptor: Int32)] {
      var held: [any HeldLines] = []
      for case let place? in places where !held.contains(where: { $0 === place.lines }) { held.append(place.lines) }
      return held.map { (StoredLines.name(of: $0.chip, $0.offsets), $0.number) }
    }

    private func place(of part: Part) -> Place? { places[part.rawValue] }

    private func chips(of circuit: Circuit) -> Set<String> {
      Set(circuit.parts.compactMap { place(of: $0)?.lines.chip })
    }

    /// Takes all of the circuits, or nothing.
    private func take(_ circuits: [Circuit], _ stored: inout StoredLines) throws(GPIOError) {
      do throws(GPIOError) {
        for (chip, parts) in try wiring.find(circuits.flatMap(\.parts), among: source) {
          var settings = parts.map { setting(of: $0.part, at: $0.offset) }
          let lines = try take(&settings, ofChipNamed: chip, &stored)
          for (index, part) in parts.enumerated() {
            places[part.part.rawValue] = Place(lines: lines, index: index)
            levels[part.part.rawValue] = settings[index].level
          }
        }
        if circuits.contains(.control) { try beginEdges() }
      } catch {
        circuits.forEach(letGo)
        throw error
      }
    }

    private func take(
      _ settings: inout [LineSetting], ofChipNamed chip: String, _ stored: inout StoredLines
    ) throws(GPIOError) -> any HeldLines {
      if let descriptor = stored.take(chip, settings.map(\.offset)),
        let lines = source.adopt(descriptor, &settings, ofChipNamed: chip)
      {
        return lines
      }
      return try source.take(settings, ofChipNamed: chip)
    }

    /// Before the first edge that is reported the level is that of now; lines that are gone on with may hold old edges.
    private func beginEdges() throws(GPIOError) {
      guard let place = place(of: .button) else { return }
      taking &+= 1
      try place.lines.forgetEdges()
      levels[Part.button.rawValue] = try place.lines.level(of: place.index)
    }

    private func letGo(_ circuit: Circuit) {
      for part in circuit.parts { places[part.rawValue] = nil }
      guard circuit == .control else { return }
      edges = []
      lastNumber = nil
    }

    private func setting(of part: Part, at offset: UInt32) -> LineSetting {
      switch part {
      case .led, .statusLed:
        LineSetting(
          offset: offset, flags: .output, level: levels[part.rawValue], keepsLevel: part == .led && keepsStoredLed)
      case .button:
        LineSetting(
          offset: offset, flags: [.input, .risingEdge, .fallingEdge, wiring.bias.flags],
          debouncePeriod: wiring.kernelDebounce.count.multipliedReportingOverflow(by: 1000).partialValue)
      }
    }
  }

  extension LinuxBoard.Circuit {
    var parts: [LinuxBoard.Part] { self == .control ? [.led, .button] : [.statusLed] }
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
