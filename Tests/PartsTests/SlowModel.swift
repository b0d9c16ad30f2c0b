// SPDX-License-Identifier: MIT

// Switches as parts.md describes them, written the slow and plain way: the model is asked every millisecond, keeps the
// time of every change, and looks through all of it. It shares no code with Parts.

/// A switch of the slow model.
struct SlowSwitch {
  var rivals: Set<Int> = []
  var offAfter: UInt64?
  var minDwell: UInt64 = 0
  var dwell: UInt64 = 0
  var startsOn = false

  var isOn = false
  var isWanted = false
  /// When it was known to have been turned for the last time; nil while it may not have been yet.
  var turned: UInt64?
  /// Since when it counts how long it is on.
  var onSince: UInt64?
  var isFaulty = false
}

/// Switches, a millisecond at a time.
struct SlowModel {
  var switches: [SlowSwitch]
  private(set) var now: UInt64

  /// The first moment; `wanted` was saved before, `on` is what the board found.
  init(_ switches: [SlowSwitch], startedAt time: UInt64, wanted: [Bool]?, on: [Bool]?) {
    self.switches = switches
    now = time
    for index in switches.indices {
      self.switches[index].isWanted = on?[index] ?? wanted?[index] ?? switches[index].startsOn
      self.switches[index].turned = nil
      self.switches[index].isFaulty = false
    }
    for index in switches.indices {
      let isFirst = !switches[index].rivals.contains { $0 < index && self.switches[$0].isWanted }
      if !isFirst { self.switches[index].isWanted = false }
      let hasRest = switches[index].minDwell > 0 || !switches[index].rivals.isEmpty
      self.switches[index].isOn = on?[index] ?? (self.switches[index].isWanted && !hasRest)
      self.switches[index].onSince = self.switches[index].isOn ? time : nil
    }
    // Two that were found on, although they are rivals: the one that is not to be on goes off without its rest.
    for index in switches.indices where self.switches[index].isOn && self.switches[index].isWanted {
      for rival in switches[index].rivals where self.switches[rival].isOn { turn(rival, false) }
    }
    settle()
  }

  private mutating func turn(_ index: Int, _ isOn: Bool) {
    switches[index].isOn = isOn
    switches[index].isWanted = isOn
    switches[index].turned = nil
    switches[index].onSince = isOn ? now : nil
  }

  /// A millisecond goes by: what was to be turned before has been turned now.
  mutating func tick() {
    now += 1
    for index in switches.indices {
      switches[index].turned = switches[index].turned ?? now
      if let since = switches[index].onSince, let time = switches[index].offAfter, since + time <= now {
        switches[index].onSince = nil
        switches[index].isWanted = false
      }
    }
    settle()
  }

  /// A command for a switch; one with a fault does not obey.
  mutating func ask(_ index: Int, _ isOn: Bool) {
    guard !switches[index].isFaulty else { return }
    if isOn {
      for rival in switches[index].rivals { switches[rival].isWanted = false }
      if switches[index].isOn { switches[index].onSince = now }
    }
    switches[index].isWanted = isOn
    settle()
  }

  mutating func setFault(_ index: Int, _ isFaulty: Bool) {
    guard switches[index].isFaulty != isFaulty else { return }
    switches[index].isFaulty = isFaulty
    guard !isFaulty else { return }
    let isWanted = switches[index].isWanted
    let onSince = switches[index].onSince
    let staysOn = switches[index].isOn && switches[index].minDwell == 0
    turn(index, staysOn)
    if staysOn { switches[index].onSince = onSince }
    switches[index].isWanted = isWanted
    settle()
  }

  /// All that may change does, what goes off first.
  private mutating func settle() {
    for isOn in [false, true] {
      for index in switches.indices where switches[index].isWanted == isOn && switches[index].isOn != isOn {
        if mayTurn(index) { turn(index, isOn) }
      }
    }
  }

  private func mayTurn(_ index: Int) -> Bool {
    let part = switches[index]
    guard hasRested(part, part.minDwell) else { return false }
    guard part.isWanted else { return true }
    return part.rivals.allSatisfy { rival in
      let other = switches[rival]
      return !other.isOn && !other.isFaulty && hasRested(other, max(other.dwell, part.dwell))
    }
  }

  private func hasRested(_ part: SlowSwitch, _ rest: UInt64) -> Bool {
    guard rest > 0 else { return true }
    guard let turned = part.turned else { return false }
    return now > turned + rest
  }
}

/// What a board of relays does and sees: it is told drives, and watches over the rules. Its times are those at which
/// relays really move, in microseconds.
struct RelayWatch {
  private let switches: [SlowSwitch]
  private(set) var isOn: [Bool]
  private var wentOff: [UInt64?]
  private var turned: [UInt64?]
  /// The rules that were broken, in words.
  private(set) var violations: [String] = []

  init(_ switches: [SlowSwitch]) {
    self.switches = switches
    isOn = switches.map { _ in false }
    wentOff = switches.map { _ in nil }
    turned = switches.map { _ in nil }
  }

  /// A process that ends lets all relays fall; one that hands its lines on does not. The next knows of no rest.
  mutating func restart(keepsLevels: Bool, at time: UInt64) {
    for index in isOn.indices {
      if !keepsLevels, isOn[index] {
        isOn[index] = false
        wentOff[index] = time
      }
    }
    turned = isOn.map { _ in nil }
  }

  /// A relay that has lost its chip falls, or stays as it is; what it does then is not the device's doing.
  mutating func fail(_ index: Int, falls: Bool, at time: UInt64) {
    if falls, isOn[index] {
      isOn[index] = false
      wentOff[index] = time
    }
    turned[index] = nil
  }

  mutating func drive(_ index: Int, _ level: UInt16, at time: UInt64) {
    guard isOn[index] != (level > 0) else { return }
    isOn[index].toggle()
    let part = switches[index]
    if let last = turned[index], time < last + part.minDwell * 1000 {
      violations.append("\(index) turned at \(last) and \(time)")
    }
    turned[index] = time
    guard isOn[index] else { return wentOff[index] = time }
    for rival in part.rivals {
      if isOn[rival] { violations.append("\(index) and \(rival) are on at \(time)") }
      if let off = wentOff[rival], time < off + max(part.dwell, switches[rival].dwell) * 1000 {
        violations.append("\(rival) went off at \(off), \(index) on at \(time)")
      }
    }
  }
}
