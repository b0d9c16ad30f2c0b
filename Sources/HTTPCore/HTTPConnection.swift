// SPDX-License-Identifier: MIT

// The server's side of one HTTP/1.1 connection (RFC 9110, RFC 9112) as a value: bytes go in, events and bytes
// come out. It opens no socket, reads no clock and never blocks; deadlines are up to its owner, which sees in `isIdle`,
// `isReceivingHead` and `isReceivingBody` what the connection waits for.
//
// The owner's loop: `receive`, then `nextEvent` until it gives `.needData`, `.held` or `.closed`; answer
// each request with `send`, `send(body:)`, `finish`, then `startNextCycle`; let the transport take the output
// with `writeOutput`, and call `nextEvent` again when some has gone. When `mustClose` is true and the output
// is written, close. Memory is bounded: by `headSize` of unread input, one head, `bodySize` of body, and
// output by `outputSize` plus one response.

public import Bytes

/// One connection with an HTTP/1.1 client.
public struct HTTPConnection: Sendable {
  /// How much one client may ask of the server; each limit has a defined answer.
  ///
  /// A limit that is out of its range counts as the nearest in it, and a negative one as 0.
  public struct Limits: Sendable {
    /// The longest request-target in bytes, at most `headSize`; a longer one is answered with 414. RFC 9112 section 3
    /// recommends that request lines of 8000 bytes be taken.
    public var targetSize = 8000
    /// The longest head in bytes, line ends included, at most 65,535; a longer one is answered with 431.
    public var headSize = 8192
    /// The most field lines in a head or a trailer section; more are answered with 431.
    public var fieldCount = 64
    /// The longest body in bytes, chunk lines not counted; a longer one is answered with 413.
    public var bodySize = 16_384
    /// The most bytes of chunk extensions in one body, at most `headSize` less 18; the first 16 bytes of each chunk
    /// line are not counted, more than this is answered with 413 (RFC 9112 section 7.1.1).
    public var chunkExtensionSize = 1024
    /// While so many bytes of output wait, no further request is parsed: a client that sends requests without
    /// reading the answers comes to a halt. At 0 each answer must be out before the next request is looked at.
    public var outputSize = 16_384

    /// The defaults.
    public init() {}

    /// The same with every limit in its range, so that no arithmetic on them can overflow.
    var normalized: Limits {
      var limits = self
      limits.headSize = min(max(headSize, 0), 65_535)  // RequestHead keeps lengths in 16 bits
      limits.targetSize = min(max(targetSize, 0), limits.headSize)
      limits.fieldCount = max(fieldCount, 0)
      limits.bodySize = max(bodySize, 0)
      // The input holds `headSize` bytes, and a chunk line must fit.
      limits.chunkExtensionSize = min(max(chunkExtensionSize, 0), max(limits.headSize - 18, 0))
      return limits
    }
  }

  let limits: Limits
  var states = ConnectionStates()
  var input = ByteQueue()
  var inputHasEnded = false
  var parser = RequestParser()
  var bodyReader = BodyReader()
  var body: [UInt8] = []
  var current = Exchange(RequestHead())
  @usableFromInline var output = OutputQueue()

  /// What the answer depends on, of the request and of the answer's head.
  struct Exchange: Sendable {
    var isHead: Bool
    let isHTTP10: Bool
    var awaitsContinue: Bool
    /// Body bytes that are still to be sent, or nil if the length was not announced.
    var remaining: Int? = 0
    /// Whether the body goes out in chunks.
    var isChunked = false
    /// Whether body bytes are counted and not sent: an answer to HEAD, or a status without a body.
    var isBodySwallowed = false

    init(_ head: RequestHead) {
      isHead = head.method == .head
      isHTTP10 = head.version == .http10
      awaitsContinue = head.expectsContinue
    }
  }

  /// A connection on which nothing has come.
  public init(limits: Limits = Limits()) { self.limits = limits.normalized }

  #if !WITHOUT_TLS
    /// Whether the connection is secured, so that a request may name an https URI as its target (RFC 9110 section 7.4).
    public var isSecured: Bool {
      get { parser.isSecured }
      set { parser.isSecured = newValue }
    }
  #endif

  /// What the client has sent of its current request.
  public var requestState: RequestState { states.request }

  /// What we have sent of our current response.
  public var responseState: ResponseState { states.response }

  /// Whether the transport is to close its side once the output is written.
  ///
  /// It should continue to read, and drop what comes, until the client closes too or a short time has passed:
  /// closing with unread input makes a kernel reset the connection, and the answer may be lost (RFC 9112
  /// section 9.6).
  public var mustClose: Bool { states.response == .mustClose }

  /// Whether the connection is between requests and not one byte of the next has come.
  public var isIdle: Bool { states.request == .idle && !hasPartOfHead }

  /// Whether part of a request's head has come and its end has not.
  public var isReceivingHead: Bool { states.request == .idle && hasPartOfHead }

  /// Whether a request's head has come and the end of its body has not.
  public var isReceivingBody: Bool { states.request == .body && !bodyReader.isComplete }

  var hasPartOfHead: Bool { parser.hasBegun || !input.isEmpty }

  /// How many bytes of memory hold what the client has sent: unread input, and the head and body that are coming in.
  public var inputMemory: Int { input.capacity + parser.head.memorySize + body.capacity }

  /// Declares the current response the last: it is sent with `Connection: close`, and `mustClose` follows.
  ///
  /// Without a response under way the connection is over at once; input that waits is dropped.
  public mutating func close() {
    guard let next = states.after(.closeAfterResponse) else { return }
    states = next
    dropInputIfClosed()
  }

  /// Gives back memory that is not in use.
  public mutating func trim() {
    input.trim()
    output.trim()
    if body.isEmpty { body = [] }
  }

  mutating func dropInputIfClosed() {
    guard states.request == .closed || states.request == .failed else { return }
    input.removeAll()
    input.trim()
    body = []
  }
}
