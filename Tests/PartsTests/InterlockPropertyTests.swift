// SPDX-License-Identifier: MIT

// Switches in any interleaving of buttons, commands, timers, faults and restarts, against the slow model and a board
// that watches over the rules. The host may be held up at any time, also between the device's decision and the call
// that moves the relay: it moves at a random moment before the next poll. A failure names the seed of its run.

import ConformanceSupport
import Testing
import Timebase

@testable import Parts

@Suite struct InterlockPropertyTests {
  /// What happens to the device at a millisecond.
  private enum Happening {
    case ask(Int, Bool)
    case toggle(Int)
    case button(Int)
    case all(Bool)
    case fault(Int, Bool, falls: Bool)
    case restart(believes: Bool)
  }

  /// Switches with random interlocks and times.
  private static func switches(_ generator: inout SeededGenerator) -> [SlowSwitch] {
    var switches = (0..<Int.random(in: 2...6, using: &generator)).map { _ in
      var part = SlowSwitch()
      part.startsOn = Bool.random(using: &generator)
      part.offAfter = Bool.random(using: &generator) ? .random(in: 1...400, using: &generator) : nil
      part.minDwell = Bool.random(using: &generator) ? .random(in: 1...300, using: &generator) : 0
      part.dwell = Bool.random(using: &generator) ? .random(in: 1...200, using: &generator) : 0
      return part
    }
    for index in switches.indices {
      for other in switches.indices where other != index && UInt8.random(in: 0..<3, using: &generator) > 0 {
        switches[index].rivals.insert(other)
        switches[other].rivals.insert(index)
      }
    }
    return switches
  }

  private static func name(_ index: Int) -> [UInt8] { bytes("s\(index)") }

  /// The same switches as parts, and a button for each that toggles it.
  private static func device(_ switches: [SlowSwitch]) -> Device {
    var parts: [Part] = []
    for (index, part) in switches.enumerated() {
      parts.append(
        .switch(
          Text(name(index)), output: index, restore: part.startsOn ? .restoreDefaultOn : .restoreDefaultOff,
          offAfter: part.offAfter.map { Milliseconds(UInt32($0)) }, minDwell: Milliseconds(UInt32(part.minDwell)),
          interlock: part.rivals.sorted().map(name).map { Text($0) }, dwell: Milliseconds(UInt32(part.dwell))))
    }
    for index in switches.indices {
      let press = Part.Reaction(.press, [Action(.toggle, target: name(index))])
      parts.append(.button(Text(bytes("b\(index)")), input: index, isRemote: true, press))
    }
    return try! Device(parts: parts)
  }

  /// Nothing for a while, then something.
  private static func happening(_ count: Int, _ generator: inout SeededGenerator) -> Happening? {
    guard UInt8.random(in: 0..<30, using: &generator) == 0 else { return nil }
    let index = Int.random(in: 0..<count, using: &generator)
    switch UInt8.random(in: 0..<40, using: &generator) {
    case 0: return .restart(believes: Bool.random(using: &generator))
    case 1...4: return .fault(index, Bool.random(using: &generator), falls: Bool.random(using: &generator))
    case 5, 6: return .all(Bool.random(using: &generator))
    case 7...14: return .toggle(index)
    case 15...22: return .button(index)
    default: return .ask(index, UInt8.random(in: 0..<3, using: &generator) > 0)
    }
  }

  /// A device, its model and its relays, which live through the same.
  private struct World {
    let switches: [SlowSwitch]
    var device: Device
    var model: SlowModel
    var relays: RelayWatch
    var polls = 0
    private var generator: SeededGenerator
    /// The real time, in microseconds: the device is told the millisecond that it lies in.
    private var moment: UInt64
    /// What the board was told, and has not done before `moment`.
    private var drives: [Drive] = []

    init(_ switches: [SlowSwitch], at time: UInt64, _ generator: SeededGenerator) {
      self.switches = switches
      self.generator = generator
      moment = time * 1000
      device = InterlockPropertyTests.device(switches)
      device.start(now: at(time))
      model = SlowModel(switches, startedAt: time, wanted: nil, on: nil)
      relays = RelayWatch(switches)
    }

    /// Time passes until a moment of this millisecond; what was to be driven is driven at moments in between.
    mutating func pass(to time: UInt64) {
      let next = UInt64.random(in: max(moment, time * 1000)...time * 1000 + 999, using: &generator)
      let moments = drives.map { _ in UInt64.random(in: moment...next, using: &generator) }.sorted()
      for (drive, moment) in zip(drives, moments) { relays.drive(drive.output, drive.level, at: moment) }
      drives = []
      moment = next
    }

    /// Polls, and tells the board what to drive; returns the deadline.
    mutating func poll(_ time: UInt64) -> UInt64? {
      polls += 1
      pass(to: time)
      var told: [Drive] = []
      let deadline = device.turn(at(time)) { told.append($0) }
      drives = told.filter { device.parts[$0.output].fault.isEmpty }
      return deadline?.milliseconds
    }

    mutating func happen(_ what: Happening, at time: UInt64) {
      pass(to: time)
      let now = MonotonicTime(milliseconds: time)
      switch what {
      case .ask(let index, let isOn):
        try? device.perform(.set(PartValues(isOn: isOn)), on: index, by: .http, now: now)
        model.ask(index, isOn)
      case .toggle(let index):
        try? device.perform(.toggle, on: index, by: .client(3), now: now)
        model.ask(index, !model.switches[index].isWanted)
      case .button(let index):
        try? device.perform(.gesture(.press), on: switches.count + index, by: .client(1), now: now)
        model.ask(index, !model.switches[index].isWanted)
      case .all(let isOn):
        device.setAll(isOn: isOn, by: .mqtt, now: now)
        for index in switches.indices { model.ask(index, isOn) }
      case .fault(let index, let isFaulty, let falls):
        let wasFaulty = model.switches[index].isFaulty
        device.now = now
        device.noteFault(isFaulty ? bytes("gone") : [], ofOutput: index)
        model.setFault(index, isFaulty)
        if wasFaulty != isFaulty { relays.fail(index, falls: falls, at: moment) }
      case .restart(let believes): restart(believes: believes, at: time)
      }
    }

    private mutating func restart(believes: Bool, at time: UInt64) {
      let saved = device.parts.prefix(switches.count).map { $0.saved! }
      relays.restart(keepsLevels: believes, at: moment)
      let found = relays.isOn
      device = InterlockPropertyTests.device(switches)
      for (index, settings) in saved.enumerated() {
        device.restore(InterlockPropertyTests.name(index).span, settings)
        if believes { device.believe(found[index], ofOutput: index) }
      }
      device.start(now: MonotonicTime(milliseconds: time))
      model = SlowModel(
        switches, startedAt: time, wanted: saved.map { $0.isOn! }, on: believes ? found : nil)
    }

    /// What both show, where they differ.
    func differences() -> [String] {
      switches.indices.compactMap { index in
        let (part, slow) = (device.parts[index].asSwitch!, model.switches[index])
        guard part.isOn != slow.isOn || part.isWantedOn != slow.isWanted else { return nil }
        return "\(index) at \(model.now): \(part.isOn) (\(part.isWantedOn)), not \(slow.isOn) (\(slow.isWanted))"
      }
    }
  }

  @Test func theRulesHoldAndTheDeviceDoesWhatTheSlowModelDoes() {
    for _ in 0..<50 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      let start = UInt64.random(in: 0...2000, using: &generator)
      var world = World(Self.switches(&generator), at: start, generator)
      // Half of the hosts sleep until each deadline, the others poll each millisecond.
      let sleeps = Bool.random(using: &generator)
      var deadline = world.poll(start)
      var events = 1
      for time in start + 1...start + 4000 {
        world.model.tick()
        let happening = Self.happening(world.switches.count, &generator)
        if !sleeps || happening != nil || deadline.map({ $0 <= time }) == true {
          deadline = world.poll(time)
          if let happening {
            events += 1
            world.happen(happening, at: time)
            deadline = world.poll(time)
          }
        }
        let differences = world.differences()
        #expect(differences.isEmpty, "seed \(seed)")
        guard differences.isEmpty else { return }
      }
      #expect(world.relays.violations.isEmpty, "seed \(seed)")
      // Each event has a switch or all its rivals turn, begin to rest and count down: a few deadlines for each.
      if sleeps { #expect(world.polls < 20 * events * world.switches.count, "seed \(seed)") }
    }
  }

  @Test func aHostThatIsLateNeverBreaksARule() {
    for _ in 0..<50 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      let switches = Self.switches(&generator)
      var world = World(switches, at: 0, generator)
      var time: UInt64 = 0
      var levels = switches.map { _ in false }
      for _ in 0..<300 {
        let before = time
        time += .random(in: 0...200, using: &generator)
        for index in levels.indices where Bool.random(using: &generator) {
          levels[index].toggle()
          let moment = at(.random(in: before...time, using: &generator))
          world.device.sense(index, levels[index] ? .active : .inactive, at: moment)
        }
        if let happening = Self.happening(switches.count, &generator) { world.happen(happening, at: time) }
        _ = world.poll(time)
      }
      #expect(world.relays.violations.isEmpty, "seed \(seed)")
    }
  }

  @Test func theLastCommandWinsInTheEnd() throws {
    for _ in 0..<50 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      var switches = Self.switches(&generator)
      for index in switches.indices { switches[index].offAfter = nil }
      var world = World(switches, at: 0, generator)
      var wishes = world.model.switches.map(\.isWanted)
      for time in 1...200 as ClosedRange<UInt64> {
        let index = Int.random(in: 0..<switches.count, using: &generator)
        wishes[index] = Bool.random(using: &generator)
        if wishes[index] { for rival in switches[index].rivals { wishes[rival] = false } }
        try world.device.perform(.set(PartValues(isOn: wishes[index])), on: index, by: .http, now: at(time))
        _ = world.poll(time)
      }
      var time: UInt64 = 200
      while let deadline = world.poll(time), time < 5000 { time = max(deadline, time + 1) }
      #expect(world.device.parts.prefix(switches.count).map(\.isOn) == wishes, "seed \(seed)")
      #expect(world.relays.violations.isEmpty, "seed \(seed)")
    }
  }
}
