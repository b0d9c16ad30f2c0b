// SPDX-License-Identifier: MIT

// The server's side of one WebSocket connection, from the first byte after the handshake to the last. It is a
// plain value: fed bytes and times, it yields events, output and its next deadline, and it never calls
// anyone. Each concern has its file: receiving, sending, the closing handshake, keep-alive, and the table of
// states. RFC 6455.

public import Bytes
public import Timebase

/// One connection that speaks RFC 6455 in the server's role.
///
/// Idle, it holds nothing on the heap: the part of a frame header that a read cut off lies inline, and output
/// and partial messages give their memory back at `trim()`.
public struct WebSocketConnection: Sendable {
  /// How much a peer may ask of a connection.
  public struct Limits: Sendable {
    /// The most bytes a message may have, over all its fragments and inflated if it is compressed; a longer one is
    /// refused with 1009. A negative number counts as 0, and a quarter of the greatest `Int` is the most.
    public var messageSize: Int

    /// The limits; a server's are in `ServerLimits`.
    public init(messageSize: Int) { self.messageSize = messageSize }

    /// The same in its range, so that no arithmetic on it can overflow.
    var normalized: Limits { Limits(messageSize: min(max(messageSize, 0), .max / 4)) }
  }

  /// How long a connection waits, and for what.
  public struct Timing: Sendable {
    /// The silence after which the peer is pinged; 0 for never.
    public var pingInterval: Milliseconds
    /// How long a peer may be silent after a ping; then it is asked once more, and after the same time counts as dead.
    public var pongTimeout: Milliseconds
    /// The time between our Close and the end of the connection, whatever the peer does.
    public var closeTimeout: Milliseconds

    /// The times; a server's are in `ServerLimits`.
    public init(pingInterval: Milliseconds, pongTimeout: Milliseconds, closeTimeout: Milliseconds) {
      self.pingInterval = pingInterval
      self.pongTimeout = pongTimeout
      self.closeTimeout = closeTimeout
    }
  }

  let limits: Limits
  let timing: Timing
  /// What compresses messages, if that was agreed on in the handshake.
  public let codec: AnyMessageCodec?

  // A server has thousands of these, so what is small lies together.

  /// Whether frames still go out and come in.
  public internal(set) var state = State.open

  /// Whether the peer let a deadline pass: the transport aborts, since writing more is of no use.
  public internal(set) var isDead = false

  var queuedPongs: UInt8 = 0
  @usableFromInline var unansweredPings: UInt8 = 0

  /// Why the connection ended: the code of the peer's Close, 1005 if it had none, the code of our own Close
  /// after a `WebSocketError`; 1006 as long as there was none of these (RFC 6455 sections 7.1.5 and 7.1.7).
  public internal(set) var closeCode = CloseCode.abnormalClosure

  /// The reason in the peer's Close: UTF-8, at most 123 bytes, empty if it gave none; of a connection that `isDead`, why.
  public internal(set) var closeReason: [UInt8] = []

  /// When bytes came last; at first, when the connection was made.
  public internal(set) var lastReceived: MonotonicTime

  // Receiving.
  var cutHeader = CutHeader()
  var frame = PartialFrame()
  var assembly = MessageAssembly()

  // Sending. `maximumPongs` stand in the output at most; the newest of those asked for meanwhile waits.
  @usableFromInline var output = OutputQueue()
  @usableFromInline var waitingPong: [UInt8] = []
  @usableFromInline var pendingUpToPong = 0

  // Keep-alive and closing. In the open state `deadline` is that of the pong, later that of the end.
  var deadline = MonotonicTime.distantFuture

  /// A connection whose handshake has just been answered with 101.
  ///
  /// With a codec, messages may be compressed both ways; the 101 has said so with `PermessageDeflate.add(to:)`.
  public init(
    limits: Limits, timing: Timing, codec: AnyMessageCodec? = nil, now: MonotonicTime
  ) {
    self.limits = limits.normalized
    self.timing = timing
    self.codec = codec
    lastReceived = now
  }

  /// Whether messages may be sent.
  public var isOpen: Bool { state == .open }

  /// How many bytes of memory hold what the peer has sent: of a message that is coming in, and the reason of a Close;
  /// `codec` has its own.
  public var inputMemory: Int { assembly.capacity + closeReason.capacity }

  /// Gives back the memory of buffers that are empty.
  public mutating func trim() {
    assembly.trim()
    output.trim()
    if waitingPong.isEmpty { waitingPong = [] }
  }
}
