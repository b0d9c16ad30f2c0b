// SPDX-License-Identifier: MIT

// Standard input and output of the board, and the log. A `BoardConsole` on the event loop keeps what is to be shown,
// within a bound; a thread of its own writes it, so that a terminal that was stopped with Ctrl-S, a pipe that nobody
// reads, or a full disk stops nothing else. Another thread reads.

import Bytes
import DeviceServer
import Dispatch
import Logging
import HostTransport
import Parts
import RemoteControl
import SimulatedBoard
import SystemCalls
import Timebase

/// The board's keyboard and display.
final class Console: Sendable {
  /// What the event loop and the writer share.
  private struct State {
    var board: BoardConsole
    /// Lines for the log, at most `logCapacity`.
    var log: [(level: Logger.Level, line: String)] = []
    var isWriting = false
    var isOver = false
  }

  /// What decides whether the display needs an update: making its words from the parts takes time.
  struct Shown: Equatable {
    private let revision: UInt64
    let isHeartbeatLit: Bool
    /// While a countdown runs, its second.
    private let second: UInt64?

    /// How things are; `last` is how they were when somebody looked before.
    init(_ device: borrowing Device, after last: Shown?, now: MonotonicTime) {
      revision = device.revision
      isHeartbeatLit = if let output = device.statusOutput { device.level(ofOutput: output) > 0 } else { false }
      // A countdown begins with a change.
      let mayCount = last?.revision != revision || last?.second != nil
      second = mayCount && Self.isCounting(device, now: now) ? now.milliseconds / 1000 : nil
    }

    private static func isCounting(_ device: borrowing Device, now: MonotonicTime) -> Bool {
      let parts = device.parts.span  // an element of the array itself would be copied, with its texts
      for index in parts.indices where parts[index].left(at: now) != nil { return true }
      return false
    }
  }

  private let state: Locked<State>
  private let terminal: Locked<TerminalMode?>
  private let readsInput: Bool
  private let logger: Logger
  private let output = DispatchQueue(label: "heliograph.console")

  /// Lines of log that wait for a writer which is held up; more are dropped.
  private static var logCapacity: Int { 1000 }
  /// How long the writer rests after it has written, in microseconds. To wake it takes longer than to serve a message;
  /// where lines come fast, many go out in one write.
  private static var rest: UInt32 { 2000 }

  /// Takes over standard input if it is a terminal that listens to this program, or no terminal at all; without a
  /// keyboard it is left alone.
  init(_ device: Device, logger: Logger, hasKeyboard: Bool) {
    self.logger = logger
    var mode: TerminalMode?
    var readsInput = hasKeyboard
    var boardMode = BoardConsole.Mode.words
    if hasKeyboard, TerminalMode.isTerminal(STDIN_FILENO) {
      do throws(TerminalModeError) {
        mode = try TerminalMode()
        boardMode = .keys
      } catch {
        readsInput = error != .inBackground  // a read would stop the program
        logger.notice("the keyboard is not used: \(error)")
      }
    }
    self.readsInput = readsInput
    terminal = Locked(mode)
    var board = BoardConsole(mode: boardMode, parts: device.parts.map { PartView($0) })
    if let columns = TerminalMode.columns() { board.columns = columns }
    state = Locked(State(board: board))
  }

  /// Begins to read commands for the board.
  func start(_ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox) {
    write()
    guard readsInput else { return }
    DispatchQueue(label: "heliograph.keyboard").async { [self] in read(transport, loopState) }
  }

  /// Shows what has changed since `last`; called on the event loop after each activity.
  func show(_ context: inout RemoteControlContext, since last: inout Shown?, now: MonotonicTime) {
    let shown = Shown(context.device, after: last, now: now)
    let isNew = shown != last
    guard isNew || context.log.hasLines else { return }
    last = shown
    state.withLock { state in
      context.log.drain { level, line in
        switch level {
        case .serial: state.board.print(line)
        case .info: add(.info, String(decoding: Array(line), as: UTF8.self), to: &state)
        case .debug: add(.debug, String(decoding: Array(line), as: UTF8.self), to: &state)
        }
      }
      if isNew {
        let parts = context.device.parts.map { PartView($0, now: now) }
        state.board.show(parts, isHeartbeatLit: shown.isHeartbeatLit)
      }
    }
    write()
  }

  /// Prints a line.
  func print(_ line: String) {
    state.withLock { $0.board.print(Array(line.utf8).span) }
    write()
  }

  /// Prints a part of a line that grows, and its end.
  func grow(_ part: [UInt8], isEnd: Bool) {
    state.withLock { state in
      state.board.grow(part.span)
      if isEnd { state.board.endLine() }
    }
    write()
  }

  /// Logs a line without waiting for the log's reader.
  func log(_ level: Logger.Level, _ line: String) {
    state.withLock { add(level, line, to: &$0) }
    write()
  }

  private func add(_ level: Logger.Level, _ line: String, to state: inout State) {
    if state.log.count < Self.logCapacity { state.log.append((level, line)) }
  }

  /// Gives the terminal back, after the last line has been written or a second was not enough for that.
  func finish() {
    state.withLock { $0.board.finish() }
    write()
    let isWritten = DispatchSemaphore(value: 0)
    output.async { isWritten.signal() }
    _ = isWritten.wait(timeout: .now() + 1)
    state.withLock { $0.isOver = true }
    terminal.withLock { $0 = nil }
  }

  // MARK: Standard output

  private func write() {
    let isToBegin = state.withLock { state in
      guard !state.isWriting, !state.isOver, state.board.hasOutput || !state.log.isEmpty else { return false }
      state.isWriting = true
      return true
    }
    if isToBegin { output.async { [self] in writeAll() } }
  }

  private func writeAll() {
    while true {
      var bytes: [UInt8] = []
      var lines: [(level: Logger.Level, line: String)] = []
      state.withLock { state in
        state.board.writeOutput { span in
          bytes.append(span)
          return span.count
        }
        swap(&lines, &state.log)
        if bytes.isEmpty, lines.isEmpty { state.isWriting = false }
      }
      if bytes.isEmpty, lines.isEmpty { return }
      for (level, line) in lines { logger.log(level: level, "\(line)") }
      StandardDescriptor.output.write(bytes)
      usleep(Self.rest)
    }
  }

  // MARK: Standard input

  private func read(_ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = StandardDescriptor.input.read(into: &buffer)
      let commands = state.withLock { state in
        count > 0
          ? state.board.receive(buffer.span.extracting(first: count))
          : state.board.receiveEndOfStream().map { [$0] } ?? []
      }
      write()
      obey(commands, transport, loopState)
      rest(after: commands.count)
      if count == 0 { return }  // the end of input is not the end of the device
    }
  }

  /// Lets a flood of commands wait: ten thousand a second are more than anyone types, and leave the processor free.
  private func rest(after count: Int) {
    if count >= 10 { usleep(UInt32(count / 10) * 1000) }
  }

  private func obey(_ commands: [BoardCommand], _ transport: HostTransport<RemoteControl>, _ loopState: LoopStateBox) {
    if commands.contains(.quit) { kill(getpid(), SIGTERM) }
    // The loop has done them before more is read, so that no more than one read's worth waits for it.
    let isDone = DispatchSemaphore(value: 0)
    transport.notify { [self] application, now in
      defer { isDone.signal() }
      let dropped = loopState.value?.simulated?.droppedTaps
      for command in commands {
        switch command {
        case .board(let event): loopState.value?.simulated?.apply(event)
        case .device(let part, let command): perform(command, part, &application.context.device, now: now)
        case .quit: break
        }
      }
      if dropped == 0, loopState.value?.simulated?.droppedTaps != 0 {
        log(.warning, "more taps than a finger makes in minutes: some are dropped")
      }
    }
    _ = isDone.wait(timeout: .now() + 1)  // a loop that has ended does nothing more
  }

  private func perform(_ command: Command, _ part: Int, _ device: inout Device, now: MonotonicTime) {
    do throws(CommandError) {
      try device.perform(command, on: part, by: .terminal, now: now)
    } catch {
      state.withLock { $0.board.refuse(part: part, error) }
    }
  }
}
