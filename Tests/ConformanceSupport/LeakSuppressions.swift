// SPDX-License-Identifier: MIT

// What the leak check of `swift test --sanitize=address` must not count: what others hold until the process ends.
// Its runtime asks the program for this list by a function with this name.

/// Leaks of XCTest's runner, which ends by `exit`; of SwiftNIO's pool of threads, which lives as long as the process;
/// of Foundation's reader of files, which forgets the buffer for an empty one; and of its `Process.run`, which leaves a
/// weak reference behind.
@_cdecl("__lsan_default_suppressions")
public func leakSuppressions() -> UnsafePointer<UInt8> {
  let patterns: StaticString = """
    leak:libXCTest
    leak:NIOThreadPool
    leak:readBytesFromFile
    leak:10Foundation7ProcessC3run

    """
  return patterns.utf8Start
}
