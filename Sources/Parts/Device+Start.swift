// SPDX-License-Identifier: MIT

// What the parts show at the start. In this order: the description's choice, the saved state, the levels that the board
// finds its outputs to have kept, and then the first moment, from which rests and countdowns are counted.

import Bytes
public import Timebase

extension Device {
  /// What a part shows without anything saved.
  mutating func showAtStart(_ index: Int) {
    switch parts[index].kind {
    case .switch(var part):
      part.isOn = part.isWantedOn && !mustRest(index)
      parts[index].asSwitch = part
      show(part.isOn ? .max : 0, onOutput: part.output)
    case .light(var part): show(&part, of: index)
    case .button, .contact, .sensor, .number: break
    }
  }

  /// Gives a part the values that were saved before the start, as far as it restores any; before `start`.
  ///
  /// A name that no part has is passed over, and so is a number's value that is out of its bounds. A brightness of 0
  /// counts as 1.
  public mutating func restore(_ name: Span<UInt8>, _ saved: PartValues) {
    guard let index = index(of: name) else { return }
    switch parts[index].kind {
    case .switch(let part): parts[index].asSwitch?.isWantedOn = part.restore.initialState(saved: saved.isOn)
    case .light: parts[index].asLight?.restore(saved)
    case .number(let part):
      guard part.restores, let value = saved.value else { return }
      _ = try? parts[index].asNumber?.set(PartValues(value: value))  // one that is no longer allowed is dropped
    case .button, .contact, .sensor: return
    }
    showAtStart(index)
  }

  /// Takes a switch for on or off since its output has shown that all along; before `start`. An output that is no
  /// switch's is passed over.
  public mutating func believe(_ isOn: Bool, ofOutput output: Int) {
    guard outputs.indices.contains(output), let index = outputs[output].part, parts[index].asSwitch != nil
    else { return }
    parts[index].asSwitch?.isOn = isOn
    parts[index].asSwitch?.isWantedOn = isOn
    show(isOn ? .max : 0, onOutput: output)
  }

  /// The first moment. If several switches of one interlock should be on, the first stays on and the others go off.
  public mutating func start(now: MonotonicTime) {
    self.now = max(self.now, now)
    for index in parts.indices {
      parts[index].asLight?.begin(now: self.now)
      // Without rests and countdowns there is nothing to count from.
      guard BuildFlags.hasRests, var part = parts[index].asSwitch else { continue }
      if BuildFlags.hasInterlocks {
        for rival in parts[index].rivals where rival < index && parts[rival].asSwitch?.isWantedOn == true {
          part.isWantedOn = false
        }
      }
      part.beginCountdown(at: self.now)
      parts[index].asSwitch = part
    }
    if BuildFlags.hasInterlocks {
      for index in parts.indices { stopRivalsThatAreOn(of: index) }
    }
    lookAtAll()
  }

  /// If two of an interlock are found on, one is turned off at once, even if its rest is not over.
  private mutating func stopRivalsThatAreOn(of index: Int) {
    guard let part = parts[index].asSwitch, part.isOn, part.isWantedOn else { return }
    for rival in parts[index].rivals {
      guard var other = parts[rival].asSwitch, other.isOn else { continue }
      other.isWantedOn = false
      other.change(at: now)
      parts[rival].asSwitch = other
      show(0, onOutput: other.output)
    }
  }
}
