// SPDX-License-Identifier: MIT

// Pins that a test holds the other end of.

import DeviceComponents

/// A wire whose level the test sets; its pins read it.
final class Wire {
  var level: Level
  init(_ level: Level) { self.level = level }
}

struct WirePin: InputPin, ~Copyable {
  let wire: Wire
  mutating func read() -> Level { wire.level }
}

/// Everything that was written to a pin.
final class Recording {
  var levels: [Level] = []
}

struct RecordingPin: OutputPin, ~Copyable {
  let recording: Recording
  mutating func write(_ level: Level) { recording.levels.append(level) }
}
