// SPDX-License-Identifier: MIT

// The suite of all suites over real sockets: one test at a time, because they measure time and memory, and none for
// ever. No test sleeps: each waits for a condition of the server (`TestServer.until`) or for a peer's bytes.

import NIOCore
import SystemCalls
import Testing

@Suite("Over sockets", .serialized, .timeLimit(.minutes(1))) enum OverSockets {}

/// What a peer or the server did not do in time.
struct TimedOut: Error {
  let what: String
}

/// How long anything may take on a machine that is busy with other things.
let patience = TimeAmount.seconds(10)

/// The memory that the process has in use, in bytes, where the system tells (Linux).
func residentBytes() -> Int? {
  guard let file = fopen("/proc/self/statm", "r") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, Int32(line.count), file) != nil else { return nil }
  let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  let fields = text.split(separator: " ")
  guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
