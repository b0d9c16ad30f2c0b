// SPDX-License-Identifier: MIT

// The log's lines on standard error, by a call of the system each. (The C library's stream holds its lock while a write
// waits for whoever reads it, and at the end of the program Foundation flushes that stream: a program whose log nobody
// reads would never end.)

import Logging
import SystemCalls

/// Writes a line for each event: when, how bad, who, what.
struct StandardErrorLog: LogHandler {
  let label: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(_ label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = Array("\(Self.timestamp) \(event.level) \(label): \(event.message)\n".utf8)
    var written = 0
    while written < line.count {
      let count = line[written...].withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }  // the disk is full, or nobody will ever read it
      written += count
    }
  }

  /// The present, as `2026-11-29T16:51:15+0000`.
  private static var timestamp: String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      let count = strftime(text.baseAddress!, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
      return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
