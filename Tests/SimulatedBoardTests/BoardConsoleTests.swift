// SPDX-License-Identifier: MIT

// The console as a value: bytes in, commands and bytes out, in both modes.

import ConformanceSupport
import DeviceComponents
import SimulatedBoard
import Testing
import Timebase

@Suite struct WordsModeTests {
  @Test func aStateThatIsShownAlreadyIsNothingToWrite() {
    var console = BoardConsole(mode: .words)
    let lit = BoardState(isLedLit: true)
    for (state, isNews) in [(BoardState(), false), (lit, true), (lit, false)] {
      console.show(state)
      #expect(console.hasOutput == isNews)
      _ = console.takeOutput()
      #expect(!console.hasOutput)
    }
  }

  @Test(arguments: Delivery.allCases)
  func eachWordIsACommand(delivery: Delivery) {
    var console = BoardConsole(mode: .words)
    let commands = console.receive(delivery.pieces(of: bytes("press\nrelease\ntap\n"), trailing: bytes("ta")))
    #expect(commands == [.press, .release, .tap])
    #expect(console.takeOutput() == "")
  }

  @Test(arguments: ["tap\r\n", "TAP\n", " \t tap \t\n", "Tap \r\n", "\n\n\r\n  \ntap\n"])
  func caseSpaceAndBlankLinesDoNotMatter(input: String) {
    for delivery in Delivery.allCases {
      var console = BoardConsole(mode: .words)
      #expect(console.receive(delivery.pieces(of: bytes(input), trailing: bytes(" "))) == [.tap])
      #expect(console.takeOutput() == "")
    }
  }

  @Test(arguments: [
    ("tpa", "tpa"), ("tap tap", "tap tap"), ("taps", "taps"), ("quit", "quit"), (" Hello \r", "hello"),
    ("\u{1b}[2J\0", "?[2j?"), ("é", "??"),
  ])
  func anUnknownWordIsAnsweredWithTheWordsThereAre(line: String, shown: String) {
    for delivery in Delivery.allCases {
      var console = BoardConsole(mode: .words)
      #expect(console.receive(delivery.pieces(of: bytes(line + "\ntap\n"), trailing: bytes("x"))) == [.tap])
      #expect(console.takeOutput() == "unknown word '\(shown)': say press, release or tap\n")
    }
  }

  @Test(arguments: Delivery.allCases)
  func anOverlongLineIsAnsweredOnceAndPassedOver(delivery: Delivery) {
    let padded = String(repeating: " ", count: 61) + "tap\n"  // 64 bytes and a newline: just right
    let tooLong = String(repeating: " ", count: 62) + "tap\n"
    let endless = String(repeating: "tap ", count: 10_000) + "\n"
    var console = BoardConsole(mode: .words)
    let input = bytes(padded + tooLong + endless + "press\n")
    #expect(console.receive(delivery.pieces(of: input, trailing: bytes("x"))) == [.tap, .press])
    let answer = "line too long: say press, release or tap\n"
    #expect(console.takeOutput() == answer + answer)
  }

  @Test func theEndOfInputEndsTheLastLine() {
    var console = BoardConsole(mode: .words)
    #expect(console.receive([bytes("press\ntap")]) == [.press])
    #expect(console.receiveEndOfStream() == .tap)
    #expect(console.receiveEndOfStream() == nil)
  }

  @Test func eachChangeIsALineAndTheHeartbeatIsNone() {
    var console = BoardConsole(mode: .words)
    let states: [(BoardState, String)] = [
      (.init(), ""),
      (.init(isStatusLedLit: true), ""),
      (.init(isButtonDown: true), "button pressed\n"),
      (.init(isLedLit: true, isButtonDown: true), "led on\n"),
      (.init(isLedLit: true, isButtonDown: true), ""),
      (.init(isLedLit: true), "button released\n"),
      (.init(isButtonDown: true), "button pressed\nled off\n"),
    ]
    for (state, lines) in states {
      console.show(state)
      #expect(console.takeOutput() == lines)
    }
  }

  @Test func outputThatIsNotTakenDoesNotPileUp() {
    var console = BoardConsole(mode: .words)
    for _ in 0..<10_000 {
      console.show(BoardState(isLedLit: true))
      console.show(BoardState())
      console.print(bytes("a line").span)
    }
    console.show(BoardState(isLedLit: true, isButtonDown: true))
    #expect(console.droppedLines > 9000)
    let stale = console.takeOutput()
    #expect(stale.utf8.count < 5000)
    console.show(BoardState(isLedLit: true, isButtonDown: true))
    #expect(console.takeOutput().hasPrefix("button pressed\n"))  // the latest state, once there is room
    console.print(bytes("another").span)
    #expect(console.takeOutput() == "another\n")
  }

  @Test func outputThatIsTakenInPartsIsWhole() {
    var console = BoardConsole(mode: .words)
    console.show(BoardState(isLedLit: true))
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

  @Test func tapsOnStandardInputAreSeenOnStandardOutput() {
    let board = SimulatedBoard()
    var console = BoardConsole(mode: .words)
    var button = Button(board.button)
    var led = Led(board.led)
    for command in console.receive([bytes("tap\ntap\n")]) where command == .tap { board.tap() }
    for time in 0..<300 as Range<UInt64> {
      let now = MonotonicTime(milliseconds: time)
      _ = board.poll(now: now)
      button.read(now: now)
      if button.pressed { led.toggle() }
      led.update()
      console.show(board.state)
    }
    let one = "button pressed\nled on\nbutton released\n"
    let two = "button pressed\nled off\nbutton released\n"
    #expect(console.takeOutput() == one + two)
  }
}

@Suite struct KeysModeTests {
  @Test(arguments: [
    (" ", [.tap]), ("pr", [.press, .release]), ("PR", [.press, .release]), ("q", [.quit]), ("Q", [.quit]),
    ("   ", [.tap, .tap, .tap]), ("x\n\r\t0é\u{3}\u{7f}", []),
  ] as [(String, [BoardCommand])])
  func eachKeyIsACommand(keys: String, commands: [BoardCommand]) {
    for delivery in Delivery.allCases {
      var console = BoardConsole(mode: .keys)
      #expect(console.receive(delivery.pieces(of: bytes(keys), trailing: bytes("x"))) == commands)
    }
  }

  /// Up, F1, F5, Page Down, Alt-P, a mouse report, a doubled Escape before F1 (xterm's sequences).
  @Test(arguments: ["[A", "OP", "OR", "[15~", "[6~", "p", "[<0;10;20M", "\u{1b}OP", "[1;5R"])
  func aKeyOfSeveralBytesIsNone(sequence: String) {
    for delivery in Delivery.allCases {
      var console = BoardConsole(mode: .keys)
      let input = bytes("\u{1b}\(sequence) ")
      #expect(console.receive(delivery.pieces(of: input, trailing: bytes("\u{1b}["))) == [.tap])
    }
  }

  @Test func theStatusLineIsRedrawnInPlaceWhenSomethingChanges() {
    var console = BoardConsole(mode: .keys)
    #expect(console.takeOutput() == "space: tap   p: press   r: release   q: quit\n")
    let states: [(BoardState, String)] = [
      (.init(), "\rLED ○ off   button ○ up     heartbeat  "),
      (.init(), ""),
      (.init(isStatusLedLit: true), "\rLED ○ off   button ○ up     heartbeat ♥"),
      (.init(isStatusLedLit: true, isButtonDown: true), "\rLED ○ off   button ● down   heartbeat ♥"),
      (.init(isLedLit: true, isButtonDown: true), "\rLED ● on    button ● down   heartbeat  "),
    ]
    for (state, line) in states {
      console.show(state)
      #expect(console.takeOutput() == line)
    }
  }

  @Test func aPrintedLineLeavesTheStatusLineWhole() {
    var console = BoardConsole(mode: .keys)
    console.print(bytes("before").span)
    console.show(BoardState(isLedLit: true))
    console.print(bytes("WebSocket client #1 connected from 127.0.0.1").span)
    console.print(bytes("x").span)
    #expect(screen(console.takeOutput()) == [
      "space: tap   p: press   r: release   q: quit", "before",
      "WebSocket client #1 connected from 127.0.0.1", "x",
      "LED ● on    button ○ up     heartbeat",
    ])
  }

  @Test func theCursorEndsOnALineOfItsOwn() {
    var console = BoardConsole(mode: .keys)
    console.show(BoardState())
    console.finish()
    console.finish()
    #expect(screen(console.takeOutput() + "$") == [
      "space: tap   p: press   r: release   q: quit", "LED ○ off   button ○ up     heartbeat", "$",
    ])
    var words = BoardConsole(mode: .words)
    words.finish()
    #expect(words.takeOutput() == "")
  }

  /// What a plain terminal shows after `output`: a carriage return goes back to the first column, and what
  /// follows writes over what was there. Blanks at the end of a line are left out.
  private func screen(_ output: String) -> [String] {
    var lines: [[Character]] = [[]]
    var column = 0
    for character in output {
      switch character {
      case "\n": lines.append([]); column = 0
      case "\r": column = 0
      default:
        if column < lines[lines.count - 1].count {
          lines[lines.count - 1][column] = character
        } else {
          lines[lines.count - 1].append(character)
        }
        column += 1
      }
    }
    return lines.map { line in String(line[..<((line.lastIndex { $0 != " " }).map { $0 + 1 } ?? 0)]) }
  }
}

extension BoardConsole {
  mutating func receive(_ pieces: [[UInt8]]) -> [BoardCommand] {
    var commands: [BoardCommand] = []
    for piece in pieces { commands += receive(piece.span) }
    return commands
  }

  mutating func takeOutput() -> String {
    var output: [UInt8] = []
    writeOutput { span in
      for index in span.indices { output.append(span[index]) }
      return span.count
    }
    return text(output)
  }
}
