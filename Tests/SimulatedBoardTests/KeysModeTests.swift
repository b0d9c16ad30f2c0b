// SPDX-License-Identifier: MIT

// The console of a terminal: keys, the command line, and the one line that shows all parts.

import ConformanceSupport
import Parts
import SimulatedBoard
import Testing
import Timebase

private let led = PartView("led", .switch)
private let button = PartView("button", .button)
private let lit = led.with { $0.isOn = true }
private let down = button.with { $0.isPressed = true }
private let legend = "space: tap   p: press   r: release   q: quit   :help Enter: commands by name"

private func makeConsole() -> BoardConsole { BoardConsole(mode: .keys, parts: [led, button]) }

@Suite struct KeyTests {
  private static let tap = BoardCommand.board(.tap(1))

  @Test(arguments: [
    (" ", [tap]), ("pr", [.board(.activate(1)), .board(.deactivate(1))]),
    ("PR", [.board(.activate(1)), .board(.deactivate(1))]), ("q", [.quit]), ("Q", [.quit]),
    ("   ", [tap, tap, tap]), ("x\n\r\t0é\u{3}\u{7f}", []), (":q\n", [.quit]), (":quit\r", [.quit]),
  ] as [(String, [BoardCommand])])
  func eachKeyIsACommand(keys: String, commands: [BoardCommand]) {
    for delivery in Delivery.allCases {
      var console = makeConsole()
      #expect(console.receive(delivery.pieces(of: bytes(keys), trailing: bytes("x"))) == commands)
    }
  }

  /// Up, F1, F5, Page Down, Alt-P, a mouse report, a doubled Escape before F1 (xterm's sequences).
  @Test(arguments: ["[A", "OP", "OR", "[15~", "[6~", "p", "[<0;10;20M", "\u{1b}OP", "[1;5R"])
  func aKeyOfSeveralBytesIsNone(sequence: String) {
    for delivery in Delivery.allCases {
      var console = makeConsole()
      let input = bytes("\u{1b}\(sequence) ")
      #expect(console.receive(delivery.pieces(of: input, trailing: bytes("\u{1b}["))) == [Self.tap])
    }
  }

  @Test func withoutAButtonTheKeysSaySo() {
    var console = BoardConsole(mode: .keys, parts: [led])
    #expect(console.takeOutput() == "q: quit   :help Enter: commands by name\n")
    #expect(console.receive(" ") == [])
    #expect(console.takeOutput() == "there is nothing here to tap\n")
  }
}

@Suite struct CommandLineTests {
  private static let on = BoardCommand.device(part: 0, .set(PartValues(isOn: true)))

  @Test(arguments: [
    ("on led\n", [on]), (":on led\r", [on]), (":  on   led \n", [on]), ("on led\r\n ", [on, .board(.tap(1))]),
    (":tap button\n", [.board(.tap(1))]), (":press\n", [.board(.activate(1))]),
    ("onn\u{7f} ledx\u{8}\n", [on]), (":zz\u{15}on led\n", [on]),
    ("o\u{7f}\u{7f} ", [.board(.tap(1))]), (":\u{7f} ", [.board(.tap(1))]), (":\n ", [.board(.tap(1))]),
    ("on l\u{1b}on led\n", [on]), (":pr\u{1b} ", [.board(.tap(1))]), (":\u{1b}q", [.quit]),
    ("on l\u{1b}[Ded\n", [on]), ("on l\u{1b}OPed\n", [on]), ("on l\u{1b}[15~ed\n", [on]),
    ("on l\u{1b}\u{1b}[Don led\n", [on]), ("on\t \0\u{1}led\n", [on]), ("on ledé\n", [on]),
  ] as [(String, [BoardCommand])])
  func aLineIsEditedAndDropped(keys: String, commands: [BoardCommand]) {
    for delivery in Delivery.allCases {
      var console = makeConsole()
      #expect(console.receive(delivery.pieces(of: bytes(keys), trailing: bytes("x"))) == commands)
    }
  }

  @Test func aLineHasALimit() {
    var console = makeConsole()
    #expect(console.receive(":on led" + String(repeating: " ", count: 10_000) + "x\n") == [Self.on])
  }

  @Test func whatIsTypedStandsInPlaceOfTheParts() {
    var console = makeConsole()
    console.show([led, button])
    var output = console.takeOutput()
    func lastLine(_ input: String) -> String? {
      _ = console.receive(input)
      output += console.takeOutput()
      return screen(output).last
    }
    #expect(lastLine("o") == ":o")
    #expect(lastLine("n ledd") == ":on ledd")
    #expect(output.hasSuffix("\r:on ledd"))  // the cursor stands behind it
    console.show([lit, button])
    #expect(lastLine("\u{7f}") == ":on led")
    console.print(bytes("a line of the program's").span)
    #expect(lastLine("") == ":on led")
    #expect(lastLine("\n") == "LED ● on    button ○ up     heartbeat")
    #expect(lastLine("fly\n") == "LED ● on    button ○ up     heartbeat")
    #expect(lastLine(":what\u{1b}") == "LED ● on    button ○ up     heartbeat")
    #expect(lastLine("[") == ":what")  // it was the beginning of an arrow key
    #expect(screen(output) == [
      legend, "a line of the program's",
      "unknown word 'fly': say press, release, tap, on, off, toggle, fault, heal, list or help", ":what",
    ])
  }

  @Test func theBeginningOfALongLineGivesWay() {
    var console = makeConsole()
    console.columns = 20
    _ = console.takeOutput()
    _ = console.receive(":fault led abcdefghijkl")
    #expect(screen(console.takeOutput()) == ["…t led abcdefghijkl"])
  }

  @Test(arguments: [("press", "wall"), ("release", "wall")])
  func aWordThatBeganWithKeysIsExplained(verb: String, name: String) {
    var console = makeConsole()
    _ = console.takeOutput()
    _ = console.receive("\(verb) \(name)\n")
    #expect(screen(console.takeOutput()) == ["p and r are keys of their own: begin a line with a colon", ""])
  }
}

@Suite struct StatusLineTests {
  @Test func theStatusLineIsRedrawnInPlaceWhenSomethingChanges() {
    var console = makeConsole()
    #expect(console.takeOutput() == legend + "\n")
    let states: [([PartView], Bool, String)] = [
      ([led, button], false, "\rLED ○ off   button ○ up     heartbeat  "),
      ([led, button], false, ""),
      ([led, button], true, "\rLED ○ off   button ○ up     heartbeat ♥"),
      ([led, down], true, "\rLED ○ off   button ● down   heartbeat ♥"),
      ([lit, down], false, "\rLED ● on    button ● down   heartbeat  "),
    ]
    for (state, isHeartbeatLit, line) in states {
      console.show(state, isHeartbeatLit: isHeartbeatLit)
      #expect(console.takeOutput() == line)
    }
  }

  private static let kitchen: [PartView] = [
    PartView("lamp", .switch).with { $0.isOn = true },
    PartView("desk", .light).with { $0.brightness = 128 },
    PartView("wall", .button),
    PartView("door", .contact),
    PartView("celsius", .sensor).with { ($0.value, $0.unit) = ("21.4", "°C") },
  ]

  @Test(arguments: [
    (100, "lamp ● on    desk ○ off 128   wall ○ up     door closed   celsius 21.4 °C   heartbeat ♥"),
    (80, "lamp ● on    desk ○ off 128   wall ○ up     door closed   celsius 21.4 °C   ♥"),
    (78, "lamp ● on    desk ○ off 128   wall ○ up     door closed   celsius 21.4 °C   ♥"),
    (77, "lamp ● on    desk ○ off 128   wall ○ up     door closed   … +1   ♥"),
    (67, "lamp ● on    desk ○ off 128   wall ○ up     door closed   … +1   ♥"),
    (66, "lamp ● on    desk ○ off 128   wall ○ up     … +2   ♥"),
    (30, "lamp ● on    … +4   ♥"),
    (12, "lamp ● on …"),
    (0, "lamp ●…"),
  ])
  func whatDoesNotFitTheTerminalIsCounted(columns: Int, line: String) {
    var console = BoardConsole(mode: .keys, parts: Self.kitchen)
    console.columns = columns
    _ = console.takeOutput()
    console.show(Self.kitchen, isHeartbeatLit: true)
    #expect(console.takeOutput() == "\r" + line)
    #expect(line.count < max(columns, 8))  // the last column stays free
  }

  static let views: [(PartView, String)] = [
    (PartView("lamp", .switch).with { $0.wanted = true }, "lamp ○ off → on"),
    (PartView("lamp", .switch).with { ($0.isOn, $0.wanted) = (true, false) }, "lamp ● on  → off"),
    (PartView("lamp", .switch).with { ($0.isOn, $0.left) = (true, 1) }, "lamp ● on  0:01"),
    (PartView("lamp", .switch).with { ($0.isOn, $0.left) = (true, 1_799_001) }, "lamp ● on  30:00"),
    (PartView("lamp", .switch).with { ($0.isOn, $0.left) = (true, 3_661_000) }, "lamp ● on  1:01:01"),
    (PartView("lamp", .switch).with { ($0.isOn, $0.left) = (true, Milliseconds(.max)) }, "lamp ● on  1193:02:48"),
    (PartView("strip", .light).with { ($0.isOn, $0.color) = (true, [255, 0, 9]) }, "strip ● on  255 #ff0009"),
    (PartView("door", .contact).with { $0.isOn = true }, "door open"),
    (PartView("celsius", .sensor), "celsius unknown"),
    (PartView("target", .number).with { $0.value = "20.5" }, "target 20.5"),
    (PartView("wall", .button).with { $0.fault = "gone\u{1b}[2J" }, "wall ✗ gone?[2J"),
  ]

  @Test(arguments: views.indices)
  func eachKindIsShownInItsWay(index: Int) {
    let (part, text) = Self.views[index]
    var console = BoardConsole(mode: .keys, parts: [part])
    _ = console.takeOutput()
    console.show([part])
    #expect(screen(console.takeOutput()) == [text + (part.kind == .contact ? "  " : "") + "   heartbeat"])
  }

  @Test func aLongFaultIsCutBeforePartsAreLeftOut() {
    let parts = [led.with { $0.fault = "the relay board is unplugged" }, button]
    var console = BoardConsole(mode: .keys, parts: parts)
    _ = console.takeOutput()
    console.show(parts)
    #expect(screen(console.takeOutput()) == ["LED ✗ the relay board is unplugged   button ○ up     heartbeat"])
    console.columns = 60
    #expect(screen(console.takeOutput()) == ["LED ✗ the relay board…   button ○ up"])
  }

  @Test func aLineThatBecomesShorterLeavesNothingBehind() {
    var console = makeConsole()
    console.show([led.with { $0.fault = "a long story" }, button])
    console.show([led, button])
    #expect(screen(console.takeOutput()) == [legend, "LED ○ off   button ○ up     heartbeat"])
  }

  @Test func aTerminalThatBecomesNarrowerIsDrawnAnew() {
    var console = makeConsole()
    console.show([led, button])
    console.columns = 29
    #expect(screen(console.takeOutput()).last?.hasPrefix("LED ○ off   … +1") == true)
  }

  @Test func wideCharactersTakeTwoColumns() {
    let part = PartView("celsius", .sensor).with { ($0.value, $0.unit) = ("21", "摂氏") }
    var console = BoardConsole(mode: .keys, parts: [part, part])
    console.columns = 39  // 15 columns, 3, 15, 3, and the heart, and the free one
    _ = console.takeOutput()
    console.show([part, part])
    #expect(console.takeOutput() == "\rcelsius 21 摂氏   celsius 21 摂氏    ")
    console.columns = 37
    #expect(console.takeOutput().hasPrefix("\rcelsius 21 摂氏   … +1"))
  }

  @Test func aPrintedLineLeavesTheStatusLineWhole() {
    var console = makeConsole()
    console.print(bytes("before").span)
    console.show([lit, button])
    console.print(bytes("WebSocket client #1 connected from 127.0.0.1").span)
    console.print(bytes("x").span)
    #expect(screen(console.takeOutput()) == [
      legend, "before", "WebSocket client #1 connected from 127.0.0.1", "x",
      "LED ● on    button ○ up     heartbeat",
    ])
  }

  @Test func aLineThatGrowsIsNotDrawnOver() {
    var console = makeConsole()
    console.show([led, button])
    console.grow(bytes("Trying to connect ").span)
    console.show([lit, button])
    _ = console.receive("on led")
    console.grow(bytes(".").span)
    console.endLine()
    _ = console.receive("\u{1b}")
    console.show([lit, button])
    #expect(screen(console.takeOutput()) == [
      legend, "Trying to connect .", "LED ● on    button ○ up     heartbeat",
    ])
  }

  @Test func theCursorEndsOnALineOfItsOwn() {
    var console = makeConsole()
    console.show([led, button])
    console.finish()
    console.finish()
    #expect(screen(console.takeOutput() + "$") == [legend, "LED ○ off   button ○ up     heartbeat", "$"])
    var words = BoardConsole(mode: .words, parts: [led, button])
    words.finish()
    #expect(words.takeOutput() == "")
  }

  @Test func keysThatAreHeldDownDoNotPileUpOutput() {
    var console = makeConsole()
    for _ in 0..<10_000 { _ = console.receive("x\u{7f}y\n") }
    #expect(console.takeOutput().utf8.count < 5000)
    console.show([led, button])
    #expect(screen(console.takeOutput()) == ["LED ○ off   button ○ up     heartbeat"])
  }
}
