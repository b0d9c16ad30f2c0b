// SPDX-License-Identifier: MIT

// Keeps a board of GPIO lines in touch with the event loop: the button's edges go there as they come, and when a chip
// vanishes (unplugged, its driver unbound) its lines are asked for every second until they are back.

#if os(Linux)
  import Bytes
  import LinuxGPIO
  import Logging
  import NIOCore
  import NIOTransport
  import SystemCalls

  struct BoardKeeper {
    let transport: NIOTransport<HostDevice>
    let console: Console
    let supervisor: Supervisor
    /// Yields each time when the board has got a fault.
    let faults: AsyncStream<Void>

    /// How long to wait before the lines are asked for again.
    private static var interval: Duration { .seconds(1) }

    /// Runs until the task is cancelled.
    func run() async throws {
      var edges = try await watch()
      for await _ in faults {
        let fault = try await transport.withApplication { device, _ in device.gpio?.fault?.description }
        guard let fault else { continue }
        console.log(.error, "the board does not answer: \(fault); trying again every second")
        supervisor.letGo()
        try? await edges?.close()  // it may know already; if not, it must not hold a line of a chip that is gone
        try await reopen(after: fault)
        edges = try await watch()
        console.log(.notice, "the board answers again")
      }
    }

    private func reopen(after fault: String) async throws {
      var last = fault
      while true {
        try await Task.sleep(for: Self.interval)
        let reason = try await transport.withApplication { device, _ -> String? in
          do throws(GPIOError) {
            guard let board = device.gpio else { return nil }
            try board.reopen()
            device.noteFault(of: board)  // before anything can find another
            return nil
          } catch {
            return error.description
          }
        }
        guard let reason else { return }
        if reason != last { console.log(.warning, "the board does not answer: \(reason)") }
        last = reason
      }
    }

    /// Lets the loop read the button's edges until there are none to come. Nil if there is a fault already.
    private func watch() async throws -> (any Channel)? {
      let descriptor = try await transport.withApplication { [supervisor] device, _ in
        if let board = device.gpio { supervisor.hold(board) }
        guard let descriptor = try device.gpio?.edgeDescriptor() else { return nil as CInt? }
        return descriptor.release()
      }
      guard let descriptor else { return nil }
      return try await transport.watch(descriptor) { device, bytes, _ in
        device.gpio?.receive(bytes)
      } end: { device, _, _ in
        device.gpio?.lose(nil)
      }
    }
  }
#endif
