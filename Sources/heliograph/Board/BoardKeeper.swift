// SPDX-License-Identifier: MIT

// Keeps a board of GPIO lines in touch with the event loop, the log and systemd: the button's edges go to the loop as
// they come, and when lines were lost or found the others hear of it.

#if os(Linux)
  import Bytes
  import LinuxGPIO
  import Logging
  import NIOCore
  import NIOTransport
  import SystemCalls

  struct BoardKeeper {
    let transport: NIOTransport<HostDevice>
    let console: Console
    let supervisor: Supervisor
    /// Yields each time when there are events of the board to take.
    let news: AsyncStream<Void>

    /// Runs until the task is cancelled.
    func run() async throws {
      var edges = try await watch()
      try await hold()
      for await _ in news {
        while let event = try await transport.withApplication({ device, _ in device.gpio?.nextEvent() }) {
          console.log(event.level, event.words)
          if event.isOfButton {
            try? await edges?.close()  // it may know already; if not, it must not hold a line of a chip that is gone
            edges = try await watch()
          }
          try await hold()  // last, for it may have to wait
        }
      }
    }

    /// Has systemd hold the lines that the board holds, and no others.
    private func hold() async throws {
      try await supervisor.insist {
        try await transport.withApplication { [supervisor] device, _ in device.gpio.map(supervisor.hold) ?? true }
      }
    }

    /// Lets the loop read the button's edges until there are none to come. Nil while the button is lost.
    private func watch() async throws -> (any Channel)? {
      let lines = try await transport.withApplication { device, _ -> (descriptor: CInt, taking: UInt32)? in
        guard let board = device.gpio, let descriptor = try board.edgeDescriptor() else { return nil }
        return (descriptor.release(), board.taking)
      }
      guard let lines else { return nil }
      return try await transport.watch(lines.descriptor) { device, bytes, _ in
        device.gpio?.receive(bytes, of: lines.taking)
      } end: { device, _, _ in
        device.gpio?.receiveEnd(of: lines.taking)
      }
    }
  }

  extension LinuxBoard.Event {
    /// Whether the button has other lines now, or none.
    fileprivate var isOfButton: Bool {
      switch self {
      case .lost(.control, _), .found(.control): true
      case .lost, .stillLost, .found: false
      }
    }

    fileprivate var level: Logger.Level {
      switch self {
      case .lost(.control, _): .error
      case .lost, .stillLost: .warning
      case .found: .notice
      }
    }

    fileprivate var words: String {
      switch self {
      case .lost(let circuit, let error): "\(circuit.name) does not answer: \(error); trying again every second"
      case .stillLost(let circuit, let error): "\(circuit.name) does not answer: \(error)"
      case .found(let circuit): "\(circuit.name) answers again"
      }
    }
  }

  extension LinuxBoard.Circuit {
    fileprivate var name: String { self == .control ? "the board" : "the status LED" }
  }
#endif
