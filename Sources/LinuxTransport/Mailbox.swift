// SPDX-License-Identifier: MIT

// How other threads reach the loop: they leave a letter, and the first of them rings an eventfd that the loop waits for.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls

  /// What other threads want done on the loop.
  final class Mailbox<App: Application & ~Copyable>: Sendable {
    typealias Letter = @Sendable (inout Loop<App>) -> Void

    /// What can be read when there is a letter.
    let descriptor: CInt
    private let letters = Locked<[Letter]>([])

    init() throws(SystemError) {
      descriptor = try SystemError.check { eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)) }
    }

    deinit { close(descriptor) }

    func post(_ letter: @escaping Letter) {
      let isFirst = letters.withLock { letters in
        letters.append(letter)
        return letters.count == 1
      }
      if isFirst { poll_wake(descriptor) }
    }

    /// Takes what has come, in order.
    func take() -> [Letter] {
      letters.withLock { letters in
        let taken = letters
        letters = []
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
