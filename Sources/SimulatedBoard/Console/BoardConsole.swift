// SPDX-License-Identifier: MIT

// The face of a board on a terminal or a pipe: bytes of standard input become commands, states of the parts become
// bytes of standard output. It reads and writes nothing itself.
// Rule: what is shown is the difference to what was shown last. If the output is not taken, nothing piles up: the
// states in between are left out, and the latest is shown when there is room.

public import Parts

/// The console of a board.
public struct BoardConsole: Sendable {
  /// What is at the other end.
  public enum Mode: Sendable {
    /// A pipe or a file: a command a line in, a line a change out.
    case words
    /// A terminal in `TerminalMode`: keys and commands in, one line that is redrawn in place out.
    case keys
  }

  /// What may wait to be written before further output is left out, in bytes.
  static let outputLimit = 4096

  /// How many lines of `print(_:)` and how many answers were left out because the output was not taken.
  public private(set) var droppedLines = 0

  /// How wide the terminal is, in columns; 80 until it is set, and at least 8.
  ///
  /// Its last column stays free: some terminals begin a new line when it is written to.
  public var columns = 80 {
    didSet {
      columns = max(columns, 8)
      refresh()
    }
  }

  private let mode: Mode
  private var lines = LineReader()
  private var keys = KeyReader()
  private var output: [UInt8] = []
  private var parts: [PartView]
  private var isHeartbeatLit = false
  private var hasBeenShown = false
  /// The text of the line that is redrawn in place; nil if the cursor is on an empty line.
  private var drawn: String?
  private var lineIsOpen = false

  /// A console for these parts, which it takes to be as they are given until `show(_:)` says otherwise.
  public init(mode: Mode, parts: [PartView]) {
    self.mode = mode
    self.parts = parts
    if mode == .keys { append(Self.legend(hasButton: parts.contains { $0.kind == .button })) }
  }

  private static func legend(hasButton: Bool) -> String {
    (hasButton ? "space: tap   p: press   r: release   " : "") + "q: quit   :help Enter: commands by name\n"
  }

  // MARK: Input

  /// Takes bytes of standard input, in any pieces, and returns the commands that are complete with them.
  ///
  /// A line has 128 bytes at most: a longer one is answered and dropped, and keys beyond that are not taken.
  public mutating func receive(_ bytes: Span<UInt8>) -> [BoardCommand] {
    var commands: [BoardCommand] = []
    for index in bytes.indices {
      let command: BoardCommand? =
        switch mode {
        case .words: lines.take(bytes[index]).flatMap { take($0) }
        case .keys: keys.take(bytes[index]).flatMap { take($0) }
        }
      if let command { commands.append(command) }
    }
    refresh()
    return commands
  }

  /// Takes the end of standard input, which also ends a last line without a newline.
  public mutating func receiveEndOfStream() -> BoardCommand? {
    mode == .words ? take(lines.takeEndOfStream()) : nil
  }

  private var parser: CommandParser { CommandParser(parts: parts, hasKeys: mode == .keys) }

  private mutating func take(_ line: LineReader.Line) -> BoardCommand? {
    switch line {
    case .text(let text): return take(parser.reply(to: text))
    case .tooLong: return take(.answer(["line too long: \(LineReader.limit) characters are enough for each command"]))
    }
  }

  private mutating func take(_ input: KeyReader.Input) -> BoardCommand? {
    switch input {
    case .tap: return take(parser.reply(toKey: .tap))
    case .press: return take(parser.reply(toKey: .press))
    case .release: return take(parser.reply(toKey: .release))
    case .quit: return .quit
    case .line(let text):
      if text == "q" || text == "quit" { return .quit }
      return take(parser.reply(to: text))
    }
  }

  /// The command that a line asks for; a line that asks for none gets its answer.
  private mutating func take(_ reply: CommandReply?) -> BoardCommand? {
    switch reply {
    case .command(let command): return command
    case .answer(let lines): for line in lines { print(line.utf8.span) }
    case nil: break
    }
    return nil
  }

  // MARK: Output

  /// Shows the parts if they differ from what was shown last; they are those of `init`, in that order.
  ///
  /// The heartbeat is the board's own LED, and is shown only on a terminal. Nothing is shown while 4096 bytes wait to
  /// be written, or a line grows: call it again when there is room.
  public mutating func show(_ parts: [PartView], isHeartbeatLit: Bool = false) {
    guard output.count < Self.outputLimit, !lineIsOpen else { return }
    if mode == .words { tellChanges(to: parts) }
    self.parts = parts
    self.isHeartbeatLit = isHeartbeatLit
    hasBeenShown = true
    refresh()
  }

  /// Writes a line for each change, first of what is worked by hand and then of what follows from it.
  private mutating func tellChanges(to new: [PartView]) {
    guard new != parts else { return }
    for isInput in [true, false] {
      for (index, part) in new.enumerated() where (part.kind == .button || part.kind == .contact) == isInput {
        let isKnown = index < parts.count && parts[index].name == part.name && parts[index].kind == part.kind
        let old = isKnown ? parts[index] : PartView(part.name, part.kind)
        for line in ChangeWords.changes(from: old, to: part) { append(line + "\n") }
      }
    }
  }

  /// Prints a line of the program's own, without its newline, and keeps the line of the parts below it. While 4096
  /// bytes wait it is dropped, and counted in `droppedLines`.
  public mutating func print(_ line: Span<UInt8>) {
    guard output.count < Self.outputLimit else {
      droppedLines += 1
      return
    }
    if lineIsOpen { endLine() }
    let isToRedraw = drawn != nil
    erase()
    for index in line.indices { output.append(line[index]) }
    append("\n")
    if isToRedraw { draw() }
  }

  /// Answers a command that the device has refused; `part` is its index in the console's list.
  public mutating func refuse(part: Int, _ reason: CommandError) {
    let name = parts.indices.contains(part) ? parts[part].name + ": " : ""
    let words = reason.words
    print((name + String(decoding: words.indices.map { words[$0] }, as: UTF8.self)).utf8.span)
  }

  /// Prints a piece of a line that grows, such as one with a dot for each moment of waiting.
  ///
  /// The parts of the board are not shown until `endLine()` or another line ends it. While 4096 bytes wait a piece is
  /// dropped.
  public mutating func grow(_ piece: Span<UInt8>) {
    guard output.count < Self.outputLimit else { return }
    erase()
    lineIsOpen = true
    for index in piece.indices { output.append(piece[index]) }
  }

  /// Ends a line that has grown.
  public mutating func endLine() {
    if lineIsOpen { append("\n") }
    lineIsOpen = false
  }

  /// Leaves the cursor on a line of its own, for the next program that writes to the terminal.
  public mutating func finish() {
    if drawn != nil || lineIsOpen { append("\n") }
    drawn = nil
    lineIsOpen = false
  }

  /// Whether there is output to write.
  public var hasOutput: Bool { !output.isEmpty }

  /// Hands pending output to `accept`, which says how many of the bytes it took: a negative number counts as none, one
  /// that is too large as all.
  public mutating func writeOutput(_ accept: (Span<UInt8>) -> Int) {
    guard !output.isEmpty else { return }
    let count = accept(output.span)
    output.removeFirst(min(max(count, 0), output.count))
  }

  private mutating func append(_ text: String) {
    output.append(contentsOf: text.utf8)
  }

  // MARK: The line that is redrawn in place

  /// What is to stand in it: the command that is being typed, or else the parts; nil if there is nothing yet.
  private var bottomLine: String? {
    guard mode == .keys else { return nil }
    if let line = keys.line {
      let text = ":" + String(decoding: line, as: UTF8.self)
      return text.count < columns ? text : "…" + Printable.suffix(text, columns: columns - 2)
    }
    return hasBeenShown ? StatusLine.text(parts, isHeartbeatLit: isHeartbeatLit, columns: columns - 1) : nil
  }

  /// Draws it if it stands otherwise, and there is room for that.
  private mutating func refresh() {
    guard output.count < Self.outputLimit, !lineIsOpen, bottomLine != drawn else { return }
    draw()
  }

  private mutating func draw() {
    guard let text = bottomLine else { return erase() }
    if keys.line != nil {
      erase()  // the cursor stays behind what was typed
      append(text)
    } else {
      append("\r" + text + blanks(drawnWidth - Printable.columns(text)))
    }
    drawn = text
  }

  /// Blanks over it, and the cursor back at its beginning.
  private mutating func erase() {
    if drawn != nil { append("\r" + blanks(drawnWidth) + "\r") }
    drawn = nil
  }

  /// How much of the terminal's line is to be written over; less than it was if the terminal has become narrower.
  private var drawnWidth: Int { min(drawn.map(Printable.columns) ?? 0, columns - 1) }
}
