// SPDX-License-Identifier: MIT

// The console of a pipe: lines in, a line for each change out, and nothing that piles up.

import ConformanceSupport
import Parts
import SimulatedBoard
import Testing
import Timebase

@Suite struct WordsModeTests {
  private static let led = PartView("led", .switch)
  private static let button = PartView("button", .button)
  private static let dark = [led, button]
  private static let lit = [led.with { $0.isOn = true }, button]
  private static let down = [led, button.with { $0.isPressed = true }]
  private static let both = [led.with { $0.isOn = true }, button.with { $0.isPressed = true }]

  private static func makeConsole() -> BoardConsole { BoardConsole(mode: .words, parts: dark) }

  @Test func aStateThatIsShownAlreadyIsNothingToWrite() {
    var console = Self.makeConsole()
    for (state, isNews) in [(Self.dark, false), (Self.lit, true), (Self.lit, false)] {
      console.show(state)
      #expect(console.hasOutput == isNews)
      _ = console.takeOutput()
      #expect(!console.hasOutput)
    }
  }

  @Test(arguments: ["tap\r\n", "TAP\n", " \t tap \t\n", "Tap \r\n", "\n\n\r\n  \ntap\n"])
  func caseSpaceAndBlankLinesDoNotMatter(input: String) {
    for delivery in Delivery.allCases {
      var console = Self.makeConsole()
      #expect(console.receive(delivery.pieces(of: bytes(input), trailing: bytes(" "))) == [.board(.tap(1))])
      #expect(console.takeOutput() == "")
    }
  }

  @Test(arguments: Delivery.allCases)
  func anOverlongLineIsAnsweredOnceAndPassedOver(delivery: Delivery) {
    let padded = String(repeating: " ", count: 125) + "tap\n"  // 128 bytes and a newline: just right
    let tooLong = String(repeating: " ", count: 126) + "tap\n"
    let endless = String(repeating: "tap ", count: 10_000) + "\n"
    var console = Self.makeConsole()
    let input = bytes(padded + tooLong + endless + "press\n")
    let commands = console.receive(delivery.pieces(of: input, trailing: bytes("x")))
    #expect(commands == [.board(.tap(1)), .board(.activate(1))])
    let answer = "line too long: 128 characters are enough for each command\n"
    #expect(console.takeOutput() == answer + answer)
  }

  @Test func theEndOfInputEndsTheLastLine() {
    var console = Self.makeConsole()
    #expect(console.receive("press\ntap") == [.board(.activate(1))])
    #expect(console.receiveEndOfStream() == .board(.tap(1)))
    #expect(console.receiveEndOfStream() == nil)
    #expect(!console.hasOutput)
  }

  @Test func eachChangeIsALineAndTheHeartbeatIsNone() {
    var console = Self.makeConsole()
    let states: [([PartView], Bool, String)] = [
      (Self.dark, false, ""),
      (Self.dark, true, ""),
      (Self.down, false, "button pressed\n"),
      (Self.both, false, "led on\n"),
      (Self.both, true, ""),
      (Self.lit, false, "button released\n"),
      (Self.down, false, "button pressed\nled off\n"),
    ]
    for (state, isHeartbeatLit, lines) in states {
      console.show(state, isHeartbeatLit: isHeartbeatLit)
      #expect(console.takeOutput() == lines)
    }
  }

  /// A part, what happens to it in turn, and the lines for that.
  static let changes: [(PartView, [(@Sendable (inout PartView) -> Void, String)])] = [
    (PartView("lamp", .switch), [
      ({ $0.wanted = true }, ""), ({ $0.left = 5000 }, ""),
      ({ $0.isOn = true }, "lamp on\n"), ({ $0.isOn = false }, "lamp off\n"),
      ({ $0.fault = "no such line" }, "lamp fault: no such line\n"),
      ({ $0.fault = "\u{1b}]0;x\u{7}\u{202e}" }, "lamp fault: ?]0;x??\n"),
      ({ $0.fault = ""; $0.isOn = true }, "lamp works again\nlamp on\n"),
    ]),
    (PartView("desk", .light), [
      ({ $0.brightness = 128 }, "desk off 128\n"), ({ $0.isOn = true }, "desk on 128\n"),
      ({ $0.brightness = 7 }, "desk on 7\n"), ({ $0.isOn = false }, "desk off\n"),
      ({ $0.color = [255, 128, 0] }, "desk off 7 #ff8000\n"), ({ $0.isOn = true }, "desk on 7 #ff8000\n"),
      ({ $0.color = [0, 1, 2, 16] }, "desk on 7 #00010210\n"),
    ]),
    (PartView("wall", .button), [
      ({ $0.isPressed = true }, "wall pressed\n"), ({ $0.isPressed = false }, "wall released\n"),
    ]),
    (PartView("door", .contact), [({ $0.isOn = true }, "door open\n"), ({ $0.isOn = false }, "door closed\n")]),
    (PartView("hall", .contact).with { $0.opens = false }, [
      ({ $0.isOn = true }, "hall on\n"), ({ $0.isOn = false }, "hall off\n"),
    ]),
    (PartView("celsius", .sensor).with { $0.unit = "°C" }, [
      ({ $0.value = "21.5" }, "celsius 21.5 °C\n"), ({ $0.value = nil }, "celsius unknown\n"),
      ({ $0.unit = "\r\n"; $0.value = "1" }, "celsius 1 ??\n"),
    ]),
    (PartView("target", .number), [({ $0.value = "20" }, "target 20\n")]),
  ]

  @Test(arguments: changes.indices)
  func eachKindHasItsWords(index: Int) {
    var (part, steps) = Self.changes[index]
    var console = BoardConsole(mode: .words, parts: [part])
    for (change, lines) in steps {
      change(&part)
      console.show([part])
      #expect(console.takeOutput() == lines)
    }
  }

  @Test func partsThatWereNotAnnouncedAreShownAsWell() {
    var console = BoardConsole(mode: .words, parts: [])
    console.show(Self.both)
    #expect(console.takeOutput() == "button pressed\nled on\n")
    console.show([])
    console.show([PartView("other", .switch).with { $0.isOn = true }])
    #expect(console.takeOutput() == "other on\n")
  }

  @Test func outputThatIsNotTakenDoesNotPileUp() {
    var console = Self.makeConsole()
    for _ in 0..<10_000 {
      console.show(Self.lit)
      console.show(Self.dark)
      console.print(bytes("a line").span)
      _ = console.receive("list\n")
    }
    console.show(Self.both)
    #expect(console.droppedLines > 9000)
    let stale = console.takeOutput()
    #expect(stale.utf8.count < 5000)
    console.show(Self.both)
    #expect(console.takeOutput().hasPrefix("button pressed\n"))  // the latest state, once there is room
    console.print(bytes("another").span)
    #expect(console.takeOutput() == "another\n")
  }

  @Test func outputThatIsTakenInPartsIsWhole() {
    var console = Self.makeConsole()
    console.show(Self.lit)
    console.print(bytes("Trying to connect").span)
    var written: [UInt8] = []
    for _ in 0..<100 {
      console.writeOutput { span in
        written.append(span[0])
        return 1
      }
    }
    #expect(text(written) == "led on\nTrying to connect\n")
  }

  @Test func anyBytesAreSurvivedHoweverTheyAreCut() throws {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    let pieces = ["tap", "set", "celsius", " ", "\n", ":", "\u{1b}", "[", "O", "\u{7f}", "fault", "é", "lamp", "q"]
    for mode in [BoardConsole.Mode.words, .keys] {
      for _ in 0..<200 {
        let input = (0..<60).flatMap { _ -> [UInt8] in
          Bool.random(using: &generator)
            ? bytes(pieces.randomElement(using: &generator) ?? "") : [.random(in: 0...255, using: &generator)]
        }
        var whole = BoardConsole(mode, try makeKitchen())
        var cut = whole
        let commands = whole.receive([input])
        #expect(cut.receive(randomPieces(of: input, using: &generator)) == commands, "seed \(seed)")
        #expect(screen(cut.takeOutput()) == screen(whole.takeOutput()), "seed \(seed)")
      }
    }
  }
}
