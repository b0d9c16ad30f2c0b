// SPDX-License-Identifier: MIT

// Lines of the event loop for the log, written by a queue of their own: a log that nobody reads stops nothing else.

import Bytes
import Dispatch
import Logging
import RemoteControl
import SystemCalls

/// A log that does not block; lines that find no room are dropped.
final class LineLog: Sendable {
  private let logger: Logger
  private let queue = DispatchQueue(label: "heliograph.log")
  private let waiting = Locked(0)

  /// Lines that wait for a writer which is held up.
  private static var capacity: Int { 1000 }

  init(_ logger: Logger) { self.logger = logger }

  func add(_ level: Logger.Level, _ line: String) {
    let hasRoom = waiting.withLock { waiting in
      guard waiting < Self.capacity else { return false }
      waiting += 1
      return true
    }
    guard hasRoom else { return }
    queue.async {
      self.logger.log(level: level, "\(line)")
      self.waiting.withLock { $0 -= 1 }
    }
  }

  func add(_ level: SerialLog.Level, _ line: Span<UInt8>) {
    add(level == .debug ? .debug : .info, String(decoding: [UInt8](line), as: UTF8.self))
  }

  /// Waits until the last line is written, or a second was not enough for that.
  func finish() {
    let isWritten = DispatchSemaphore(value: 0)
    queue.async { isWritten.signal() }
    _ = isWritten.wait(timeout: .now() + 1)
  }
}
