// SPDX-License-Identifier: MIT

// A gateway to a fleet through a life that the input tells: what a broker delivers, live and retained, and bytes that are
// no packets; what pages and scripts say; brokers that go, and time. Whatever comes, the gateway asks and commands and
// says nothing else, what pages are sent is their messages and rows with no markup but its own, and a page that has
// followed all changes shows in the end what a page shows that is opened then.

import Bytes
import DeviceServer
import Fleet
import MQTTCore
import Timebase

extension FuzzTarget {
  /// A script of lines. The first byte of each says what happens, the rest is what is said.
  static let fleet = FuzzTarget("fleet", longestInput: 2048) { input throws(BrokenInvariant) in
    var life = try FleetLife()
    for line in input.split(separator: UInt8(ascii: "\n")).prefix(64) {
      try life.take(line.first ?? 0, line.dropFirst())
      try life.checkSize()
    }
    try life.end()
  }
}

private struct FleetLife: ~Copyable {
  private static let limits: FleetLimits = {
    var limits = FleetLimits()
    (limits.devices, limits.parts, limits.commands) = (6, 3, 4)
    (limits.stateSize, limits.textSize, limits.addressSize) = (24, 16, 40)
    return limits
  }()
  /// The most that a row may take: texts of the lengths above, and what a search has of them.
  private static let rowMemory = 4096

  private var gateway: FleetGateway
  private let link = OutgoingConnection<FleetGateway>.fleetBroker
  private var broker = FleetPeer()
  private var now = MonotonicTime.zero
  private var nextDeadline: MonotonicTime?
  /// One that searches and gives commands, and one that only follows.
  private var pages: [FleetReader] = []
  private var lines: [(id: ConnectionID, output: [UInt8])] = []

  init() throws(BrokenInvariant) {
    let settings = MQTTClient.Settings(options: ConnectOptions(clientIdentifier: Array("heliograph-fleet".utf8)))
    gateway = FleetGateway(
      settings, prefix: Array("f".utf8), name: Array("Fleet".utf8), limits: Self.limits, seed: 1)
    try settle()
    for _ in 0..<2 {
      guard let id = gateway.accept(from: .ipv4(0x0A00_0002, port: 7), now: now) else { continue }
      lines.append((id, []))
      pages.append(FleetReader())
      let upgrade = "GET /ws HTTP/1.1\r\nHost: 10.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
      try send(Array(upgrade.utf8), by: pages.count - 1)
      try send(FleetReader.frame(Array(#"{"type":"watch"}"#.utf8)), by: pages.count - 1)
    }
    try check(pages.count == 2 && pages.allSatisfy(\.isOpen), "there is room for two pages")
  }

  // MARK: What happens

  mutating func take(_ step: UInt8, _ words: ArraySlice<UInt8>) throws(BrokenInvariant) {
    switch step {
    case UInt8(ascii: "."): try hear(FleetPeer.message(words, isRetained: false))
    case UInt8(ascii: "*"): try hear(FleetPeer.message(words, isRetained: true))
    case UInt8(ascii: "!"): try hear(Array(words))
    case UInt8(ascii: "w"): try send(FleetReader.frame(Array(words)), by: 0)
    case UInt8(ascii: "g"): _ = try ask("GET", words)
    case UInt8(ascii: "p"): _ = try ask("POST", Array("/api/commands".utf8)[...], "application/json", words)
    case UInt8(ascii: "f"): _ = try ask("POST", Array("/command".utf8)[...], "application/x-www-form-urlencoded", words)
    case UInt8(ascii: "a"): broker.acknowledges.toggle()
    case UInt8(ascii: "d"):
      broker.isConnected = false
      link.closed(&gateway, Array(words), now)
      try settle()
    case UInt8(ascii: "t"):
      let amount = UInt32(words.first ?? 0) & 0x3F
      try wait(amount * amount * 20)
    default: break
    }
  }

  private mutating func hear(_ bytes: [UInt8]) throws(BrokenInvariant) {
    guard broker.isConnected, !bytes.isEmpty else { return }
    let taken = link.receive(&gateway, bytes.span, now)
    try check(0...bytes.count ~= taken, "no more is taken than there was")
    try settle()
  }

  private mutating func send(_ bytes: [UInt8], by page: Int) throws(BrokenInvariant) {
    guard !pages[page].isOver else { return }
    let taken = gateway.receive(bytes.span, from: lines[page].id, now: now)
    try check(taken == bytes.count, "a gateway whose words are read takes what is sent")
    try settle()
  }

  /// The answer to a request on a connection of its own.
  private mutating func ask(
    _ method: String, _ path: ArraySlice<UInt8>, _ type: String = "", _ body: ArraySlice<UInt8> = []
  ) throws(BrokenInvariant) -> WireResponse? {
    guard let id = gateway.accept(from: .ipv4(0x0A00_0003, port: 8), now: now) else { return nil }
    lines.append((id, []))
    var request = Array("\(method) ".utf8) + path + Array(" HTTP/1.1\r\nHost: 10.0.0.1\r\n".utf8)
    if method == "POST" {
      request += Array("Content-Type: \(type)\r\nOrigin: http://10.0.0.1\r\nContent-Length: \(body.count)\r\n".utf8)
    }
    request += Array("\r\n".utf8) + body
    _ = gateway.receive(request.span, from: id, now: now)
    try settle()
    guard let line = lines.popLast(), line.id == id else { return nil }  // it was aborted
    var answer = line.output[...]
    gateway.disconnected(id, now: now)
    try settle()
    guard let response = try WireResponse.take(from: &answer, expecting: .body) else { return nil }
    try check(response.isWhole, "a response is whole")
    if response.values("content-type").first?.hasPrefix("application/json") == true {
      try check((try? JSONValue(parsing: response.body.span)) != nil, "an answer of JSON is JSON")
    }
    return response
  }

  private mutating func wait(_ milliseconds: UInt32) throws(BrokenInvariant) {
    let end = now + Milliseconds(milliseconds)
    var polls = 0
    while let deadline = nextDeadline, deadline <= end {
      now = deadline
      try settle()
      polls += 1
      try check(polls < 20_000, "deadlines make time pass")
    }
    now = end
    try settle()
  }

  // MARK: The transport

  private mutating func settle() throws(BrokenInvariant) {
    var rounds = 0
    var isQuiet = false
    while !isQuiet {
      rounds += 1
      try check(rounds < 10_000, "the gateway comes to rest")
      isQuiet = true
      nextDeadline = gateway.poll(now: now)
      while let action = gateway.nextAction() {
        perform(action)
        isQuiet = false
      }
      for page in pages.indices {
        let pongs = try pages[page].read(lines[page].output)
        lines[page].output = []
        guard !pongs.isEmpty, !pages[page].isOver else { continue }
        _ = gateway.receive(pongs.span, from: lines[page].id, now: now)
        isQuiet = false
      }
      switch link.nextStep(&gateway, now) {
      case .connect:
        link.opened(&gateway, now)
        broker = FleetPeer(isConnected: true, acknowledges: broker.acknowledges)
        isQuiet = false
      case .close:
        broker.isConnected = false
        link.closed(&gateway, [], now)
        isQuiet = false
      case .wait: break
      }
      var output: [UInt8] = []
      link.writeOutput(&gateway, now) { bytes in
        output += [UInt8](bytes)
        return bytes.count
      }
      guard broker.isConnected, !output.isEmpty else { continue }
      isQuiet = false
      let answer = try broker.answer(output)
      if !answer.isEmpty { _ = link.receive(&gateway, answer.span, now) }
    }
    if let nextDeadline { try check(nextDeadline > now, "no deadline stays due") }
  }

  private mutating func perform(_ action: TransportAction) {
    switch action {
    case .write(let id):
      guard let place = lines.firstIndex(where: { $0.id == id }) else { return }
      var bytes: [UInt8] = []
      gateway.writeOutput(id, now: now) { output in
        bytes += [UInt8](output)
        return output.count
      }
      lines[place].output += bytes
    case .abort(let id):
      gateway.disconnected(id, now: now)
      guard let place = lines.firstIndex(where: { $0.id == id }) else { return }
      if pages.indices.contains(place) { pages[place].isOver = true } else { lines.remove(at: place) }
    case .endOutput, .resume: break
    }
  }

  // MARK: What must hold

  func checkSize() throws(BrokenInvariant) {
    let size = gateway.context.size
    try check(size.devices <= Self.limits.devices, "a table keeps its limit")
    try check(size.absent <= size.devices, "no more are absent than there are")
    try check(size.memory <= Self.rowMemory * Self.limits.devices, "rows keep their limits, not \(size.memory)")
  }

  /// With a broker, after a second without news, the page that has followed shows what one shows that is opened now.
  mutating func end() throws(BrokenInvariant) {
    broker.acknowledges = true
    broker.isConnected = false
    link.closed(&gateway, [], now)
    try wait(8000)
    try checkSize()
    guard let response = try ask("GET", Array("/".utf8)[...]) else { return }
    try check(response.status == 200, "the page is there")
    var fresh = FleetReader()
    try fresh.readPage(response.body)
    try check(fresh.order.count == gateway.context.size.devices, "the first page has all, who are few")
    let absent = fresh.rows.values.count { FleetReader.isAbsent($0) }
    try check(absent == gateway.context.size.absent, "as many are absent as is said")
    guard let follower = pages.last, !follower.isOver else { return }
    try check(follower.order == fresh.order, "a page that follows has the same rows: \(follower.order), not \(fresh.order)")
    for (identifier, row) in fresh.rows {
      try check(follower.rows[identifier] == row, "and \(identifier) as it is: \(text(follower.rows[identifier] ?? []))")
    }
  }
}
