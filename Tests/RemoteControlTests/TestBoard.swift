// SPDX-License-Identifier: MIT

// What a device under test is wired to: inputs that a test drives, at once or at a time to come, outputs that it can
// look at, and channels that it can break. It reports in order of time, as a board does.

import Bytes
import Parts
import Timebase

/// A board without pins, in virtual time.
final class TestBoard: Board {
  private struct Event {
    let time: MonotonicTime
    let input: Int
    let reading: Reading
  }

  /// What each output was told last.
  private(set) var levels: [Int: UInt16] = [:]
  /// All that was driven, in order.
  private(set) var drives: [Drive] = []
  /// When the device was last asked to take readings.
  private(set) var now = MonotonicTime.zero
  /// Readings that were not reported yet, in order of time.
  private var events: [Event] = []
  /// The time of the latest reading, reported or not.
  private var lastReading: MonotonicTime?
  private var inputFaults: [Int: [UInt8]] = [:]
  private var outputFaults: [Int: [UInt8]] = [:]

  /// Whether nothing is going to happen by itself.
  var isQuiet: Bool { events.isEmpty }

  func isOn(_ output: Int) -> Bool { levels[output] ?? 0 > 0 }

  // MARK: What a test does

  /// An input shows something from `time` on; earlier than now if the board hears of it late.
  func set(_ input: Int, _ reading: Reading, at time: MonotonicTime) {
    let place = events.firstIndex { $0.time > time } ?? events.endIndex
    events.insert(Event(time: time, input: input, reading: reading), at: place)
    lastReading = max(lastReading ?? time, time)
  }

  /// A button goes down for 50 ms, after whatever is going to happen to it.
  func tap(_ input: Int = 0) {
    let start = lastReading.map { max($0 + 50, now) } ?? now
    set(input, .active, at: start)
    set(input, .inactive, at: start + 50)
  }

  /// A channel is out of order from now on, or works again if `words` is empty.
  func fail(input: Int, _ words: String) { inputFaults[input] = Array(words.utf8) }
  func fail(output: Int, _ words: String) { outputFaults[output] = Array(words.utf8) }

  // MARK: What the device asks

  func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
    self.now = now
    for (input, words) in inputFaults { device.noteFault(words, ofInput: input) }
    for (output, words) in outputFaults { device.noteFault(words, ofOutput: output) }
    while let event = events.first, event.time <= now {
      events.removeFirst()
      device.sense(event.input, event.reading, at: event.time)
    }
    return events.first?.time
  }

  func drive(_ drive: Drive) {
    levels[drive.output] = drive.level
    drives.append(drive)
  }
}
