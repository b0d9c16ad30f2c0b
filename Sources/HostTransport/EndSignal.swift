// SPDX-License-Identifier: MIT

// The signals that end a program gracefully, through Dispatch, which turns them into an ordinary call on an ordinary
// thread.

import Dispatch
import SystemCalls

/// Waits for SIGTERM, SIGINT or SIGHUP, from when it is made; not for SIGHUP if that was ignored before, as `nohup` has
/// it: such a program is to outlive its terminal.
public final class EndSignal {
  private let news: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  /// Begins to listen; what such a signal would do otherwise does not happen any more.
  public init() {
    let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.news = news
    signal(SIGPIPE, SIG_IGN)  // a closed standard output is an error of a write, not the end of the program
    signal(SIGTTIN, SIG_IGN)  // nor is a terminal that listens to another program
    let numbers = HangUp.isIgnored ? [SIGTERM, SIGINT] : [SIGTERM, SIGINT, SIGHUP]
    let registrations = DispatchSemaphore(value: 0)
    sources = numbers.map { number in
      signal(number, SIG_IGN)  // no default action; the source still gets it
      let signals = DispatchSource.makeSignalSource(signal: number, queue: .global())
      signals.setEventHandler { source.yield() }
      signals.setRegistrationHandler { registrations.signal() }
      signals.activate()
      return signals
    }
    // A source is registered on another thread; what came before that would be ignored.
    for _ in sources { registrations.wait() }
  }

  /// Runs `body` until it returns or throws, or until the first of them: then its task is cancelled, and waited for.
  ///
  /// - Throws: What `body` throws before them.
  public func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [news] in
        for await _ in news { return }
      }
      group.addTask(operation: body)
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

/// Returns when the task is cancelled.
public func untilCancelled() async {
  let (nothing, source) = AsyncStream.makeStream(of: Void.self)
  for await _ in nothing {}
  source.finish()
}
