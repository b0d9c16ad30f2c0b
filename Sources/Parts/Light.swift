// SPDX-License-Identifier: MIT

// A light drives one output with a brightness, or three or four with a color. A change takes the time of its
// transition, in steps that are even to the eye: the curve of `gamma` is applied to each step, not to the end alone.

import Bytes
public import Timebase

/// An output, or three or four, with a brightness.
public struct Light: Equatable, Sendable {
  /// The number of its first output, 0 to 4095; the others follow.
  public let output: Int
  /// How many outputs it has: 1 (white), 3 (red, green, blue) or 4 (and white).
  public let channelCount: Int
  /// What it shows after a start.
  public let restore: RestoreMode
  /// How long a change takes; at 0 it is seen at once.
  public let transition: Milliseconds
  /// The time after which it turns itself off; nil for never.
  public let offAfter: Milliseconds?
  /// The exponent from the brightness that is seen to the level of the output.
  public let gamma: Gamma
  /// Whether it is on.
  public internal(set) var isOn: Bool
  /// How bright it is while it is on, 1 to 255.
  public internal(set) var brightness: UInt8 = 255
  /// Its color; without meaning for a light with one channel.
  public internal(set) var color = Color(red: 255, green: 255, blue: 255, white: 255)

  private(set) var offTime = MonotonicTime.distantFuture
  /// The next step of `dim` makes it darker.
  private var isDimmingDown = false
  /// What the channels showed when the last transition began.
  private var from = InlineArray<4, UInt16>(repeating: 0)
  private var start = MonotonicTime.zero
  private var end = MonotonicTime.zero
  private var nextStep = MonotonicTime.distantFuture

  init(
    output: Int, channelCount: Int, restore: RestoreMode, transition: Milliseconds, offAfter: Milliseconds?,
    gamma: Gamma
  ) {
    self.output = output
    self.channelCount = channelCount
    self.restore = restore
    self.transition = transition
    self.offAfter = offAfter
    self.gamma = gamma
    isOn = restore.initialState(saved: nil)
  }

  /// Between two steps of a transition.
  private static var stepTime: Milliseconds { 20 }
  /// What `dim` adds or takes away, of 255.
  private static var dimStep: Int { 13 }

  /// Does what `Part.knows`; returns whether anything has changed.
  mutating func obey(_ command: Command, isFirst: Bool, now: MonotonicTime) -> Bool {
    switch command {
    case .set(let settings): set(settings, now: now)
    case .toggle: set(PartValues(isOn: !isOn), now: now)
    case .dim: dim(turns: isFirst, now: now)
    case .gesture, .press, .release: false
    }
  }

  private mutating func set(_ settings: PartValues, now: MonotonicTime) -> Bool {
    let before = self
    let levels = levels(at: now)
    if let brightness = settings.brightness { self.brightness = max(brightness, 1) }
    if let color = settings.color { self.color = color }
    isOn = settings.isOn ?? true  // a brightness or a color turns it on
    if settings.isOn != nil || isOn != before.isOn { beginCountdown(at: now) }
    guard isOn != before.isOn || brightness != before.brightness || color != before.color else {
      return offTime != before.offTime
    }
    from = levels
    start = now
    end = now + transition
    return true
  }

  /// From now on it counts how long it is on, if it turns itself off.
  private mutating func beginCountdown(at now: MonotonicTime) {
    offTime = .distantFuture
    if isOn, let offAfter { offTime = now + offAfter }
  }

  /// Turns it off if its countdown was over by `time`; returns whether it was.
  mutating func turnOff(by time: MonotonicTime, now: MonotonicTime) -> Bool {
    offTime <= time && set(PartValues(isOn: false), now: now)
  }

  /// One step brighter or darker; `turns` at the first step of a hold, when the direction changes.
  private mutating func dim(turns: Bool, now: MonotonicTime) -> Bool {
    if !isOn {
      isDimmingDown = false
      return set(PartValues(isOn: true, brightness: 1), now: now)
    }
    if turns { isDimmingDown = brightness == 255 || brightness > 1 && !isDimmingDown }
    let next = Int(brightness) + (isDimmingDown ? -Self.dimStep : Self.dimStep)
    return set(PartValues(brightness: UInt8(clamping: max(next, 1))), now: now)
  }

  /// The state that a light restores at its first moment.
  mutating func restore(_ saved: PartValues) {
    if let brightness = saved.brightness { self.brightness = max(brightness, 1) }
    if let color = saved.color { self.color = color }
    isOn = restore.initialState(saved: saved.isOn)
  }

  /// The first moment: it shows its values without a transition.
  mutating func begin(now: MonotonicTime) {
    beginCountdown(at: now)
    end = now
  }

  /// When it has something to do, if nothing else happens.
  var deadline: MonotonicTime { min(nextStep, offTime) }

  /// Does the step that is due; the outputs need their new levels afterwards.
  mutating func step(now: MonotonicTime) { nextStep = now < end ? min(now + Self.stepTime, end) : .distantFuture }

  /// What each channel's output is to be given at this moment.
  func outputLevels(at now: MonotonicTime) -> InlineArray<4, UInt16> {
    var levels = levels(at: now)
    for channel in levels.indices { levels[channel] = gamma.applied(to: levels[channel]) }
    return levels
  }

  /// How bright each channel seems, before gamma.
  private func levels(at now: MonotonicTime) -> InlineArray<4, UInt16> {
    let target = target
    guard now < end, end > start else { return target }
    let whole = Int64((end - start).count)
    let done = Int64((now - start).count)
    var levels = InlineArray<4, UInt16>(repeating: 0)
    for channel in levels.indices {
      let difference = Int64(target[channel]) - Int64(from[channel])
      levels[channel] = UInt16(clamping: Int64(from[channel]) + difference * done / whole)  // 17 bits times 32
    }
    return levels
  }

  private var target: InlineArray<4, UInt16> {
    var levels = InlineArray<4, UInt16>(repeating: 0)
    guard isOn else { return levels }
    func level(_ channel: UInt8) -> UInt16 {
      UInt16(clamping: UInt32(channel) * UInt32(brightness) * 65_535 / (255 * 255))
    }
    guard channelCount >= 3 else {
      levels[0] = level(255)
      return levels
    }
    levels[0] = level(color.red)
    levels[1] = level(color.green)
    levels[2] = level(color.blue)
    if channelCount > 3 { levels[3] = level(color.white) }
    return levels
  }

  func writeDescription(to json: inout JSONWriter) {
    json.member("channels", UInt8(clamping: channelCount))
    if let offAfter { json.member("off_after", offAfter.count) }
  }

  func writeValues(to json: inout JSONWriter) {
    json.member("on", isOn)
    json.member("brightness", brightness)
    if channelCount >= 3 { color.write(to: &json, hasWhite: channelCount > 3) }
  }

  /// What is to be saved for the next start.
  var saved: PartValues {
    PartValues(isOn: isOn, brightness: brightness, color: channelCount >= 3 ? color : nil)
  }
}

extension Light {
  /// Whether two lights are described alike and show the same.
  public static func == (left: Light, right: Light) -> Bool {
    left.output == right.output && left.channelCount == right.channelCount && left.restore == right.restore
      && left.transition == right.transition && left.offAfter == right.offAfter && left.gamma == right.gamma
      && left.isOn == right.isOn && left.brightness == right.brightness && left.color == right.color
  }
}
