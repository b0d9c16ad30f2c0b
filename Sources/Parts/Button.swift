// SPDX-License-Identifier: MIT

// A push button and its gestures. Press and release are always reported. A click is reported at the release, unless the
// button also has a double click: then when no second press has come. A long press is reported while the button is
// held, and repeats follow it if the button uses them. So a button without `double` is never slow, and for one without
// `long` no press is too long to be a click.

import Bytes
import Timebase

/// A push button.
public struct Button: Equatable, Sendable {
  /// The number of its input, 0 to 4095.
  public let input: Int
  /// Its times.
  public let timing: Timing
  #if WITHOUT_REMOTE_BUTTONS
    public internal(set) var isRemote: Bool { get { false } set {} }
  #else
    /// Whether it may be pressed from a page and by HTTP, too.
    public internal(set) var isRemote: Bool
  #endif
  /// Whether it is down, bounces left out.
  public private(set) var isPressed = false
  /// How often it was pressed since the start; the count stops at 4,294,967,295.
  public private(set) var presses: UInt32 = 0
  /// The last click, double click, long press or repeat; nil before the first.
  public private(set) var lastGesture: Gesture?

  #if WITHOUT_GESTURES
    var usesDouble: Bool { get { false } set { BuildFlags.require(false, if: newValue) } }
    var usesLong: Bool { get { false } set { BuildFlags.require(false, if: newValue) } }
    var usesRepeat: Bool { get { false } set { BuildFlags.require(false, if: newValue) } }
  #else
    var usesDouble = false
    var usesLong = false
    var usesRepeat = false
  #endif
  /// The clients that hold it down remotely; 0 is a free place.
  #if WITHOUT_REMOTE_BUTTONS
    private var holders: SIMD4<UInt32> { get { .zero } set {} }  // takes no memory, which all parts would need
  #else
    private var holders = SIMD4<UInt32>.zero
  #endif
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
    var timing = timing
    timing.repeat = max(timing.repeat, 10)  // with 0 they would never end
    BuildFlags.require(BuildFlags.hasRemoteButtons, if: isRemote)
    self.input = input
    self.timing = timing
    #if !WITHOUT_REMOTE_BUTTONS
      self.isRemote = isRemote
    #endif
  }

  /// Takes a reading of the input.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func sense(_ level: Bool, at time: MonotonicTime) {
    self.level = level
    debouncer.sense(level || isHeld, at: time)
  }

  /// Holds it down remotely. It is down as long as anyone holds it; at most four clients at a time can hold it.
  mutating func hold(by client: UInt32, at time: MonotonicTime) {
    letGo(of: client)
    for place in holders.indices where holders[place] == 0 {
      holders[place] = client
      return debouncer.sense(true, at: time, isClean: true)
    }
  }

  /// Lets go of it if this client holds it down.
  mutating func letGo(of client: UInt32, at time: MonotonicTime) {
    letGo(of: client)
    if !isHeld { debouncer.sense(level, at: time, isClean: true) }
  }

  private mutating func letGo(of client: UInt32) {
    for place in holders.indices where holders[place] == client { holders[place] = 0 }
  }

  private var isHeld: Bool { BuildFlags.hasRemoteButtons && holders != .zero }

  /// The input is out of order: a gesture under way is dropped. Returns whether the button was down.
  mutating func reset() -> Bool {
    let wasPressed = isPressed
    debouncer.reset()
    holders = .zero
    level = false
    isPressed = false
    phase = .idle
    timer = .distantFuture
    following = nil
    return wasPressed
  }

  /// When something will have to be reported, if nothing else happens.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
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
    if BuildFlags.hasGestures, timer < settled { return note(timeOut(by: time)) }
    debouncer.settle()
    isPressed = debouncer.isActive
    return note(isPressed ? press(at: settled) : release(at: settled))
  }

  private mutating func note(_ gesture: Gesture) -> Gesture {
    switch gesture {
    case .press: presses = presses == .max ? .max : presses + 1
    case .release: break
    case .click, .double, .long, .repeat: lastGesture = gesture
    }
    return gesture
  }

  private mutating func press(at time: MonotonicTime) -> Gesture {
    if BuildFlags.hasGestures, phase == .waiting {
      following = .double
      phase = .spent
      timer = .distantFuture
    } else {
      phase = .down
      timer = BuildFlags.hasGestures && usesLong ? time + timing.long : .distantFuture
    }
    return .press
  }

  private mutating func release(at time: MonotonicTime) -> Gesture {
    timer = .distantFuture
    if BuildFlags.hasGestures, phase == .down, usesDouble {
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
      timer = usesRepeat ? timer + timing.repeat : .distantFuture
      return .long
    case .held, .idle, .spent:  // only while it is held is there a timer
      timer = timer + timing.repeat
      if time - timer > Self.longestSleep { timer = time }
      return .repeat
    }
  }

  /// Repeats are not made up for after a longer sleep than this: a clock that jumps would bring no end of them.
  private static var longestSleep: Milliseconds { .seconds(10) }

  /// Notes a gesture that was made remotely, without a level.
  mutating func perform(_ gesture: Gesture) { _ = note(gesture) }

  func writeDescription(to json: inout JSONWriter) {
    if BuildFlags.hasRemoteButtons, isRemote { json.member("remote", true) }
  }

  func writeValues(to json: inout JSONWriter) {
    json.member("pressed", isPressed)
    json.member("presses", presses)
    if let lastGesture { json.member("gesture", lastGesture.name) }
  }
}
