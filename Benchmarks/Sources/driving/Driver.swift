// SPDX-License-Identifier: MIT

// Calls an application in a transport's order, without a socket: bytes in, then what is to be done, then bytes out.
// A module of its own, as every transport is: the application is a generic parameter whose code the compiler does not see
// here, and what that costs is part of what is measured.

public import DeviceServer
import Timebase

/// An application and the one buffer that all output is copied into.
public struct Driver<App: Application & ~Copyable>: ~Copyable {
  public var application: App
  private let now = MonotonicTime(milliseconds: 1000)
  /// How many bytes have come out.
  public private(set) var written = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)

  public init(_ application: consuming App) { self.application = application }

  deinit { buffer.deallocate() }

  public mutating func accept(from remote: RemoteAddress) -> ConnectionID? {
    application.accept(from: remote, over: .http, now: now)
  }

  /// Feeds what one read has brought and writes what follows.
  public mutating func receive(_ bytes: Span<UInt8>, from connection: ConnectionID) -> Int {
    let taken = application.receive(bytes, from: connection, now: now)
    act()
    return taken
  }

  /// Does what the application wants done until it wants nothing.
  public mutating func act() {
    while let action = application.nextAction() {
      switch action {
      case .write(let connection): write(connection)
      case .endOutput, .resume, .abort: break
      }
    }
  }

  private mutating func write(_ connection: ConnectionID) {
    let buffer = buffer
    var count = 0
    application.writeOutput(connection, now: now) { bytes in
      bytes.withUnsafeBytes { bytes in
        let taken = min(bytes.count, buffer.count - count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        count += taken
        return taken
      }
    }
    written += count
  }
}
