// SPDX-License-Identifier: MIT

// The button against three judges, over random bouncing: the tutorial's algorithm, the lengths of the runs, and itself
// when it is polled only at edges and deadlines. A failure names the seed that draws its waveform.

import ConformanceSupport
import Testing
import Timebase

@testable import Parts

@Suite struct ButtonPropertyTests {
  /// A hundred waveforms, others at each run; `body` puts its seed in whatever it expects.
  private func forEachWaveform(
    from start: UInt64 = 0, edge: UInt64 = 11, _ body: (Waveform, _ seed: Comment) -> Void
  ) {
    for _ in 0..<100 {
      let seed = SeededGenerator.freshSeed()
      body(.random(seed: seed, runs: 200, from: start, edge: edge), "seed \(seed)")
    }
  }

  @Test func noTruePressIsLostAndNoneIsInvented() {
    forEachWaveform { waveform, seed in
      #expect(ButtonBench.poll(waveform) == waveform.trueChanges, seed)
    }
  }

  @Test func pollingAtEdgesAndDeadlinesGivesTheSamePresses() {
    forEachWaveform { waveform, seed in
      #expect(ButtonBench.sleepBetweenEvents(waveform) == ButtonBench.poll(waveform), seed)
    }
  }

  /// Also a day after the start, and over the moment at which the tutorial's `millis()` wraps.
  @Test(arguments: [0, 86_400_000, 0xffff_f000] as [UInt64])
  func theTutorialsPressesAreOursButForThoseItLoses(start: UInt64) {
    var lostByTutorial = 0
    forEachWaveform(from: start, edge: 12) { waveform, seed in
      let comparison = TutorialComparison(of: waveform)
      #expect(comparison.differences.isEmpty, seed)
      lostByTutorial += comparison.lostByTutorial
    }
    #expect(lostByTutorial > 50)  // else the waveforms would not have presses right after releases
  }
}

/// The button and the tutorial's, read side by side every millisecond.
struct TutorialComparison {
  /// The times at which one reports a press or release and the other does not, but for those of `lostByTutorial`.
  private(set) var differences: [UInt64] = []

  /// How many presses the tutorial did not see because it was still in its release state.
  private(set) var lostByTutorial = 0

  init(of waveform: Waveform) {
    var device = ButtonBench.device(debounce: 10)
    var oracle = TutorialButton()
    var oracleIsDeaf = false
    for run in waveform.runs {
      device.sense(0, run.isDown ? .active : .inactive, at: at(run.start))
      for time in run.start..<run.end {
        let change = ButtonBench.change(of: &device, at: time)
        let before = oracle
        oracle.read(isHigh: !run.isDown, millis: UInt32(truncatingIfNeeded: time))
        // Entering a state is the news: a bounce on the next read freezes the state, and the news with it.
        let pressed = oracle.pressed && !before.pressed
        let released = oracle.released && !before.released
        if change?.isPress == true && oracle.released {
          lostByTutorial += 1
          oracleIsDeaf = true
        } else if change?.isPress == false && oracleIsDeaf && oracle.state == 0 {
          oracleIsDeaf = false
        } else if (change?.isPress == true) != pressed || (change?.isPress == false) != released {
          differences.append(time)
        }
      }
    }
  }
}

/// Runs a button over a waveform.
enum ButtonBench {
  static func device(debounce: Milliseconds) -> Device {
    var timing = Button.Timing()
    timing.debounce = debounce
    return try! Device(parts: [.button("button", input: 0, timing: timing)])
  }

  /// Polls; the press or release that this has found.
  static func change(of device: inout Device, at time: UInt64) -> Change? {
    let before = device.parts[0].asButton!
    _ = device.poll(now: at(time))
    let after = device.parts[0].asButton!
    guard before.isPressed != after.isPressed else { return nil }
    #expect(after.presses == before.presses + (after.isPressed ? 1 : 0))
    return Change(isPress: after.isPressed, time: time)
  }

  /// Polls every millisecond, as a microcontroller's loop does.
  static func poll(_ waveform: Waveform, debounce: Milliseconds = 10) -> [Change] {
    var device = device(debounce: debounce)
    var changes: [Change] = []
    for run in waveform.runs {
      device.sense(0, run.isDown ? .active : .inactive, at: at(run.start))
      for time in run.start..<run.end {
        if let change = change(of: &device, at: time) { changes.append(change) }
      }
    }
    return changes
  }

  /// Polls at each edge and at each deadline, as a host that sleeps between events does.
  static func sleepBetweenEvents(_ waveform: Waveform) -> [Change] {
    var device = device(debounce: 10)
    var changes: [Change] = []
    for run in waveform.runs {
      device.sense(0, run.isDown ? .active : .inactive, at: at(run.start))
      var time = run.start
      while time < run.end {
        if let change = change(of: &device, at: time) { changes.append(change) }
        guard let deadline = device.poll(now: at(time)) else { break }
        time = max(deadline.milliseconds, time)
      }
    }
    return changes
  }

  /// When the tutorial's button enters its pressed state.
  static func tutorialPresses(_ waveform: Waveform) -> [UInt64] {
    var oracle = TutorialButton()
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
