// SPDX-License-Identifier: MIT

// A server between a transport and clients that are made of arrays, in virtual time. The transport keeps the contract
// of `Application` and now and then does what it may do and need not; the world checks that the server keeps it too.

import Bytes
import Deflate
import DeviceServer
import HTTPCore
import Timebase
import WebSocketCore

struct ServerWorld: ~Copyable {
  private var server: Server<Journal>
  private let endpoint: WebSocketEndpoint
  private var journal = Journal()
  private var now = MonotonicTime.zero
  private var nextDeadline: MonotonicTime?
  private var lines: [Line] = []
  private var isShutDown = false
  /// The most bytes that the server was offered at once.
  private var longestRead = 0

  /// A server that compresses, or believes all its clients as proxies.
  init(limits: ServerLimits, compresses: Bool, trusts: Bool) {
    let router: Router<Journal>
    (router, endpoint) = Journal.makeRouter()
    server = Server(router: router, limits: limits)
    if compresses { server.compression = DeflateSupport.zlib() }
    if trusts { server.trustedProxies = Self.proxies }
  }

  private static let proxies: [AddressRange] = {
    let text: [UInt8] = Array("10.0.0.0/8".utf8)
    return (try? AddressRange(parsing: text.span)).map { [$0] } ?? []
  }()

  // MARK: What happens

  mutating func connect(capacity: Int, isReading: Bool) throws(BrokenInvariant) {
    guard lines.count < 32 else { return }
    var line = Line(capacity: capacity, isReading: isReading)
    line.id = server.accept(from: .ipv4(0x0A00_0002, port: UInt16(lines.count)), now: now, &journal)
    try check(line.id == nil || !lines.contains { $0.id == line.id }, "connections have names of their own")
    lines.append(line)
    try settle()
  }

  mutating func send(_ bytes: [UInt8], on choice: Int) throws(BrokenInvariant) {
    guard let line = pick(choice), !lines[line].hasFinished else { return }
    lines[line].toServer += bytes
    try settle()
  }

  /// Ends the client's direction.
  mutating func finish(_ choice: Int) throws(BrokenInvariant) {
    guard let line = pick(choice) else { return }
    lines[line].hasFinished = true
    try settle()
  }

  mutating func breakOff(_ choice: Int) throws(BrokenInvariant) {
    guard let line = pick(choice) else { return }
    drop(line)
    try settle()
  }

  mutating func setReading(_ isReading: Bool, on choice: Int) throws(BrokenInvariant) {
    guard let line = pick(choice) else { return }
    lines[line].isReading = isReading
    try settle()
  }

  mutating func read(_ count: Int, on choice: Int) throws(BrokenInvariant) {
    guard let line = pick(choice) else { return }
    try moveToClient(line, count: count)
    try settle()
  }

  /// Lets time pass, stopping at every deadline.
  mutating func advance(by milliseconds: Int) throws(BrokenInvariant) {
    let target = now + Milliseconds(UInt32(milliseconds))
    var polls = 0
    while let deadline = nextDeadline, deadline <= target {
      now = deadline
      try settle()
      polls += 1
      try check(polls <= 1000 + milliseconds / 20, "deadlines make time pass")
    }
    now = target
    try settle()
  }

  mutating func callHub(_ kind: Int, _ size: Int) throws(BrokenInvariant) {
    server.withHub(endpoint, now: now) { journal.use(&$0, kind: kind, size: size) }
    try settle()
  }

  /// What a transport may do though nothing asks for it, and what comes too late.
  mutating func callWithoutNeed(_ kind: Int, _ choice: Int) throws(BrokenInvariant) {
    guard !lines.isEmpty else { return }
    let line = choice % lines.count
    guard let id = lines[line].id ?? lines[line].lateID else { return }
    let isLate = lines[line].id == nil
    switch kind % 5 {
    case 0: if isLate { server.writeOutput(id, now: now, &journal) { $0.count } } else { try write(line) }
    case 1 where lines[line].toServer.isEmpty:
      try check(server.receive(Span(), from: id, now: now, &journal) == 0, "of nothing nothing is taken")
    case 2: if isLate { server.disconnected(id, now: now, &journal) }
    case 3: if isLate { server.endOfStream(id, now: now, &journal) }
    default: server.writeOutput(id, now: now, &journal) { _ in 0 }
    }
    try settle()
  }

  mutating func shutDown() throws(BrokenInvariant) {
    server.shutdown(now: now)
    isShutDown = true
    try settle()
  }

  /// One of the lines that are up.
  private func pick(_ choice: Int) -> Int? {
    let up = lines.indices.filter { lines[$0].id != nil }
    return up.isEmpty ? nil : up[choice % up.count]
  }

  // MARK: The transport

  /// Lets everything happen that can happen now.
  private mutating func settle() throws(BrokenInvariant) {
    var rounds = 0
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      nextDeadline = server.poll(now: now, &journal)
      while let action = server.nextAction() {
        try perform(action)
        isQuiet = false
        rounds += 1
        try check(rounds < 100_000, "the server comes to rest")
      }
      for line in lines.indices where try serve(line) { isQuiet = false }
    }
    if let broken = journal.broken { throw broken }
    if let deadline = nextDeadline { try check(deadline > now, "no deadline stays due") }
  }

  private mutating func perform(_ action: TransportAction) throws(BrokenInvariant) {
    switch action {
    case .write(let id): try write(index(of: id))
    case .resume(let id):
      let line = try index(of: id)
      lines[line].isInputHeld = false
      try offer(line)
    case .endOutput(let id):
      let line = try index(of: id)
      try check(!lines[line].isOutputEnded, "output ends once")
      lines[line].isOutputEnded = true
    case .abort(let id): drop(try index(of: id))
    }
  }

  private func index(of id: ConnectionID) throws(BrokenInvariant) -> Int {
    guard let line = lines.firstIndex(where: { $0.id == id }) else {
      throw BrokenInvariant(description: "an action is for a connection that is up")
    }
    return line
  }

  /// One step of everything but the server's own wishes; false if there was nothing to do.
  private mutating func serve(_ line: Int) throws(BrokenInvariant) -> Bool {
    guard let id = lines[line].id else { return false }
    if lines[line].isReading, !lines[line].toClient.isEmpty {
      try moveToClient(line, count: .max)
      return true
    }
    if !lines[line].isInputHeld, !lines[line].toServer.isEmpty {
      try offer(line)
      return true
    }
    if lines[line].isOutputEnded, lines[line].isReading { lines[line].hasFinished = true }
    guard lines[line].hasFinished, lines[line].toServer.isEmpty else { return false }
    if lines[line].isOutputEnded, lines[line].toClient.isEmpty {
      lines[line].isOrderly = true
      drop(line)
      return true
    }
    if lines[line].isInputEnded { return false }
    lines[line].isInputEnded = true
    server.endOfStream(id, now: now, &journal)
    return true
  }

  private mutating func offer(_ line: Int) throws(BrokenInvariant) {
    guard let id = lines[line].id else { return }
    let input = lines[line].toServer
    longestRead = max(longestRead, input.count)
    let taken = server.receive(input.span, from: id, now: now, &journal)
    try check(0...input.count ~= taken, "no more is taken than there was")
    lines[line].toServer.removeFirst(taken)
    lines[line].isInputHeld = taken < input.count
  }

  private mutating func write(_ line: Int) throws(BrokenInvariant) {
    guard let id = lines[line].id else { return }
    while true {
      let room = lines[line].capacity - lines[line].toClient.count
      lines[line].isWriteDue = room == 0
      guard room > 0 else { return }
      var output: [UInt8] = []
      server.writeOutput(id, now: now, &journal) { bytes in
        let count = min(bytes.count, room - output.count)
        output += [UInt8](bytes.extracting(first: count))
        return count
      }
      try check(output.isEmpty || !lines[line].isOutputEnded, "nothing is written after the end of output")
      lines[line].toClient += output
      if output.count < room { return }
    }
  }

  private mutating func moveToClient(_ line: Int, count: Int) throws(BrokenInvariant) {
    let read = lines[line].toClient.prefix(count)
    lines[line].received += read
    lines[line].toClient.removeFirst(read.count)
    if lines[line].isWriteDue { try write(line) }
  }

  private mutating func drop(_ line: Int) {
    guard let id = lines[line].id else { return }
    lines[line].lateID = id
    lines[line].id = nil
    lines[line].toServer = []
    server.disconnected(id, now: now, &journal)
  }
}

// MARK: - Invariants

extension ServerWorld {
  /// The server knows those that are there, and nobody else; what it holds of their words is bounded.
  mutating func checkTables() throws(BrokenInvariant) {
    let up = lines.filter { $0.id != nil }.count
    try check(server.connectionCount == up, "the table has the connections that are up, and no others")
    let clients = server.withHub(endpoint, now: now) { $0.count }
    try check(clients == journal.clients.count, "a hub counts those who have come and not gone")
    try check(clients <= server.limits.clients, "a hub keeps its limit")
    try checkInput()
  }

  /// Arrays grow to twice of what is in them at most; a queue may hold an eighth more that is read already, a head has
  /// its own mark for each field, and a message that unfolds may have room for a step more.
  private func checkInput() throws(BrokenInvariant) {
    let http = server.limits.http
    let ofHTTP = 9 * http.headSize / 4 + 2 * (http.headSize + http.fieldCount + 16) + 2 * http.bodySize
    let ofSocket = 4 * (server.limits.webSocket.messageSize + 1) + 2 * 125 + 2 * 123  // a control frame, a reason
    var all = 0
    for line in lines {
      guard let id = line.id else { continue }
      let memory = server.inputMemory(of: id)
      try check(memory <= ofHTTP + ofSocket + Self.rounding, "what a connection sends keeps its limit, not \(memory)")
      all += memory
    }
    // Beside them there is one buffer, through which messages and parts of compressed ones go; and nothing in places
    // that are free.
    let scratch = server.inputMemory - all
    let most = 4 * max(server.limits.webSocket.messageSize + 1, longestRead) + Self.rounding
    try check(scratch <= most, "what those who are gone have sent is gone, but for \(scratch)")
  }

  /// What the allocator may add to a few arrays.
  private static var rounding: Int { 512 }

  /// What waits for each connection keeps its limits.
  func checkMemory() throws(BrokenInvariant) {
    let limits = server.limits
    let responses = limits.http.outputSize + Journal.largestResponse
    let frames = max(limits.outboxSize, Journal.largestMessage) + Journal.largestMessage + Journal.largestControls
    for line in lines {
      guard let id = line.id else { continue }
      let waiting = server.pendingOutput(of: id)
      try check(waiting <= responses + frames, "what waits for a connection keeps its limit, not \(waiting)")
    }
  }

  /// Everybody reads: then all is whole, all have the newest state, and a newcomer is served.
  mutating func checkThatAllIsSaid() throws(BrokenInvariant) {
    try checkMemory()
    for line in lines.indices where lines[line].id != nil {
      lines[line].isReading = true
      try settle()
    }
    for (number, line) in lines.enumerated() {
      let heard = try line.heard()
      try check(line.id == nil || line.toServer.isEmpty, "all input is taken when all output is")
      guard let client = journal.clients[number], line.id != nil else { continue }
      if heard.hasClose { continue }
      try check(heard.lastState == journal.stateNumber, "client \(client.number) has the newest state")
    }
    let newcomer = lines.count
    guard newcomer < 32 else { return }
    try connect(capacity: 20_000, isReading: true)
    guard lines[newcomer].id != nil, !isShutDown else { return }
    lines[newcomer].toServer = Array("GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n".utf8)
    try settle()
    let heard = try lines[newcomer].heard()
    try check(heard.statuses == [200] || heard.statuses == [503], "a newcomer is served, or told that there is no room")
  }

  mutating func endByLeaving() throws(BrokenInvariant) {
    for line in lines.indices { drop(line) }
    try settle()
    try checkThatNobodyIsLeft()
  }

  mutating func endBySilence() throws(BrokenInvariant) {
    try advance(by: 120_000)
    try checkThatNobodyIsLeft()
  }

  mutating func endByShutdown() throws(BrokenInvariant) {
    try shutDown()
    try advance(by: 60_000)
    try checkThatNobodyIsLeft()
  }

  private mutating func checkThatNobodyIsLeft() throws(BrokenInvariant) {
    try check(!lines.contains { $0.id != nil }, "everybody is gone")
    try checkTables()
    try advance(by: 60_000)
    try check(nextDeadline == nil, "nothing is waited for when nobody is there")
    try check(server.withHub(endpoint, now: now) { $0.codecMemory } == 0, "memory for compression is given back")
    for line in lines { _ = try line.heard() }
  }
}

/// One connection, both ends of it.
private struct Line {
  var id: ConnectionID?
  /// The name that it had.
  var lateID: ConnectionID?
  let capacity: Int
  /// Sent by the client, not taken by the server.
  var toServer: [UInt8] = []
  /// Written by the server, not read by the client.
  var toClient: [UInt8] = []
  var received: [UInt8] = []
  var isReading: Bool
  /// The server left input; it is offered again after `.resume`.
  var isInputHeld = false
  /// The server may have output, and there was no room.
  var isWriteDue = false
  /// The client has ended its direction, and whether the server knows.
  var hasFinished = false
  var isInputEnded = false
  /// The server has ended its direction.
  var isOutputEnded = false
  /// Both directions ended, and everything was read.
  var isOrderly = false

  init(capacity: Int, isReading: Bool) {
    self.capacity = capacity
    self.isReading = isReading
  }

  /// What the client has read.
  func heard() throws(BrokenInvariant) -> Heard {
    let isWhole = isReading && id != nil || isOrderly
    // Frames for a client that has ended its stream without a Close are dropped, also in the middle.
    return try Heard(received, areResponsesWhole: isWhole, areFramesWhole: isWhole && !isInputEnded)
  }
}
