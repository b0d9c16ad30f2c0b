// SPDX-License-Identifier: MIT

// The connection that the application makes, in SwiftNIO's terms. It is asked for after everything that happens, as the
// application's other actions are; names are resolved, and addresses of both families tried, by SwiftNIO.

import DeviceServer
import NIOCore
import NIOPosix
import Timebase

/// Does what the application wants of its own connection; on the driver's event loop only.
final class OutgoingChannel<App: Application & ~Copyable> {
  private let calls: OutgoingConnection<App>
  private let servers: [OutgoingServer]
  private unowned let driver: Driver<App>
  private var handler: OutgoingHandler?
  private var isConnecting = false
  private var isClosing = false

  /// How long a server may take to accept a connection.
  private static var connectTimeout: TimeAmount { .seconds(10) }

  init(_ calls: OutgoingConnection<App>, servers: [OutgoingServer], driver: Driver<App>) {
    self.calls = calls
    self.servers = servers
    self.driver = driver
  }

  /// Does what is to be done now.
  func act(now: MonotonicTime) {
    if isConnecting || isClosing { return }
    switch driver.use({ calls.nextStep(&$0, now) }) {
    case .connect(let destination): connect(to: destination)
    case .close:
      write(now: now)
      isClosing = handler != nil
      handler?.finish()
    case .wait: write(now: now)
    }
  }

  private func connect(to destination: Destination) {
    guard let server = server(at: destination) else { return fail("there is no such server") }
    isConnecting = true
    let handler = OutgoingHandler(isSecured: server.tls != nil) { [weak self] in self?.hear($0) }
    let last = NIOLoopBound(handler, eventLoop: driver.eventLoop)
    ClientBootstrap(group: driver.eventLoop)
      .connectTimeout(Self.connectTimeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addOutgoing(last.value, server)
        }
      }
      .connect(host: server.host, port: server.port)
      .assumeIsolated()
      .whenFailure { self.hear(.failed($0)) }
  }

  private func server(at destination: Destination) -> OutgoingServer? {
    switch destination {
    case .known(let number): return servers.indices.contains(number) ? servers[number] : nil
    case .other(let host, let port, let number):
      guard servers.indices.contains(number) else { return nil }
      let known = servers[number]
      return OutgoingServer(
        host: String(decoding: host, as: UTF8.self), port: port.map(Int.init) ?? known.port, tls: known.tls)
    }
  }

  // MARK: What the channel reports

  private func hear(_ event: OutgoingHandler.Event) {
    switch event {
    case .opened(let handler):
      guard isConnecting else { return }
      isConnecting = false
      self.handler = handler
      driver.run { calls.opened(&$0, $1) }
    case .failed(let error):
      guard isConnecting else { return }
      fail(Self.words(error))
    case .bytes(let input): receive(input)
    case .writable: driver.act()
    case .closed:
      guard handler != nil else { return }
      handler = nil
      isClosing = false
      driver.run { calls.closed(&$0, $1) }
    }
  }

  private func fail(_ words: String) {
    isConnecting = false
    driver.run { calls.failed(&$0, Array(words.utf8), $1) }
  }

  private func receive(_ input: ByteBuffer) {
    handler?.keep(input)
    driver.run { app, now in takeHeld(&app, now) }
  }

  /// Offers what has come, as far as it is taken.
  private func takeHeld(_ app: inout App, _ now: MonotonicTime) {
    handler?.offer { bytes in calls.receive(&app, bytes, now) }
  }

  private func write(now: MonotonicTime) {
    guard let handler else { return }
    while handler.isWritable {
      var buffer = ByteBuffer()
      driver.use { app in
        calls.writeOutput(&app, now) { bytes in
          let count = min(bytes.count, OutgoingHandler.writeSize - buffer.readableBytes)
          guard count > 0 else { return 0 }
          bytes.extracting(first: count).withUnsafeBufferPointer { _ = buffer.writeBytes($0) }
          return count
        }
      }
      guard buffer.readableBytes > 0 else { break }
      handler.write(buffer)
    }
    guard handler.hasHeld else { return }
    driver.use { takeHeld(&$0, now) }  // answers have gone out, so there may be room for more
  }

  // MARK: The end

  /// Lets the application say its last words.
  func shutdown() { driver.run { calls.shutdown(&$0, $1) } }

  /// Whether there is no connection, and none is being made.
  var isOver: Bool { handler == nil && !isConnecting }

  /// Ends what there is at once.
  func abort() { handler?.abort() }

  private static func words(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError {
      if let last = error.connectionErrors.last { return words(last.error) }
      return "the name \(error.host) is not known"
    }
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    switch error as? ChannelError {
    case .connectTimeout?: return "no answer"
    case .eof?: return "the connection was closed"
    default: return TLSTrust.words(for: error) ?? "\(error)"
    }
  }
}
