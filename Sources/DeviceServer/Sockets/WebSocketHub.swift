// SPDX-License-Identifier: MIT

// All clients of one WebSocket endpoint, with the calls that the tutorial's library has (`textAll`, `pingAll`,
// `cleanupClients`, …) and one that it lacks: `publish`, which never queues. A broadcast is encoded once; small frames
// are copied into the outboxes, large ones held there by reference. What each client is sent of the state is in
// WebSocketHub+State.swift.

import Bytes
public import Timebase
import WebSocketCore

/// The clients of one WebSocket endpoint.
public struct WebSocketHub: ~Copyable, Sendable {
  struct Client: Sendable {
    var id: ClientID
    var connection: ConnectionID
    var remote: RemoteAddress
    #if WITHOUT_LOGIN
      var principal: Principal { get { .everybody } set {} }
    #else
      /// For whom it acts.
      var principal = Principal.everybody
    #endif
    var socket: WebSocketConnection
    /// The revision of the state that it has: what changed later it has yet to be sent.
    var cursor: UInt64 = 0
    /// Between `connect` and `disconnect`: it counts, and can be sent to.
    var isConnected = false
    /// It is in `listed`.
    var isListed = false
    /// It is to be aborted, not written to.
    var isGivenUp = false
    #if !WITHOUT_SUBPROTOCOLS
      /// The sub-protocol that the 101 named, by its place among the hub's.
      var subprotocol: UInt16?
    #endif
  }

  let limits: ServerLimits
  /// Makes the last message to a client that has no place.
  let farewell: FarewellEncoder
  /// A table with holes: an index stays valid as long as its client.
  var clients = Rows<Client>()
  private var freeIndices: [Int] = []
  #if !hasFeature(Embedded)  // whose log has no line for it
    /// The Closes that clients were sent, by their indices. Beside the table: nearly every client has none.
    var ownCloses: [Int: OwnClose] = [:]
  #endif
  private var lastNumber: UInt32 = 0
  #if !WITHOUT_FAIRNESS
    /// Whose the clients are that are connected.
    private(set) var shares = AddressShares()
  #endif
  /// Clients for which the transport has something to do, in the order in which it came up.
  var listed = IndexQueue()
  /// The buffer in which frames for all are encoded: used again as soon as no outbox holds it.
  var broadcastFrame = EncodedFrame(.binary, Span())
  /// The revision of the state that every client is to have; 0: nothing was published.
  public internal(set) var revision: UInt64 = 0
  var stateFrames = StateFrames()
  /// How often the revision has changed; wraps.
  var publications: UInt32 = 0
  /// Whether it has since the server last looked.
  var hasPublished = false
  /// How much memory the codecs of the clients take, in bytes.
  public private(set) var codecMemory = 0
  /// The time of the call through which the hub was reached.
  public internal(set) var now = MonotonicTime.zero
  /// The earliest deadline that calls of the hub have set since the server last looked.
  var newDeadline = MonotonicTime.distantFuture

  /// How many clients are connected.
  public internal(set) var count = 0
  /// What was sent and what was not.
  public internal(set) var counters = HubCounters()

  #if !WITHOUT_SUBPROTOCOLS
    /// The sub-protocols that the application speaks.
    let protocols: [StaticString]
  #endif

  init(
    limits: ServerLimits, protocols: [StaticString] = [],
    farewell: @escaping FarewellEncoder = { $0.append(to: &$1) }
  ) {
    self.limits = limits
    self.farewell = farewell
    #if !WITHOUT_SUBPROTOCOLS
      self.protocols = protocols
    #endif
    #if !hasFeature(Embedded)  // there a client is rarely made, and then for good
      clients.reserve(min(limits.clients, rowsAtOnce))
    #endif
  }

  /// Whether this client is connected.
  public func contains(_ client: ClientID) -> Bool { index(of: client) != nil }

  /// Where this client is, or was while its `disconnect` is handled; nil after that.
  public func remoteAddress(of client: ClientID) -> RemoteAddress? {
    guard clients.indices.contains(client.index), clients[client.index].id == client else { return nil }
    return clients[client.index].remote
  }

  #if !WITHOUT_SUBPROTOCOLS
    /// The sub-protocol that was agreed on with this client (RFC 6455 section 1.9); nil if none was.
    public func subprotocol(of client: ClientID) -> StaticString? {
      guard clients.indices.contains(client.index), clients[client.index].id == client else { return nil }
      return clients[client.index].subprotocol.map { protocols[Int($0)] }
    }

    /// Keeps which sub-protocol was agreed on with a client.
    mutating func agree(on name: Span<UInt8>, with client: Int) {
      for place in protocols.indices where name.equals(protocols[place]) {
        clients[client].subprotocol = UInt16(exactly: place)
      }
    }
  #endif

  /// For whom this client acts; nil when there is none.
  public func principal(of client: ClientID) -> Principal? {
    guard clients.indices.contains(client.index), clients[client.index].id == client else { return nil }
    return clients[client.index].principal
  }

  /// How many bytes wait for this client; nil when there is none.
  ///
  /// With this a program that has another state for each client conflates as `publish` does for one that all share: it
  /// sends the latest when nothing waits.
  public func pendingOutput(of client: ClientID) -> Int? {
    index(of: client).map { clients[$0].socket.pendingOutput }
  }

  /// The connected client with this `ClientID.index`; nil if there is none.
  public func client(at index: Int) -> ClientID? {
    guard clients.indices.contains(index), clients[index].isConnected else { return nil }
    return clients[index].id
  }

  /// Calls `body` with each connected client.
  public func forEachClient(_ body: (ClientID) -> Void) {
    for index in clients.indices where clients[index].isConnected { body(clients[index].id) }
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  func index(of client: ClientID) -> Int? {
    guard clients.indices.contains(client.index) else { return nil }
    return clients[client.index].isConnected && clients[client.index].id == client ? client.index : nil
  }

  // MARK: The table

  /// Takes in a socket whose handshake is done. It counts as connected from `welcome` on.
  mutating func add(_ connection: ConnectionID, from remote: RemoteAddress, codec: AnyMessageCodec?) -> Int {
    codecMemory += codec?.memorySize ?? 0
    let index = freeIndices.popLast() ?? clients.count
    let client = Client(
      id: ClientID(number: 0, index: index), connection: connection, remote: remote,
      socket: WebSocketConnection(limits: limits.webSocket, timing: limits.timeouts.webSocket, codec: codec, now: now))
    if index == clients.count { clients.append(client) } else { clients.replace(index, with: client) }
    return index
  }

  /// Gives the client its number; it can be sent to from now on.
  mutating func welcome(_ index: Int) -> ClientID {
    lastNumber &+= 1
    let id = ClientID(number: lastNumber, index: index)
    clients[index].id = id
    clients[index].isConnected = true
    count += 1
    #if !WITHOUT_FAIRNESS
      shares.add(index, of: AddressHolder(clients[index].remote))
    #endif
    if revision > 0 { list(index) }  // a newcomer gets the state that was published last
    return id
  }

  /// The client counts no more, and cannot be sent to; its last output may still go out. Says which client it was and
  /// why it went; nil if that has been said.
  @discardableResult
  mutating func dismiss(_ index: Int) -> (id: ClientID, code: CloseCode, reason: [UInt8])? {
    #if hasFeature(Embedded)
      let end = clients[index].end()
    #else
      var end = clients[index].end()
      let own = ownCloses.removeValue(forKey: index)
      if let own, let said = end, own.explains(said.code, said.reason, clients[index].socket.state) {
        end?.reason = [UInt8](own.reason)
      }
    #endif
    if end != nil { count -= 1 }
    #if !WITHOUT_FAIRNESS
      shares.remove(index)
    #endif
    return end
  }

  /// Frees the place of a client that is gone.
  mutating func remove(_ index: Int) {
    dismiss(index)
    clients[index].isGivenUp = false
    codecMemory -= clients[index].socket.codec?.memorySize ?? 0
    renew(
      &clients[index].socket,
      WebSocketConnection(limits: limits.webSocket, timing: limits.timeouts.webSocket, now: now))
    freeIndices.append(index)
  }

  // MARK: What the transport has to do

  /// Notes that there is something to write to (or to do with) this client.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func list(_ index: Int) {
    guard !clients[index].isListed else { return }
    clients[index].isListed = true
    listed.append(index)
  }

  /// Whether the server has something to see to.
  @inline(__always)
  var hasNews: Bool { hasPublished || !listed.isEmpty }

  /// The next client to write to or to abort.
  #if !hasFeature(Embedded)
    @inline(__always)
  #endif
  mutating func nextListed() -> TransportAction? {
    while let index = listed.first {
      listed.removeFirst()
      if let action = clients[index].takeAction(revision) { return action }
    }
    return nil
  }
}

#if !hasFeature(Embedded)
  extension WebSocketHub {
    /// A Close of ours.
    struct OwnClose: Sendable {
      let code: CloseCode
      let reason: StaticString

      /// Whether it says why a client went: an answer to it has its code, and most libraries leave the reason out.
      func explains(_ code: CloseCode, _ reason: [UInt8], _ state: WebSocketConnection.State) -> Bool {
        reason.isEmpty && (state == .localClosing || code == self.code)
      }
    }
  }
#endif

extension WebSocketHub.Client {
  /// Receives what comes next, and says from which client it is, nil once that has gone; nil: so much output waits that
  /// input is held.
  @inline(__always)
  mutating func receive(
    _ bytes: Span<UInt8>, now: MonotonicTime, highWater: Int, scratch: inout [UInt8]
  ) throws(WebSocketError) -> (taken: Int, event: WebSocketConnection.Event, sender: ClientID?)? {
    guard socket.pendingOutput <= highWater else { return nil }
    let received = try socket.receive(bytes, now: now, scratch: &scratch)
    return (received.taken, received.event, isConnected ? id : nil)
  }

  /// Ends what it was told at `connect`: see `WebSocketHub.dismiss(_:)`.
  @inline(__always)
  fileprivate mutating func end() -> (id: ClientID, code: CloseCode, reason: [UInt8])? {
    guard isConnected else { return nil }
    isConnected = false
    return (id, socket.closeCode, socket.closeReason)
  }

  /// What a call of the socket has left: output, its end, and, once it is closing, when it must be over.
  @inline(__always)
  var leftovers: (hasOutput: Bool, isClosed: Bool, closingDeadline: MonotonicTime?) {
    (socket.pendingOutput > 0, socket.state == .closed, socket.isOpen ? nil : socket.nextDeadline)
  }

  /// What `poll` has done.
  struct Polled {
    /// When to poll again; nil if that stays as it is: a closed socket that has nothing to say may still wait for its
    /// 101 to be taken.
    var next: MonotonicTime?
    var wasDue = false
    var isAskedAgain = false
    var isClosed = false
    var isDead = false
  }

  /// Pings, or gives up, if that is due.
  @inline(__always)
  mutating func poll(now: MonotonicTime) -> Polled {
    let due = socket.nextDeadline
    guard due <= now else { return Polled(next: due != .distantFuture || socket.isOpen ? due : nil) }
    let next = socket.poll(now: now) ?? .distantFuture
    return Polled(
      next: next, wasDue: true, isAskedAgain: socket.isAskedAgain, isClosed: socket.state == .closed,
      isDead: socket.isDead)
  }

  /// What the transport has to do for this client, which is no longer listed.
  @inline(__always)
  fileprivate mutating func takeAction(_ revision: UInt64) -> TransportAction? {
    isListed = false
    if isGivenUp { return .abort(connection) }
    let hasOutput = socket.pendingOutput > 0 || (cursor < revision && isConnected)
    return hasOutput ? .write(connection) : nil
  }

  /// Offers the outbox, and says how things are after that.
  @inline(__always)
  mutating func writeOutput(_ revision: UInt64, _ accept: (Span<UInt8>) -> Int) -> WebSocketHub.Written {
    socket.writeOutput(accept)
    let waiting = socket.pendingOutput
    return WebSocketHub.Written(
      waiting: waiting, isStateDue: waiting == 0 && cursor < revision && isConnected,
      isOver: waiting == 0 && socket.state == .closed)
  }
}

extension WebSocketHub {
  /// Offers a client's outbox.
  @inline(__always)
  mutating func writeOutput(_ index: Int, _ accept: (Span<UInt8>) -> Int) -> Written {
    clients[index].writeOutput(revision, accept)
  }

  /// Whether something waits for a client that is open: all that a message leaves to do.
  @inline(__always)
  func hasOutputToList(_ index: Int) -> Bool {
    clients[index].socket.pendingOutput > 0 && clients[index].socket.isOpen
  }

  /// How a client's outbox is after it was offered to the transport.
  struct Written {
    var waiting: Int
    /// The client is behind, and nothing else waits for it: it is to be sent changes now.
    var isStateDue: Bool
    /// Nothing more will come for this client.
    var isOver: Bool
  }
}
