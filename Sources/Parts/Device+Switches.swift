// SPDX-License-Identifier: MIT

// When a switch may change. The rules, for any order of commands, timers and restarts: never two of an interlock on at
// once; between one that went off and another that goes on lie the dwell times of both; and no output changes before
// its `min_dwell` is over. Commands in between are conflated to the last.

import Bytes
import Timebase

extension Device {
  /// Asks a switch to be on or off; the others of its interlock give way.
  mutating func ask(_ index: Int, isOn: Bool, by author: Author, now: MonotonicTime) {
    guard case .switch(var part) = parts[index].kind else { return }
    let wasWanted = part.isWantedOn
    part.isWantedOn = isOn
    if isOn, part.isOn, let offAfter = part.offAfter { part.offTime = now + offAfter }  // asked again: from the beginning
    parts[index].kind = .switch(part)
    if isOn {
      for rival in rivals[index] { yield(rival, now: now) }
    }
    if wasWanted != isOn { noteWish(index, by: author, now: now) } else { settle(index, now: now) }
  }

  /// Turns a switch off for the sake of another.
  private mutating func yield(_ index: Int, now: MonotonicTime) {
    guard case .switch(var part) = parts[index].kind, part.isWantedOn else { return }
    part.isWantedOn = false
    parts[index].kind = .switch(part)
    noteWish(index, by: .interlock, now: now)
  }

  /// Something else is wanted of a switch than before: one change to those who look on, if it need not rest.
  private mutating func noteWish(_ index: Int, by author: Author, now: MonotonicTime) {
    let before = revision
    parts[index].author = author
    settle(index, now: now)
    if parts[index].revision <= before { note(index, by: author) }
  }

  /// Changes a switch to what is wanted, if it may; otherwise it has a deadline.
  mutating func settle(_ index: Int, now: MonotonicTime) {
    guard case .switch(var part) = parts[index].kind else { return }
    guard part.isWantedOn != part.isOn else { return lower(part.offTime) }
    guard let time = earliestChange(index, part) else { return }  // a rival is still on: its change leads back here
    guard time <= now else { return lower(time) }
    part.change(at: now)
    parts[index].kind = .switch(part)
    show(part.isOn ? .max : 0, onOutput: part.output)
    note(index, by: nil)
    lower(part.offTime)
    if !part.isOn {
      for rival in rivals[index] { settle(rival, now: now) }
    }
  }

  /// When a switch may change to what is wanted; nil while another of its interlock is, or may be, on.
  private func earliestChange(_ index: Int, _ part: Switch) -> MonotonicTime? {
    var time = part.minDwell > 0 ? part.lastChange + part.minDwell : .zero
    guard part.isWantedOn else { return time }
    for rival in rivals[index] {
      guard case .switch(let other) = parts[rival].kind else { continue }
      // One that does not answer may be on, whatever it was told.
      if other.isOn || !parts[rival].fault.isEmpty { return nil }
      time = max(time, other.lastChange + max(other.dwell, part.dwell))
    }
    return time
  }

  /// When a switch has something to do, if nothing else happens.
  func deadline(ofSwitch index: Int, _ part: Switch) -> MonotonicTime {
    let change = part.isWantedOn == part.isOn ? nil : earliestChange(index, part)
    return min(change ?? .distantFuture, part.offTime)
  }

  mutating func lower(_ time: MonotonicTime) { deadline = min(deadline, time) }
}
