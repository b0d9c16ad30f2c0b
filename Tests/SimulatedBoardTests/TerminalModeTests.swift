// SPDX-License-Identifier: MIT

// Terminal modes against a real terminal device: a pseudo-terminal, whose other end the test holds.

import ConformanceSupport
import SimulatedBoard
import SystemCalls
import Testing

@Suite(.serialized) struct TerminalModeTests {
  @Test func keysArriveAtOnceWithoutEchoAndSignalsStay() throws {
    let terminal = try PseudoTerminal()
    let mode = try TerminalMode(terminal.inside)
    let flags = try terminal.flags
    #expect(flags & tcflag_t(ICANON) == 0)
    #expect(flags & tcflag_t(ECHO) == 0)
    #expect(flags & tcflag_t(ISIG) != 0)
    #expect(write(terminal.outside, " ", 1) == 1)  // no newline: a terminal with line editing would keep it
    var waiting = pollfd(fd: terminal.inside, events: Int16(POLLIN), revents: 0)
    try #require(poll(&waiting, 1, 5000) == 1)  // or the read below would wait forever
    var key = UInt8(0)
    #expect(read(terminal.inside, &key, 1) == 1)
    #expect(key == UInt8(ascii: " "))
    mode.restore()
  }

  @Test func theTerminalGetsBackWhatItHad() throws {
    let terminal = try PseudoTerminal()
    let before = try terminal.flags
    for _ in 0..<2 {
      let mode = try TerminalMode(terminal.inside)
      #expect(try terminal.flags != before)
      mode.restore()
      #expect(try terminal.flags == before)
    }
  }

  @Test func theWidthIsWhatTheTerminalSays() throws {
    let terminal = try PseudoTerminal()
    #expect(TerminalMode.columns(terminal.inside) == nil)  // a new one has no size
    var size = winsize(ws_row: 24, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(terminal.outside, .init(truncatingIfNeeded: TIOCSWINSZ), &size) == 0)
    #expect(TerminalMode.columns(terminal.inside) == 132)
    #expect(TerminalMode.columns(-1) == nil)
  }

  @Test func exitGivesTheTerminalBackToo() async {
    await #expect(processExitsWith: .exitCode(77)) {
      let terminal = try PseudoTerminal()
      ExitWitness.terminal = terminal
      ExitWitness.before = try terminal.flags
      atexit { _exit((try? ExitWitness.terminal?.flags) == ExitWitness.before ? 77 : 1) }  // runs last
      ExitWitness.mode = try TerminalMode(terminal.inside)
      if try terminal.flags == ExitWitness.before { _exit(2) }
      exit(0)
    }
  }

  @Test func aPipeIsRefused() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    #expect(!TerminalMode.isTerminal(ends[0]))
    #expect(throws: TerminalModeError.notATerminal) { _ = try TerminalMode(ends[0]) }
    #expect(throws: TerminalModeError.notATerminal) { _ = try TerminalMode(-1) }
  }

  @Test func eachErrorSaysWhatIsWrong() {
    #expect(TerminalModeError.notATerminal.description == "standard input is not a terminal")
    #expect(TerminalModeError.inBackground.description.contains("background"))
    #expect(TerminalModeError.system(code: EIO).description.contains(String(cString: strerror(EIO))))
  }
}

/// What outlives the test's function until `exit`; used by one thread of a process of its own.
enum ExitWitness {
  nonisolated(unsafe) static var terminal: PseudoTerminal?
  nonisolated(unsafe) static var before: tcflag_t = 0
  nonisolated(unsafe) static var mode: TerminalMode?  // no deinit runs for a static
}

/// Both ends of a pseudo-terminal.
final class PseudoTerminal {
  let outside: Int32
  let inside: Int32

  init() throws {
    var (outside, inside): (Int32, Int32) = (-1, -1)
    try #require(openpty(&outside, &inside, nil, nil, nil) == 0)
    (self.outside, self.inside) = (outside, inside)
  }

  deinit {
    close(inside)
    close(outside)
  }

  var flags: tcflag_t {
    get throws {
      var attributes = termios()
      try #require(tcgetattr(inside, &attributes) == 0)
      return attributes.c_lflag
    }
  }
}
