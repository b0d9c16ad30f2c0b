// SPDX-License-Identifier: MIT

// How other threads reach the loop: they leave a letter, and the first of them rings an eventfd that the loop waits
// for.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls

  /// What other threads want done on the loop.
  final class Mailbox<App: Application & ~Copyable>: Sendable {
    typealias Letter = @Sendable (inout Loop<App>) -> Void

    /// What can be read when there is a letter.
    let descriptor: CInt
    /// Nil when the loop has ended.
    private let letters = Locked<[Letter]?>([])

    init() throws(SystemError) {
      descriptor = try SystemError.check { eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)) }
    }

    deinit { _ = SystemCalls.close(descriptor) }

    /// Leaves a letter; false if nobody will read it any more.
    @discardableResult
    func post(_ letter: @escaping Letter) -> Bool {
      let count = letters.withLock { letters in
        letters?.append(letter)
        return letters?.count
      }
      if count == 1 { poll_wake(descriptor) }
      return count != nil
    }

    /// Takes what has come, in order.
    func take() -> [Letter] {
      letters.withLock { letters in
        let taken = letters ?? []
        letters = []
        return taken
      }
    }

    /// Takes the last ones; none comes after them.
    func close() -> [Letter] {
      letters.withLock { letters in
        let taken = letters ?? []
        letters = nil
        return taken
      }
    }

    /// The bell need not ring for what is taken from now on.
    func acknowledge() {
      var count: eventfd_t = 0
      eventfd_read(descriptor, &count)
    }
  }
#endif
