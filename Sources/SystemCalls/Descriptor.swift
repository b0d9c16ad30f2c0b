// SPDX-License-Identifier: MIT

// An open file with one owner, whose end closes it, and the calls that repeat until all is read or written.
// Source: POSIX.1-2024.

/// An open file, folder, device or socket; its end closes it.
public struct Descriptor: ~Copyable, Sendable {
  /// What the system calls it.
  public let number: Int32

  /// Takes over an open descriptor.
  public init(owning number: Int32) { self.number = number }

  /// Opens `path` with the flags of `open`; a program that is started later does not get it. A file that this creates
  /// has these permissions; without any, its owner may read and write it, and others may read it.
  public init(opening path: String, _ flags: Int32, permissions: mode_t = 0o644) throws(SystemError) {
    number = try SystemError.check { open(path, flags | O_CLOEXEC, permissions) }
  }

  deinit { close(number) }

  /// Gives the descriptor up: its number is the caller's, who closes it.
  public consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  /// Another descriptor of the same open file, for someone else to own.
  public func duplicate() throws(SystemError) -> Descriptor {
    Descriptor(owning: try SystemError.check { fcntl(number, F_DUPFD_CLOEXEC, 0) })
  }

  /// The next `count` bytes, or those up to the end of the file if it is shorter.
  public func bytes(count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemError) {
        while filled < count {
          let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
          let taken = try SystemError.check { read(number, rest.baseAddress, count - filled) }
          if taken == 0 { break }
          filled += taken
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      written += try SystemError.check {
        bytes[written...].withUnsafeBytes { systemWrite(number, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Waits until what was written has reached the disk; of a folder: the names in it.
  public func synchronize() throws(SystemError) { try SystemError.check { fsync(number) } }
}

func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
