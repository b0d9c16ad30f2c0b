// SPDX-License-Identifier: MIT

// The connection that the application makes, in SwiftNIO's terms. It is asked for after everything that happens, as the
// application's other actions are; names are resolved, and addresses of both families tried, by SwiftNIO.

import DeviceServer
import NIOCore
import NIOPosix
import TransportSecurity
import Timebase

/// Does what the application wants of its own connection; on the driver's event loop only.
final class OutgoingChannel<App: Application & ~Copyable> {
  private let calls: OutgoingConnection<App>
  private let servers: [OutgoingServer]
  private unowned let driver: Driver<App>
  private var handler: OutgoingHandler?
  private var isConnecting: Bool { attempt != nil }
  private var isClosing = false
  /// Nothing is done any more, whatever is still under way.
  private var isCutOff = false

  /// Cuts an attempt off; nil if none is under way.
  private var attempt: Scheduled<Void>?
  /// How many attempts there were: what one of before reports is not heard.
  private var attempts = 0

  /// How long a server may take to accept a connection, its encryption included.
  private let timeout: TimeAmount

  init(_ calls: OutgoingConnection<App>, servers: [OutgoingServer], timeout: TimeAmount, driver: Driver<App>) {
    self.calls = calls
    self.servers = servers
    self.timeout = timeout
    self.driver = driver
  }

  /// Does what is to be done now.
  func act(now: MonotonicTime) {
    if isConnecting || isClosing || isCutOff { return }
    switch driver.use({ calls.nextStep(&$0, now) }) {
    case .connect(let destination): connect(to: destination)
    case .close:
      write(now: now)
      isClosing = handler != nil
      handler?.finish()
    case .wait: move(now: now)
    }
  }

  private func connect(to destination: Destination) {
    guard let server = server(at: destination) else { return fail("there is no such server") }
    attempts += 1
    let number = attempts
    attempt = driver.eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.giveUp() }
    ClientBootstrap(group: driver.eventLoop)
      .connectTimeout(timeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.autoRead, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addOutgoing(server) }
      }
      .connect(host: server.host, port: server.port)
      .assumeIsolated()
      .whenComplete { self.connected($0, number) }
  }

  /// TCP has connected, or none of the server's addresses did.
  private func connected(_ result: Result<any Channel, any Error>, _ number: Int) {
    switch Result(catching: { try result.get().pipeline.syncOperations.handler(type: OutgoingHandler.self) }) {
    case .failure(let error):
      if isConnecting, number == attempts { hear(.failed(error)) }
    case .success(let handler):
      guard isConnecting, number == attempts else { return handler.abort() }
      self.handler = handler
      handler.listen { [weak self, unowned handler] event in
        if self?.handler === handler { self?.hear(event) }
      }
    }
  }

  /// The server has not said enough in time.
  private func giveUp() {
    guard isConnecting else { return }
    let handler = handler
    fail("no answer")
    handler?.abort()
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
    if isCutOff { return }
    switch event {
    case .opened:
      endAttempt()
      driver.run { calls.opened(&$0, $1) }
      handler?.readIfEmpty()
    case .failed(let error): fail(Self.words(error))
    case .ready: driver.act()  // which leads to `act`
    case .closed(let error):
      handler = nil
      isClosing = false
      let words = error.map(Self.words) ?? ""
      driver.run { calls.closed(&$0, Array(words.utf8), $1) }
    }
  }

  private func fail(_ words: String) {
    handler = nil
    endAttempt()
    driver.run { calls.failed(&$0, Array(words.utf8), $1) }
  }

  private func endAttempt() {
    attempt?.cancel()
    attempt = nil
  }

  /// Moves what can be moved: output that has gone makes room for input, whose answers are output again.
  private func move(now: MonotonicTime) {
    write(now: now)
    guard let handler, handler.hasHeld else { return }
    let hasNews = driver.use { app in handler.offer { bytes in calls.receive(&app, bytes, now) } }
    handler.readIfEmpty()
    if hasNews { driver.act() }
  }

  private func write(now: MonotonicTime) {
    driver.withBuffer { buffer in
      while let handler, handler.isWritable {
        driver.fill(&buffer) { app, accept in calls.writeOutput(&app, now, accept) }
        guard buffer.readableBytes > 0 else { return }
        handler.write(buffer)
      }
    }
  }

  // MARK: The end

  /// Lets the application say its last words.
  func shutdown() { driver.run { calls.shutdown(&$0, $1) } }

  /// Whether there is no connection, and none is being made.
  var isOver: Bool { handler == nil && !isConnecting }

  /// Ends what there is at once.
  func abort() {
    isCutOff = true
    endAttempt()
    handler?.abort()
    handler = nil
  }

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
