// SPDX-License-Identifier: MIT

// The face of a simulated board on a terminal or a pipe: bytes of standard input become commands, states of
// the board become bytes of standard output. It reads and writes nothing itself.
// Rule: what is shown is the difference to what was shown last. If the output is not taken, nothing piles up:
// the states in between are left out, and the latest is shown when there is room.

/// What someone at the console wants.
public enum BoardCommand: Equatable, Sendable {
  case press, release, tap
  /// End the program (`q`, only with keys).
  case quit
}

/// The console of a simulated board.
public struct BoardConsole: Sendable {
  /// Who is at the other end.
  public enum Mode: Sendable {
    /// A pipe or a file: a word a line in, a line a change out.
    case words
    /// A terminal in `TerminalMode`: keys in, one line that is redrawn in place out.
    case keys
  }

  /// What may wait to be written before further output is left out, in bytes.
  static let outputLimit = 4096

  /// How many lines of `print(_:)` and about unknown words were left out because the output was not taken.
  public private(set) var droppedLines = 0

  private let mode: Mode
  private var words = WordReader()
  private var keys = KeyReader()
  private var output: [UInt8] = []
  private var shown = BoardState()
  private var statusLineIsDrawn = false
  private var lineIsOpen = false

  /// A console that takes the board for dark and untouched until `show(_:)` says otherwise.
  public init(mode: Mode) {
    self.mode = mode
    if mode == .keys { append("space: tap   p: press   r: release   q: quit\n") }
  }

  /// Takes bytes of standard input, in any pieces, and returns the commands that are complete with them.
  public mutating func receive(_ bytes: Span<UInt8>) -> [BoardCommand] {
    var commands: [BoardCommand] = []
    for index in bytes.indices {
      switch mode {
      case .words:
        if let line = words.take(bytes[index]), let command = command(for: line) { commands.append(command) }
      case .keys:
        if let command = keys.take(bytes[index]) { commands.append(command) }
      }
    }
    return commands
  }

  /// Takes the end of standard input, which also ends a last line without a newline.
  public mutating func receiveEndOfStream() -> BoardCommand? {
    guard let line = words.takeEndOfStream() else { return nil }
    return command(for: line)
  }

  /// Shows a state of the board if it differs from what was shown last.
  public mutating func show(_ state: BoardState) {
    guard output.count < Self.outputLimit, !lineIsOpen else { return }
    switch mode {
    case .words:
      if state.isButtonDown != shown.isButtonDown {
        append(state.isButtonDown ? "button pressed\n" : "button released\n")
      }
      if state.isLedLit != shown.isLedLit { append(state.isLedLit ? "led on\n" : "led off\n") }
    case .keys:
      if state != shown || !statusLineIsDrawn { drawStatusLine(state) }
    }
    shown = state
  }

  /// Prints a line of the program's own, without its newline, and keeps the status line below it.
  public mutating func print(_ line: Span<UInt8>) {
    guard output.count < Self.outputLimit else {
      droppedLines += 1
      return
    }
    if lineIsOpen { endLine() }
    let redraws = statusLineIsDrawn
    if redraws { append(StatusLine.erasure) }
    for index in line.indices { output.append(line[index]) }
    append("\n")
    if redraws { drawStatusLine(shown) }
  }

  /// Prints a part of a line that grows, such as one with a dot for each moment of waiting; states are not shown until
  /// `endLine()` or another line ends it.
  public mutating func grow(_ part: Span<UInt8>) {
    guard output.count < Self.outputLimit else { return }
    if statusLineIsDrawn { append(StatusLine.erasure) }
    statusLineIsDrawn = false
    lineIsOpen = true
    for index in part.indices { output.append(part[index]) }
  }

  /// Ends a line that has grown.
  public mutating func endLine() {
    if lineIsOpen { append("\n") }
    lineIsOpen = false
  }

  /// Leaves the cursor on a line of its own, for whoever writes to the terminal next.
  public mutating func finish() {
    if statusLineIsDrawn || lineIsOpen { append("\n") }
    statusLineIsDrawn = false
    lineIsOpen = false
  }

  /// Whether there is output to write.
  public var hasOutput: Bool { !output.isEmpty }

  /// Hands pending output to `accept`, which says how many of the bytes it took.
  public mutating func writeOutput(_ accept: (Span<UInt8>) -> Int) {
    guard !output.isEmpty else { return }
    let count = accept(output.span)
    output.removeFirst(min(max(count, 0), output.count))
  }

  /// The command a line asks for; a line that asks for nothing gets an answer.
  private mutating func command(for line: WordReader.Line) -> BoardCommand? {
    switch line {
    case .command(let command): return command
    case .unknown(let word): print("unknown word '\(word)': say press, release or tap".utf8.span)
    case .tooLong: print("line too long: say press, release or tap".utf8.span)
    }
    return nil
  }

  private mutating func drawStatusLine(_ state: BoardState) {
    append(StatusLine.drawing(of: state))
    statusLineIsDrawn = true
  }

  private mutating func append(_ text: String) {
    output.append(contentsOf: text.utf8)
  }
}

/// The line that is redrawn in place: no escape sequences, only a carriage return and a constant width.
enum StatusLine {
  static func drawing(of state: BoardState) -> String {
    let led = state.isLedLit ? "● on " : "○ off"
    let button = state.isButtonDown ? "● down" : "○ up  "
    let heartbeat = state.isStatusLedLit ? "♥" : " "
    return "\rLED \(led)   button \(button)   heartbeat \(heartbeat)"
  }

  /// Blanks over the whole line, and the cursor back at its beginning.
  static let erasure = "\r" + String(repeating: " ", count: drawing(of: BoardState()).count - 1) + "\r"
}
