// SPDX-License-Identifier: MIT

// The ring by itself, on a pair of sockets: what it says is what happened. Where the kernel allows none there is
// nothing to test, and a transport does without.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls
  import Testing

  @testable import LinuxTransport

  @Suite struct SendRingTests {
    static let isAllowed = (try? SendRing.open(isNeeded: true)) != nil

    @Test(.enabled(if: isAllowed)) func onlySendsThatDoNotGoOutWholeAreReportedAndInTheirOrder() throws {
      let ring = try #require(try SendRing.open(isNeeded: true))
      let calls = SocketCalls()
      var pairs: [[CInt]] = []
      for _ in 0..<4 {
        var pair: [CInt] = [-1, -1]
        try SystemError.check { socket_pair(&pair) }
        pairs.append(pair)
      }
      defer { for descriptor in pairs.joined() where descriptor >= 0 { close(descriptor) } }
      close(pairs[3][1])  // nobody is there
      pairs[3][1] = -1
      let bytes = [UInt8](repeating: 9, count: 1 << 20)
      let counts = [100, bytes.count, 5000, 10]
      bytes.withUnsafeBufferPointer { source in
        for (number, pair) in pairs.enumerated() {
          ring.prepare(number, pair[0], source.baseAddress!, counts[number], false, UInt64(number + 1))
        }
        #expect(ring.submit(4, calls) == 4)
      }
      let second = try #require(ring.next(calls))
      #expect(second.key == 2 && (1..<bytes.count).contains(second.result))
      let fourth = try #require(ring.next(calls))
      #expect(fourth.key == 4 && fourth.result == -Int(EPIPE))
      #expect(ring.next(calls) == nil)
      for (number, count) in [(0, 100), (1, second.result), (2, 5000)] {
        var buffer = [UInt8](repeating: 0, count: bytes.count)
        var received = 0
        while received < count { received += try SystemError.check { read(pairs[number][1], &buffer, buffer.count) } }
        #expect(received == count)
      }
    }

    @Test func aTransportSaysWhetherItHasOne() async throws {
      let plain = try await LinuxTransport.start(sending: .plain) { makeEcho() }
      #expect(!plain.usesRing)
      try await plain.shutdown()
      let automatic = try await LinuxTransport.start { makeEcho() }
      #expect(automatic.usesRing == Self.isAllowed)
      try await automatic.shutdown()
    }
  }
#endif
