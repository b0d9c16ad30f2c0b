// SPDX-License-Identifier: MIT

// A listener that cannot accept: it rests, tells once, and goes on. The error is handed to its pipeline: to be really
// out of descriptors would disturb all other tests.

import NIOCore
import NIOPosix
import Synchronization
import SystemCalls
import Testing

@testable import NIOTransport

extension OverSockets {
  @Suite struct AcceptErrorTests {
    @Test func aListenerThatCannotAcceptRestsTellsOnceAndGoesOn() async throws {
      let reports = Mutex(0)
      let accepted = AsyncStream.makeStream(of: Void.self)
      let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = AcceptErrorHandler(rest: .milliseconds(1)) { error in
              #expect((error as? IOError)?.errnoCode == EMFILE)
              reports.withLock { $0 += 1 }
            }
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
        .childChannelInitializer { channel in
          accepted.continuation.yield()
          return channel.eventLoop.makeSucceededVoidFuture()
        }
        .bind(host: "127.0.0.1", port: 0).get()
      let address = try #require(listener.localAddress)
      var acceptances = accepted.stream.makeAsyncIterator()

      for round in 1...3 {
        let isReading = try await listener.eventLoop.submit {
          for _ in 0..<5 {
            listener.pipeline.syncOperations.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
          }
          return try listener.syncOptions?.getOption(.autoRead)
        }.get()
        #expect(isReading == false)
        #expect(reports.withLock { $0 } == round)
        let client = try await RawClient.connect(to: address)
        await acceptances.next()  // it reads again
        client.close()
      }
      try await listener.close()
    }
  }
}
