// SPDX-License-Identifier: MIT

// Which kinds this build knows: all of them, except those that a compiler flag leaves out. A firmware leaves out the
// kinds that its board has no channels for, and so carries no code for them (docs/firmware.md). Rule: `Part.kind` and
// the accessors beside it ask here, so that the optimizer sees that no part is of such a kind; code in which it does
// not see that asks here, too.

/// The kinds that not every build has; switches and buttons are always there.
enum Kinds {
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
}
