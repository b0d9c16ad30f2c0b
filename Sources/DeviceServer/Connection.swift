// SPDX-License-Identifier: MIT

// One row of the connection table, and the table. Rows are mutated where they lie and used again; a generation tells
// a new connection from the one that had the row before.

import HTTPCore
import Timebase

/// What the server knows of a TCP connection.
struct Connection: ~Copyable, Sendable {
  enum Phase: UInt8, Sendable {
    case free
    /// Requests and responses.
    case http
    /// Frames; the client is in a hub.
    case webSocket
    /// A response that does not end: `client` is its place among the server's event streams.
    case eventStream
    /// The last response is written; further input is discarded until the peer ends or `timeouts.linger` has passed.
    case lingering
  }

  /// What an HTTP connection is waiting for, and so which time limit runs.
  enum Stage: UInt8, Sendable { case idle, head, body, waiting, writing }

  /// The actions that the transport has yet to be given.
  struct Tasks: OptionSet, Sendable {
    let rawValue: UInt8
    static let write = Tasks(rawValue: 1)
    static let endOutput = Tasks(rawValue: 2)
    static let resume = Tasks(rawValue: 4)
    static let abort = Tasks(rawValue: 8)
  }

  var id: ConnectionID
  var remote = RemoteAddress.unknown
  #if WITHOUT_TLS && WITHOUT_PROXIES  // nobody says anything else on such a board, and no row need keep it
    var scheme: Scheme {
      get { .http }
      set {}
    }
  #else
    var scheme = Scheme.http
  #endif
  var phase = Phase.free
  var stage = Stage.idle
  var tasks: Tasks = []
  /// Whether input is held until output has gone, by the transport or in `http`; `.resume` follows.
  var isInputHeld = false
  /// Whether it is only told that there is no room, or has lost its place to another.
  var isRefused = false
  #if WITHOUT_REFUSAL_PAGES
    var isUntold: Bool { get { false } set {} }
  #else
    /// Whether it is refused and has yet to be told so, in the form that its request asks for.
    var isUntold = false
  #endif
  #if WITHOUT_LOGIN
    var isWaiting: Bool { get { false } set {} }
  #else
    /// Whether the request waits for `Server.retry`.
    var isWaiting = false
  #endif
  /// Of a socket: its hub, and its place there.
  var hub = 0
  var client = 0
  /// When the stage, the linger time or the socket's next ping is due: a lower bound.
  var deadline = MonotonicTime.distantFuture
  #if !WITHOUT_FAIRNESS
    /// Since when it has waited for its peer, if it does.
    var restingSince = MonotonicTime.zero
  #endif

  /// What it takes to speak HTTP: most of what is known of a connection, and nothing that a socket needs.
  struct Requests: Sendable {
    var http: HTTPConnection
    /// The head of the request whose body is under way, or that waits.
    var request: RequestHead?
    #if !WITHOUT_LOGIN
      /// The body of the request that waits.
      var waitingBody: [UInt8] = []
    #endif
    #if !WITHOUT_PROXIES
      /// What a proxy said of the request under way; the row's `remote` and `scheme` are its client's.
      var proxied = ProxiedConnection()
    #endif

    init(limits: HTTPConnection.Limits) { http = HTTPConnection(limits: limits) }
  }

  #if WITHOUT_BOXES
    private var requests: Requests

    @inline(never)
    init(index: Int, limits: HTTPConnection.Limits) {
      id = ConnectionID(index: index, generation: 0)
      requests = Requests(limits: limits)
    }

    /// How much of its responses waits.
    var pendingResponse: Int { http.pendingOutput }

    mutating func beginRequests(_ limits: HTTPConnection.Limits) {}

    mutating func endRequests() { http.trim() }

    mutating func trimRequests() { http.trim() }

    private var spoken: Requests {
      _read { yield requests }
      _modify { yield &requests }
    }
  #else
    /// Let go where a socket begins: thousands that are silent are then small rows, and that is all.
    private var requests = Box<Requests>()

    init(index: Int, limits: HTTPConnection.Limits) {
      id = ConnectionID(index: index, generation: 0)
    }

    /// How much of its responses waits.
    @inline(__always)
    var pendingResponse: Int { requests.isEmpty ? 0 : requests.value.http.pendingOutput }

    /// Begins to speak HTTP.
    mutating func beginRequests(_ limits: HTTPConnection.Limits) { requests = Box(Requests(limits: limits)) }

    /// Ends it for good: the response 101 is out.
    mutating func endRequests() { requests = Box() }

    /// Gives back memory that is not in use.
    mutating func trimRequests() {
      if !requests.isEmpty { http.trim() }
    }

    private var spoken: Requests {
      _read { yield requests.value }
      _modify { yield &requests.value }
    }
  #endif

  var http: HTTPConnection {
    _read { yield spoken.http }
    _modify { yield &spoken.http }
  }
  var request: RequestHead? {
    _read { yield spoken.request }
    _modify { yield &spoken.request }
  }
  #if !WITHOUT_LOGIN
    var waitingBody: [UInt8] {
      _read { yield spoken.waitingBody }
      _modify { yield &spoken.waitingBody }
    }
  #endif
  #if !WITHOUT_PROXIES
    var proxied: ProxiedConnection {
      _read { yield spoken.proxied }
      _modify { yield &spoken.proxied }
    }
  #endif

  /// How much memory holds what its peer has sent as requests.
  var inputMemory: Int {
    #if !WITHOUT_BOXES
      if requests.isEmpty { return 0 }
    #endif
    var memory = http.inputMemory + (request?.memorySize ?? 0)
    #if !WITHOUT_LOGIN
      memory += waitingBody.capacity
    #endif
    return memory
  }
}

/// How many rows of a table memory is taken for before there are any, if the limit is as high: a table that doubles needs
/// three times its size for a moment, and leaves holes. Where there is virtual memory, rows that were never used take
/// none; where it is scarce, there is no place for the double.
#if hasFeature(Embedded)
  let rowsAtOnce = 64
#else
  let rowsAtOnce = 65_536
#endif

/// All connections, with the order in which the transport is to look after them.
struct ConnectionTable: ~Copyable, Sendable {
  private var rows = Rows<Connection>()
  private var freeIndices: [Int] = []
  private var listed = IndexQueue()
  #if !WITHOUT_FAIRNESS
    /// Whose those are that are served.
    private(set) var shares = AddressShares()
  #endif
  /// How many connections are served.
  private(set) var servedCount = 0
  /// How many are one too many, and have yet to go.
  private(set) var refusedCount = 0

  subscript(index: Int) -> Connection {
    @inline(__always) _read { yield rows[index] }
    @inline(__always) _modify { yield &rows[index] }
  }

  var indices: Range<Int> { rows.indices }

  /// The row of a connection that still is.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  func index(of id: ConnectionID) -> Int? {
    guard rows.indices.contains(id.index), rows[id.index].id == id, rows[id.index].phase != .free else { return nil }
    return id.index
  }

  /// Takes the memory for so many rows at once, unless they are very many (`rowsAtOnce`).
  mutating func reserve(_ served: Int, _ refused: Int) {
    let count = min(max(served, 0), rowsAtOnce) + min(max(refused, 0), rowsAtOnce)
    rows.reserve(count)
    freeIndices.reserveCapacity(count)
    listed.reserve(count)
  }

  @inline(never)
  mutating func add(from remote: RemoteAddress, limits: HTTPConnection.Limits, isRefused: Bool = false) -> Int {
    let index: Int
    if let free = freeIndices.popLast() {
      index = free
    } else {
      index = rows.count
      rows.append(Connection(index: index, limits: limits))
    }
    rows[index].beginRequests(limits)
    rows[index].remote = remote
    rows[index].phase = .http
    rows[index].isRefused = isRefused
    if isRefused { refusedCount += 1 } else { servedCount += 1 }
    return index
  }

  #if !WITHOUT_FAIRNESS
    /// Counts a served connection among those of an address; it waits for its first request.
    mutating func count(_ index: Int, of holder: AddressHolder, now: MonotonicTime) {
      shares.add(index, of: holder)
      rest(index, now: now)
    }

    /// The connection begins to wait for its peer.
    mutating func rest(_ index: Int, now: MonotonicTime) {
      shares.rest(index)
      rows[index].restingSince = now
    }

    /// The connection begins to wait for nothing but its peer's end, if it does not yet.
    mutating func linger(_ index: Int, now: MonotonicTime) {
      if shares.linger(index) { rows[index].restingSince = now }
    }

    /// The connection waits no more.
    mutating func wake(_ index: Int) { shares.wake(index) }
  #endif

  /// Lets a connection that is about to end count no more among those that are served.
  mutating func displace(_ index: Int) {
    rows[index].isRefused = true
    servedCount -= 1
    refusedCount += 1
    #if !WITHOUT_FAIRNESS
      shares.remove(index)
    #endif
  }

  mutating func remove(_ index: Int, limits: HTTPConnection.Limits) {
    if rows[index].isRefused { refusedCount -= 1 } else { servedCount -= 1 }
    #if !WITHOUT_FAIRNESS
      shares.remove(index)
    #endif
    let generation = rows[index].id.generation &+ 1
    rows.replace(index, with: Connection(index: index, limits: limits))
    rows[index].id = ConnectionID(index: index, generation: generation)
    freeIndices.append(index)
  }

  #if !WITHOUT_PROXIES
    /// Says for whom the connection is from now on: a proxy's connection serves one client after the other.
    mutating func attribute(_ index: Int, to remote: RemoteAddress) { rows[index].remote = remote }
  #endif

  #if !WITHOUT_PROXIES && !WITHOUT_FAIRNESS
    /// Lets a served connection count among those of another address.
    mutating func count(_ index: Int, of holder: AddressHolder) { shares.move(index, to: holder) }
  #endif

  /// Notes something for the transport to do.
  mutating func demand(_ task: Connection.Tasks, _ index: Int) {
    if rows[index].tasks.isEmpty { listed.append(index) }
    rows[index].tasks.insert(task)
  }

  /// Whether there may be something for the transport to do.
  @inline(__always)
  var hasTasks: Bool { !listed.isEmpty }

  /// The next thing for the transport to do; an abort comes before all else, the end after the last write.
  mutating func nextAction() -> TransportAction? {
    while let index = listed.first {
      let tasks = rows[index].tasks
      let id = rows[index].id
      if tasks.contains(.abort) || tasks.isEmpty {
        rows[index].tasks = []
        listed.removeFirst()
        if tasks.contains(.abort) { return .abort(id) }
      } else if tasks.contains(.write) {
        return done(.write, index, .write(id))
      } else if tasks.contains(.resume) {
        return done(.resume, index, .resume(id))
      } else {
        return done(.endOutput, index, .endOutput(id))
      }
    }
    return nil
  }

  private mutating func done(_ task: Connection.Tasks, _ index: Int, _ action: TransportAction) -> TransportAction {
    rows[index].tasks.remove(task)
    if rows[index].tasks.isEmpty { listed.removeFirst() }
    return action
  }
}
