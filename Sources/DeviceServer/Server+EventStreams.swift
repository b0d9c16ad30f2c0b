// SPDX-License-Identifier: MIT

// Server-sent events (WHATWG HTML, section 9.2): a GET whose answer does not end. It begins with a snapshot and
// continues with the messages that the sockets of its endpoint get, conflated by a cursor in the same way. The server
// reaches all this through functions that `Router.events` stores, so that a firmware without event streams does not
// contain it.

import Bytes
import HTTPCore
import Timebase
import WebSocketCore

/// A connection that gets events.
struct EventStream: Sendable {
  /// Its row in the connection table; nil: this place is free.
  var connection: Int?
  let hub: Int
  /// For whom it is.
  let principal: Principal
  /// The revision of the state that it has.
  var cursor: UInt64 = 0
  /// How many publications the hub had had when it was last sent one.
  var publication: UInt32
}

/// What the server calls for event streams; a router without any has none.
struct EventStreamCalls<Context: ~Copyable> {
  typealias Begin = (
    inout Server<Context>, _ connection: Int, _ route: Int, borrowing Request, inout Context
  ) -> Void
  typealias Call = (inout Server<Context>, _ connection: Int, MonotonicTime, inout Context) -> Void

  /// Answers a request for events.
  let begin: Begin
  /// Queues what the stream is to be sent now.
  let write: Call
  /// Queues a comment, or gives up a client that takes nothing.
  let deadline: Call
  /// Ends the stream.
  let end: (inout Server<Context>, _ connection: Int, MonotonicTime) -> Void
  /// Frees the place of a stream whose connection is gone.
  let remove: (inout Server<Context>, _ connection: Int) -> Void
  /// Has the transport write to those that are behind a hub.
  let announce: (inout Server<Context>, _ hub: Int) -> Void
}

extension EventStreamCalls where Context: ~Copyable {
  init() {
    begin = { $0.beginEvents($1, $2, for: $3, &$4) }
    write = { $0.queueState($1, now: $2, &$3) }
    deadline = { $0.handleEventDeadline($1, now: $2, &$3) }
    end = { $0.endEvents($1, now: $2) }
    remove = { $0.removeEvents($1) }
    announce = { $0.announceState(of: $1) }
  }
}

extension Server where Context: ~Copyable {
  fileprivate mutating func beginEvents(
    _ index: Int, _ route: Int, for request: borrowing Request, _ context: inout Context
  ) {
    let now = request.now
    var head = ResponseHead(.ok)
    head.add("Content-Type", "text/event-stream")
    head.add("Cache-Control", "no-store")
    head.add("X-Accel-Buffering", "no")  // nginx collects answers otherwise
    pagePolicy.add(to: &head)
    do throws(LocalProtocolError) {
      if request.head.method == .head {
        try sendHead(head, .chunked, index)
        try table[index].http.finish()
        if !table[index].http.mustClose { try table[index].http.startNextCycle() }
        table.demand(.write, index)
        return
      }
      #if !WITHOUT_FAIRNESS
        if eventStreamCount >= limits.eventStreams { makeRoomForEvents(for: table[index].remote, now: now) }
      #endif
      guard !isShuttingDown, eventStreamCount < limits.eventStreams else {
        counters.eventStreamsRefused.count()
        return refuse(.tooManyEventStreams, index, request.head, now: now, &context)
      }
      table[index].http.close()  // after the stream there is nothing
      try sendHead(head, .chunked, index)
    } catch {
      return table.demand(.abort, index)
    }
    counters.eventStreams.count()
    add(router.eventRoutes[route].hub, index, for: request.principal)
    setDeadline(index, now + limits.timeouts.write)
    if let snapshot = router.eventRoutes[route].snapshot {
      var message: [UInt8] = []
      let revision = snapshot(&context, now, &message)
      send(message.span, revision: revision, index)
      eventStreams[table[index].client].cursor = revision
    }
    queueState(index, now: now, &context)
    table.demand(.write, index)
  }

  private mutating func add(_ hub: Int, _ index: Int, for principal: Principal) {
    let stream = EventStream(
      connection: index, hub: hub, principal: principal, publication: hubs[hub].publications)
    table[index].phase = .eventStream
    if let free = eventStreams.firstIndex(where: { $0.connection == nil }) {
      eventStreams[free] = stream
      table[index].client = free
    } else {
      table[index].client = eventStreams.count
      eventStreams.append(stream)
    }
    eventStreamCount += 1
    #if !WITHOUT_FAIRNESS
      table.wake(index)
      eventShares.add(table[index].client, of: AddressHolder(table[index].remote))
    #endif
  }

  /// Queues what has changed since the stream was last sent any, if anything has.
  fileprivate mutating func queueState(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    let stream = table[index].client
    let hub = eventStreams[stream].hub
    guard eventStreams[stream].cursor < hubs[hub].revision else { return }
    let frame = stateFrame(since: eventStreams[stream].cursor, hub, &context)
    let revision = hubs[hub].stateFrames[frame].revision
    eventStreams[stream].cursor = max(revision, hubs[hub].revision)
    let passed = hubs[hub].publications &- eventStreams[stream].publication
    if passed > 1 { hubs[hub].counters.conflated.count(passed - 1) }
    eventStreams[stream].publication = hubs[hub].publications
    guard !hubs[hub].stateFrames[frame].isEmpty else { return }
    if table[index].http.pendingOutput == 0 { setDeadline(index, now + limits.timeouts.write) }
    let message = hubs[hub].stateFrames[frame].message
    send(message.payload, revision: revision, index)
  }

  private mutating func send(_ payload: Span<UInt8>, revision: UInt64, _ index: Int) {
    var event = takeScratch()
    event.removeAll(keepingCapacity: true)
    Self.append(payload, revision: revision, to: &event)
    send(event.span, index)
    keepScratch(event)
  }

  /// One event; a payload of several lines, which JSON never has, becomes as many data fields.
  private static func append(_ payload: Span<UInt8>, revision: UInt64, to event: inout [UInt8]) {
    event.append("id: ")
    event.append(decimal: revision)
    event.append("\ndata: ")
    for index in payload.indices {
      switch payload[index] {
      case UInt8(ascii: "\r") where index + 1 < payload.count && payload[index + 1] == UInt8(ascii: "\n"): break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): event.append("\ndata: ")
      default: event.append(payload[index])
      }
    }
    event.append("\n\n")
  }

  private mutating func send(_ event: Span<UInt8>, _ index: Int) {
    do throws(LocalProtocolError) {
      try table[index].http.send(body: event)
    } catch {
      table.demand(.abort, index)
    }
  }

  fileprivate mutating func handleEventDeadline(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    guard table[index].http.pendingOutput == 0 else { return giveUp(index, now: now, &context) }
    var comment: [UInt8] = []
    comment.append(":\n")  // without an empty line, of which a reader may make an event without data (httpx-sse)
    send(comment.span, index)
    setDeadline(index, now + limits.timeouts.write)
    table.demand(.write, index)
  }

  /// Ends the body: from here on the connection is like any other after its last response.
  fileprivate mutating func endEvents(_ index: Int, now: MonotonicTime) {
    removeEvents(index)
    table[index].phase = .http
    do throws(LocalProtocolError) {
      try table[index].http.finish()
    } catch {
      return table.demand(.abort, index)
    }
    guard table[index].http.pendingOutput > 0 else { return linger(index, now: now) }
    table[index].stage = .idle
    updateStage(index, now: now)
    table.demand(.write, index)
  }

  fileprivate mutating func removeEvents(_ index: Int) {
    eventStreams[table[index].client].connection = nil
    eventStreamCount -= 1
    #if !WITHOUT_FAIRNESS
      eventShares.remove(table[index].client)
    #endif
  }

  fileprivate mutating func announceState(of hub: Int) {
    for stream in eventStreams.indices where eventStreams[stream].hub == hub {
      guard let index = eventStreams[stream].connection else { continue }
      // A stream with output to write continues when that is out.
      let isIdle = table[index].http.pendingOutput == 0
      if isIdle, eventStreams[stream].cursor < hubs[hub].revision { table.demand(.write, index) }
    }
  }
}
