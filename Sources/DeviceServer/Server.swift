// SPDX-License-Identifier: MIT

// The whole server, still without I/O: the connection table, the router and one hub for each WebSocket endpoint. It
// is fed connections, bytes and a time, calls the handlers with the owner's context, and yields output, things for the
// transport to do, and the next deadline. Its owner conforms to `Application` by forwarding.

import Bytes
public import HTTPCore
public import Timebase
public import WebSocketCore

/// An HTTP and WebSocket server as a value.
///
/// Calls take the context that the handlers get; it lies beside the server, never inside it.
public struct Server<Context: ~Copyable>: ~Copyable {
  /// The routes: those that there were when the server was made, since each endpoint has a hub here.
  let router: Router<Context>
  /// The handler of the first endpoint, and most often the only one: in the table it would have to be looked up, which
  /// in code that is generic over the context costs as much as a message.
  let firstHandler: Router<Context>.SocketHandler?
  /// The files to serve where no route matches; swap the whole table to change one.
  public var assets: AssetTable
  /// What peers may use: the limits that were given, each in its range.
  public let limits: ServerLimits
  /// The names that a request's `Host` may give.
  public var hostNames: HostNames
  /// What browsers may do with the answers.
  public var pagePolicy = PagePolicy()
  #if !WITHOUT_REFUSAL_PAGES
    /// What whoever runs the server can do about a refusal.
    public var advice = RefusalAdvice()
  #endif
  #if !WITHOUT_PROXIES
    /// The addresses of proxies whose `Forwarded` and X-Forwarded fields are believed; none by default.
    public var trustedProxies: [AddressRange] = []
    /// The path under which a proxy shows the server without taking it off; paths without it are answered, too.
    public var pathPrefix = PathPrefix()
  #endif
  #if !WITHOUT_TLS
    /// The port on which this server speaks TLS; nil, the default: requests are answered over whatever they come.
    public var securePort: SecurePort?
  #endif
  /// Whether messages are compressed for clients that offer it (RFC 7692); nil, the default: never.
  public var compression: DeflateSupport?
  #if !hasFeature(Embedded)
    /// The date, from a host that has a clock and sets it anew before the first event of another second:
    /// every final response says it (RFC 9110 section 6.6.1). Nil, the default: none does. Not in Embedded Swift: no
    /// board has had a clock so far, and what it would not use it is not to carry.
    public var date: HTTPDate?
  #endif
  /// What has happened so far.
  public internal(set) var counters = ServerCounters()

  var table: ConnectionTable
  var hubs = Rows<WebSocketHub>()
  /// The buffer that messages are unmasked into, one after the other; between them, that in which states are made.
  var scratch: [UInt8] = []
  /// Connections that get events: a table with holes.
  var eventStreams: [EventStream] = []
  var eventStreamCount = 0
  #if !WITHOUT_FAIRNESS
    var eventShares = AddressShares()
    /// When the table was last searched for clients that have missed a deadline.
    var lastSearch = MonotonicTime.zero
  #endif
  /// No deadline lies before this one; deadlines that were moved back may make it too early, which costs one look.
  var nextDeadline = MonotonicTime.distantFuture
  var isShuttingDown = false

  /// A server for the routes and endpoints that `router` has now, and no others.
  public init(router: consuming Router<Context>, limits: ServerLimits = .init(), hostNames: HostNames = .init()) {
    firstHandler = router.endpoints.first?.handler
    assets = router.assets
    let limits = limits.normalized
    self.limits = limits
    self.hostNames = hostNames
    for index in router.endpoints.indices {
      #if WITHOUT_SUBPROTOCOLS
        hubs.append(WebSocketHub(limits: limits, farewell: router.endpoints[index].farewell))
      #else
        let endpoint = router.endpoints[index]
        hubs.append(WebSocketHub(limits: limits, protocols: endpoint.protocols, farewell: endpoint.farewell))
      #endif
    }
    self.router = router
    table = ConnectionTable()
    table.reserve(limits.connections, limits.refusals)
  }

  /// How many connections are in the table.
  public var connectionCount: Int { table.servedCount + table.refusedCount }

  /// Lets `body` use the hub of an endpoint, which `Router.webSocket` of this server's router has given.
  public mutating func withHub<Result>(
    _ endpoint: WebSocketEndpoint, now: MonotonicTime, _ body: (inout WebSocketHub) -> Result
  ) -> Result {
    hubs[endpoint.index].now = now
    return body(&hubs[endpoint.index])
  }

  // MARK: What a transport tells
  //
  // What every read passes through is inlined into its caller, `ServerApplication` for one: that is what spares it the
  // run-time look-up of this generic type's metadata, which costs more than a message.

  /// See `Application.accept(from:over:now:)`.
  public mutating func accept(
    from remote: RemoteAddress, over scheme: Scheme = .http, now: MonotonicTime, _ context: inout Context
  ) -> ConnectionID? {
    guard !isShuttingDown, table.servedCount < limits.connections || makeRoom(for: remote, now: now) else {
      counters.connectionsRefused.count()
      router.report(Refusal(.tooManyConnections, remote, now), &context)
      guard table.refusedCount < limits.refusals, !isShuttingDown else { return nil }
      #if !WITHOUT_TLS
        if scheme == .https { return nil }  // to say so would take a handshake, which is dear when there are too many
      #endif
      let index = table.add(from: remote, limits: limits.http, isRefused: true)
      table[index].scheme = scheme
      #if WITHOUT_REFUSAL_PAGES
        refuseConnection(index, Span(), now: now, &context)
      #else
        table[index].isUntold = true
        setDeadline(index, now + limits.timeouts.linger)
      #endif
      return table[index].id
    }
    let index = table.add(from: remote, limits: limits.http)
    table[index].scheme = scheme
    #if !WITHOUT_TLS
      table[index].http.isSecured = scheme == .https
    #endif
    #if !WITHOUT_FAIRNESS
      table.count(index, of: holder(of: remote), now: now)
    #endif
    counters.accepted.count()
    setDeadline(index, now + limits.timeouts.idle)
    return table[index].id
  }

  /// See `Application.receive(_:from:now:)`.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public mutating func receive(
    _ bytes: Span<UInt8>, from connection: ConnectionID, now: MonotonicTime, _ context: inout Context
  ) -> Int {
    guard let index = table.index(of: connection) else { return bytes.count }
    if table[index].isUntold {
      refuseConnection(index, bytes, now: now, &context)
      return bytes.count
    }
    var taken = 0
    if table[index].phase == .http { taken = receiveRequests(bytes, index, now: now, &context) }
    switch table[index].phase {
    case .http, .free: break
    case .webSocket:
      taken += receiveMessages(bytes.extracting(taken..<bytes.count), index, now: now, &context)
    case .eventStream, .lingering: taken = bytes.count  // nothing more is answered
    }
    table[index].isInputHeld = taken < bytes.count || table[index].isInputHeld
    return taken
  }

  /// See `Application.endOfStream(_:now:)`.
  public mutating func endOfStream(_ connection: ConnectionID, now: MonotonicTime, _ context: inout Context) {
    guard let index = table.index(of: connection) else { return }
    switch table[index].phase {
    case .http:
      table[index].http.receiveEndOfStream()
      handleRequests(index, now: now, &context)
    case .webSocket:
      endSocket(index, now: now, &context)
      afterSocketCall(index, now: now)
    case .eventStream: router.eventStreams?.end(&self, index, now)
    case .lingering, .free: break
    }
  }

  /// See `Application.disconnected(_:now:)`.
  public mutating func disconnected(_ connection: ConnectionID, now: MonotonicTime, _ context: inout Context) {
    guard let index = table.index(of: connection) else { return }
    if table[index].phase == .webSocket {
      if hubs[table[index].hub].clients[table[index].client].isGivenUp { noteUnresponsive(index, now: now, &context) }
      endSocket(index, now: now, &context)
      hubs[table[index].hub].remove(table[index].client)
    } else if table[index].phase == .eventStream {
      router.eventStreams?.remove(&self, index)
    }
    table.remove(index, limits: limits.http)
  }

  // MARK: What a transport asks

  /// See `Application.nextAction()`.
  @inline(__always)
  public mutating func nextAction() -> TransportAction? {
    for hub in hubs.indices where hubs[hub].hasNews {
      if hubs[hub].hasPublished {
        hubs[hub].hasPublished = false
        router.eventStreams?.announce(&self, hub)
      }
      if let action = hubs[hub].nextListed() { return action }
    }
    return table.hasTasks ? table.nextAction() : nil
  }

  /// See `Application.writeOutput(_:now:_:)`.
  @inline(__always)
  public mutating func writeOutput(
    _ connection: ConnectionID, now: MonotonicTime, _ context: inout Context, _ accept: (Span<UInt8>) -> Int
  ) {
    guard let index = table.index(of: connection) else { return }
    if table[index].pendingResponse > 0 {
      writeResponse(index, now: now, accept)
      // A 101 goes out by itself. Some clients read the first message along with it and keep it until the next bytes.
      if table[index].phase == .webSocket {
        if table[index].pendingResponse == 0 {
          hubs[table[index].hub].list(table[index].client)
          afterSocketCall(index, now: now)
        }
        return
      }
    }
    if table[index].phase == .webSocket {
      writeFrames(index, now: now, &context, accept)
    } else if table[index].phase == .eventStream, table[index].pendingResponse == 0 {
      router.eventStreams?.write(&self, index, now, &context)
      writeResponse(index, now: now, accept)
    }
  }

  // MARK: The end of a connection

  /// All output is out: end this direction, and let the peer end the other.
  mutating func linger(_ index: Int, now: MonotonicTime) {
    table[index].phase = .lingering
    #if !WITHOUT_FAIRNESS
      table.linger(index, now: now)
    #endif
    table[index].trimRequests()
    setDeadline(index, now + limits.timeouts.linger)
    table.demand(.endOutput, index)
    if table[index].isInputHeld { table.demand(.resume, index) }  // held input is discarded now
  }

  mutating func giveUp(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    noteUnresponsive(index, now: now, &context)
    table[index].deadline = .distantFuture
    table.demand(.abort, index)
  }

  private mutating func noteUnresponsive(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    counters.timedOut.count()
    router.report(Refusal(.unresponsive, table[index].remote, now), &context)
  }

  mutating func setDeadline(_ index: Int, _ deadline: MonotonicTime) {
    table[index].deadline = deadline
    if deadline < nextDeadline { nextDeadline = deadline }
  }

  // MARK: Shutting down

  /// See `Application.shutdown(now:)`.
  public mutating func shutdown(now: MonotonicTime) {
    isShuttingDown = true
    for hub in hubs.indices {
      hubs[hub].now = now
      hubs[hub].closeAll(.goingAway, reason: "shutting down")
    }
    for index in table.indices where table[index].phase == .eventStream {
      router.eventStreams?.end(&self, index, now)
    }
    for index in table.indices where table[index].phase == .http {
      table[index].http.close()
      if table[index].http.mustClose, table[index].http.pendingOutput == 0 { linger(index, now: now) }
    }
    nextDeadline = now
  }
}
