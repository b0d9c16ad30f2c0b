// SPDX-License-Identifier: MIT

// What the parts show at the start. In this order: the description's choice, what was saved, what the board finds its
// outputs to have shown all along, and then the first moment, from which rests and countdowns are counted.

import Bytes
public import Timebase

extension Device {
  /// What a part shows without anything saved.
  mutating func showAtStart(_ index: Int) {
    switch parts[index].kind {
    case .switch(var part):
      part.isOn = part.isWantedOn && !mustRest(index, part)
      parts[index].kind = .switch(part)
      show(part.isOn ? .max : 0, onOutput: part.output)
    case .light(let part): showLevels(of: part, at: .zero)
    case .button, .contact, .sensor, .number: break
    }
  }

  /// Nothing is known of what a relay did before the start, so one that has rests takes its first.
  private func mustRest(_ index: Int, _ part: Switch) -> Bool {
    part.minDwell > 0 || !rivals[index].isEmpty
  }

  /// Gives a part the values that were saved before the start, as far as it restores any; before `start`.
  public mutating func restore(_ name: Span<UInt8>, _ saved: Settings) {
    guard let index = index(of: name) else { return }
    switch parts[index].kind {
    case .switch(var part):
      part.isWantedOn = part.restore.initialState(saved: saved.isOn)
      parts[index].kind = .switch(part)
    case .light(var part):
      part.restore(saved)
      parts[index].kind = .light(part)
    case .number(var part):
      guard part.restores, let value = saved.value else { return }
      _ = try? part.set(Settings(value: value))  // one that the description no longer allows is dropped
      parts[index].kind = .number(part)
    case .button, .contact, .sensor: return
    }
    showAtStart(index)
  }

  /// Takes a switch for on or off since its output has shown that all along; before `start`.
  public mutating func believe(_ isOn: Bool, ofOutput output: Int) {
    guard outputs.indices.contains(output), let index = outputs[output].channel.part,
      case .switch(var part) = parts[index].kind
    else { return }
    part.isOn = isOn
    part.isWantedOn = isOn
    parts[index].kind = .switch(part)
    show(isOn ? .max : 0, onOutput: output)
  }

  /// The first moment. Of an interlock of which several were to be on, the first stays.
  public mutating func start(now: MonotonicTime) {
    for index in parts.indices {
      switch parts[index].kind {
      case .switch(var part):
        for rival in rivals[index] where rival < index {
          if case .switch(let other) = parts[rival].kind, other.isWantedOn { part.isWantedOn = false }
        }
        part.lastChange = now
        if part.isOn, let offAfter = part.offAfter { part.offTime = now + offAfter }
        parts[index].kind = .switch(part)
      case .light(var part):
        part.begin(now: now)
        parts[index].kind = .light(part)
      case .button, .contact, .sensor, .number: break
      }
    }
    for index in parts.indices { stopRivalsThatAreOn(of: index, now: now) }
    for index in parts.indices { settle(index, now: now) }
    isDue = true
  }

  /// Two of an interlock that were found on are not left on for the sake of a rest.
  private mutating func stopRivalsThatAreOn(of index: Int, now: MonotonicTime) {
    guard case .switch(let part) = parts[index].kind, part.isOn, part.isWantedOn else { return }
    for rival in rivals[index] {
      guard case .switch(var other) = parts[rival].kind, other.isOn else { continue }
      other.isWantedOn = false
      other.change(at: now)
      parts[rival].kind = .switch(other)
      show(0, onOutput: other.output)
    }
  }
}
