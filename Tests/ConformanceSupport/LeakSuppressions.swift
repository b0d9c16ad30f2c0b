// SPDX-License-Identifier: MIT

// What the leak check of `swift test --sanitize=address` must not count: what others hold until the process ends.
// Its runtime asks the program for this list by a function with this name.

/// Leaks of XCTest's runner, which ends by `exit`, and of SwiftNIO's pool of threads, which lives as long as the process.
@_cdecl("__lsan_default_suppressions")
public func leakSuppressions() -> UnsafePointer<UInt8> {
  ("leak:libXCTest\nleak:NIOThreadPool\n" as StaticString).utf8Start
}
