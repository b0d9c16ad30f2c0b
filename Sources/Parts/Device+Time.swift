// SPDX-License-Identifier: MIT

// Readings and time. Readings may come late, with the time at which they happened, and those of two chips out of order.
// They wait until the next poll, which works them off in the order of time, together with what the parts had to do
// between them: a host that was held up for a second sees every press, and buttons live in the time of their edges.
// Outputs change at the time of the call, since a relay's rest begins when it moves.

import Bytes
public import Timebase

/// A reading that waits to be worked off.
struct TimedReading: Sendable {
  let input: Int
  let reading: Reading
  let time: MonotonicTime
}

extension Device {
  /// How many readings wait at most; one more has the oldest worked off at once.
  static let readingLimit = 256

  /// Takes what an input showed at `time`, which may lie in the past; `poll` works it off.
  public mutating func sense(_ input: Int, _ reading: Reading, at time: MonotonicTime) {
    guard inputs.indices.contains(input), inputs[input].part != nil else { return }
    if readings.count >= Self.readingLimit { work(off: readings.removeFirst()) }
    let reading = TimedReading(input: input, reading: reading, time: Self.possible(time))
    readings.append(reading)
    var place = readings.count - 1
    while place > 0, readings[place - 1].time > reading.time {  // nearly always the last
      readings.swapAt(place - 1, place)
      place -= 1
    }
  }

  /// Does what is due, and returns when to be called again; nil if that is when something happens.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    arrive(at: now)
    if statusChange <= self.now { showStatus() }
    let next = min(deadline, statusChange)
    return next == .distantFuture ? nil : next
  }

  /// Whether the time has come for something, as opposed to a reading or a command that has come in.
  public func hasTimeOut(by now: MonotonicTime) -> Bool { deadline <= now }

  /// A time that has come: the last one there is means "never".
  private static func possible(_ time: MonotonicTime) -> MonotonicTime {
    min(time, MonotonicTime(milliseconds: .max - 1))
  }

  /// Works off the readings that wait, and what is due at `time`, the present.
  mutating func arrive(at time: MonotonicTime) {
    let time = Self.possible(time)
    now = max(now, time)
    if !readings.isEmpty { workOffReadings() }
    work(by: time)
  }

  mutating func workOffReadings() {
    var number = 0
    while number < readings.count {
      work(off: readings[number])
      number += 1
    }
    readings.removeAll(keepingCapacity: true)
  }

  private mutating func work(off reading: TimedReading) {
    now = max(now, reading.time)
    work(by: reading.time)
    guard let index = inputs[reading.input].part else { return }
    switch reading.reading {
    case .active, .inactive:
      let level = reading.reading == .active
      parts[index].asButton?.sense(level, at: reading.time)
      if Kinds.hasContacts, parts[index].asContact?.sense(level, at: reading.time) == true { note(index, by: nil) }
    case .value(let value):
      if Kinds.hasSensors, parts[index].asSensor?.sense(value, at: reading.time) == true { note(index, by: nil) }
    }
    lower(parts[index].deadline)
  }

  // MARK: What is due

  /// Does all that is due by `time`, in order of time.
  private mutating func work(by time: MonotonicTime) {
    guard deadline <= time else { return }
    while let index = earliest(by: time) { act(index, by: time) }
    deadline = .distantFuture
    for index in parts.indices { lower(deadline(of: index)) }
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func deadline(of index: Int) -> MonotonicTime {
    if case .switch(let part) = parts[index].kind { return deadline(ofSwitch: index, part) }
    return parts[index].deadline
  }

  /// The part whose deadline is the earliest, and not after `time`.
  private func earliest(by time: MonotonicTime) -> Int? {
    var found: Int?
    var earliest = MonotonicTime(milliseconds: time.milliseconds &+ 1)  // a time that has come is not the last
    for index in parts.indices {
      let deadline = deadline(of: index)
      guard deadline < earliest else { continue }
      earliest = deadline
      found = index
    }
    return found
  }

  /// Does what is due of one part: afterwards its deadline is another.
  private mutating func act(_ index: Int, by time: MonotonicTime) {
    switch parts[index].kind {
    case .switch(let part):
      if part.offTime <= time { endCountdown(index) } else { settle(index) }
    case .light(var part):
      if part.turnOff(by: time, now: now) { note(index, by: .timer) }
      show(&part)
      parts[index].kind = .light(part)
    case .button:
      if let gesture = parts[index].asButton?.nextGesture(by: time) ?? nil { react(to: gesture, of: index) }
    case .contact:
      parts[index].asContact?.believe()
      note(index, by: nil)
    case .sensor:
      parts[index].asSensor?.publish(at: time)
      note(index, by: nil)
    case .number: break
    }
  }

  /// Gives the outputs of a light what they are to show now.
  mutating func show(_ light: inout Light) {
    light.step(now: now)
    let levels = light.outputLevels(at: now)
    for channel in 0..<light.channelCount { show(levels[channel], onOutput: light.output + channel) }
    lower(light.deadline)
  }

  /// The heartbeat, or the pattern for help while something does not work.
  private mutating func showStatus() {
    statusChange = .distantFuture
    guard let statusOutput else { return }
    let pattern: BlinkPattern = hasFailed || hasFault ? .failure : .heartbeat
    show(pattern.isOn(at: now) ? .max : 0, onOutput: statusOutput)
    statusChange = pattern.nextChange(after: now)
  }

  mutating func lower(_ time: MonotonicTime) { deadline = min(deadline, time) }
}
