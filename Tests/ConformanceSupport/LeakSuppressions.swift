// SPDX-License-Identifier: MIT

// What the leak check of `swift test --sanitize=address` must not count: what others hold until the process ends.
// Its runtime asks the program for this list by a function with this name.

/// Leaks of XCTest's runner, which ends by `exit`; of SwiftNIO's pool of threads, which lives as long as the process;
/// of Foundation's reader of files, which forgets the buffer for an empty one; of its `Process.run`, which leaves a
/// weak reference behind; and of swift-nio-ssl, which keeps what an `NIOSSLContext` has taken whose initializer throws:
/// of an identity that is none, as in the test of that name, 6 KB. A device meets one when its certificate and key do not
/// belong together, once for each change of them.
@_cdecl("__lsan_default_suppressions")
public func leakSuppressions() -> UnsafePointer<UInt8> {
  let patterns: StaticString = """
    leak:libXCTest
    leak:NIOThreadPool
    leak:readBytesFromFile
    leak:10Foundation7ProcessC3run
    leak:whatIsNoIdentity

    """
  return patterns.utf8Start
}
