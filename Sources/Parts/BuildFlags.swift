// SPDX-License-Identifier: MIT

// Which kinds this build knows: all of them, except those that a compiler flag leaves out. A firmware leaves out the
// kinds that its board has no channels for, and so carries no code for them (docs/firmware.md); the same holds for what
// switches and buttons can do beyond being switched and pressed: timers, further gestures, presses from a page. Rule:
// what is left out is not stored either (`Part.State`, and what `#if` encloses in the kinds, `PartValues` and
// `InputEvent`), so the optimizer sees that no part is of such a kind; code in which it does not see that asks here.

/// The kinds, and the abilities, that not every build has; switches and buttons are always there.
enum BuildFlags {
  static var hasLights: Bool {
    #if WITHOUT_LIGHTS
      false
    #else
      true
    #endif
  }

  static var hasContacts: Bool {
    #if WITHOUT_CONTACTS
      false
    #else
      true
    #endif
  }

  static var hasSensors: Bool {
    #if WITHOUT_SENSORS
      false
    #else
      true
    #endif
  }

  /// Whether switches may exclude each other: a board with one has none to exclude.
  static var hasInterlocks: Bool {
    #if WITHOUT_INTERLOCKS
      false
    #else
      true
    #endif
  }

  static var hasNumbers: Bool {
    #if WITHOUT_NUMBERS
      false
    #else
      true
    #endif
  }

  /// Whether switches may turn themselves off, and rest after a change.
  static var hasTimers: Bool {
    #if WITHOUT_TIMERS
      false
    #else
      true
    #endif
  }

  /// Whether a switch may have to rest: by itself, or for another of its interlock.
  static var hasRests: Bool { hasTimers || hasInterlocks }

  /// Whether buttons know double clicks, long presses and repeats; they always know presses and clicks.
  static var hasGestures: Bool {
    #if WITHOUT_GESTURES
      false
    #else
      true
    #endif
  }

  /// Whether buttons may be worked from a page and by HTTP.
  static var hasRemoteButtons: Bool {
    #if WITHOUT_REMOTE_BUTTONS
      false
    #else
      true
    #endif
  }

  /// Ends the program at its start if a part needs what the build leaves out.
  static func require(_ ability: Bool, if isNeeded: Bool) {
    precondition(ability || !isNeeded, "a part needs what this build leaves out")
  }
}
