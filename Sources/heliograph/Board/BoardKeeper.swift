// SPDX-License-Identifier: MIT

// Keeps the board of a Linux machine in touch with the event loop, the log and systemd: edges of the inputs go to the
// loop as they come, sensors wake it, and when something was lost or found the others hear of it.

#if os(Linux)
  import DeviceProgram
  import LinuxBoard
  import Logging
  import NIOCore
  import NIOTransport
  import RemoteControl

  struct BoardKeeper {
    let transport: NIOTransport<RemoteControl>
    let host: HostBox
    let console: Console
    let supervisor: Supervisor

    /// Runs until the task is cancelled.
    func run() async throws {
      let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      let isThere = try await transport.withHost(host) { [transport] host in
        host.linux?.onNews {
          source.yield()
          transport.notify { _, _ in }  // a sensor has been read
        }
        return host.linux != nil
      }
      guard isThere == true else { return }
      source.yield()
      var watch = EdgeWatch(transport) { [host] in host.value?.linux }
      for await _ in news {
        while let event = try await transport.withHost(host, { $0.linux?.nextEvent() }) ?? nil {
          console.log(event.level, event.words)
        }
        try await watch.lookAgain()
        try await hold()  // last, for it may have to wait
      }
    }

    /// Has systemd hold the lines that the board holds, and no others.
    private func hold() async throws {
      try await supervisor.insist {
        try await transport.withHost(host) { [supervisor] in $0.linux.map(supervisor.hold) ?? true } ?? true
      }
    }
  }

  extension LinuxBoard.Event {
    fileprivate var level: Logger.Level {
      switch self {
      case .lost: .error
      case .stillLost: .warning
      case .found: .notice
      }
    }

    fileprivate var words: String {
      switch self {
      case .lost(let unit, let error): "\(unit.name) does not answer: \(error); trying again every second"
      case .stillLost(let unit, let error): "\(unit.name) does not answer: \(error)"
      case .found(let unit): "\(unit.name) answers again"
      }
    }
  }
#endif
