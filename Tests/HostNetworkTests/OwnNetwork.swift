// SPDX-License-Identifier: MIT

// A network for one thread, which the kernel makes new, with nothing in it but a loopback interface that is off; it
// goes with the thread. Only root may have one, and not in every container.

#if os(Linux)
  import Foundation
  import Glibc
  import SystemCalls
  import Testing

  enum OwnNetwork {
    /// Whether this process can have one, and change it.
    static let isAvailable = IPCommand.isInstalled && canHaveOne()

    /// Runs `body` on a thread with a network of its own. An expectation in it belongs to no test: it returns what was
    /// seen.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Swift.Result {
              try enter()
              return try body()
            })
        }
      }
    }

    private static func canHaveOne() -> Bool {
      let isDone = DispatchSemaphore(value: 0)
      nonisolated(unsafe) var could = false
      Thread.detachNewThread {
        could = (try? enter()) != nil && (try? IPCommand.run(["link", "set", "lo", "up"])) != nil
        isDone.signal()
      }
      isDone.wait()
      return could
    }

    /// It is in no module of the C library's.
    private static func enter() throws {
      typealias Unshare = @convention(c) (Int32) -> Int32
      let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
      let newNetwork: Int32 = 0x4000_0000  // CLONE_NEWNET
      try SystemError.check { unshare(newNetwork) }
    }
  }
#endif
