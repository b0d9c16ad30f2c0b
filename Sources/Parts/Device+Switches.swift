// SPDX-License-Identifier: MIT

// When a switch may change. The rules, for any order of commands, timers, faults and restarts: never two of an
// interlock on at once; between one that went off and another that goes on, the longer of their two dwell times passes;
// and no output changes before its `min_dwell` is over. Commands in between are conflated to the last.
// Both times are those of the relay, not of the decision: a rest begins with the first poll after the board was driven.

import Bytes
import Timebase

extension Device {
  /// Requests a switch to be on or off; the others of its interlock give way.
  mutating func ask(_ index: Int, isOn: Bool, by author: Author) {
    guard var part = parts[index].asSwitch else { return }
    let before = part
    part.isWantedOn = isOn
    if isOn, part.isOn { part.beginCountdown(at: now) }  // asked again: from the beginning
    parts[index].asSwitch = part
    if BuildFlags.hasInterlocks, isOn {
      for rival in parts[index].rivals where parts[rival].asSwitch?.isWantedOn == true {
        parts[rival].asSwitch?.isWantedOn = false
        noteWish(rival, by: .interlock)
      }
    }
    let hasChanged = before.isWantedOn != isOn || before.offTime != part.offTime
    if hasChanged { noteWish(index, by: author) } else { settle(index) }
  }

  /// Something else is wanted of a switch than before: one change to those who look on, if it need not rest.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private mutating func noteWish(_ index: Int, by author: Author) {
    parts[index].author = author
    if !settle(index) { note(index, by: author) }
  }

  /// Changes a switch to what is wanted, if it may, and returns whether it did; otherwise it has a deadline.
  @discardableResult
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func settle(_ index: Int) -> Bool {
    guard var part = parts[index].asSwitch else { return false }
    let time = deadline(ofSwitch: index, part)
    guard part.isWantedOn != part.isOn, changeTime(index, part) <= now else {
      lower(time, of: index)
      return false
    }
    part.change(at: now)
    parts[index].asSwitch = part
    show(part.isOn ? .max : 0, onOutput: part.output)
    if mustRest(index) { driveTime = min(driveTime, now) }  // also if it changes back before the board is driven
    note(index, by: nil)
    lower(part.offTime, of: index)
    if BuildFlags.hasInterlocks, !part.isOn {
      for rival in parts[index].rivals { settle(rival) }
    }
    return true
  }

  /// When a switch may change to what is wanted; never while another of its interlock is, or may be, on.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func changeTime(_ index: Int, _ part: Switch) -> MonotonicTime {
    var time = BuildFlags.hasTimers ? Self.endOfRest(part.minDwell, from: part.lastChange) : .zero
    guard BuildFlags.hasInterlocks, part.isWantedOn else { return time }
    for rival in parts[index].rivals {
      guard case .switch(let other) = parts[rival].kind else { continue }
      // One that does not answer may be on, whatever its output was given. Once it answers and is off, the end of its
      // fault leads back here.
      if other.isOn || !parts[rival].fault.isEmpty { return .distantFuture }
      time = max(time, Self.endOfRest(max(other.dwell, part.dwell), from: other.lastChange))
    }
    return time
  }

  /// When a rest is over for certain: times are whole milliseconds, so the change was up to one after `start`.
  private static func endOfRest(_ rest: Milliseconds, from start: MonotonicTime) -> MonotonicTime {
    rest > 0 ? start + rest + 1 : .zero
  }

  /// When a switch has something to do, if nothing else happens.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  func deadline(ofSwitch index: Int, _ part: Switch) -> MonotonicTime {
    part.isWantedOn == part.isOn ? part.offTime : min(changeTime(index, part), part.offTime)
  }

  /// The time of a switch is over.
  mutating func endCountdown(_ index: Int) {
    parts[index].asSwitch?.offTime = .distantFuture
    ask(index, isOn: false, by: .timer)
  }

  /// Whether this is a switch that rests. What its relay did before the start, or while it had a fault, is not known:
  /// then it takes its first rest.
  func mustRest(_ index: Int) -> Bool {
    guard BuildFlags.hasRests, let part = parts[index].asSwitch else { return false }
    return BuildFlags.hasTimers && part.minDwell > 0 || BuildFlags.hasInterlocks && !parts[index].rivals.isEmpty
  }

  /// The board has carried out the drives of `driveTime`: the relays have moved, so their rests begin.
  mutating func beginRests(at now: MonotonicTime) {
    driveTime = .distantFuture
    for index in parts.indices {
      guard let part = parts[index].asSwitch, part.lastChange == .distantFuture,
        outputs[part.output].driven == outputs[part.output].level
      else { continue }
      parts[index].asSwitch?.lastChange = now
    }
    lookAtAll()  // those that waited for one of these have a deadline now
  }

  /// A switch works again: it is taken for one that has just gone off.
  mutating func restAfterFault(_ index: Int) {
    guard var part = parts[index].asSwitch else { return }
    part.lastChange = .distantFuture
    if part.isOn, part.minDwell > 0 {
      part.isOn = false
      part.offTime = .distantFuture
      show(0, onOutput: part.output)
    }
    parts[index].asSwitch = part
  }
}
