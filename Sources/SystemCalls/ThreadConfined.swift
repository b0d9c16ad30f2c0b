// SPDX-License-Identifier: MIT

// A value that belongs to one thread, and can be held by others that hand work to that thread: what an event loop keeps
// beside its application, for instance. Rule: whoever is the first to use it is the only one who may.

import Synchronization

/// A value that one thread uses, from first to last.
public final class ThreadConfined<Value>: @unchecked Sendable {
  /// The thread that it belongs to; 0 until one has used it.
  private let owner = Atomic<UInt>(0)
  private var storage: Value

  /// A value that waits for its thread.
  public init(_ value: sending Value) { storage = value }

  /// The value. To use it on another thread than before is a mistake in the program, which it ends with.
  public var value: Value {
    get {
      claim()
      return storage
    }
    set {
      claim()
      storage = newValue
    }
  }

  /// A number of this thread, which is never 0.
  private static var current: UInt {
    #if canImport(Glibc)
      pthread_self()
    #else
      UInt(bitPattern: pthread_self())
    #endif
  }

  private func claim() {
    let thread = Self.current
    if owner.load(ordering: .relaxed) == thread { return }
    let (isFirst, _) = owner.compareExchange(expected: 0, desired: thread, ordering: .relaxed)
    precondition(isFirst, "this value belongs to another thread")
  }
}
