// SPDX-License-Identifier: MIT

// A descriptor of the host's beside the sockets: a real pipe, whose bytes and end reach the application on its loop.

import DeviceServer
import Foundation
import HostTransport
import Testing

extension OverSockets {
  @Suite struct DescriptorTests {
    /// Watches the reading end of a pipe; what it says goes where messages and disconnects are remembered.
    private static func watch(_ server: TestServer, _ pipe: Pipe) async throws {
      let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
      try await server.transport.watch(descriptor) { app, bytes, _ in
        app.context.messageCount += bytes.count
      } end: { app, error, _ in
        app.context.happenings.append(.disconnect(code: error == nil ? 0 : 1, reason: []))
      }
    }

    @Test(arguments: Carrier.unencrypted) func whatCanBeReadReachesTheApplication(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let pipe = Pipe()
        try await Self.watch(server, pipe)
        for total in 1...3 {
          try pipe.fileHandleForWriting.write(contentsOf: Data("0123456789".utf8))
          try await server.until("\(total) times ten bytes") { $0.context.messageCount == 10 * total }
        }
        #expect(try await server.happenings.isEmpty)
      }
    }

    @Test(arguments: Carrier.unencrypted) func itsEndIsToldOnce(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let pipe = Pipe()
        try await Self.watch(server, pipe)
        try pipe.fileHandleForWriting.write(contentsOf: Data("last words".utf8))
        try pipe.fileHandleForWriting.close()
        try await server.until("the end") { !$0.context.happenings.isEmpty }
        #expect(try await server.happenings == [.disconnect(code: 0, reason: [])])
        #expect(try await server.transport.withApplication { app, _ in app.context.messageCount } == 10)
      }
    }

    @Test(arguments: Carrier.unencrypted)
    func whatCannotBeWatchedIsAnErrorAndIsClosed(over carrier: Carrier) async throws {
      try await TestServer.run(over: carrier) { server in
        let folder = open("/", O_RDONLY)  // no event loop can wait for a folder
        await #expect(throws: (any Error).self) {
          try await server.transport.watch(folder) { _, _, _ in } end: { _, _, _ in }
        }
        #expect(fcntl(folder, F_GETFD) == -1)
      }
    }

    @Test(arguments: Carrier.unencrypted) func atShutdownItIsClosedWithoutAWord(over carrier: Carrier) async throws {
      let pipe = Pipe()
      let server = try await TestServer.run(over: carrier) { server in
        try await Self.watch(server, pipe)
        return server
      }
      #expect(try await server.happenings.isEmpty)
    }
  }
}
