// SPDX-License-Identifier: MIT

// The button against three judges, over random bouncing: the seed's algorithm, the lengths of the runs, and
// itself when it is read only at edges and deadlines. A failure names the seed that draws its waveform.

import ConformanceSupport
import DeviceComponents
import Testing
import Timebase

@Suite struct ButtonPropertyTests {
  /// A hundred waveforms, others at each run; `body` puts its seed in whatever it expects.
  private func forEachWaveform(from start: UInt64 = 0, _ body: (Waveform, _ seed: Comment) -> Void) {
    for _ in 0..<100 {
      let seed = SeededGenerator.freshSeed()
      body(.random(seed: seed, runs: 200, from: start), "seed \(seed)")
    }
  }

  @Test func noTruePressIsLostAndNoneIsInvented() {
    forEachWaveform { waveform, seed in
      #expect(Bench.poll(waveform) == waveform.trueChanges, seed)
    }
  }

  @Test func readingAtEdgesAndDeadlinesGivesTheSamePresses() {
    forEachWaveform { waveform, seed in
      #expect(Bench.sleepBetweenEvents(waveform) == Bench.poll(waveform), seed)
    }
  }

  /// Also a day after the start, and over the moment at which the seed's `millis()` wraps (S14).
  @Test(arguments: [0, 86_400_000, 0xffff_f000] as [UInt64])
  func theSeedsPressesAreOursButForThoseItLoses(start: UInt64) {
    var lostBySeed = 0
    forEachWaveform(from: start) { waveform, seed in
      let comparison = SeedComparison(of: waveform)
      #expect(comparison.differences.isEmpty, seed)
      lostBySeed += comparison.lostBySeed
    }
    #expect(lostBySeed > 50)  // else the waveforms would not reach S15
  }
}

/// The button and the seed's, read side by side every millisecond.
struct SeedComparison {
  /// The times at which one reports a press or release and the other does not, but for those of `lostBySeed`.
  private(set) var differences: [UInt64] = []

  /// How many presses the seed did not see because it was still in its release state (S15).
  private(set) var lostBySeed = 0

  init(of waveform: Waveform) {
    let wire = Wire(.high)
    var button = Button(WirePin(wire: wire))
    var oracle = SeedButton()
    var seedIsDeaf = false
    for run in waveform.runs {
      wire.level = run.isDown ? .low : .high
      for time in run.start..<run.end {
        button.read(now: MonotonicTime(milliseconds: time))
        let before = oracle
        oracle.read(isHigh: !run.isDown, millis: UInt32(truncatingIfNeeded: time))
        // Entering a state is the news: a bounce on the next read freezes the state, and the news with it.
        let pressed = oracle.pressed && !before.pressed
        let released = oracle.released && !before.released
        if button.pressed && oracle.released {
          lostBySeed += 1
          seedIsDeaf = true
        } else if button.released && seedIsDeaf && oracle.state == 0 {
          seedIsDeaf = false
        } else if button.pressed != pressed || button.released != released {
          differences.append(time)
        }
      }
    }
  }
}

/// Runs a button over a waveform.
enum Bench {
  /// Reads every millisecond, as a microcontroller's loop does.
  static func poll(_ waveform: Waveform, activeLevel: Level = .low, debounce: Milliseconds = 10) -> [Change] {
    let wire = Wire(activeLevel.inverted)
    var button = Button(WirePin(wire: wire), activeLevel: activeLevel, debounce: debounce)
    var changes: [Change] = []
    for run in waveform.runs {
      wire.level = run.isDown ? activeLevel : activeLevel.inverted
      for time in run.start..<run.end { button.read(at: time, into: &changes) }
    }
    return changes
  }

  /// Reads at the start, at each edge and at each deadline, as a host that sleeps between events does.
  static func sleepBetweenEvents(_ waveform: Waveform) -> [Change] {
    let wire = Wire(.high)
    var button = Button(WirePin(wire: wire))
    var changes: [Change] = []
    for run in waveform.runs {
      wire.level = run.isDown ? .low : .high
      button.read(at: run.start, into: &changes)
      if let deadline = button.nextDeadline, deadline.milliseconds < run.end {
        button.read(at: deadline.milliseconds, into: &changes)
      }
    }
    return changes
  }

  /// When the seed's button enters its pressed state.
  static func seedPresses(_ waveform: Waveform) -> [UInt64] {
    var oracle = SeedButton()
    var presses: [UInt64] = []
    for run in waveform.runs {
      for time in run.start..<run.end {
        let wasPressed = oracle.pressed
        oracle.read(isHigh: !run.isDown, millis: UInt32(truncatingIfNeeded: time))
        if oracle.pressed && !wasPressed { presses.append(time) }
      }
    }
    return presses
  }
}

extension Button where Pin: ~Copyable {
  mutating func read(at time: UInt64, into changes: inout [Change]) {
    read(now: MonotonicTime(milliseconds: time))
    if pressed { changes.append(Change(isPress: true, time: time)) }
    if released { changes.append(Change(isPress: false, time: time)) }
  }
}
