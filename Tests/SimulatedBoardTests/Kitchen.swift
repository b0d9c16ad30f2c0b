// SPDX-License-Identifier: MIT

// A device with all six kinds, its board, and what tests do with a console.

import Bytes
import ConformanceSupport
import Parts
import SimulatedBoard
import Timebase

/// A device with all six kinds, and a button with a slow debouncing.
func makeKitchen() throws -> Device {
  try Device("Kitchen") {
    Part.switch("lamp", output: 0)
    Part.light("desk", output: 1)
    Part.light("strip", output: 2, channelCount: 3)
    Part.button("wall", input: 0, .init(.press, [try! Action(bytes("toggle lamp").span)]))
    Part.button("bell", input: 1, timing: slow)
    Part.contact("door", input: 2)
    Part.sensor("celsius", input: 3, unit: "°C")
    Part.number(
      "target", minimum: Decimal(5), maximum: Decimal(30), step: Decimal(5, exponent: -1), unit: "°C")
  }
}

/// The names of `makeKitchen()`'s parts, by which tests find their indices.
let kitchenNames = ["lamp", "desk", "strip", "wall", "bell", "door", "celsius", "target"]

private var slow: Button.Timing {
  var timing = Button.Timing()
  timing.debounce = 120
  return timing
}

/// The demo: one LED and one button.
func makeDemo() throws -> Device {
  try Device("Demo") {
    Part.switch("led", output: 0)
    Part.button("button", input: 0, .init(.press, [try! Action(bytes("toggle led").span)]))
  }
}

extension Device {
  /// What a console is given to show.
  var views: [PartView] { parts.map { PartView($0) } }

  /// The part called `name`, which there is.
  func part(_ name: String) -> Part { parts[parts.firstIndex { text($0.name) == name } ?? 0] }
}

extension PartView {
  /// A part that is as `change` makes it.
  func with(_ change: (inout PartView) -> Void) -> PartView {
    var part = self
    change(&part)
    return part
  }
}

extension BoardConsole {
  init(_ mode: Mode, _ device: Device) { self.init(mode: mode, parts: device.views) }

  mutating func receive(_ pieces: [[UInt8]]) -> [BoardCommand] {
    var commands: [BoardCommand] = []
    for piece in pieces { commands += receive(piece.span) }
    return commands
  }

  mutating func receive(_ input: String) -> [BoardCommand] { receive([bytes(input)]) }

  mutating func takeOutput() -> String {
    var output: [UInt8] = []
    writeOutput { span in
      for index in span.indices { output.append(span[index]) }
      return span.count
    }
    return text(output)
  }
}

/// What a plain terminal shows after `output`: a carriage return goes back to the first column, and what follows writes
/// over what was there. Blanks at the end of a line are left out.
func screen(_ output: String) -> [String] {
  var lines: [[Character]] = [[]]
  var column = 0
  for character in output {
    switch character {
    case "\n":
      lines.append([])
      column = 0
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
