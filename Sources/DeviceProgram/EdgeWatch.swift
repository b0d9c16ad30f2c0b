// SPDX-License-Identifier: MIT

// Lets the event loop read the edges of a Linux machine's lines as they come. Requests for lines come and go with their
// chips, so this must look again whenever the board has news.

#if os(Linux)
  import LinuxBoard
  import HostTransport
  import RemoteControl
  import SystemCalls

  /// The lines of a board, watched by an event loop.
  struct EdgeWatch {
    private let transport: HostTransport<RemoteControl>
    private let board: @Sendable () -> LinuxBoard?
    private var watched: [UInt32: DescriptorWatch] = [:]

    /// A watch over what `board` returns, which is called on the loop of `transport` only.
    init(_ transport: HostTransport<RemoteControl>, board: @escaping @Sendable () -> LinuxBoard?) {
      self.transport = transport
      self.board = board
    }

    /// Watches each request for lines that the board has now, and no other.
    mutating func lookAgain() async throws {
      let sources = try await transport.withApplication { [board] _, _ in board()?.edgeSources ?? [] }
      for (source, watch) in watched where !sources.contains(source) {
        await watch.end()  // it must not hold a line of a chip that is gone
        watched[source] = nil
      }
      for source in sources where watched[source] == nil { watched[source] = try await watch(source) }
    }

    /// Nil if the request is gone again.
    private func watch(_ source: UInt32) async throws -> DescriptorWatch? {
      let descriptor = try await transport.withApplication { [board] _, _ in
        try board()?.edgeDescriptor(of: source)?.release()
      }
      guard let descriptor else { return nil }
      return try await transport.watch(descriptor) { [board] _, bytes, _ in
        board()?.receive(bytes, of: source)
      } end: { [board] _, _, _ in
        board()?.receiveEnd(of: source)
      }
    }
  }
#endif
