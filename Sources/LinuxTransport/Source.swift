// SPDX-License-Identifier: MIT

// A descriptor beside the connections that brings news to the loop, and the one kind of them that a program brings
// along: a GPIO line's edges, for instance. Nothing polls and nothing runs beside the application.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Timebase

  /// Something that the loop waits for.
  class Source<App: Application & ~Copyable> {
    let descriptor: CInt
    /// Its name in the kernel's events; 0 if it is not among them.
    final private(set) var key: UInt64 = 0

    /// Takes over a descriptor.
    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// The kernel has news of it.
    func hear(_ events: UInt32, _ loop: inout Loop<App>) {}

    /// The transport ends.
    func close(_ loop: inout Loop<App>) { leave(&loop) }

    /// Waits for `events` from now on; if that cannot be, the descriptor is closed.
    final func join(_ events: UInt32, _ loop: inout Loop<App>) throws(SystemError) {
      loop.serial = loop.serial == .max ? 1 : loop.serial + 1
      let key = 1 << 63 | UInt64(loop.serial)
      let code = !loop.isClosing ? poll_add(loop.poller, descriptor, events, key) : -ECANCELED
      guard code == 0 else {
        closeDescriptor()
        throw SystemError(code: -code)
      }
      self.key = key
      loop.sources[key] = self
    }

    /// Ends it without a word.
    final func leave(_ loop: inout Loop<App>) {
      guard loop.sources.removeValue(forKey: key) != nil else { return }
      // Somebody may have the open file under another number, and then the kernel would go on reporting it.
      poll_remove(loop.poller, descriptor)
      closeDescriptor()
    }

    final func closeDescriptor() { _ = SystemCalls.close(descriptor) }
  }

  /// Gives what can be read from a descriptor to `receive`; the end or an error to `end`, once.
  final class Watched<App: Application & ~Copyable>: Source<App> {
    typealias Receive = @Sendable (inout App, Span<UInt8>, MonotonicTime) -> Void
    typealias End = @Sendable (inout App, (any Error)?, MonotonicTime) -> Void

    private let receive: Receive
    private let end: End

    init(_ descriptor: CInt, _ receive: @escaping Receive, _ end: @escaping End) {
      (self.receive, self.end) = (receive, end)
      super.init(descriptor)
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    override func hear(_ events: UInt32, _ loop: inout Loop<App>) {
      let count = read(descriptor, loop.buffer, 65_536)
      if count > 0 {
        // As for connections: these bytes were just read, and nobody writes there meanwhile.
        let bytes = UnsafeRawBufferPointer(start: loop.buffer, count: count).assumingMemoryBound(to: UInt8.self).span
        loop.run { receive(&$0, bytes, $1) }
      } else if count == 0 {
        finish(nil, &loop)
      } else if errno != EAGAIN, errno != EINTR {
        finish(SystemError.last, &loop)
      }
    }

    /// Closes it, and says so to the application.
    func finish(_ error: SystemError?, _ loop: inout Loop<App>) {
      guard loop.sources[key] != nil else { return }
      leave(&loop)
      loop.run { end(&$0, error, $1) }
    }
  }
#endif
