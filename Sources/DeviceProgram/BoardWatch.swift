// SPDX-License-Identifier: MIT

// Keeps a board of Linux lines in touch with the event loop: edges come as they happen, a sensor that has been read wakes
// the loop, and what was lost or found is printed.

#if os(Linux)
  import LinuxBoard
  import NIOCore
  import NIOTransport
  import RemoteControl

  /// Watches the board of a device.
  struct BoardWatch {
    let transport: NIOTransport<RemoteControl>
    let host: HostBox

    /// Watches until the task is cancelled, and gives back what the program has changed of LEDs and PWM channels.
    func run() async {
      let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      var watch = EdgeWatch(transport) { [host] in host.value?.linux }
      source.yield()
      try? await onLoop { [transport] board in
        board.onNews {
          source.yield()
          transport.notify { _, _ in }
        }
      }
      for await _ in news {
        while let event = try? await onLoop({ $0.nextEvent() }) ?? nil { say(event) }
        try? await watch.lookAgain()  // a chip that went meanwhile is news, too
      }
      _ = try? await onLoop { $0.finish() }
    }

    private func onLoop<Result: Sendable>(
      _ body: @escaping @Sendable (LinuxBoard) throws -> Result
    ) async throws -> Result? {
      try await transport.withApplication { [host] _, _ in try host.value?.linux.map(body) }
    }

    private func say(_ event: LinuxBoard.Event) {
      switch event {
      case .lost(let unit, let error), .stillLost(let unit, let error):
        StandardStreams.print("\(unit.name) does not answer: \(error)")
      case .found(let unit): StandardStreams.print("\(unit.name) answers again")
      }
    }
  }
#endif
