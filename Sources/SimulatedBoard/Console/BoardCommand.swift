// SPDX-License-Identifier: MIT

// The commands of the console. Two kinds are kept apart: what happens to the board (a finger on a button, a warmer
// room) goes to the board, and reaches the device as a reading; what the device shall do goes to the device.

public import Parts

/// A command of the console.
public enum BoardCommand: Equatable, Sendable {
  /// Something happens to the simulated board; for `SimulatedBoard.apply(_:)`.
  case board(SimulatedBoard.Event)
  /// The device is to change the part with this index in the console's list, with the author `.terminal`.
  ///
  /// The device may refuse; tell that to `BoardConsole.refuse(part:_:)`.
  case device(part: Int, Command)
  /// End the program (`q`, only with keys).
  case quit
}

/// The words that a command begins with.
enum ConsoleVerb: String, CaseIterable {
  case press, release, tap, on, off, toggle, set, open, close, fault, heal, list, help

  /// Whether a part of that kind can be worked with it.
  func works(on kind: PartView.Kind) -> Bool {
    switch self {
    case .press, .release, .tap: kind == .button
    case .on, .off: kind == .switch || kind == .light || kind == .contact
    case .toggle: kind == .switch || kind == .light
    case .set: kind == .light || kind == .sensor || kind == .number
    case .open, .close: kind == .contact
    case .fault, .heal: kind != .number  // which is on no channel that could be gone
    case .list, .help: false
    }
  }

  /// Whether it is about the first button if no part is named.
  var meansFirstButton: Bool { self == .press || self == .release || self == .tap }

  /// Whether it takes no part's name.
  var isAboutTheBoard: Bool { self == .list || self == .help }

  /// The lines of `help`, each with the kinds of part that it is about.
  static let helpLines: [(kinds: [PartView.Kind], text: String)] = [
    ([.button], "press, release, tap NAME    a button; the first one without a name"),
    ([.switch, .light], "on, off, toggle NAME        a switch or a light"),
    ([.light], "set NAME 128, NAME #ff8000  the brightness of a light (1 to 255), its color"),
    ([.contact], "open, close NAME            a contact (or on, off)"),
    ([.sensor], "set NAME 21.5, unknown      what a sensor reads, or that it is unreadable"),
    ([.number], "set NAME 21.5               the value of a number"),
    ([.switch, .light, .button, .contact, .sensor], "fault NAME WHY, heal NAME   a part fails, and works again"),
    (PartView.Kind.allCases, "list                        the parts, and the commands for each"),
  ]
}
