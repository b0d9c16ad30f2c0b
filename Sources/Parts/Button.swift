// SPDX-License-Identifier: MIT

// A push button and its gestures. Press and release are always reported. A click is reported at the release, unless the
// button also has a double click: then when no second press has come. A long press is reported while the button is held,
// and repeats follow it. A button without `double` is never slow, and one without `long` has no press that is too long
// to be a click.

import Bytes
public import Timebase

/// A way to work a button.
public enum Gesture: UInt8, CaseIterable, Sendable {
  /// It went down.
  case press
  /// It came up.
  case release
  /// Down and up again.
  case click
  /// Down for the second time within a short while.
  case double
  /// Held for a while.
  case long
  /// Held for still longer: again and again.
  case `repeat`

  /// The gesture's name in a description and in messages.
  public var name: StaticString {
    switch self {
    case .press: "press"
    case .release: "release"
    case .click: "click"
    case .double: "double"
    case .long: "long"
    case .repeat: "repeat"
    }
  }

  /// The gesture of this name, or nil.
  public init?(_ name: Span<UInt8>) {
    for gesture in Gesture.allCases where name.equals(gesture.name) {
      self = gesture
      return
    }
    return nil
  }
}

/// A push button.
public struct Button: Equatable, Sendable {
  /// How long a button takes for what.
  public struct Timing: Equatable, Sendable {
    /// A level that lasts no longer is a bounce.
    public var debounce: Milliseconds = Timing.standardDebounce
    /// How long after the first release the second press of a double click comes at the latest.
    public var double: Milliseconds = 350
    /// How long a long press is.
    public var long: Milliseconds = 600
    /// How long after a long press, and after each repeat, the next one follows.
    public var `repeat`: Milliseconds = 150

    /// The usual times.
    public init() {}

    /// What most switches need: 10 ms.
    public static let standardDebounce: Milliseconds = 10
  }

  /// The number of its input.
  public let input: Int
  /// Its times.
  public let timing: Timing
  /// Whether it may be worked from a page and by HTTP, too.
  public let isRemote: Bool
  /// Whether it is down, bounces left out.
  public private(set) var isPressed = false
  /// How often it was pressed since the start.
  public private(set) var presses: UInt32 = 0
  /// The last gesture; nil before the first.
  public private(set) var lastGesture: Gesture?

  var usesDouble = false
  var usesLong = false
  /// The client that holds it down from afar; 0 for none.
  var holder: UInt32 = 0
  private var debouncer = Debouncer()
  private var level = false
  private var phase = Phase.idle
  private var timer = MonotonicTime.distantFuture
  private var following: Gesture?

  private enum Phase {
    case idle
    case down
    /// Up after the first press of what may become a double click.
    case waiting
    /// Down, and already reported as a long press.
    case held
    /// Down, and nothing is to be reported before the release.
    case spent
  }

  init(input: Int, timing: Timing, isRemote: Bool) {
    self.input = input
    self.timing = timing
    self.isRemote = isRemote
  }

  /// Takes a reading of the input.
  mutating func sense(_ level: Bool, at time: MonotonicTime) {
    self.level = level
    debouncer.sense(level || holder != 0, at: time)
  }

  /// Holds it down, or lets go, from afar.
  mutating func hold(by client: UInt32, at time: MonotonicTime) {
    holder = client
    debouncer.sense(level || holder != 0, at: time)
  }

  /// The input is out of order: what was begun comes to nothing.
  mutating func reset() {
    debouncer.reset()
    level = false
    isPressed = false
    phase = .idle
    timer = .distantFuture
    following = nil
  }

  /// When something will have to be reported, if nothing else happens.
  var deadline: MonotonicTime {
    following != nil ? .zero : min(debouncer.deadline(timing.debounce), timer)
  }

  /// The next gesture that is complete by `time`, oldest first; nil if there is none.
  mutating func nextGesture(by time: MonotonicTime) -> Gesture? {
    if let gesture = following {
      following = nil
      return note(gesture)
    }
    let settled = debouncer.deadline(timing.debounce)
    guard min(settled, timer) <= time else { return nil }
    if timer < settled { return note(timeOut(by: time)) }
    debouncer.settle()
    isPressed = debouncer.isActive
    return note(isPressed ? press(at: settled) : release(at: settled))
  }

  private mutating func note(_ gesture: Gesture) -> Gesture {
    if gesture == .press, presses < .max { presses += 1 }
    if gesture != .press, gesture != .release || lastGesture == nil { lastGesture = gesture }
    return gesture
  }

  private mutating func press(at time: MonotonicTime) -> Gesture {
    if phase == .waiting {
      following = .double
      phase = .spent
      timer = .distantFuture
    } else {
      phase = .down
      timer = usesLong ? time + timing.long : .distantFuture
    }
    return .press
  }

  private mutating func release(at time: MonotonicTime) -> Gesture {
    timer = .distantFuture
    if phase == .down, usesDouble {
      phase = .waiting
      timer = time + timing.double
    } else {
      if phase == .down { following = .click }
      phase = .idle
    }
    return .release
  }

  private mutating func timeOut(by time: MonotonicTime) -> Gesture {
    switch phase {
    case .waiting:
      phase = .idle
      timer = .distantFuture
      return .click
    case .down:
      phase = .held
      timer = timer + timing.repeat
      return .long
    case .held, .idle, .spent:
      timer = timer + timing.repeat
      if time - timer > .seconds(1) { timer = time }  // after a long sleep repeats are not made up for
      return .repeat
    }
  }

  /// Notes a gesture that was made from afar, without a level.
  mutating func perform(_ gesture: Gesture) { _ = note(gesture) }

  func writeDescription(to json: inout JSONWriter) {
    if isRemote { json.member("remote", true) }
  }

  func writeValues(to json: inout JSONWriter) {
    json.member("pressed", isPressed)
    json.member("presses", presses)
    if let lastGesture { json.member("gesture", lastGesture.name) }
  }
}
