// SPDX-License-Identifier: MIT

// A port that cannot accept: it rests, tells once, and goes on, while those who are there are served.

#if os(Linux)
  import CLinuxIO
  import ConformanceSupport
  import DeviceServer
  import SystemCalls
  import Testing

  @testable import LinuxTransport

  @Suite(.serialized, .timeLimit(.minutes(1))) struct AcceptTests {
    /// How many descriptors there are; once they are gone, accept says so.
    fileprivate static let descriptors = Locked((left: 0, code: EMFILE, refusals: 0))

    private static var calls: SocketCalls {
      var calls = SocketCalls()
      calls.accept = { listener, peer in
        let code = AcceptTests.descriptors.withLock { descriptors in
          if descriptors.left > 0 { return CInt(0) }
          descriptors.refusals += 1
          return descriptors.code
        }
        if code != 0 { return -code }
        let accepted = socket_accept(listener, peer)
        if accepted >= 0 { AcceptTests.descriptors.withLock { $0.left -= 1 } }
        return accepted
      }
      return calls
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func aPortWithoutDescriptorsRestsTellsOnceAndGoesOn(_ code: CInt) async throws {
      Self.descriptors.withLock { $0 = (1, code, 0) }
      let reports = Locked<[SystemError?]>([])
      let transport = try await LinuxTransport.start(sending: .automatic, calls: Self.calls) { makeEcho() }
      let address = try await transport.listen(host: "127.0.0.1", port: 0) { error in
        reports.withLock { $0.append(error as? SystemError) }
      }
      let ask = Wire.request("GET", "/", ["Connection: close"])
      let echo = [Wire.upgrade("/ws"), Wire.frame(2, [1, 2, 3]), Wire.frame(8, [0x03, 0xE8])]
      async let first = Crowd.run([echo], port: address.port)
      #expect(try await first[0].bytes.suffix(9) == [0x82, 3, 1, 2, 3, 0x88, 2, 0x03, 0xE8])

      // The second one waits until there is a descriptor again, and until the port looks again.
      async let second = Crowd.run([[ask]], port: address.port)
      while reports.withLock({ $0.isEmpty }) { await Task.yield() }
      let refusals = Self.descriptors.withLock { $0.refusals }
      #expect(refusals == 1, "it does not try again without end")
      Self.descriptors.withLock { $0.left = 10 }
      #expect(text(try await second[0].bytes).hasSuffix("short"))
      #expect(reports.withLock { $0 } == [SystemError(code: code)])
      try await transport.shutdown()
    }

    @Test func aConnectionThatWasGoneBeforeItWasAcceptedIsNobodysTrouble() async throws {
      Self.descriptors.withLock { $0 = (0, ECONNABORTED, 0) }
      let transport = try await LinuxTransport.start(sending: .automatic, calls: Self.calls) { makeEcho() }
      let address = try await transport.listen(host: "127.0.0.1", port: 0) { Issue.record("\($0)") }
      async let harvest = Crowd.run([[Wire.request("GET", "/", ["Connection: close"])]], port: address.port)
      while Self.descriptors.withLock({ $0.refusals < 1 }) { await Task.yield() }
      Self.descriptors.withLock { $0.left = 10 }
      #expect(text(try await harvest[0].bytes).hasSuffix("short"))
      try await transport.shutdown()
    }
  }
#endif
