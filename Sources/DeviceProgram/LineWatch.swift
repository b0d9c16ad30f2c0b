// SPDX-License-Identifier: MIT

// Lets the event loop read the edges of a Linux machine's lines as they come, and wakes it when a sensor has been read.
// Requests for lines come and go with their chips.

#if os(Linux)
  import LinuxBoard
  import NIOCore
  import NIOTransport
  import RemoteControl
  import SystemCalls

  /// Watches the lines of a board.
  struct LineWatch {
    let transport: NIOTransport<RemoteControl>
    let host: HostBox

    /// Watches until the task is cancelled, and gives back what the program has changed of LEDs and PWM channels.
    func run() async {
      let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      var watched: [UInt32: any Channel] = [:]
      source.yield()
      try? await onLoop { [transport] board in
        board.onNews {
          source.yield()
          transport.notify { _, _ in }
        }
      }
      for await _ in news {
        while let event = try? await onLoop({ $0.nextEvent() }) ?? nil { say(event) }
        try? await watch(&watched)  // a chip that went meanwhile is news, too
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

    /// Lets the loop read the edges of each request for lines that is there, and of no other.
    private func watch(_ watched: inout [UInt32: any Channel]) async throws {
      let sources = try await onLoop { $0.edgeSources } ?? []
      for (source, channel) in watched where !sources.contains(source) {
        try? await channel.close()
        watched[source] = nil
      }
      for source in sources where watched[source] == nil {
        let descriptor = try await onLoop { try $0.edgeDescriptor(of: source)?.release() } ?? nil
        guard let descriptor else { continue }
        watched[source] = try await transport.watch(descriptor) { [host] _, bytes, _ in
          host.value?.linux?.receive(bytes, of: source)
        } end: { [host] _, _, _ in
          host.value?.linux?.receiveEnd(of: source)
        }
      }
    }
  }
#endif
