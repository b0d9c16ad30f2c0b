// SPDX-License-Identifier: MIT

// Readings and time. Readings may come late, with the time at which they happened, and those of two chips out of order.
// They wait until the next poll, which processes them in the order of time, together with what the parts had to do
// between them: a host that was held up for a second sees every press, and a button's times are those of its edges. A
// client's presses of a button wait with them. Outputs change at the time of the call, and a relay's rest begins with
// the poll after that.

import Bytes
public import Timebase

/// Something that happened on an input, and waits to be processed.
struct InputEvent: Sendable {
  enum Content {
    /// Whether a digital input is active.
    case level(Bool)
    #if !WITHOUT_SENSORS
      case value(Decimal)
    #endif
    #if !WITHOUT_REMOTE_BUTTONS
      /// A client holds the button down.
      case hold(UInt32)
      /// The client lets go of the button.
      case letGo(UInt32)
    #endif

    /// Nil for a reading that no part of this build takes.
    init?(_ reading: Reading) {
      switch reading {
      case .inactive: self = .level(false)
      case .active: self = .level(true)
      #if !WITHOUT_SENSORS
        case .value(let value): self = .value(value)
      #else
        case .value: return nil
      #endif
      }
    }
  }

  let input: Int
  let content: Content
  let time: MonotonicTime

  init(input: Int, content: Content, time: MonotonicTime) {
    self.input = input
    self.content = content
    self.time = Device.possible(time)
  }
}

extension Device {
  /// How many events wait at most; beyond that the oldest is processed at once.
  private static var eventLimit: Int { 256 }

  /// Takes a reading of an input at `time`, which may be in the past, but not in the future; `poll` processes it.
  ///
  /// Of readings that wait for that there are 256 at most: at one more the oldest is processed at once. A reading of an
  /// input that no part has is dropped.
  public mutating func sense(_ input: Int, _ reading: Reading, at time: MonotonicTime) {
    guard let content = InputEvent.Content(reading) else { return }
    add(InputEvent(input: input, content: content, time: time))
  }

  mutating func add(_ event: InputEvent) {
    guard inputs.indices.contains(event.input), inputs.span[event.input].part != nil else { return }
    if events.count >= Self.eventLimit { work(off: events.removeFirst()) }
    var place = events.count
    events.append(event)
    while place > 0, events[place - 1].time > event.time {  // nearly always the last
      events[place] = events[place - 1]
      place -= 1
      events[place] = event
    }
  }

  /// Does what is due, and returns when to be called again; nil if that is when something happens.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    arrive(at: now)
    if BuildFlags.hasRests, driveTime < now { beginRests(at: Self.possible(now)) }
    workOffEvents()
    work(by: Self.possible(now))
    if statusChange <= self.now { showStatus() }
    var next = min(deadline, statusChange)
    if BuildFlags.hasRests { next = min(next, driveTime + 1) }
    return next == .distantFuture ? nil : next
  }

  /// Whether a part has something to do by `now`, or a reading waits to be processed.
  public func hasTimeOut(by now: MonotonicTime) -> Bool { deadline <= now || !events.isEmpty }

  /// The present never goes back.
  mutating func arrive(at time: MonotonicTime) { now = max(now, Self.possible(time)) }

  /// A time that can come: the last one there is means "never".
  static func possible(_ time: MonotonicTime) -> MonotonicTime {
    min(time, MonotonicTime(milliseconds: .max - 1))
  }

  mutating func workOffEvents() {
    guard !events.isEmpty else { return }
    var number = 0
    while number < events.count {
      work(off: events[number])
      number += 1
    }
    events.removeAll(keepingCapacity: true)
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private mutating func work(off event: InputEvent) {
    arrive(at: event.time)
    work(by: event.time)
    guard let index = inputs.span[event.input].part else { return }
    switch event.content {
    case .level(let isActive):
      parts[index].asButton?.sense(isActive, at: event.time)
      if BuildFlags.hasContacts, parts[index].asContact?.sense(isActive, at: event.time) == true {
        note(index, by: nil)
      }
    #if !WITHOUT_SENSORS
      case .value(let value):
        if parts[index].asSensor?.sense(value, at: event.time) == true { note(index, by: nil) }
    #endif
    #if !WITHOUT_REMOTE_BUTTONS
      case .hold(let client): parts[index].asButton?.hold(by: client, at: event.time)
      case .letGo(let client): parts[index].asButton?.letGo(of: client, at: event.time)
    #endif
    }
    lower(parts.span[index].deadline, of: index)
  }

  // MARK: What is due

  // Each part has a time before which it has nothing to do, and the device the least of them. These are lower bounds: a
  // deadline that moves away leaves them as they are, and the part is looked at once for nothing.

  /// Does all that is due by `time`, in order of time.
  private mutating func work(by time: MonotonicTime) {
    while deadline <= time {
      let (index, least) = earliest
      deadline = least
      guard least <= time else { return }
      // One whose deadline has moved away takes its turn later.
      if deadline(of: index) <= least { act(index, by: time) }
      parts[index].quietUntil = deadline(of: index)
    }
  }

  /// The part that is quiet for the shortest time, and until when it is; never if there are no parts.
  private var earliest: (index: Int, time: MonotonicTime) {
    let parts = parts.span
    var (found, least) = (0, MonotonicTime.distantFuture)
    for index in parts.indices where parts[index].quietUntil < least {
      found = index
      least = parts[index].quietUntil
    }
    return (found, least)
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func deadline(of index: Int) -> MonotonicTime {
    if case .switch(let part) = parts.span[index].kind { return deadline(ofSwitch: index, part) }
    return parts.span[index].deadline
  }

  mutating func lower(_ time: MonotonicTime, of index: Int) {
    if time < parts[index].quietUntil { parts[index].quietUntil = time }
    if time < deadline { deadline = time }
  }

  /// Any part may have something to do.
  mutating func lookAtAll() {
    for index in parts.indices { lower(.zero, of: index) }
  }

  /// Does what is due of one part: afterwards its deadline is another.
  private mutating func act(_ index: Int, by time: MonotonicTime) {
    switch parts[index].kind {
    case .switch(let part):
      if BuildFlags.hasTimers, part.offTime <= time { endCountdown(index) } else { settle(index) }
    case .light(var part):
      if part.turnOff(by: time, now: now) { note(index, by: .timer) }
      show(&part, of: index)
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

  /// Gives the outputs of a light their present levels.
  mutating func show(_ light: inout Light, of index: Int) {
    light.step(now: now)
    let levels = light.outputLevels(at: now)
    for channel in 0..<light.channelCount { show(levels[channel], onOutput: light.output + channel) }
    lower(light.deadline, of: index)
  }

  /// The heartbeat, or the pattern for help while something does not work.
  private mutating func showStatus() {
    statusChange = .distantFuture
    guard let statusOutput else { return }
    let pattern: BlinkPattern = hasFailed || hasFault ? .failure : .heartbeat
    show(pattern.isOn(at: now) ? .max : 0, onOutput: statusOutput)
    statusChange = pattern.nextChange(after: now)
  }
}
