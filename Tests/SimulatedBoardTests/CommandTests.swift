// SPDX-License-Identifier: MIT

// What may be said to a console, and what it answers to what may not. The table is the specification.

import Bytes
import ConformanceSupport
import Parts
import SimulatedBoard
import Testing
import Timebase

/// The indices of the parts in `makeKitchen()`.
private let (lamp, desk, strip, wall, bell, door, celsius, target) = (0, 1, 2, 3, 4, 5, 6, 7)

@Suite struct CommandTests {
  static let commands: [(String, BoardCommand)] = [
    ("press", .board(.activate(wall))),
    ("release", .board(.deactivate(wall))),
    ("tap", .board(.tap(wall))),
    ("press bell", .board(.activate(bell))),
    ("release bell", .board(.deactivate(bell))),
    ("tap bell", .board(.tap(bell))),
    ("open door", .board(.activate(door))),
    ("close door", .board(.deactivate(door))),
    ("on door", .board(.activate(door))),
    ("off door", .board(.deactivate(door))),
    ("set celsius 21.5", .board(.measure(celsius, Decimal(215, exponent: -1)))),
    ("set celsius -4", .board(.measure(celsius, Decimal(-4)))),
    ("set celsius unknown", .board(.measure(celsius, nil))),
    ("on lamp", .device(part: lamp, .set(PartValues(isOn: true)))),
    ("off lamp", .device(part: lamp, .set(PartValues(isOn: false)))),
    ("toggle lamp", .device(part: lamp, .toggle)),
    ("toggle desk", .device(part: desk, .toggle)),
    ("set desk 128", .device(part: desk, .set(PartValues(brightness: 128)))),
    ("set strip 1", .device(part: strip, .set(PartValues(brightness: 1)))),
    ("set strip #FF8000", .device(part: strip, .set(PartValues(color: Color(red: 255, green: 128, blue: 0))))),
    ("set target 21.5", .device(part: target, .set(PartValues(value: Decimal(215, exponent: -1))))),
    ("fault lamp", .board(.fault(lamp, bytes("simulated")))),
    ("fault lamp The chip  is gone", .board(.fault(lamp, bytes("The chip is gone")))),
    ("heal lamp", .board(.heal(lamp))),
    ("fault wall \u{1b}[2Jé", .board(.fault(wall, bytes("?[2J??")))),
    (" TAP \t Wall \r", .board(.tap(wall))),
  ]

  @Test(arguments: commands)
  func eachLineIsACommand(line: String, command: BoardCommand) throws {
    for delivery in Delivery.allCases {
      var console = BoardConsole(.words, try makeKitchen())
      #expect(console.receive(delivery.pieces(of: bytes(line + "\n"), trailing: bytes("ta"))) == [command])
      #expect(console.takeOutput() == "")
    }
  }

  @Test(arguments: commands)
  func eachLineIsACommandOnATerminalBehindAColon(line: String, command: BoardCommand) throws {
    guard line.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { return }  // a terminal has keys for the rest
    for delivery in Delivery.allCases {
      var console = BoardConsole(.keys, try makeKitchen())
      #expect(console.receive(delivery.pieces(of: bytes(":\(line)\n"), trailing: bytes("x"))) == [command])
    }
  }

  static let all = "press, release, tap, on, off, toggle, set, open, close, fault, heal, list or help"

  @Test(arguments: [
    ("tpa", "unknown word 'tpa': say \(all)"),
    ("quit", "unknown word 'quit': say \(all)"),
    (" Hello you \r", "unknown word 'hello': say \(all)"),
    ("\u{1b}[2J\0", "unknown word '?[2j?': say \(all)"),
    ("é", "unknown word '??': say \(all)"),
    (String(repeating: "x", count: 99), "unknown word '\(String(repeating: "x", count: 40))…': say \(all)"),
    ("tap tap", "no part 'tap': there is lamp, desk, strip, wall, bell, door, celsius and target"),
    ("tap wal", "no part 'wal': did you mean wall?"),
    ("on lmap", "no part 'lmap': did you mean lamp?"),
    ("set cel 3", "no part 'cel': did you mean celsius?"),
    ("tap desk", "desk is a light: say on, off, toggle, set, fault or heal"),
    ("set lamp 1", "lamp is a switch: say on, off, toggle, fault or heal"),
    ("on wall", "wall is a button: say press, release, tap, fault or heal"),
    ("toggle door", "door is a contact: say on, off, open, close, fault or heal"),
    ("on celsius", "celsius is a sensor: say set, fault or heal"),
    ("fault target x", "target is a number: say set"),
    ("open", "open which part? say door"),
    ("toggle", "toggle which part? say lamp, desk or strip"),
    ("set", "set which part? say desk, strip, celsius or target"),
    ("set celsius warm", "set celsius to a number such as 21.5, or to unknown, not 'warm'"),
    ("set celsius", "set celsius to a number such as 21.5, or to unknown"),
    ("set celsius 1 2", "set celsius to a number such as 21.5, or to unknown, not '1 2'"),
    ("set celsius 1e999", "set celsius to a number such as 21.5, or to unknown, not '1e999'"),
    ("set target 21,5", "set target to a number such as 21.5, not '21,5'"),
    ("set target unknown", "set target to a number such as 21.5, not 'unknown'"),
    ("set desk 0", "set desk to a brightness from 1 to 255, not '0'"),
    ("set desk 256", "set desk to a brightness from 1 to 255, not '256'"),
    ("set desk #ff0000", "set desk to a brightness from 1 to 255, not '#ff0000'"),
    ("set strip #ff00", "set strip to a brightness from 1 to 255, or to a color such as #ff8000, not '#ff00'"),
    ("set strip #gg0000", "set strip to a brightness from 1 to 255, or to a color such as #ff8000, not '#gg0000'"),
    ("tap wall now", "nothing can follow 'tap wall'"),
    ("heal lamp please", "nothing can follow 'heal lamp'"),
    ("list all", "nothing can follow 'list'"),
  ])
  func whatIsWrongIsAnsweredInOneLineThatSaysWhatIsPossible(line: String, answer: String) throws {
    for delivery in Delivery.allCases {
      var console = BoardConsole(.words, try makeKitchen())
      let input = bytes(line + "\ntap\n")
      #expect(console.receive(delivery.pieces(of: input, trailing: bytes("x"))) == [.board(.tap(wall))])
      #expect(console.takeOutput() == answer + "\n")
    }
  }

  @Test func aDeviceIsAskedOnlyForWhatItHas() throws {
    var demo = BoardConsole(.words, try makeDemo())
    #expect(demo.receive("tpa\nset led 3\nopen door\nset\n") == [])
    #expect(screen(demo.takeOutput()) == [
      "unknown word 'tpa': say press, release, tap, on, off, toggle, fault, heal, list or help",
      "led is a switch: say on, off, toggle, fault or heal",
      "no part 'door': there is led and button",
      "there is nothing here to set", "",
    ])
    var dark = BoardConsole(mode: .words, parts: [PartView("lamp", .switch)])
    #expect(dark.receive("tap\nhelp\n") == [])
    #expect(screen(dark.takeOutput()).first == "there is nothing here to tap")
    var empty = BoardConsole(mode: .words, parts: [])
    #expect(empty.receive("on lamp\nlist\npress\n") == [])
    #expect(empty.takeOutput() == "no part 'lamp': there are no parts\nthere is nothing here to press\n")
  }

  @Test func manyNamesAreNotAllRepeated() {
    var console = BoardConsole(mode: .words, parts: (1...30).map { PartView("relay_number_\($0)", .switch) })
    #expect(console.receive("on kettle\ntoggle\n") == [])
    let lines = screen(console.takeOutput())
    #expect(lines[0].hasSuffix("relay_number_8 and 22 more ('list' prints them)"))
    #expect(lines[1].hasSuffix("relay_number_8 or 22 more ('list' prints them)"))
  }

  @Test func listPrintsEachPartWithItsKindAndWords() throws {
    var console = BoardConsole(.words, try makeKitchen())
    #expect(console.receive("list\n") == [])
    let lines = screen(console.takeOutput())
    #expect(lines.dropLast().map { String($0.prefix { $0 != " " }) } == kitchenNames)
    #expect(lines[0] == "lamp      switch    on, off, toggle, fault, heal")
    #expect(lines[6] == "celsius   sensor    set, fault, heal")
  }

  @Test func helpSaysWhatTheBoardHasAndFitsATerminal() throws {
    var console = BoardConsole(.words, try makeKitchen())
    #expect(console.receive("help\n") == [])
    let lines = screen(console.takeOutput())
    #expect(lines.count == 9)
    for line in lines { #expect(line.count < 80, "\(line)") }
    for word in Self.all.split(separator: ", ").flatMap({ $0.split(separator: " or ") }) where word != "help" {
      #expect(lines.contains { $0.contains(word) }, "\(word)")
    }
    var demo = BoardConsole(.words, try makeDemo())
    #expect(demo.receive("help\n") == [])
    #expect(screen(demo.takeOutput()).count == 5)
  }

  @Test func whatTheDeviceRefusesIsSaid() throws {
    var device = try makeKitchen()
    var console = BoardConsole(.words, device)
    for case .device(let part, let command) in console.receive("set target 99\n") {
      do throws(CommandError) {
        try device.perform(command, on: part, by: .terminal, now: .zero)
      } catch {
        console.refuse(part: part, error)
      }
    }
    #expect(console.takeOutput() == "target: malformed value\n")
  }
}
