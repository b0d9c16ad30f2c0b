// SPDX-License-Identifier: MIT

// Keeps a board of Linux lines in touch with the event loop: edges come as they happen, a sensor that has been read
// wakes the loop, and each loss and return is reported.

#if os(Linux)
  public import LinuxBoard
  public import HostTransport
  public import RemoteControl

  /// Watches the board of a device.
  public struct BoardWatch {
    private let transport: HostTransport<RemoteControl>
    private let board: @Sendable () -> LinuxBoard?

    /// A watch over what `board` returns, which is called on the loop of `transport` only.
    public init(_ transport: HostTransport<RemoteControl>, board: @escaping @Sendable () -> LinuxBoard?) {
      self.transport = transport
      self.board = board
    }

    /// Watches until the task is cancelled; without a board it returns at once.
    ///
    /// - Parameters:
    ///   - say: Receives each loss and return, in order.
    ///   - afterNews: Runs at the start and whenever a unit of the board has come or gone; it may wait.
    ///   - failed: Is told why edges cannot be watched; unless it throws, the next news is waited for, and they are
    ///     tried again.
    /// - Throws: What `afterNews` or `failed` throws.
    public func run(
      say: (LinuxBoard.Event) -> Void, afterNews: () async throws -> Void = {},
      failed: (any Error) throws -> Void = { throw $0 }
    ) async throws {
      let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      source.yield()
      let hasBoard = try await onLoop { [transport] board in
        board.onNews {
          source.yield()
          transport.notify { _, _ in }  // a sensor has been read
        }
        return true
      }
      guard hasBoard == true else { return }
      var edges = EdgeWatch(transport, board: board)
      for await _ in news {
        while let event = try await onLoop({ $0.nextEvent() }) ?? nil { say(event) }
        do {
          try await edges.lookAgain()
        } catch {
          try failed(error)
        }
        try await afterNews()
      }
    }

    private func onLoop<Result: Sendable>(
      _ body: @escaping @Sendable (LinuxBoard) throws -> Result
    ) async throws -> Result? {
      try await transport.withApplication { [board] _, _ in try board().map(body) }
    }
  }
#endif
