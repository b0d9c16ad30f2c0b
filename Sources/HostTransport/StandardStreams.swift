// SPDX-License-Identifier: MIT

// Lines in and out of a program that has no terminal of its own. Rule: none of the C library's streams. A thread that
// waits for a line holds the lock of its stream, so flushing all streams (`fflush(nil)`) would wait for that line.

import Dispatch
import SystemCalls
public import Timebase

/// Standard input, output and error.
public enum StandardStreams {
  private static let output = DispatchQueue(label: "standard output")
  private static let waiting = Locked(0)

  /// Writes a line to standard output at once, without waiting for its reader.
  ///
  /// A line that comes while 64 KB wait is dropped.
  public static func print(_ line: String) { print(Array((line + "\n").utf8)) }

  /// The same for bytes, as they are.
  public static func print(_ bytes: [UInt8]) {
    let hasRoom = waiting.withLock { waiting in
      guard waiting < 65_536 else { return false }
      waiting += bytes.count
      return true
    }
    guard hasRoom else { return }
    output.async {
      StandardDescriptor.output.write(bytes)
      waiting.withLock { $0 -= bytes.count }
    }
  }

  /// Waits until all lines are written, or a second was not enough for that.
  static func flush() {
    let isWritten = DispatchSemaphore(value: 0)
    output.async { isWritten.signal() }
    _ = isWritten.wait(timeout: .now() + 1)
  }

  /// Writes a line to standard error, with the program's name in front.
  static func complain(_ line: String) {
    let program = CommandLine.arguments.first?.split(separator: "/").last ?? "error"
    StandardDescriptor.error.write(Array("\(program): \(line)\n".utf8))
  }

  /// A line of standard input may be this long; what is longer is cut into several.
  private static var lineSize: Int { 4096 }

  /// Gives each line of standard input, without its end, to `receive`, on a thread of its own until there are no more.
  static func readLines(_ receive: @escaping @Sendable (String) -> Void) {
    DispatchQueue(label: "standard input").async {
      var line: [UInt8] = []
      var isCut = false  // the beginning of this line has been given away
      var buffer = [UInt8](repeating: 0, count: lineSize)
      while true {
        let count = StandardDescriptor.input.read(into: &buffer)
        for byte in buffer.prefix(count) {
          let isEnd = byte == UInt8(ascii: "\n")
          if !isEnd { line.append(byte) }
          guard isEnd || line.count == lineSize else { continue }
          if !line.isEmpty || !isCut { receive(String(decoding: line, as: UTF8.self)) }
          isCut = !isEnd
          line = []
        }
        guard count > 0 else { break }
      }
      if !line.isEmpty { receive(String(decoding: line, as: UTF8.self)) }
    }
  }
}

extension HostTransport where App: ~Copyable {
  /// Gives each line of standard input, without its end, to `receive` on the loop, and does what follows from it.
  ///
  /// Call it once: two readers would share the lines. A line of more than 4096 bytes comes in pieces of that size, and what
  /// is not UTF-8 becomes U+FFFD. The end of the input is not the end of the program.
  public func readStandardInput(_ receive: @escaping @Sendable (inout App, String, MonotonicTime) -> Void) {
    StandardStreams.readLines { line in self.notify { receive(&$0, line, $1) } }
  }
}
