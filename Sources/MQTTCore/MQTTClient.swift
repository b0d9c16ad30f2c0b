// SPDX-License-Identifier: MIT

// A client that stays connected: to which server, in which version, and when to try again. Of transports it says only
// what to do with them; what is said over one is the connection's. MQTT 5.0 sections 4.11 and 4.12.

import Bytes
public import Timebase

/// A client of one or more servers, which connects, and connects again for ever.
///
/// A transport asks for the `nextStep`, does it, says how it went, and hands over bytes and times.
public struct MQTTClient: Sendable {
  /// How a client connects.
  public struct Settings: Sendable {
    /// What it says of itself, with the version that it would like best.
    public var options: ConnectOptions
    /// Whether messages that were not acknowledged go out again on the next connection, as section 4.4 has it for a
    /// session that goes on. Whoever says all of the latest anew on each connection does without.
    public var keepsMessages: Bool
    /// How many servers there are to try in turn; at least one.
    public var servers: Int
    /// The pause after the first failure; it doubles with each one that follows.
    public var firstPause: Milliseconds
    /// The longest pause.
    public var longestPause: Milliseconds
    /// How long a connection has to be open until failures before it are forgotten: two clients of one identifier, each
    /// of which ends the other, would go on for ever at full speed else.
    public var stableAfter: Milliseconds
    /// How much a server may ask.
    public var limits: MQTTConnection.Limits
    /// How long a connection waits.
    public var timing: MQTTConnection.Timing

    /// These settings, with one server at least, a first pause of a millisecond at least, and a longest pause that is
    /// no shorter.
    public init(
      options: ConnectOptions, servers: Int = 1, firstPause: Milliseconds = 1000, longestPause: Milliseconds = 60_000,
      stableAfter: Milliseconds = 10_000, limits: MQTTConnection.Limits = .init(), timing: MQTTConnection.Timing = .init()
    ) {
      self.options = options
      keepsMessages = !options.isCleanStart
      self.servers = max(servers, 1)
      self.firstPause = max(firstPause, 1)
      self.longestPause = max(longestPause, firstPause)
      self.stableAfter = stableAfter
      self.limits = limits
      self.timing = timing
    }
  }

  /// A server to connect to.
  public enum Server: Equatable, Sendable {
    /// One of those that the client was given, by its number from 0.
    case configured(Int)
    /// One to which another server has sent us.
    case reference(ServerReference)
  }

  /// What a transport is to do.
  public enum Step: Equatable, Sendable {
    /// Connect to a server, and say `opened` or `failed`.
    case connect(Server)
    /// Write what is queued, end the connection, and say `closed`.
    case close
    /// Nothing until bytes come or `nextDeadline` is there.
    case wait
  }

  /// Why there is no connection.
  public enum Trouble: Equatable, Sendable {
    /// The transport could not connect; it knows why.
    case unreachable
    /// The server ended the connection without a word.
    case closed
    /// The connection has ended for this.
    case ended(MQTTConnection.End)
    /// There is no CONNECT with these options.
    case invalidOptions(SendingError)
  }

  let settings: Settings
  /// The connection that is there, until the transport has ended it.
  public var connection: MQTTConnection?
  /// What last ended a connection, or kept one from being made; nil once the server has accepted us.
  public private(set) var trouble: Trouble?
  /// The server's words for `trouble`: UTF-8, with whatever it likes in it; empty if it has none.
  public private(set) var reasonString: [UInt8] = []
  /// The server that is tried or used.
  public private(set) var server = Server.configured(0)
  /// How many attempts in a row have come to nothing, or to a connection that did not last.
  public private(set) var failures: UInt32 = 0

  private var phase = Phase.waiting(until: .zero)
  private var configured = 0
  private var redirections = 0
  private var session: MQTTSession
  /// How MQTT 5 fared with each of the servers, and with the last of those that others have sent us to.
  private var experience: [Experience]
  private var openSince: MonotonicTime?
  private var isStopping = false
  private var random: UInt64

  private enum Experience: Sendable {
    case none
    /// It ended a connection of MQTT 5 without a word.
    case doubtful
    /// It said that it does not speak it.
    case refused
  }

  private enum Phase: Sendable {
    case waiting(until: MonotonicTime)
    case connecting
    case connected
    case stopped
  }

  /// A client that connects at once. `seed` makes its pauses differ from those of others.
  public init(_ settings: Settings, seed: UInt64) {
    self.settings = settings
    session = MQTTSession(isKept: settings.keepsMessages)
    experience = [Experience](repeating: .none, count: settings.servers + 1)
    random = seed | 1  // zero would stay zero
  }

  /// When `nextStep` or `poll` has something to do, `distantFuture` if never.
  public var nextDeadline: MonotonicTime {
    switch phase {
    case .waiting(let until): until
    case .connecting, .stopped: .distantFuture
    case .connected: connection?.nextDeadline ?? .distantFuture
    }
  }

  /// Whether the server has accepted us.
  public var isOpen: Bool { connection?.isOpen ?? false }

  /// What the transport is to do now.
  public mutating func nextStep(now: MonotonicTime) -> Step {
    switch phase {
    case .waiting(let until) where now >= until && !isStopping:
      phase = .connecting
      return .connect(server)
    case .connected where connection?.state == .closed:
      return .close
    case .waiting, .connecting, .connected, .stopped:
      return .wait
    }
  }

  /// The transport has connected: CONNECT is queued.
  public mutating func opened(now: MonotonicTime) {
    guard case .connecting = phase else { return }
    var options = settings.options
    options.version = version
    // 3.1.1 cannot say how long a session is to be kept: it would be for ever.
    if !version.isV5, options.sessionExpiryInterval > 0 { options.isCleanStart = true }
    do throws(SendingError) {
      connection = try MQTTConnection(
        options: options, limits: settings.limits, timing: settings.timing, session: session, now: now)
      phase = .connected
    } catch {
      fail(.invalidOptions(error), now: now)
    }
  }

  /// The transport could not connect.
  public mutating func failed(now: MonotonicTime) {
    guard case .connecting = phase else { return }
    fail(.unreachable, now: now)
  }

  /// Takes bytes from the server, as `MQTTConnection.receive` does; a breach is an `ended`.
  public mutating func receive(
    _ input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) -> MQTTConnection.Received {
    let nothing = MQTTConnection.Received(taken: input.count, event: .needData)
    guard connection != nil else { return nothing }
    do throws(MQTTError) {
      let received = try connection?.receive(input, now: now, scratch: &scratch) ?? nothing
      if case .connected = received.event { accepted(now: now) }
      return received
    } catch {
      return MQTTConnection.Received(taken: input.count, event: .ended)
    }
  }

  /// Does what is due on the connection.
  public mutating func poll(now: MonotonicTime) {
    _ = connection?.poll(now: now)
  }

  /// The transport has ended the connection, or the server has.
  public mutating func closed(now: MonotonicTime) {
    guard case .connected = phase, let connection else { return }
    session = connection.session
    self.connection = nil
    if let since = openSince, now - since >= settings.stableAfter { failures = 0 }
    let wasOpen = openSince != nil
    openSince = nil
    if connection.end == .local || isStopping {
      phase = .stopped
      return
    }
    if !wasOpen { fallBack(connection.end) }
    fail(connection.end.map(Trouble.ended) ?? .closed, now: now, redirection: redirection(of: connection))
    switch connection.end {
    case .refused, .remote: reasonString = connection.reasonString
    default: break
    }
  }

  /// Ends the client: DISCONNECT goes out if there is a connection, and none is made any more.
  public mutating func stop(now: MonotonicTime) {
    isStopping = true
    if connection == nil { phase = .stopped } else { connection?.disconnect(now: now) }
  }

  /// Whether it has ended, and its transport too.
  public var isStopped: Bool {
    if case .stopped = phase { true } else { false }
  }
}

// MARK: When, where, and in which version

extension MQTTClient {
  private mutating func accepted(now: MonotonicTime) {
    openSince = now
    trouble = nil
    redirections = 0
  }

  /// Takes note of a failure, and of the server that is next.
  private mutating func fail(_ trouble: Trouble, now: MonotonicTime, redirection: Server? = nil) {
    self.trouble = trouble
    reasonString = []
    if let redirection, redirections < Self.maximumRedirections {
      redirections += 1
      server = redirection
      experience[settings.servers] = .none
    } else {
      if case .configured = server { configured = (configured + 1) % settings.servers }
      server = .configured(configured)
    }
    phase = isStopping ? .stopped : .waiting(until: now + nextPause())
    failures = failures == .max ? .max : failures + 1
  }

  /// How often in a row one server may send us to another.
  private static var maximumRedirections: Int { 3 }

  /// Where the connection's server sends us, if it does.
  private func redirection(of connection: MQTTConnection) -> Server? {
    guard connection.version.isV5 else { return nil }  // 3.1.1 has no such codes
    return switch connection.end {
    case .refused(.useAnotherServer), .refused(.serverMoved), .remote(.useAnotherServer), .remote(.serverMoved):
      ServerReference(connection.serverReference.span).map(Server.reference)
    default: nil
    }
  }

  /// The version that is spoken with the server that is tried.
  private var version: ProtocolVersion {
    guard settings.options.version.isV5, case .none = experience[place] else { return .v311 }
    return settings.options.version
  }

  /// Where the experience with the server that is tried stands.
  private var place: Int {
    if case .configured(let index) = server { index } else { settings.servers }
  }

  /// Lets the next attempt with this server speak 3.1.1 if this one spoke MQTT 5 and was not accepted. A server that has
  /// said that it does not speak it is not asked again; of one that has just closed, or not answered, nothing is certain,
  /// so the attempts alternate.
  private mutating func fallBack(_ end: MQTTConnection.End?) {
    guard settings.options.version.isV5 else { return }
    switch (end, experience[place]) {
    case (.refused(.unsupportedProtocolVersion)?, _): experience[place] = .refused
    case (.connectTimeout?, .none), (.failed?, .none), (nil, .none): experience[place] = .doubtful
    case (.connectTimeout?, .doubtful), (.failed?, .doubtful), (nil, .doubtful): experience[place] = .none
    default: break
    }
  }

  /// The pause before the next attempt: doubled with each failure, less up to a half of it by chance, so that those whose
  /// server was restarted do not all come back at once.
  private mutating func nextPause() -> Milliseconds {
    var pause = UInt64(settings.firstPause.count) << UInt64(min(failures, 16))
    pause = min(pause, UInt64(settings.longestPause.count))
    return Milliseconds(UInt32(truncatingIfNeeded: pause - nextRandom() % (pause / 2 + 1)))
  }

  /// Marsaglia's xorshift64: enough for pauses.
  private mutating func nextRandom() -> UInt64 {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return random
  }
}
