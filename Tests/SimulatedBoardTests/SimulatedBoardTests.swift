// SPDX-License-Identifier: MIT

// The board seen from both sides: by someone who presses and looks, and by the components on its pins.

import ConformanceSupport
import DeviceComponents
import SimulatedBoard
import Testing
import Timebase

@Suite struct SimulatedBoardTests {
  @Test(arguments: [Level.low, .high], [Level.low, .high])
  func aBoardAtRestIsDarkAndItsButtonUp(ledActiveLevel: Level, buttonActiveLevel: Level) {
    let board = SimulatedBoard(ledActiveLevel: ledActiveLevel, buttonActiveLevel: buttonActiveLevel)
    #expect(board.state == BoardState())
    var button = board.button
    #expect(button.read() == buttonActiveLevel.inverted)
  }

  @Test(arguments: [Level.low, .high])
  func theLedsAreLitAtTheirActiveLevel(activeLevel: Level) {
    let board = SimulatedBoard(ledActiveLevel: activeLevel)
    var led = Led(board.led, activeLevel: activeLevel, isOn: true)
    led.update()
    #expect(board.state.isLedLit)
    #expect(!board.state.isStatusLedLit)
    var statusLed = Led(board.statusLed, activeLevel: activeLevel, isOn: true)
    statusLed.update()
    led.isOn = false
    led.update()
    #expect(!board.state.isLedLit)
    #expect(board.state.isStatusLedLit)
  }

  @Test func anLedOfTheWrongPolarityIsSeenToBeWrong() {
    let board = SimulatedBoard(ledActiveLevel: .low)
    var led = Led(board.led, activeLevel: .high, isOn: false)
    led.update()
    #expect(board.state.isLedLit)
  }

  @Test func aTapIsDownForFiftyMilliseconds() {
    let board = SimulatedBoard()
    board.tap()
    #expect(board.changes(until: 1000) == [100, 150])
    #expect(board.poll(now: MonotonicTime(milliseconds: 1001)) == nil)
  }

  @Test func tapsWaitForEachOther() {
    let board = SimulatedBoard()
    for _ in 0..<3 { board.tap() }
    #expect(board.changes(until: 1000) == [100, 150, 200, 250, 300, 350])
  }

  @Test func aPressIsHeldUntilTheRelease() {
    let board = SimulatedBoard()
    board.press()
    board.press()
    #expect(board.changes(until: 600) == [100])
    #expect(board.state.isButtonDown)
    board.release()
    board.release()
    #expect(board.changes(from: 601, until: 1000) == [601])
    #expect(!board.state.isButtonDown)
  }

  @Test func aTapOnAHeldButtonLetsItGo() {
    let board = SimulatedBoard()
    board.press()
    board.tap()
    #expect(board.changes(until: 1000) == [100, 150])
  }

  @Test func theDeadlineIsTheNextStepAndThenNone() {
    let board = SimulatedBoard()
    #expect(board.poll(now: .zero) == nil)
    board.tap()
    var deadlines: [UInt64] = []
    var now = MonotonicTime(milliseconds: 7)
    while let deadline = board.poll(now: now) {
      #expect(deadline > now)
      deadlines.append(deadline.milliseconds)
      now = deadline
    }
    #expect(deadlines == [32, 57, 82, 107])
  }

  @Test(arguments: [Level.low, .high])
  func threeQuickTapsArePressesOfARealButton(activeLevel: Level) {
    let board = SimulatedBoard(buttonActiveLevel: activeLevel)
    var host = Host(board, activeLevel: activeLevel)
    for _ in 0..<3 { board.tap() }
    host.run { 0 }
    #expect(host.presses == 3)
    #expect(host.releases == 3)
  }

  @Test func noTapIsLostOnAHostThatIsLate() {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let board = SimulatedBoard()
      var host = Host(board, activeLevel: .low)
      let taps = Int.random(in: 1...5, using: &generator)
      for _ in 0..<taps { board.tap() }
      host.run { Bool.random(using: &generator) ? 0 : UInt32.random(in: 0...500, using: &generator) }
      #expect(host.presses == taps, "seed \(seed)")
      #expect(host.releases == taps, "seed \(seed)")
    }
  }
}

extension SimulatedBoard {
  /// Polls at each millisecond and returns when the button changed.
  func changes(from start: UInt64 = 100, until end: UInt64) -> [UInt64] {
    (start...end).filter { time in
      let before = state.isButtonDown
      _ = poll(now: MonotonicTime(milliseconds: time))
      return state.isButtonDown != before
    }
  }
}

/// An event loop around a board and a button: it sleeps until the earlier deadline, and a little longer.
struct Host: ~Copyable {
  private let board: SimulatedBoard
  private var button: Button<SimulatedInputPin>
  private(set) var presses = 0
  private(set) var releases = 0

  init(_ board: SimulatedBoard, activeLevel: Level) {
    self.board = board
    button = Button(board.button, activeLevel: activeLevel)
  }

  /// Runs until nothing is left to do; `lateness` is how many milliseconds after its deadline the loop wakes.
  mutating func run(_ lateness: () -> UInt32) {
    var now = MonotonicTime(milliseconds: 1000)
    for _ in 0..<1000 {  // far more than any test here needs
      let boardDeadline = board.poll(now: now)
      button.read(now: now)
      if button.pressed { presses += 1 }
      if button.released { releases += 1 }
      guard let deadline = [boardDeadline, button.nextDeadline].compactMap({ $0 }).min() else { return }
      now = deadline + Milliseconds(lateness())
    }
  }
}
