// SPDX-License-Identifier: MIT

// Short ways to make a device in a test, to let time pass, and to see what its outputs were told.

import Bytes
import Timebase

@testable import Parts

/// A point in time, in milliseconds.
func at(_ milliseconds: UInt64) -> MonotonicTime { MonotonicTime(milliseconds: milliseconds) }

/// The UTF-8 of `text`.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Bytes as text.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension Decimal {
  /// The number that a test writes down.
  init(text: String) { self = Decimal(bytes(text).span)! }
}

extension Action {
  /// The action that a test writes down; a text that is none fails the test.
  init(text: String) { self = try! Action(bytes(text).span) }
}

extension Part.Reaction {
  /// A gesture and what it does, as texts.
  static func on(_ gesture: Gesture, _ actions: String...) -> Part.Reaction {
    Part.Reaction(gesture, actions.map(Action.init(text:)))
  }
}

/// A level that an output was told, and when.
struct Told: Equatable, CustomStringConvertible {
  var output: Int
  var level: UInt16
  var time: UInt64
  var description: String { "\(output):\(level)@\(time)" }
}

extension Device {
  /// One turn of the loop: polls and drives, until there is nothing left to drive.
  mutating func turn(_ now: MonotonicTime, drive: (Drive) -> Void = { _ in }) -> MonotonicTime? {
    while true {
      let deadline = poll(now: now)
      var hasDriven = false
      while let next = nextDrive() {
        drive(next)
        hasDriven = true
      }
      if !hasDriven { return deadline }
    }
  }
}

/// A device, its clock, and all that its outputs were told.
struct Bench {
  var device: Device
  var now: UInt64 = 0
  var told: [Told] = []

  /// A device with these parts that has just been started, its outputs driven for the first time.
  init(_ parts: [Part], statusOutput: Int? = nil, startedAt time: UInt64 = 0) {
    device = try! Device([], parts: parts, statusOutput: statusOutput)
    now = time
    device.start(now: at(time))
    poll(time)
    told = []
  }

  /// Polls, and drives what is to be driven, until there is nothing left, as the loop does.
  @discardableResult
  mutating func poll(_ time: UInt64) -> MonotonicTime? {
    now = time
    return device.turn(at(time)) { told.append(Told(output: $0.output, level: $0.level, time: time)) }
  }

  /// Lets time pass until `time` as a loop does that sleeps until each deadline.
  mutating func run(until time: UInt64) {
    while let deadline = poll(now), deadline.milliseconds <= time {
      precondition(deadline.milliseconds > now, "a deadline in the past, forever")
      now = deadline.milliseconds
    }
    poll(time)
  }

  /// Takes a reading now, and works it off.
  mutating func sense(_ input: Int, _ isActive: Bool, _ time: UInt64) {
    run(until: time)
    device.sense(input, isActive ? .active : .inactive, at: at(time))
    poll(time)
  }

  /// Has a part do something at a time.
  mutating func perform(
    _ command: Command, _ name: String, by author: Author = .http, at time: UInt64
  ) throws(CommandError) {
    run(until: time)
    defer { poll(time) }
    try device.perform(command, on: index(name), by: author, now: at(time))
  }

  /// The number of the part with this name.
  func index(_ name: String) -> Int { device.index(of: bytes(name).span)! }

  /// The part with this name.
  subscript(_ name: String) -> Part { device.parts[index(name)] }

  /// Whether the switch, light or contact is on.
  func isOn(_ name: String) -> Bool? { self[name].isOn }

  /// The parts as JSON: all that changed after `revision`, or everything.
  func json(since revision: UInt64? = 0) -> String {
    var output: [UInt8] = []
    JSONWriter.append(to: &output) { device.writeParts(to: &$0, since: revision, now: at(now)) }
    return text(output)
  }
}
