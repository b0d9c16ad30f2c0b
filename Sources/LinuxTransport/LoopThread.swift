// SPDX-License-Identifier: MIT

// A thread of the system's, for what blocks: the loop, and the resolution of a name.

#if os(Linux)
  import CLinuxIO
  import SystemCalls

  enum LoopThread {
    private final class Body {
      let run: () -> Void
      init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Runs `body` on a new thread.
    static func start(_ body: sending @escaping () -> Void) throws(SystemError) {
      // The new thread takes over the reference that is made here.
      let context = Unmanaged.passRetained(Body(body))
      let code = thread_start(
        { context in
          if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, context.toOpaque())
      guard code == 0 else {
        context.release()
        throw SystemError(code: -code)
      }
    }
  }
#endif
