// SPDX-License-Identifier: MIT

// The board of a Linux machine: as many channels as the device names, on GPIO lines, PWM channels, LEDs and sensors of
// the kernel's.
// Rule: it is owned by one thread and never waits. Edges are reported one by one, each with its time, in order of time:
// so a press between two reports is seen as if the board had been watched all along. Sensors are read on other threads.
// Rule: outputs do not fail. A device that vanishes takes only its own channels with it, and is tried again every
// second; outputs that are back get the levels that were driven last.

#if os(Linux)
  public import Parts
  public import Timebase

  /// The channels that `LinuxWiring` names.
  public final class LinuxBoard: Board {
    /// Channels that come and go together: the lines of a chip, a PWM channel, an LED, a sensor.
    public struct Unit: Equatable, Sendable {
      /// Its name for people: `gpiochip0`, `pwm0:1`, `led:ACT`, `w1:28-0000075b1c2d`.
      public internal(set) var name: String
      /// The numbers of the outputs on it.
      public let outputs: [Int]
      /// The numbers of the inputs on it.
      public let inputs: [Int]
    }

    /// What happened to a unit.
    public enum Event: Equatable, CustomStringConvertible, Sendable {
      /// It cannot be used any more.
      case lost(Unit, BoardError)
      /// It cannot be used again for another reason than before.
      case stillLost(Unit, BoardError)
      /// It can be used again, its outputs as they were last driven.
      case found(Unit)

      /// The sentence for a log.
      public var description: String {
        switch self {
        case .lost(let unit, let error): "\(unit.name) does not answer: \(error); trying again every second"
        case .stillLost(let unit, let error): "\(unit.name) does not answer: \(error)"
        case .found(let unit): "\(unit.name) answers again"
        }
      }
    }

    /// The levels of outputs that were held for this program, in place of their initial levels.
    public private(set) var heldLevels: [Drive] = []
    /// How many edges the kernel dropped because they came faster than they were taken; wraps at 2³².
    public internal(set) var droppedEdges: UInt32 = 0

    let wiring: LinuxWiring
    let source: any LineSource
    let system: SystemFolder
    let reader: SensorThreads
    var onNews: (@Sendable () -> Void)?

    /// What each output was last driven to.
    var levels: [UInt16]
    var units: [UnitState] = []
    var unitOfOutput: [Int]
    var unitOfInput: [Int]
    /// Where each output is; nil while it is lost.
    var places: [OutputPlace?]
    var requests: [Request] = []
    /// How many requests there have been: their edges come with the number of theirs.
    var requestCount: UInt32 = 0
    /// The PWM channels that this program has exported.
    var exported: [PWMName] = []
    var news: [Event] = []
    /// When lost units are tried again.
    var nextTry: MonotonicTime?

    /// What inputs showed when their lines were taken.
    var firstLevels: [(input: Int, isHigh: Bool)] = []
    var edges: [Edge] = []
    /// For each input, the kernel's number of the edge that came last; nil before the first, for lines that are gone on
    /// with have more.
    var lastNumbers: [UInt32?]
    /// For each input, when its last edge was.
    var lastTimes: [MonotonicTime]
    /// Since when edges have been waiting for those of another request.
    var waitsSince: MonotonicTime?

    var sensors: [SensorState] = []

    /// Takes the channels. Each output shows its initial level, 0 to 65,535, from the start: a line in the very call
    /// that makes it an output.
    ///
    /// `stored` are lines that an earlier run left with the manager that started the program. Those that fit are taken
    /// over: an output among them whose `keepsHeldLevel` is set stays as it is, and is in `heldLevels`. PWM channels,
    /// LEDs and sensors are looked for below `systemFolder`. A sensor that cannot be read is not an error here, but a
    /// fault of its input.
    ///
    /// - Throws: Why a channel cannot be taken.
    public convenience init(
      _ wiring: LinuxWiring, initial: (Int) -> UInt16, stored: inout StoredLines, systemFolder: String = "/sys"
    ) throws(BoardError) {
      try self.init(
        wiring, initial: initial, stored: &stored, source: SystemLines(), system: SystemFolder(path: systemFolder))
    }

    init(
      _ wiring: LinuxWiring, initial: (Int) -> UInt16, stored: inout StoredLines, source: any LineSource,
      system: SystemFolder
    ) throws(BoardError) {
      self.wiring = wiring
      self.source = source
      self.system = system
      reader = SensorThreads(system)
      levels = wiring.outputs.indices.map(initial)
      unitOfOutput = wiring.outputs.map { _ in 0 }
      unitOfInput = wiring.inputs.map { _ in 0 }
      places = wiring.outputs.map { _ in nil }
      lastNumbers = wiring.inputs.map { _ in nil }
      lastTimes = wiring.inputs.map { _ in .zero }
      do throws(BoardError) {
        try takeAll(&stored)
      } catch {
        finish()
        throw error
      }
    }

    /// Gives LEDs and PWM channels back; lines are let go with the program.
    public func finish() {
      reader.finish()
      onNews = nil
      for case .led(let led, _)? in places { led.giveBack() }
      for index in places.indices { if case .line? = places[index] { continue } else { places[index] = nil } }
      for pwm in exported { PWMChannel.giveBack(chip: pwm.chip, channel: pwm.channel, in: system) }
      exported = []
    }

    // MARK: Board

    public func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
      report(to: &device, at: now)
    }

    func report(to device: inout some Listener, at now: MonotonicTime) -> MonotonicTime? {
      if let nextTry, nextTry <= now {
        find()
        self.nextTry = nil
      }
      takeResults(of: &device, now: now)
      noteFaults(to: &device)
      var deadline = askSensors(now: now)
      noteFaults(to: &device)
      if mustWaitForEdges(now: now) {
        deadline = min(deadline, now + 1)
      } else {
        senseLines(of: &device, now: now)
      }
      if units.contains(where: { $0.isSoughtEverySecond }) { nextTry = nextTry ?? now + Self.interval }
      deadline = min(deadline, nextTry ?? .distantFuture)
      return deadline == .distantFuture ? nil : deadline
    }

    public func drive(_ drive: Drive) {
      guard levels.indices.contains(drive.output) else { return }
      levels[drive.output] = drive.level
      guard let place = places[drive.output] else { return }
      do throws(BoardError) {
        switch place {
        case .line(let lines, let index): try lines.drive(index, high: isHigh(drive.level, ofOutput: drive.output))
        case .pwm(let channel): try channel.drive(drive.level)
        case .led(let led, let color):
          let isActiveLow = wiring.outputs[drive.output].isActiveLow
          try led.drive(isActiveLow ? .max - drive.level : drive.level, color: color)
        }
      } catch {
        lose(unitOfOutput[drive.output], error)
      }
    }

    public var isCaughtUp: Bool { !hasUnreadEdges }

    // MARK: What others want to know

    /// Has `body` called when `report(to:now:)` has something new to say, and when there are events to take: on some
    /// thread, or on the board's own from inside one of its functions.
    public func onNews(_ body: @escaping @Sendable () -> Void) {
      onNews = body
      reader.onNews(body)
    }

    /// Whether there is an event to take.
    var hasEvents: Bool { !news.isEmpty }

    /// The oldest event that has not been taken.
    public func nextEvent() -> Event? { news.isEmpty ? nil : news.removeFirst() }

    /// The lines as they are held, for a manager that keeps them while the program restarts. The descriptors stay the
    /// board's.
    public var heldLines: [(name: String, descriptor: Int32)] {
      requests.map { (StoredLines.name(of: $0.lines.chip, $0.lines.offsets), $0.lines.number) }
    }

    /// Notes what an output that was held for this program shows.
    func keep(_ level: UInt16, ofOutput output: Int) {
      levels[output] = level
      heldLevels.append(Drive(output: output, level: level))
    }

    func isHigh(_ level: UInt16, ofOutput output: Int) -> Bool {
      (level > 0) != wiring.outputs[output].isActiveLow
    }
  }

  /// The receiver of a board's reports: a device, except in tests.
  protocol Listener {
    mutating func sense(_ input: Int, _ reading: Reading, at time: MonotonicTime)
    mutating func noteFault(_ words: [UInt8], ofInput input: Int)
    mutating func noteFault(_ words: [UInt8], ofOutput output: Int)
  }

  extension Device: Listener {}
#endif
