// SPDX-License-Identifier: MIT

// What a button does, millisecond by millisecond: bounces, taps and holds, written down or drawn at random.

import ConformanceSupport

/// The levels of a button, as runs of whole milliseconds.
struct Waveform {
  struct Run {
    var isDown: Bool
    var start: UInt64
    var length: UInt64
    var end: UInt64 { start + length }
  }

  private(set) var runs: [Run] = []

  /// Runs that alternate, of the lengths given, from time `start`.
  init(from start: UInt64 = 0, startsDown: Bool = false, _ lengths: [UInt64]) {
    var time = start
    var isDown = startsDown
    for length in lengths {
      runs.append(Run(isDown: isDown, start: time, length: length))
      time += length
      isDown.toggle()
    }
  }

  /// Runs around the debounce time, where the rules bite, among some that are clearly bounces or clearly holds.
  ///
  /// `edge` stands in for runs of 11 ms: there a level ends in the millisecond in which it begins to count, which the
  /// tutorial's loop takes for a bounce if it reads after the edge, and for a press if it reads before.
  static func random(seed: UInt64, runs count: Int, from start: UInt64 = 0, edge: UInt64 = 11) -> Waveform {
    var generator = SeededGenerator(seed: seed)
    let lengths = (0..<count).map { _ in
      switch UInt8.random(in: 0..<10, using: &generator) {
      case 0..<3: UInt64.random(in: 1...9, using: &generator)
      case 3..<8: UInt64.random(in: 10...14, using: &generator)
      default: UInt64.random(in: 15...200, using: &generator)
      }
    }
    let startsDown = Bool.random(using: &generator)
    return Waveform(from: start, startsDown: startsDown, lengths.map { $0 == 11 ? edge : $0 } + [50])
  }

  /// The times at which a press and a release must be reported, found from the lengths of the runs alone.
  ///
  /// A run that is longer than 10 ms is no bounce.
  var trueChanges: [Change] {
    var isDown = false
    var changes: [Change] = []
    for run in runs where run.length > 10 && run.isDown != isDown {
      isDown = run.isDown
      changes.append(Change(isPress: isDown, time: run.start + 11))
    }
    return changes
  }
}

/// A press or a release, and the time of the poll that found it.
struct Change: Equatable {
  var isPress: Bool
  var time: UInt64
}
