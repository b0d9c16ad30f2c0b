// SPDX-License-Identifier: MIT

// The owner of an HTTP machine: it answers each request in the way that a letter of the request's path asks for, and
// holds the machine to the contract of its interface at every step.

import Bytes
import HTTPCore

struct HTTPPeer {
  /// Limits that short inputs reach.
  static var tightLimits: HTTPConnection.Limits {
    var limits = HTTPConnection.Limits()
    limits.targetSize = 100
    limits.headSize = 400
    limits.fieldCount = 8
    limits.bodySize = 100
    limits.chunkExtensionSize = 40
    limits.outputSize = 300
    return limits
  }

  private let limits: HTTPConnection.Limits
  private var connection: HTTPConnection
  private var transcript = HTTPTranscript()
  private var output: [UInt8] = []
  private var answerCount = 0

  init(limits: HTTPConnection.Limits) {
    self.limits = limits
    connection = HTTPConnection(limits: limits)
  }

  /// Feeds bytes until the machine has taken them all.
  mutating func receive(_ piece: ArraySlice<UInt8>) throws(BrokenInvariant) {
    var rest = [UInt8](piece)
    while !rest.isEmpty, connection.requestState != .switched {
      let taken = connection.receive(rest.span)
      try check(0...rest.count ~= taken, "no more is taken than there was")
      rest.removeFirst(taken)
      let hasMoved = try handleEvents()
      try check(taken > 0 || hasMoved, "the machine takes input or says why not")
      connection.trim()
    }
    transcript.trailing += rest
  }

  /// Ends the stream, and tells what became of the connection.
  mutating func end() throws(BrokenInvariant) -> HTTPTranscript {
    if connection.requestState != .switched {
      connection.receiveEndOfStream()
      _ = try handleEvents()
      try check(connection.mustClose || connection.requestState == .switched, "the end of the stream is the end")
    }
    writeOutput()
    try takeResponses()
    return transcript
  }

  /// Handles events until there are none, and writes output when the machine waits for that; false if nothing came.
  private mutating func handleEvents() throws(BrokenInvariant) -> Bool {
    var hasMoved = false
    while true {
      try checkState()
      let event: HTTPEvent
      do throws(RemoteProtocolError) {
        event = try connection.nextEvent()
      } catch {
        try refuse(error)
        hasMoved = true
        continue
      }
      switch event {
      case .needData, .closed: return hasMoved
      case .held:
        guard connection.requestState == .idle else { return hasMoved }
        try check(connection.pendingOutput >= limits.outputSize, "only output that waits makes requests wait")
        writeOutput()
      case .request(let head): try begin(head)
      case .endOfMessage: try finishRequest()
      }
      hasMoved = true
    }
  }

  private func checkState() throws(BrokenInvariant) {
    let waits = [connection.isIdle, connection.isReceivingHead, connection.isReceivingBody].filter { $0 }.count
    try check(waits <= 1, "a connection waits for one thing at a time")
    let answers = limits.outputSize + 2 * limits.bodySize + 1000  // what may wait, and one more answer
    try check(connection.pendingOutput <= answers, "output keeps its limit")
  }

  // MARK: Answering

  private mutating func begin(_ head: RequestHead) throws(BrokenInvariant) {
    let request = SeenRequest(head)
    try check(transcript.error == nil, "no request follows an error")
    transcript.requests.append(request)
    if request.wish == UInt8(ascii: "e") {  // an early answer, without a look at the body
      try answer(request)
    } else {
      connection.sendContinue()
    }
  }

  private mutating func finishRequest() throws(BrokenInvariant) {
    guard let last = transcript.requests.indices.last else {
      throw BrokenInvariant(description: "a body has a head before it")
    }
    transcript.requests[last].body = connection.takeBody()
    transcript.requests[last].isComplete = true
    try answer(transcript.requests[last])
  }

  private mutating func answer(_ request: SeenRequest) throws(BrokenInvariant) {
    try check(connection.responseState == .due, "a request has an answer due")
    answerCount += 1
    let isWhole: Bool
    do throws(LocalProtocolError) {
      try send(request)
      isWhole = true
    } catch {
      isWhole = false
    }
    let breaksItsWord = !isWhole && !isBodyless(request)
    try check(isWhole || "so".utf8.contains(request.wish), "an answer that keeps its word can be sent")
    try check(!breaksItsWord || connection.mustClose, "an answer that breaks its word is the last")
    if request.endsHTTP, connection.requestState == .switched {
      transcript.trailing += connection.takeTrailingData()
    } else if !connection.mustClose {
      guard (try? connection.startNextCycle()) != nil else {
        throw BrokenInvariant(description: "after an answer comes the next request, or the end")
      }
    }
  }

  private func isBodyless(_ request: SeenRequest) -> Bool { request.method.elementsEqual("HEAD".utf8) }

  /// Answers as the request's path wishes, also against its own word.
  private mutating func send(_ request: SeenRequest) throws(LocalProtocolError) {
    let body = request.body
    switch request.wish {
    case UInt8(ascii: "c"):
      try connection.send(ResponseHead(.ok), .chunked)
      try connection.send(body: body.span)
      try connection.send(content: OutputQueue(SharedBytes(body)))
    case UInt8(ascii: "n"): try connection.send(ResponseHead(.noContent), .none)
    case UInt8(ascii: "m"):
      try connection.send(ResponseHead(.notModified), .length(body.count))
      try connection.send(body: body.span)
    case UInt8(ascii: "s"): try connection.send(ResponseHead(.ok), .length(body.count + 1))
    case UInt8(ascii: "o"):
      try connection.send(ResponseHead(.ok), .length(1))
      try connection.send(body: [1, 2].span)
    case UInt8(ascii: "u"): return try connection.send(ResponseHead(.switchingProtocols), .none)
    case UInt8(ascii: "k"):
      connection.close()
      fallthrough
    default:
      try connection.send(ResponseHead(.ok), .length(body.count))
      try connection.send(content: OutputQueue(SharedBytes(body)))
    }
    try connection.finish()
  }

  private mutating func refuse(_ error: RemoteProtocolError) throws(BrokenInvariant) {
    try check(transcript.error == nil, "a connection has one error at most")
    try check(connection.responseState == .due, "an error has an answer due")
    transcript.error = error
    answerCount += 1
    let isSent: Void? = try? connection.send(ResponseHead(error.status), .none)
    try check(isSent != nil && (try? connection.finish()) != nil, "an error can be answered")
    try check(connection.mustClose, "an error ends the connection")
  }

  // MARK: Output

  /// Writes all output, a little at a time.
  private mutating func writeOutput() {
    while connection.pendingOutput > 0 {
      connection.writeOutput { bytes in
        let count = min(bytes.count, 13)
        output += [UInt8](bytes.extracting(first: count))
        return count
      }
    }
  }

  private mutating func takeResponses() throws(BrokenInvariant) {
    var rest = output[...]
    while !rest.isEmpty {
      let index = transcript.responses.count
      let request = transcript.requests.indices.contains(index) ? transcript.requests[index] : nil
      let isBodyless = request.map(isBodyless) ?? false
      guard let response = try WireResponse.take(from: &rest, expecting: isBodyless ? .noBody : .body) else {
        throw BrokenInvariant(description: "output ends with a whole head")
      }
      if response.status == 100 { continue }
      let mayBreakOff = request.map { "so".utf8.contains($0.wish) } ?? false
      try check(response.isWhole || mayBreakOff && rest.isEmpty, "a response is whole")
      try check(!response.saysClose || rest.isEmpty, "nothing follows the last response")
      transcript.responses.append(response)
    }
    try check(transcript.responses.count == answerCount, "each answer is one response")
  }
}
