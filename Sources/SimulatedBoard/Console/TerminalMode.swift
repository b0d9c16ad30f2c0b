// SPDX-License-Identifier: MIT

// A terminal that hands over each key at once and does not show it, for as long as a value lives.
// Rule: signals stay with the terminal (Ctrl-C still is SIGINT), and the terminal gets back what it had, also
// when the program ends through `exit`. Source: POSIX.1-2024, chapter 11 (General Terminal Interface).

import SystemCalls

/// Why a terminal could not be switched.
public enum TerminalModeError: Error, Equatable, CustomStringConvertible {
  /// The descriptor is a pipe or a file.
  case notATerminal
  /// The program runs in the background of its terminal, where a change would stop it (SIGTTOU).
  case inBackground
  /// The system refused, with its `errno`.
  case system(code: Int32)

  public var description: String {
    switch self {
    case .notATerminal: "standard input is not a terminal"
    case .inBackground: "the program runs in the background of its terminal"
    case .system(let code): "cannot switch the terminal to single keys: \(String(cString: strerror(code)))"
    }
  }
}

/// A terminal without line editing and echo; its end restores the terminal.
///
/// One may live at a time.
public struct TerminalMode: ~Copyable {
  /// The terminal to restore, also at `exit`, which runs no `deinit`.
  private static let saved = Locked<(descriptor: Int32, attributes: termios)?>(nil)

  /// Whether `descriptor` is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// How many columns and rows the terminal at `descriptor`, by default standard output (1), has; nil if it does not
  /// say, or is none.
  public static func size(_ descriptor: Int32 = 1) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(descriptor, .init(truncatingIfNeeded: TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// How many columns the terminal at `descriptor`, by default standard output (1), has; nil if it does not say, or is
  /// none.
  public static func columns(_ descriptor: Int32 = 1) -> Int? { size(descriptor)?.columns }

  /// Switches the terminal at `descriptor`, by default standard input (0).
  ///
  /// - Throws: Why it stays as it is.
  public init(_ descriptor: Int32 = 0) throws(TerminalModeError) {
    guard Self.isTerminal(descriptor) else { throw .notATerminal }
    guard Self.isInForeground(descriptor) else { throw .inBackground }
    var attributes = termios()
    guard tcgetattr(descriptor, &attributes) == 0 else { throw .system(code: errno) }
    let before = attributes
    attributes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    withUnsafeMutableBytes(of: &attributes.c_cc) { characters in
      characters[Int(VMIN)] = 1  // a read returns with the first byte
      characters[Int(VTIME)] = 0  // and waits for it without limit
    }
    guard tcsetattr(descriptor, TCSANOW, &attributes) == 0 else { throw .system(code: errno) }
    Self.saved.withLock { $0 = (descriptor, before) }
    Self.restoresAtExit
  }

  /// Gives the terminal back; the end of the value does the same.
  public consuming func restore() {}

  deinit { Self.restoreSaved() }

  /// Registers the restoration once per process.
  private static let restoresAtExit: Void = {
    _ = atexit { TerminalMode.restoreSaved() }
  }()

  private static func restoreSaved() {
    saved.withLock { saved in
      // In the background the terminal is the shell's again, and so are its attributes.
      if var saved, isInForeground(saved.descriptor) {
        tcsetattr(saved.descriptor, TCSANOW, &saved.attributes)
      }
      saved = nil
    }
  }

  /// Whether this process may change the terminal: it may if the terminal is not the one that controls it.
  private static func isInForeground(_ descriptor: Int32) -> Bool {
    let foreground = tcgetpgrp(descriptor)
    return foreground < 0 || foreground == getpgrp()
  }
}
