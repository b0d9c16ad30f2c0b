// SPDX-License-Identifier: MIT

// A program that makes a connection itself, and does what a test tells it: what to send, how much to take.

import Bytes
import DeviceServer
import HostTransport
import NIOCore
import TransportSecurity
import Timebase

/// The program's side of its connection, in the context of a test server.
struct Caller: Sendable {
  enum Happening: Equatable, Sendable {
    case opened
    case failed(String)
    case closed
  }

  /// What is wanted next; a connection is wanted once.
  var next = OutgoingStep.wait
  var happenings: [Happening] = []
  var output: [UInt8] = []
  var input: [UInt8] = []
  /// No more input than this is taken; the rest stays with the transport.
  var capacity = Int.max
  /// At most so much is taken at a time.
  var bite = Int.max
  /// What is sent at the end, before the connection is closed.
  var lastWords: [UInt8] = []
}

extension OutgoingConnection where App == TestServer.App {
  static var caller: OutgoingConnection {
    OutgoingConnection { app, _ in
      let step = app.context.caller.next
      if case .connect = step { app.context.caller.next = .wait }
      return step
    } opened: { app, _ in
      app.context.caller.happenings.append(.opened)
    } failed: { app, words, _ in
      app.context.caller.happenings.append(.failed(String(decoding: words, as: UTF8.self)))
    } receive: { app, bytes, _ in
      let count = min(bytes.count, app.context.caller.bite, app.context.caller.capacity - app.context.caller.input.count)
      guard count > 0 else { return 0 }
      app.context.caller.input.append(bytes.extracting(first: count))
      return count
    } writeOutput: { app, _, accept in
      let taken = accept(app.context.caller.output.span)
      app.context.caller.output.removeFirst(taken)
    } closed: { app, _, _ in
      app.context.caller.happenings.append(.closed)
      app.context.caller.next = .wait
    } shutdown: { app, _ in
      app.context.caller.output += app.context.caller.lastWords
      app.context.caller.next = .close
    }
  }
}

extension TestServer {
  /// Has the program connect to `peer` with this to send.
  func call(_ peer: TestServer, _ tls: TLSTrust? = nil, _ text: String = "") async throws {
    try await call(peer.serverAddress.ipAddress ?? "", peer.serverAddress.port ?? 0, tls, text)
  }

  func call(
    _ host: String, _ port: Int, _ tls: TLSTrust? = nil, _ text: String = "", timeout: Milliseconds = .seconds(10)
  ) async throws {
    try await transport.withApplication { app, _ in
      app.context.caller.next = .connect(.known(0))
      app.context.caller.output = Array(text.utf8)
    }
    try await transport.connect(.caller, servers: [OutgoingServer(host: host, port: port, tls: tls)], timeout: timeout)
  }

  /// Waits until this is the last that has happened to the connection.
  func untilCaller(_ happening: Caller.Happening) async throws {
    try await until("\(happening)") { $0.context.caller.happenings.last == happening }
  }

  var caller: Caller {
    get async throws { try await transport.withApplication { app, _ in app.context.caller } }
  }
}
