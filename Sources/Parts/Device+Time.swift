// SPDX-License-Identifier: MIT

// Readings and time. A reading may come late, with the time at which it happened: what the same input had to do before
// that is done first, so a host that was held up for a second sees every press. Buttons live in the time of their
// edges; outputs change at the time of the call, since a relay's rest begins when it moves.

import Bytes
public import Timebase

extension Device {
  /// Takes what an input showed at `time`, which may lie in the past; then call `poll`.
  public mutating func sense(_ input: Int, _ reading: Reading, at time: MonotonicTime) {
    guard inputs.indices.contains(input), let index = inputs[input].part else { return }
    switch (parts[index].kind, reading) {
    case (.button, .active), (.button, .inactive):
      reportGestures(of: index, by: time, now: max(now, time))
      guard case .button(var button) = parts[index].kind else { return }
      button.sense(reading == .active, at: time)
      parts[index].kind = .button(button)
      lower(button.deadline)
    case (.contact(var contact), .active), (.contact(var contact), .inactive):
      let hasChanged = contact.sense(reading == .active, at: time)
      parts[index].kind = .contact(contact)
      lower(contact.deadline)
      if hasChanged { note(index, by: nil) }
    case (.sensor(var sensor), .value(let value)):
      let hasChanged = sensor.sense(value, at: time)
      parts[index].kind = .sensor(sensor)
      lower(sensor.deadline)
      if hasChanged { note(index, by: nil) }
    default: return
    }
  }

  /// Does what is due, and returns when to be called again; nil if that is when something happens.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    self.now = max(self.now, now)
    guard isDue || deadline <= now else { return next }
    isDue = false
    while let index = earliest(by: now) { act(index, now: now) }
    deadline = .distantFuture
    for index in parts.indices { lower(deadline(of: index)) }
    showStatus(now: now)
    return next
  }

  private var next: MonotonicTime? { deadline == .distantFuture ? nil : deadline }

  private func deadline(of index: Int) -> MonotonicTime {
    if case .switch(let part) = parts[index].kind { return deadline(ofSwitch: index, part) }
    return parts[index].deadline
  }

  /// The part whose deadline is the earliest, and not after `now`.
  private func earliest(by now: MonotonicTime) -> Int? {
    var found: (index: Int, time: MonotonicTime)?
    for index in parts.indices {
      let time = deadline(of: index)
      guard time <= now, found.map({ time < $0.time }) ?? true else { continue }
      found = (index, time)
    }
    return found?.index
  }

  /// Does what is due of one part: afterwards its deadline is another.
  private mutating func act(_ index: Int, now: MonotonicTime) {
    switch parts[index].kind {
    case .switch(let part):
      if part.offTime <= now {
        turnOff(index, part, now: now)
      } else {
        settle(index, now: now)
      }
    case .light(var part):
      if part.offTime <= now, (try? part.set(Settings(isOn: false), now: now)) == true { note(index, by: .timer) }
      part.step(now: now)
      parts[index].kind = .light(part)
      showLevels(of: part, at: now)
    case .button: reportGestures(of: index, by: now, now: now, limit: 1)
    case .contact(var contact):
      if contact.settle(by: now) {
        parts[index].kind = .contact(contact)
        note(index, by: nil)
      }
    case .sensor(var sensor):
      if sensor.settle(by: now) {
        parts[index].kind = .sensor(sensor)
        note(index, by: nil)
      }
    case .number: break
    }
  }

  /// The time of a switch is over.
  private mutating func turnOff(_ index: Int, _ part: Switch, now: MonotonicTime) {
    var part = part
    part.offTime = .distantFuture
    parts[index].kind = .switch(part)
    ask(index, isOn: false, by: .timer, now: now)
  }

  private mutating func reportGestures(
    of index: Int, by time: MonotonicTime, now: MonotonicTime, limit: Int = .max
  ) {
    var count = 0
    while count < limit, case .button(var button) = parts[index].kind {
      let gesture = button.nextGesture(by: time)
      parts[index].kind = .button(button)
      guard let gesture else { return }
      react(to: gesture, of: index, now: now)
      count += 1
    }
  }

  mutating func showLevels(of light: Light, at now: MonotonicTime) {
    for channel in 0..<light.channelCount {
      show(light.outputLevel(channel, at: now), onOutput: light.output + channel)
    }
  }

  /// The heartbeat, or the pattern for help while something does not work.
  private mutating func showStatus(now: MonotonicTime) {
    guard let statusOutput else { return }
    let pattern: BlinkPattern = hasFailed || hasFault ? .failure : .heartbeat
    show(pattern.isOn(at: now) ? .max : 0, onOutput: statusOutput)
    lower(pattern.nextChange(after: now))
  }

  // MARK: Faults

  /// Notes why an input does not work, or that it works again if `words` is empty. What it shows is unknown then.
  public mutating func noteFault(_ words: [UInt8], ofInput input: Int) {
    guard inputs.indices.contains(input), inputs[input].fault != words else { return }
    inputs[input].fault = words
    guard let index = inputs[input].part else { return }
    switch parts[index].kind {
    case .button(var part):
      part.reset()
      parts[index].kind = .button(part)
    case .contact(var part):
      part.reset()
      parts[index].kind = .contact(part)
    case .sensor(var part):
      part.reset()
      parts[index].kind = .sensor(part)
    case .switch, .light, .number: break
    }
    noteFault(words, of: index)
  }

  /// Notes why an output does not work, or that it works again if `words` is empty. It is driven anew then.
  public mutating func noteFault(_ words: [UInt8], ofOutput output: Int) {
    guard outputs.indices.contains(output), outputs[output].channel.fault != words else { return }
    outputs[output].channel.fault = words
    outputs[output].driven = nil
    hasDrives = true
    guard let index = outputs[output].channel.part else { return }
    var fault = words
    if case .light(let light) = parts[index].kind, fault.isEmpty {
      for channel in 0..<light.channelCount {
        let other = outputs[light.output + channel].channel.fault
        if !other.isEmpty { fault = other }
      }
    }
    if words.isEmpty, case .switch(var part) = parts[index].kind {
      part.lastChange = now  // what it did meanwhile is not known: it rests
      parts[index].kind = .switch(part)
    }
    noteFault(fault, of: index)
  }

  private mutating func noteFault(_ words: [UInt8], of index: Int) {
    guard parts[index].fault != words else { return }
    parts[index].fault = words
    note(index, by: nil)
    isDue = true
  }
}
