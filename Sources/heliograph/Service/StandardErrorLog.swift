// SPDX-License-Identifier: MIT

// The log's lines on standard error, by a call of the system each. (The C library's stream holds its lock while a write
// waits for its reader, and at the end of the program Foundation flushes that stream: a program whose log nobody
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
    StandardDescriptor.error.write(Array("\(Self.timestamp) \(event.level) \(label): \(event.message)\n".utf8))
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
