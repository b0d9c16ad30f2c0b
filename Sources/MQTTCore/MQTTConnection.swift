// SPDX-License-Identifier: MIT

// The client's side of one connection to a broker, from CONNECT to the end. It is a plain value: fed bytes and times, it
// yields events, output and its next deadline, and it never calls anyone. Receiving, sending and keep-alive have a file
// each. What lives longer than a connection is the session's (`MQTTSession`), and when to connect, and to which server, is
// the client's (`MQTTClient`). MQTT 3.1.1 and 5.0.

import Bytes
public import Timebase

/// One connection that speaks MQTT in the client's role.
public struct MQTTConnection: Sendable {
  /// How much a server may ask of a connection.
  public struct Limits: Sendable {
    /// The most bytes that a packet may have behind its fixed header. A longer message is passed over, and acknowledged:
    /// to refuse it would bring a retained one again for ever.
    public var packetSize: Int
    /// How many bytes may wait to be written before no more input is taken, which asks for answers.
    public var outputSize: Int
    /// How many messages and requests of our own may be unacknowledged, if the server allows so many.
    public var inFlight: UInt16

    /// These limits; a packet may always have 128 bytes, and no more than the protocol can say, and one message may
    /// always be in flight.
    public init(packetSize: Int = 16_384, outputSize: Int = 65_536, inFlight: UInt16 = 64) {
      self.packetSize = min(max(packetSize, 128), VariableByteInteger.maximum)
      self.outputSize = max(outputSize, 0)
      self.inFlight = max(inFlight, 1)
    }
  }

  /// How long a connection waits, and for what.
  public struct Timing: Sendable {
    /// The time from CONNECT to CONNACK.
    public var connectTimeout: Milliseconds
    /// How long a server may be silent after a PINGREQ; then it counts as dead.
    public var pingTimeout: Milliseconds
    /// The time from DISCONNECT to the end of the connection, whatever the server takes.
    public var closeTimeout: Milliseconds

    /// These times, in milliseconds.
    public init(
      connectTimeout: Milliseconds = 5000, pingTimeout: Milliseconds = 10_000, closeTimeout: Milliseconds = 2000
    ) {
      self.connectTimeout = connectTimeout
      self.pingTimeout = pingTimeout
      self.closeTimeout = closeTimeout
    }
  }

  /// What a connection is doing.
  public enum State: Sendable {
    /// CONNECT is on its way.
    case connecting
    /// CONNACK has come.
    case open
    /// No packet goes out or comes in any more; what is queued is still to be written.
    case closed
  }

  /// Why a connection ended.
  public enum End: Equatable, Sendable {
    /// We have said DISCONNECT.
    case local
    /// The server's CONNACK refuses us.
    case refused(ReasonCode)
    /// The server's DISCONNECT.
    case remote(ReasonCode)
    /// The server has broken the protocol.
    case failed(MQTTError)
    /// CONNACK did not come in time.
    case connectTimeout
    /// The server did not answer a PINGREQ in time.
    case pingTimeout
  }

  let limits: Limits
  let timing: Timing
  /// Whether we have asked for a new session.
  let isCleanStart: Bool
  /// The version that is spoken.
  public let version: ProtocolVersion

  /// What the connection is doing.
  public internal(set) var state = State.connecting
  /// Why it has ended; nil if it has not.
  public internal(set) var end: End?
  /// What lives longer than the connection; taken from here at its end, for the next one.
  public internal(set) var session: MQTTSession
  /// What the server has said in its CONNACK, with the defaults until then; its texts are not here.
  public internal(set) var server = Properties()
  /// The server's words for the end, or for what it has refused last: at most `maximumWords` bytes of UTF-8; empty: none.
  public internal(set) var reasonString: [UInt8] = []
  /// Which servers the server sends us to, as in section 4.11; empty if it does not.
  public internal(set) var serverReference: [UInt8] = []
  /// How many messages were passed over because they were too long.
  public internal(set) var oversizedMessages: UInt32 = 0

  // Receiving.
  var cutHeader = InlineArray<5, UInt8>(repeating: 0)
  var cutHeaderSize = 0
  var header: FixedHeader?
  var assembly: [UInt8] = []
  var skipped = 0

  // Sending.
  var output = OutputQueue()
  var introducedAliases: [UInt64] = []
  var isSessionPresent = false

  // Keep-alive.
  var keepAlive: Milliseconds
  var lastSent: MonotonicTime
  var lastReceived: MonotonicTime
  var deadline: MonotonicTime
  var isAwaitingPong = false

  /// How many bytes of the server's words are kept.
  static let maximumWords = 256

  /// A connection whose TCP (and TLS) has just been made: CONNECT is queued.
  ///
  /// - Throws: why there is no such CONNECT: a field that is too long or no text, a will's topic that is none, in 3.1.1 a
  ///   password without a user name (`notSupported`).
  public init(
    options: ConnectOptions, limits: Limits = Limits(), timing: Timing = Timing(), session: MQTTSession? = nil,
    now: MonotonicTime
  ) throws(SendingError) {
    let maximum = UInt32(clamping: limits.packetSize + FixedHeader.maximumSize)
    let connect = try options.packet(maximumPacketSize: maximum, receiveMaximum: Self.receiveMaximum)
    self.limits = limits
    self.timing = timing
    version = options.version
    isCleanStart = options.isCleanStart
    self.session = session ?? MQTTSession(isKept: !options.isCleanStart)
    keepAlive = .seconds(UInt32(options.keepAlive))
    (lastSent, lastReceived) = (now, now)
    deadline = now + timing.connectTimeout
    output.append(connect.span)
  }

  /// How many messages the server may send before we have acknowledged one.
  static let receiveMaximum: UInt16 = 16

  /// Whether packets may be sent.
  public var isOpen: Bool { state == .open }

  /// Whether more input is to be read: not while answers to what came wait to be written.
  public var wantsInput: Bool { output.count <= limits.outputSize }

  /// How many bytes wait to be written.
  public var pendingOutput: Int { output.count }

  /// Offers the bytes that wait, oldest first, until `accept` takes less than it is offered.
  ///
  /// `accept` says how many of the offered bytes it took; it must do no more than copy them.
  public mutating func writeOutput(_ accept: (Span<UInt8>) -> Int) { output.write(accept) }

  /// Ends the connection; what is queued is still to be written.
  mutating func finish(_ end: End, now: MonotonicTime) {
    guard state != .closed else { return }
    state = .closed
    self.end = end
    deadline = now + timing.closeTimeout
    assembly = []
  }

  /// Ends the connection for a breach, and says which if the version has a way to.
  mutating func fail(_ error: MQTTError, now: MonotonicTime) {
    if state == .open, version.isV5 { queueDisconnect(error.reasonCode) }
    finish(.failed(error), now: now)
  }
}
