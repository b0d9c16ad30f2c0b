// SPDX-License-Identifier: MIT

// What this program adds to the watch over a Linux machine's board: it logs each loss and return, and has systemd hold
// the lines that the board holds.

#if os(Linux)
  import DeviceProgram
  import DeviceServer
  import LinuxBoard
  import Logging
  import HostTransport
  import RemoteControl
  import SystemCalls

  struct BoardKeeper {
    let transport: HostTransport<RemoteControl>
    let loopState: LoopStateBox
    let console: Console
    let supervisor: Supervisor

    /// Runs until the task is cancelled.
    func run() async throws {
      try await BoardWatch(transport) { [loopState] in loopState.value?.linux }.run { event in
        console.log(event.level, event.description)
        let (unit, problem) = event.problem
        transport.notify { application, _ in
          application.context.problems.note(board: Array(unit.utf8), Array(problem.utf8))
        }
      } afterNews: {
        try await hold()
      }
    }

    /// Has systemd hold the lines that the board holds, and no others.
    private func hold() async throws {
      try await supervisor.insist {
        try await transport.withLoopState(loopState) { [supervisor] in $0.linux.map(supervisor.hold) ?? true } ?? true
      }
    }
  }

  extension LinuxBoard.Event {
    /// Which unit it is about, and what is wrong with that; empty if nothing is.
    fileprivate var problem: (unit: String, words: String) {
      switch self {
      case .lost(let unit, _), .stillLost(let unit, _): (unit.name, description)
      case .found(let unit): (unit.name, "")
      }
    }

    fileprivate var level: Logger.Level {
      switch self {
      case .lost: .error
      case .stillLost: .warning
      case .found: .notice
      }
    }
  }
#endif
