// SPDX-License-Identifier: MIT

// The board under a real device: what is done to it arrives there as on a board with wires, in virtual time.

import Bytes
import ConformanceSupport
import Parts
import SimulatedBoard
import Testing
import Timebase

@Suite struct SimulatedBoardTests {
  @Test func aBoardIsMadeForAllThatADeviceHas() throws {
    var device = try makeKitchen()
    let board = SimulatedBoard(for: &device)
    #expect(board.parts == [
      .init("lamp", .switch, outputs: [0]), .init("desk", .light, outputs: [1]),
      .init("strip", .light, outputs: [2, 3, 4]), .init("wall", .button, inputs: [0]),
      .init("bell", .button, inputs: [1], debounce: 120), .init("door", .contact, inputs: [2]),
      .init("celsius", .sensor, inputs: [3]), .init("target", .number),
    ])
    #expect(board.index(of: "celsius") == 6)
    #expect(board.index(of: "kelvin") == nil)
  }

  @Test func everyButtonOfTheBoardCanBeWorkedFromAPageWhateverItsDescriptionSays() throws {
    var device = try makeKitchen()
    let (wall, now) = (3, MonotonicTime.zero)
    #expect(throws: CommandError.notRemote) { try device.perform(.gesture(.click), on: wall, by: .http, now: now) }
    _ = SimulatedBoard(for: &device)
    try device.perform(.gesture(.click), on: wall, by: .http, now: now)
    #expect(device.part("lamp").isOn == true)
    var json: [UInt8] = []
    JSONWriter.append(to: &json) { device.writeParts(to: &$0, since: nil, now: now) }
    #expect(text(json).contains(#""wall":{"kind":"button","label":"Wall","remote":true"#))
  }

  @Test func aBoardAtRestIsDarkUpAndClosed() throws {
    var host = try Host(makeKitchen())
    host.run()
    #expect(host.device.views.allSatisfy { !$0.isOn && !$0.isPressed && $0.fault.isEmpty })
    for case .contact(let contact) in host.device.parts.map(\.kind) { #expect(contact.isOn == false) }  // not unknown
    for output in 0..<5 { #expect(host.board.level(ofOutput: output) == 0) }
    #expect(host.board.level(ofOutput: 99) == 0)
  }

  @Test func aTapIsOnePressAndOneClickOfTheDevice() throws {
    var host = try Host(makeDemo())
    host.board.apply(.tap(1))
    host.run()
    let button = host.button("button")
    #expect(button.presses == 1)
    #expect(button.lastGesture == .click)
    #expect(!button.isPressed)
    #expect(host.board.level(ofOutput: 0) == .max)  // the press has toggled the LED
    #expect(host.levels["button"] == [true, false])
  }

  @Test func aFloodOfTapsWaitsWithinABoundAndNoButtonStaysDown() throws {
    var host = try Host(makeDemo())
    for _ in 0..<100_000 { host.board.apply(.tap(1)) }
    #expect(host.board.droppedTaps == 100_000 - SimulatedBoard.tapLimit)
    for _ in 0..<1000 {  // by hand as fast: a press too many is dropped, a release never
      host.board.apply(.activate(1))
      host.board.apply(.deactivate(1))
    }
    host.board.apply(.tap(99))
    host.run(rounds: 20_000)
    #expect(host.button("button").presses == SimulatedBoard.tapLimit)
    #expect(!host.button("button").isPressed)
  }

  @Test func threeQuickTapsAreThreePresses() throws {
    var host = try Host(makeDemo())
    for _ in 0..<3 { host.board.apply(.tap(1)) }
    host.run()
    #expect(host.button("button").presses == 3)
    #expect(host.levels["button"] == [true, false, true, false, true, false])
  }

  @Test func aPressIsHeldUntilTheRelease() throws {
    var host = try Host(makeKitchen())
    let wall = try #require(host.board.index(of: "wall"))
    for _ in 0..<2 { host.board.apply(.activate(wall)) }
    host.run()
    #expect(host.button("wall").isPressed)
    for _ in 0..<2 { host.board.apply(.deactivate(wall)) }
    host.run()
    #expect(!host.button("wall").isPressed)
    #expect(host.button("wall").presses == 1)
  }

  @Test func aTapOnAHeldButtonLetsItGo() throws {
    var host = try Host(makeDemo())
    host.board.apply(.activate(1))
    host.run()
    host.board.apply(.tap(1))
    host.run()
    #expect(host.button("button").presses == 1)
    #expect(!host.button("button").isPressed)
  }

  @Test func aTapLastsFiftyMillisecondsAndTapsWaitForEachOther() throws {
    var device = try makeDemo()
    let board = SimulatedBoard(for: &device)
    for _ in 0..<2 { board.apply(.tap(1)) }
    var deadlines: [UInt64] = []
    var now = MonotonicTime(milliseconds: 7)
    while let deadline = board.report(to: &device, now: now) {
      #expect(deadline > now)
      #expect(board.report(to: &device, now: now) == deadline)  // asked too early
      deadlines.append(deadline.milliseconds)
      now = deadline
    }
    #expect(deadlines == [57, 107, 157])
  }

  @Test func aSlowDebouncingIsWaitedFor() throws {
    var host = try Host(makeKitchen())
    for _ in 0..<2 { host.board.apply(.tap(4)) }
    host.run()
    #expect(host.button("bell").presses == 2)
  }

  @Test func noTapIsLostOrMergedHoweverLateTheHostIs() throws {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var host = try Host(makeKitchen())
      let buttons = ["wall", "bell"]
      var taps = [0, 0]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
          let button = Int.random(in: 0...1, using: &generator)
          taps[button] += 1
          host.board.apply(.tap(button + 3))
        }
        let count = Int.random(in: 0...5, using: &generator)
        host.run(rounds: count) { Int.random(in: -60...500, using: &generator) }
      }
      host.run { Bool.random(using: &generator) ? 0 : Int.random(in: 0...500, using: &generator) }
      for (index, name) in buttons.enumerated() {
        #expect(host.button(name).presses == taps[index], "seed \(seed)")
        // Each level was there for everybody to see.
        #expect(host.levels[name, default: []] == (0..<taps[index]).flatMap { _ in [true, false] }, "seed \(seed)")
      }
      #expect(host.device.part("lamp").isOn == (taps[0] % 2 == 1), "seed \(seed)")
    }
  }

  @Test func aContactIsOpenAndClosed() throws {
    var host = try Host(makeKitchen())
    for (event, isOn) in [(SimulatedBoard.Event.activate(5), true), (.deactivate(5), false)] {
      host.board.apply(event)
      host.run()
      #expect(host.device.part("door").isOn == isOn)
    }
  }

  @Test func aSensorMeasuresAndFails() throws {
    var host = try Host(makeKitchen())
    #expect(host.view("celsius").value == nil)
    host.board.apply(.measure(6, Decimal(215, exponent: -1)))
    host.run()
    #expect(host.view("celsius").value == "21.5")
    host.board.apply(.measure(6, nil))
    host.run()
    #expect(host.view("celsius").value == nil)
    #expect(host.view("celsius").fault == "no reading")
    host.board.apply(.measure(6, Decimal(-3)))
    host.run()
    #expect(host.view("celsius").value == "-3")
    #expect(host.view("celsius").fault == "")
  }

  @Test func aPartThatIsGoneTakesNothingElseAndComesBackAsItIs() throws {
    var host = try Host(makeKitchen())
    host.board.apply(.activate(5))
    host.board.apply(.measure(6, Decimal(20)))
    host.run()
    for part in 0..<7 { host.board.apply(.fault(part, bytes("gone"))) }
    host.run()
    for name in kitchenNames { #expect(host.view(name).fault == (name == "target" ? "" : "gone")) }
    #expect(throws: CommandError.partFault) {
      try host.device.perform(.toggle, on: 0, by: .terminal, now: host.now)
    }
    host.board.apply(.tap(3))
    host.run()
    #expect(host.button("wall").presses == 0)  // it was pressed, and no one could know
    for part in 0..<7 { host.board.apply(.heal(part)) }
    host.run()
    #expect(host.device.views.allSatisfy { $0.fault.isEmpty })
    #expect(host.view("door").isOn)
    #expect(host.view("celsius").value == "20")
    try host.device.perform(.set(PartValues(isOn: true)), on: 2, by: .terminal, now: host.now)
    host.run()
    #expect((2..<5).map { host.board.level(ofOutput: $0) } == [.max, .max, .max])
  }

  @Test func whatAPartDoesNotHaveChangesNothing() throws {
    var host = try Host(makeKitchen())
    host.run()
    let before = host.device.views
    for part in [-1, 0, 1, 7, 8, Int.max] {
      for event in [SimulatedBoard.Event.activate(part), .deactivate(part), .tap(part), .measure(part, Decimal(1))] {
        host.board.apply(event)
      }
    }
    for part in [-1, 7, 8] { host.board.apply(.fault(part, bytes("gone"))) }
    host.run()
    #expect(host.device.views == before)
  }

  @Test func tapsOnStandardInputAreSeenOnStandardOutput() throws {
    var host = try Host(makeDemo())
    var console = BoardConsole(.words, host.device)
    for case .board(let event) in console.receive("tap\ntap button\n") { host.board.apply(event) }
    host.run { device in console.show(device.views) }
    let one = "button pressed\nled on\nbutton released\n"
    let two = "button pressed\nled off\nbutton released\n"
    #expect(console.takeOutput() == one + two)
  }
}

/// An event loop around a board and a device: it sleeps until the earlier deadline, and a little longer.
struct Host {
  private(set) var now = MonotonicTime(milliseconds: 1000)
  let board: SimulatedBoard
  var device: Device
  /// For each button, the levels that everybody saw.
  private(set) var levels: [String: [Bool]] = [:]

  init(_ device: Device) {
    self.device = device
    board = SimulatedBoard(for: &self.device)
    self.device.start(now: now)
  }

  func view(_ name: String) -> PartView { PartView(device.part(name)) }

  func button(_ name: String) -> Button {
    guard case .button(let button) = device.part(name).kind else { fatalError("\(name) is no button") }
    return button
  }

  /// Runs until nothing is left to do, and shows each state.
  mutating func run(_ show: (Device) -> Void) { run(rounds: 1000, lateness: { 0 }, show) }

  /// Runs for a number of rounds or until nothing is left to do; `lateness` is how many milliseconds after its deadline
  /// the loop wakes, or before it.
  mutating func run(rounds: Int = 1000, _ lateness: () -> Int = { 0 }) {
    run(rounds: rounds, lateness: lateness) { _ in }
  }

  private mutating func run(rounds: Int, lateness: () -> Int, _ show: (Device) -> Void) {
    for _ in 0..<rounds {  // far more than any test here needs
      let boardDeadline = board.report(to: &device, now: now)
      let deviceDeadline = device.poll(now: now)
      while let drive = device.nextDrive() { board.drive(drive) }
      note()
      show(device)
      guard let deadline = [boardDeadline, deviceDeadline].compactMap({ $0 }).min() else { return }
      let wake = max(Int(deadline.milliseconds) + lateness(), Int(now.milliseconds))
      now = MonotonicTime(milliseconds: UInt64(wake))
    }
  }

  private mutating func note() {
    for part in device.parts {
      guard case .button(let button) = part.kind else { continue }
      if button.isPressed != levels[text(part.name)]?.last ?? false {
        levels[text(part.name), default: []].append(button.isPressed)
      }
    }
  }
}
