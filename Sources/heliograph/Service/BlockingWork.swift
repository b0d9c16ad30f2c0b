// SPDX-License-Identifier: MIT

// Work that waits for a disk: on threads of its own, since it would hold up the event loop, or all tasks.

import Dispatch

enum BlockingWork {
  private static let queue = DispatchQueue(label: "heliograph.files", qos: .utility, attributes: .concurrent)

  /// Runs `body` to its end, whether the task is cancelled or not.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }
}
