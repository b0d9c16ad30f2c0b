// SPDX-License-Identifier: MIT

// Standard input, output and error by the system's own calls. Rule: the other end may be gone, or the disk full; the
// program continues without it.

/// A descriptor that a program is given, and that is not its own to close.
public enum StandardDescriptor: Int32, Sendable {
  case input = 0, output, error

  /// Writes all of `bytes`, waiting for the reader; what can no longer be written is dropped.
  public func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { systemWrite(rawValue, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }

  /// Waits for bytes, and gives how many of `buffer` have been filled: 0 at the end, or when there will be no more.
  public func read(into buffer: inout [UInt8]) -> Int {
    while true {
      let count = systemRead(rawValue, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      return max(count, 0)
    }
  }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}
