// SPDX-License-Identifier: MIT

// Requests and their answers on one connection, in order.

import Bytes
import HTTPCore
import Timebase
import WebSocketCore

extension Server where Context: ~Copyable {
  /// Feeds bytes to the HTTP machine and handles the requests that they complete, until the connection is no longer an
  /// HTTP one, or too much output waits: then the rest stays with the transport, whose window closes, and a peer that
  /// sends requests without reading the answers takes no memory for them here.
  mutating func receiveRequests(
    _ bytes: Span<UInt8>, _ index: Int, now: MonotonicTime, _ context: inout Context
  ) -> Int {
    if table[index].isInputHeld { handleRequests(index, now: now, &context) }  // output may have gone
    var taken = 0
    while taken < bytes.count, table[index].phase == .http, !table[index].isInputHeld {
      let count = table[index].http.receive(bytes.extracting(taken..<bytes.count))
      if count == 0 { break }
      taken += count
      handleRequests(index, now: now, &context)
    }
    return taken
  }

  /// Handles what has come as far as output allows.
  mutating func handleRequests(_ index: Int, now: MonotonicTime, _ context: inout Context) {
    table[index].isInputHeld = false
    requests: while table[index].phase == .http {
      guard !table[index].isWaiting else {
        table[index].isInputHeld = true
        return
      }
      do throws(RemoteProtocolError) {
        switch try table[index].http.nextEvent() {
        case .request(let head): begin(head, index, now: now, &context)
        case .endOfMessage: answerRequest(table[index].http.takeBody(), index, now: now, &context)
        case .needData: break requests
        case .held:  // the machine must be asked again when output has gone: requests may wait inside it
          table[index].isInputHeld = table[index].http.pendingOutput > 0
          break requests
        case .closed:
          endRequests(index, now: now)
          break requests
        }
      } catch {
        table[index].request = nil
        refuse(.malformedRequest(error), index, nil, now: now, &context)
        break requests
      }
    }
    if table[index].phase == .http {
      if table[index].http.pendingOutput > 0 { table.demand(.write, index) }
      updateStage(index, now: now)
    }
  }

  /// A head is complete. If its sender waits for leave to send the body (RFC 9110 section 10.1.1), what can be refused
  /// without the body is refused now.
  private mutating func begin(
    _ received: RequestHead, _ index: Int, now: MonotonicTime, _ context: inout Context
  ) {
    counters.requests.count()
    #if WITHOUT_PROXIES
      let head = received
    #else
      var head = received
      follow(&head, index, now: now, &context)
    #endif
    table[index].request = head
    guard head.expectsContinue else { return }
    var path: [UInt8] = []
    if case .refuse(let reason) = verdict(head, index, &path) {
      table[index].request = nil
      refuse(reason, index, head, now: now, &context)
    } else {
      table[index].http.sendContinue()
    }
  }

  /// A whole request is in, or one that waits is to be tried again: answer it.
  mutating func answerRequest(_ body: [UInt8], _ index: Int, now: MonotonicTime, _ context: inout Context) {
    guard let head = table[index].request else { return }
    table[index].request = nil
    var path: [UInt8] = []
    var response = Response()
    let verdict = verdict(head, index, &path)
    var request = Request(
      head: head, from: table[index], now: now, decodedPath: path, pattern: pattern(of: verdict), content: body)
    if let role = role(for: verdict, request) {
      switch router.access(&context, request, role, &response) {
      case .granted(let principal): request.principal = principal
      case .wait: return keepWaiting(head, body, index, now: now)
      case .answered: return finish(response, head, index, now: now, &context)
      }
    }
    switch verdict {
    case .refuse(let reason): return refuse(reason, index, head, now: now, &context)
    case .upgrade(let hub, let accepted):
      return upgrade(head, accepted, to: hub, for: request.principal, index, now: now, &context)
    case .options:
      response.status = .noContent
      var allowed: [UInt8] = []
      appendAllowed(for: path.span, to: &allowed)
      response.head.add("Allow", allowed.span)
    #if !(WITHOUT_PROXIES && WITHOUT_TLS)
      case .redirect(let status, let location):
        response.status = status
        response.head.add("Location", location.span)
        response.head.add("Cache-Control", "no-store")  // a port or a prefix that is kept would outlast its settings
    #endif
    #if !WITHOUT_TLS
      case .openFile(let file): fill(&response, with: file)
    #endif
    case .asset(let asset): fill(&response, with: asset, for: request, &context)
    case .folder:
      #if !WITHOUT_FOLDERS
        AssetResponse.redirectToFolder(&response, for: head)
      #endif
    case .route(let route):
      router.handle(route, &context, request, &response)
      if response.isToWait { return keepWaiting(head, body, index, now: now) }
      if let events = response.eventRoute {
        router.eventStreams?.begin(&self, index, events, request, &context)
        return
      }
    }
    finish(response, head, index, now: now, &context)
  }

  /// Sends what a handler has made, and tells of it if it is an error.
  private mutating func finish(
    _ response: Response, _ head: RequestHead, _ index: Int, now: MonotonicTime, _ context: inout Context
  ) {
    var response = response
    if response.status.code >= 400 {
      counters.requestsRefused.count()
      router.report(Refusal(.handler(response.status), head, table[index], now), &context)
      #if !WITHOUT_REFUSAL_PAGES
        response.suit(head)
      #endif
    }
    pagePolicy.add(to: &response, host: head.host)
    send(response, index)
  }

  private func fill(
    _ response: inout Response, with asset: StaticAsset, for request: borrowing Request, _ context: inout Context
  ) {
    guard asset.isTemplate else { return AssetResponse.fill(&response, with: asset, for: request.head) }
    if let status = Preconditions.failure(of: request.head, entityTag: Span()) {
      response.status = status
      return
    }
    response.head.add("Content-Type", asset.contentType)
    response.head.add("Cache-Control", "no-store")
    let template = asset.bytes ?? []
    Template.append(template, to: &response.content) { name, value in
      router.templateHandler?(&context, request, name, &value)
    }
  }

  // MARK: Sending

  /// Answers with an error, as a page or as JSON.
  @inline(never)
  mutating func refuse(
    _ reason: Refusal.Reason, _ index: Int, _ head: RequestHead?, now: MonotonicTime, _ context: inout Context
  ) {
    counters.requestsRefused.count()
    router.report(Refusal(reason, head, table[index], now), &context)
    answer(reason, index, head, now: now)
  }

  /// The same for what is counted and told elsewhere.
  private mutating func answer(_ reason: Refusal.Reason, _ index: Int, _ head: RequestHead?, now: MonotonicTime) {
    var allowed: [UInt8] = []
    if case .methodNotAllowed = reason, let head {
      var path: [UInt8] = []
      if RequestPath.decode(head.path, into: &path) { appendAllowed(for: path.span, to: &allowed) }
    }
    var response = Response()
    #if WITHOUT_REFUSAL_PAGES
      let (status, words) = (reason.status, reason.words)
      response.fail(status, words.isEmpty ? status.reason : words)
    #else
      var words: [UInt8] = []
      Refusal(reason, head, table[index], now).appendWords(advice, allowed: allowed.span, to: &words)
      response.fail(reason.status, words.span)
      if let head { response.suit(head) }
      if reason.isForNow { response.head.add("Retry-After", "1") }
    #endif
    response.head.setReasonPhrase(reason.words)
    if !allowed.isEmpty { response.head.add("Allow", allowed.span) }
    if case .badHandshake(let error) = reason { error.addFields(to: &response.head) }
    pagePolicy.add(to: &response, host: Span())
    send(response, index)
  }

  private mutating func send(_ response: Response, _ index: Int) {
    do throws(LocalProtocolError) {
      if isShuttingDown { table[index].http.close() }
      let content = response.content.isEmpty ? OutputQueue(SharedBytes(response.body)) : response.content
      table[index].http.reserve(for: response.head, content)
      // A status without a body, 304 for one, is framed by the connection whatever length is given here.
      try sendHead(response.head, .length(content.count), index)
      try table[index].http.send(content: content)
      try table[index].http.finish()
      if !table[index].http.mustClose { try table[index].http.startNextCycle() }
    } catch {
      // A handler asked for something that is not a response (status 100, say): the connection cannot continue.
      table.demand(.abort, index)
    }
    table[index].stage = .idle
    table.demand(.write, index)
  }

  mutating func sendHead(
    _ head: ResponseHead, _ framing: BodyFraming, _ index: Int
  ) throws(LocalProtocolError) {
    #if !hasFeature(Embedded)
      if let date { return try table[index].http.send(head, framing, date: date) }
    #endif
    try table[index].http.send(head, framing)
  }

  /// The answer to a connection beyond the limit, in the form that its request asks for, if all of that head comes with
  /// the first bytes, as it nearly always does. More is not waited for, and none of it is kept: strangers beyond the
  /// limit are to cost no memory.
  @inline(never)
  mutating func refuseConnection(
    _ index: Int, _ bytes: Span<UInt8>, now: MonotonicTime, _ context: inout Context
  ) {
    table[index].isUntold = false
    var head: RequestHead?
    var isWhole = false
    #if !WITHOUT_REFUSAL_PAGES
      _ = table[index].http.receive(bytes)
      do throws(RemoteProtocolError) {
        if case .request(let found) = try table[index].http.nextEvent() {
          head = found
          if case .endOfMessage = try table[index].http.nextEvent() { isWhole = true }
        }
      } catch {
        // That there is no room is the answer to what cannot be read, too.
      }
    #endif
    if isWhole { table[index].http.close() } else { table[index].http.abandonRequest() }
    answer(.tooManyConnections, index, head, now: now)
    updateStage(index, now: now)
  }

  // MARK: Writing

  mutating func writeResponse(_ index: Int, now: MonotonicTime, _ accept: (Span<UInt8>) -> Int) {
    let before = table[index].http.pendingOutput
    table[index].http.writeOutput(accept)
    let left = table[index].http.pendingOutput
    guard left < before else { return }
    if table[index].phase == .webSocket {
      if left == 0 { table[index].endRequests() }  // the 101 is out: HTTP is over
      return
    }
    if left > 0 {
      setDeadline(index, now + limits.timeouts.write)
    } else if table[index].http.mustClose {
      linger(index, now: now)
      return
    } else if table[index].phase == .eventStream {
      setDeadline(index, now + limits.timeouts.eventKeepAlive)
    } else {
      table[index].http.trim()
      updateStage(index, now: now)
    }
    if table[index].isInputHeld, !table[index].http.isOutputFull { table.demand(.resume, index) }
  }

  /// The peer has ended, or the last response is sent: close once everything is out.
  private mutating func endRequests(_ index: Int, now: MonotonicTime) {
    if table[index].http.pendingOutput == 0 { linger(index, now: now) }
  }
}
