// SPDX-License-Identifier: MIT

// A value behind a lock of the C library. The standard library's Mutex would do the same; but when two threads want it
// at once the kernel hands it over, which the thread sanitizer does not see: it reports a race that is none.

/// A value that one thread uses at a time.
public final class Locked<Value: ~Copyable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  /// A lock around `value`.
  public init(_ value: consuming sending Value) {
    self.value = value
    let code = pthread_mutex_init(mutex, nil)
    precondition(code == 0, "no lock can be made: \(code)")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Lets `body` use the value while no other thread does; `body` must not ask for it again.
  public func withLock<Result: ~Copyable, Failure>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
