// SPDX-License-Identifier: MIT

// Requests that wait for something that is done elsewhere, such as the hash of a password: a judgement or a handler
// asks for it, and the connection keeps head and body. Input that comes meanwhile is held, as it is behind output.

import HTTPCore
public import Timebase
import WebSocketCore

#if !WITHOUT_LOGIN
  extension Server where Context: ~Copyable {
    /// Keeps a request that cannot be answered yet.
    mutating func keepWaiting(_ head: RequestHead, _ body: [UInt8], _ index: Int, now: MonotonicTime) {
      table[index].request = head
      table[index].waitingBody = body
      table[index].isWaiting = true
      #if !WITHOUT_FAIRNESS
        table.wake(index)  // it is not the peer that it waits for
      #endif
      guard table[index].stage != .waiting else { return }  // a second wait takes no more time
      table[index].stage = .waiting
      setDeadline(index, now + limits.timeouts.answer)
    }

    /// Judges and answers the request of `connection` that waits, once more and from the beginning; does nothing if
    /// none does, or if the connection has gone.
    public mutating func retry(_ connection: ConnectionID, now: MonotonicTime, _ context: inout Context) {
      guard let index = table.index(of: connection), table[index].isWaiting else { return }
      table[index].isWaiting = false
      var body: [UInt8] = []
      swap(&body, &table[index].waitingBody)
      answerRequest(body, index, now: now, &context)
      goOn(index, now: now, &context)
    }

    /// Ends the wait of a request for which the answer has not come in time.
    mutating func endWait(_ index: Int, now: MonotonicTime, _ context: inout Context) {
      table[index].isWaiting = false
      table[index].request = nil
      table[index].waitingBody = []
      refuse(.noAnswer, index, nil, now: now, &context)
      goOn(index, now: now, &context)
    }

    /// Continues with what has come behind a request that waited.
    private mutating func goOn(_ index: Int, now: MonotonicTime, _ context: inout Context) {
      guard !table[index].isWaiting else { return }
      let isInputHeld = table[index].isInputHeld
      if table[index].phase == .http { handleRequests(index, now: now, &context) }
      if isInputHeld { table.demand(.resume, index) }
    }

    /// Ends the sockets and event streams of each principal that `isMeant`, with 1008 (Policy Violation), and forgets
    /// the requests of theirs that wait.
    public mutating func revoke(now: MonotonicTime, _ isMeant: (Principal) -> Bool) {
      for hub in hubs.indices {
        hubs[hub].now = now
        hubs[hub].closeAll(.policyViolation, reason: "logged out", where: isMeant)
      }
      for index in table.indices where table[index].phase == .eventStream {
        if isMeant(eventStreams[table[index].client].principal) { router.eventStreams?.end(&self, index, now) }
      }
    }
  }
#else
  extension Server where Context: ~Copyable {
    func keepWaiting(_ head: RequestHead, _ body: [UInt8], _ index: Int, now: MonotonicTime) {}
    func endWait(_ index: Int, now: MonotonicTime, _ context: inout Context) {}
  }
#endif
