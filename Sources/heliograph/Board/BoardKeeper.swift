// SPDX-License-Identifier: MIT

// Keeps a board of GPIO lines in touch with the event loop: the button's edges go there as they come, and when a chip
// vanishes (unplugged, its driver unbound) its lines are asked for every second until they are back.

#if os(Linux)
  import Bytes
  import LinuxGPIO
  import Logging
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
      try await watch()
      for await _ in faults {
        let fault = try await transport.withApplication { device, _ in device.gpio?.fault?.description }
        guard let fault else { continue }
        console.log(.error, "the board does not answer: \(fault); trying again every second")
        try await reopen(after: fault)
        try await watch()
        console.log(.notice, "the board answers again")
      }
    }

    private func reopen(after fault: String) async throws {
      var last = fault
      while true {
        try await Task.sleep(for: Self.interval)
        let reason = try await transport.withApplication { device, _ -> String? in
          do throws(GPIOError) {
            try device.gpio?.reopen()
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

    /// Lets the loop read the button's edges until there are none to come.
    private func watch() async throws {
      let descriptor = try await transport.withApplication { [supervisor] device, _ in
        if let board = device.gpio { supervisor.hold(board) }
        return try device.gpio?.edgeDescriptor().release()
      }
      guard let descriptor else { return }
      try await transport.watch(descriptor) { device, bytes, _ in
        device.gpio?.receive(bytes)
      } end: { device, _, _ in
        device.gpio?.lose(nil)
      }
    }
  }
#endif
