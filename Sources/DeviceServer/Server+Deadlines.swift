// SPDX-License-Identifier: MIT

// Time. Each connection has one deadline, which of its timeouts (ServerTimeouts) is running; the server keeps a lower
// bound of all of them, so that receiving costs nothing and a poll looks at the table only when something may be due.

import HTTPCore
public import Timebase
import WebSocketCore

extension Server where Context: ~Copyable {
  /// Deadlines this close together are served in one look at the table.
  static var slack: Milliseconds { 20 }

  /// See `Application.poll(now:)`.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public mutating func poll(now: MonotonicTime, _ context: inout Context) -> MonotonicTime? {
    for hub in hubs.indices {
      nextDeadline = min(nextDeadline, hubs[hub].newDeadline)
      hubs[hub].newDeadline = .distantFuture
    }
    if now >= nextDeadline { serveDeadlines(now: now, &context) }
    return nextDeadline == .distantFuture ? nil : nextDeadline
  }

  /// Looks at the whole table, does what is due, and finds the next deadline.
  @inline(never)
  private mutating func serveDeadlines(now: MonotonicTime, _ context: inout Context) {
    nextDeadline = .distantFuture
    for index in table.indices where table[index].phase != .free {
      if table[index].deadline <= now { handleDeadline(index, now: now, &context) }
      if table[index].phase == .webSocket { pollSocket(index, now: now, &context) }
      nextDeadline = min(nextDeadline, table[index].deadline)
    }
    if nextDeadline != .distantFuture { nextDeadline = max(nextDeadline, now + Self.slack) }
  }

  private mutating func handleDeadline(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    switch table[index].phase {
    case .free: break
    case .eventStream: router.eventStreams?.deadline(&self, index, now, &context)
    case .webSocket:
      let isOver = hubs[table[index].hub].clients[table[index].client].socket.state == .closed
      if isOver, table[index].pendingResponse > 0 { giveUp(index, now: now, &context) }
    case .lingering:
      table[index].deadline = .distantFuture
      table.demand(.abort, index)
    case .http:
      switch table[index].stage {
      case .idle where table[index].isUntold: refuseConnection(index, Span(), now: now, &context)
      case .idle: linger(index, now: now)
      case .writing: giveUp(index, now: now, &context)
      case .waiting: endWait(index, now: now, &context)
      case .head, .body:
        table[index].request = nil
        table[index].http.abandonRequest()
        refuse(.tooSlow, index, nil, now: now, &context)
        updateStage(index, now: now)
      }
    }
  }

  /// Starts the time limit of what an HTTP connection waits for now, unless it is running already.
  mutating func updateStage(_ index: Int, now: MonotonicTime) {
    guard !table[index].isWaiting else { return }
    let (deadline, isNew) = table[index].updateStage(limits.timeouts, now: now)
    nextDeadline = min(nextDeadline, deadline)
    #if !WITHOUT_FAIRNESS
      guard isNew else { return }
      switch table[index].stage {
      case .idle, .head: table.rest(index, now: now)
      default: table.wake(index)
      }
    #endif
  }
}

extension Connection {
  /// See `Server.updateStage`; returns the deadline, and whether it was set now.
  @inline(__always)
  fileprivate mutating func updateStage(_ timeouts: ServerTimeouts, now: MonotonicTime) -> (MonotonicTime, Bool) {
    let current: Stage
    let limit: Milliseconds
    if http.pendingOutput > 0 {
      (current, limit) = (.writing, timeouts.write)
    } else if http.isReceivingHead {
      (current, limit) = (.head, timeouts.head)
    } else if http.isReceivingBody {
      (current, limit) = (.body, timeouts.body)
    } else {
      (current, limit) = (.idle, timeouts.idle)
    }
    let isNew = current != stage || deadline == .distantFuture || current == .idle
    if isNew {
      stage = current
      deadline = now + limit
    }
    return (deadline, isNew)
  }
}
