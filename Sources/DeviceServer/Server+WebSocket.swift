// SPDX-License-Identifier: MIT

// From the handshake to the last frame. While a handler runs, the payload lies in a local array, so the handler may
// change anything in the hub, its own client included.

import Bytes
import HTTPCore
import Timebase
import WebSocketCore

/// A message buffer up to this many bytes stays for the next message: what one read brings fits into it.
private let keptCapacity = 131_072

extension Server where Context: ~Copyable {
  /// Answers a handshake that is one: with 101 and a new client, or with 101 and Close 4013 if the hub is full.
  mutating func upgrade(
    _ head: RequestHead, _ accepted: ResponseHead, to hub: Int, for principal: Principal, _ index: Int,
    now: MonotonicTime, _ context: inout Context
  ) {
    guard !isShuttingDown else {
      refuse(.shuttingDown, index, head, now: now, &context)
      return
    }
    if hubs[hub].count >= limits.clients {  // clients that missed a ping's deadline go first
      table[index].deadline = .distantFuture
      #if WITHOUT_FAIRNESS
        giveUpOverdue(now: now, &context)
      #else
        if now >= lastSearch + Self.slack || lastSearch == .zero {  // a flood is not to have the table searched
          lastSearch = now
          giveUpOverdue(now: now, &context)
        }
        if hubs[hub].count >= limits.clients { makeRoom(in: hub, for: table[index].remote, now: now, &context) }
      #endif
    }
    var accepted = accepted
    let codec: AnyMessageCodec? = agreeOnCompression(with: head, hub, &accepted)
    #if !hasFeature(Embedded)  // there less code is worth more than fewer steps
      table[index].http.reserve(for: accepted, OutputQueue())
    #endif
    do throws(LocalProtocolError) {
      try table[index].http.send(accepted, .none)
    } catch {
      table.demand(.abort, index)
      return
    }
    table.demand(.write, index)
    let trailing = table[index].http.takeTrailingData()
    join(hub, index, codec, principal, accepted, now: now, &context)
    if !trailing.isEmpty { _ = receiveMessages(trailing.span, index, now: now, &context, mayHold: false) }
  }

  /// The codec for a client that offers to compress, as far as there is memory for it; the 101 then says so.
  private mutating func agreeOnCompression(
    with head: RequestHead, _ hub: Int, _ response: inout ResponseHead
  ) -> AnyMessageCodec? {
    guard hubs[hub].count < limits.clients, let compression else { return nil }
    let memory = limits.deflateMemory - hubs[hub].codecMemory
    switch compression.answer(to: head, memory: memory, announcedIn: &response) {
    case .none: return nil
    case .noMemory:
      counters.compressionDeclined.count()
      return nil
    case .agreed(let codec): return codec
    }
  }

  private mutating func join(
    _ hub: Int, _ index: Int, _ codec: AnyMessageCodec?, _ principal: Principal, _ accepted: ResponseHead,
    now: MonotonicTime, _ context: inout Context
  ) {
    hubs[hub].now = now
    let client = hubs[hub].add(table[index].id, from: table[index].remote, codec: codec)
    hubs[hub].clients[client].principal = principal
    #if !WITHOUT_SUBPROTOCOLS
      if let chosen = accepted.field("Sec-WebSocket-Protocol") {
        hubs[hub].agree(on: chosen, with: client)
      }
    #endif
    table[index].phase = .webSocket
    #if !WITHOUT_FAIRNESS
      table.wake(index)
    #endif
    table[index].hub = hub
    table[index].client = client
    if hubs[hub].count >= limits.clients {
      counters.clientsRefused.count()
      router.report(Refusal(.tooManyClients, table[index].remote, now), &context)
      hubs[hub].giveAway(client, "all places are taken")
      #if !WITHOUT_FAIRNESS
        table.linger(index, now: now)
      #endif
    } else {
      counters.clients.count()
      let id = hubs[hub].welcome(client)
      router.endpoints.span[hub].handler(&context, &hubs[hub], .connect(id, table[index].remote))
    }
    setDeadline(index, hubs[hub].clients[client].socket.nextDeadline)
  }

  /// Takes the buffer for messages, whatever is in it, so that the server may be changed while it is in use;
  /// `keepScratch` gives it back.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func takeScratch() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &scratch)
    return taken
  }

  @inline(__always)
  mutating func keepScratch(_ taken: consuming [UInt8]) {
    if taken.capacity <= keptCapacity { swap(&scratch, &taken) }
  }

  /// Feeds bytes to a socket and its messages to the handler, until too much output waits for this client.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func receiveMessages(
    _ bytes: Span<UInt8>, _ index: Int, now: MonotonicTime, _ context: inout Context, mayHold: Bool = true
  ) -> Int {
    let hub = table[index].hub
    let client = table[index].client
    guard let handler = hub == 0 ? firstHandler : router.endpoints.span[hub].handler else { return bytes.count }
    var message = takeScratch()
    hubs[hub].now = now
    var taken = 0
    while taken < bytes.count {
      do throws(WebSocketError) {
        let highWater = mayHold ? limits.outputHighWater : .max
        let received = try hubs[hub].clients[client].receive(
          bytes.extracting(taken..<bytes.count), now: now, highWater: highWater, scratch: &message)
        guard let received else {
          table[index].isInputHeld = true
          break
        }
        taken += received.taken
        switch received.event {
        case .needData, .ping: break
        case .closed: announceEnd(index, now: now, &context)
        case .text: if let id = received.sender { handler(&context, &hubs[hub], .text(id, message.span)) }
        case .binary: if let id = received.sender { handler(&context, &hubs[hub], .binary(id, message.span)) }
        case .pong: if let id = received.sender { handler(&context, &hubs[hub], .pong(id, message.span)) }
        }
      } catch {
        fail(index, error, now: now, &context)
        taken = bytes.count
      }
    }
    keepScratch(consume message)
    if hubs[hub].hasOutputToList(client) { hubs[hub].list(client) } else { afterSocketCall(index, now: now) }
    return taken
  }

  /// A client broke the protocol: its socket has queued the Close already.
  @inline(never)
  private mutating func fail(
    _ index: Int, _ error: WebSocketError, now: MonotonicTime, _ context: inout Context
  ) {
    counters.clientsFailed.count()
    router.report(Refusal(.webSocketError(error), table[index].remote, now), &context)
    let hub = table[index].hub
    let id = hubs[hub].clients[table[index].client].id
    if hubs[hub].contains(id) { router.endpoints.span[hub].handler(&context, &hubs[hub], .error(id, error)) }
    announceEnd(index, now: now, &context)
  }

  /// The connection has ended, or this direction of it.
  mutating func endSocket(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    let hub = table[index].hub
    hubs[hub].now = now
    hubs[hub].clients[table[index].client].socket.receiveEndOfStream()
    announceEnd(index, now: now, &context)
  }

  /// Tells the handler, once, that a client is gone.
  ///
  /// - Parameter ending: The code of a Close of ours, of a client that is not waited for. 
  mutating func announceEnd(
    _ index: Int, as ending: CloseCode? = nil, now: MonotonicTime, _ context: inout Context
  ) {
    let hub = table[index].hub
    guard let (id, code, reason) = hubs[hub].dismiss(table[index].client) else { return }
    #if !WITHOUT_FAIRNESS
      table.linger(index, now: now)
    #endif
    router.endpoints.span[hub].handler(&context, &hubs[hub], .disconnect(id, ending ?? code, reason: reason.span))
  }

  /// Sees to what a call of the socket has left: output to write, or nothing more to say.
  mutating func afterSocketCall(_ index: Int, now: MonotonicTime) {
    let hub = table[index].hub
    let client = table[index].client
    let (hasOutput, isClosed, closingDeadline) = hubs[hub].clients[client].leftovers
    if hasOutput {
      hubs[hub].list(client)
      if let closingDeadline { setDeadline(index, closingDeadline) }
    } else if isClosed {
      if table[index].pendingResponse == 0 {
        lingerSocket(index, now: now)
      } else {
        setDeadline(index, now + limits.timeouts.write)  // the peer has ended and has not taken its 101
      }
    }
  }

  private mutating func lingerSocket(_ index: Int, now: MonotonicTime) {
    let hub = table[index].hub
    let client = table[index].client
    let isDead = hubs[hub].clients[client].socket.isDead
    hubs[hub].remove(client)
    linger(index, now: now)
    if isDead { table.demand(.abort, index) }
  }

  @inline(__always)
  mutating func writeFrames(
    _ index: Int, now: MonotonicTime, _ context: inout Context, _ accept: (Span<UInt8>) -> Int
  ) {
    let hub = table[index].hub
    let client = table[index].client
    var written = hubs[hub].writeOutput(client, accept)
    if written.isStateDue {
      let frame = stateFrame(since: hubs[hub].clients[client].cursor, hub, &context)
      written = hubs[hub].sendState(client, frame, accept)
    }
    if table[index].isInputHeld, written.waiting <= limits.outputHighWater {
      table[index].isInputHeld = false
      table.demand(.resume, index)
    }
    if written.isOver { lingerSocket(index, now: now) }
  }

  /// The place among the hub's `stateFrames` of the message about what has changed after `cursor`.
  mutating func stateFrame(since cursor: UInt64, _ hub: Int, _ context: inout Context) -> Int {
    if let kept = hubs[hub].stateFrames.index(since: cursor, to: hubs[hub].revision) { return kept }
    return encodeState(since: cursor, hub, &context)
  }

  @inline(never)
  private mutating func encodeState(since cursor: UInt64, _ hub: Int, _ context: inout Context) -> Int {
    var message = takeScratch()
    message.removeAll(keepingCapacity: true)
    defer { keepScratch(message) }
    // Without an encoder, and without a state from `publishState`, there is nothing that could be said.
    let reached = router.endpoints.span[hub].encoder?(&context, cursor, &message) ?? cursor
    let revision = max(reached, hubs[hub].revision)
    return hubs[hub].stateFrames.keep(
      message.span, since: cursor...cursor, revision: revision, isEmpty: message.isEmpty)
  }

  /// Gives up the clients that missed the deadline of a ping, asked again or not: others need their places.
  private mutating func giveUpOverdue(now: MonotonicTime, _ context: inout Context) {
    for index in table.indices where table[index].phase == .webSocket {
      let (hub, client) = (table[index].hub, table[index].client)
      guard hubs[hub].clients[client].socket.isPongOverdue(now: now) else { continue }
      hubs[hub].now = now
      hubs[hub].clients[client].socket.giveUp()
      announceEnd(index, now: now, &context)
      giveUp(index, now: now, &context)
    }
  }

  /// Pings, and gives up a client that has not answered in time. Beside a second ping it is sent the state once more:
  /// some libraries look at a ping only when a message follows.
  mutating func pollSocket(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    let hub = table[index].hub
    let client = table[index].client
    hubs[hub].now = now
    let polled = hubs[hub].clients[client].poll(now: now)
    if let next = polled.next { table[index].deadline = next }
    guard polled.wasDue else { return }
    if polled.isAskedAgain { hubs[hub].repeatState(client) }
    if polled.isClosed { announceEnd(index, now: now, &context) }
    if polled.isDead {
      giveUp(index, now: now, &context)
    } else {
      afterSocketCall(index, now: now)
    }
  }
}
