// SPDX-License-Identifier: MIT

// The state by revision and cursor: each client is sent what has changed since it was last sent any, once there is
// room, and a message is made once for all that need the same.

import ConformanceSupport
import DeviceServer
import Testing
import Timebase
import WebSocketCore

/// A few numbers that change, with all that ever happened to them.
struct Board {
  struct Change {
    let part: Int
    let value: Int
  }

  /// The change with revision n is at n - 1.
  private(set) var history: [Change] = []
  /// Cursors that the encoder was asked about.
  var asked: [UInt64] = []
  var endpoint: WebSocketEndpoint?
  var sendsHello = false

  var revision: UInt64 { UInt64(history.count) }

  mutating func change(_ part: Int, to value: Int) { history.append(Change(part: part, value: value)) }

  /// What a client that has `since` is to be told to have `revision`, found by going through all that happened.
  func message(since: UInt64, revision: UInt64) -> String {
    var latest: [Int: (revision: Int, value: Int)] = [:]
    for index in 0..<Int(revision) { latest[history[index].part] = (index + 1, history[index].value) }
    let changed = latest.filter { $0.value.revision > Int(since) }.sorted { $0.key < $1.key }
    return "\(since)>\(revision)" + changed.map { " \($0.key)=\($0.value.value)" }.joined()
  }
}

private typealias BoardNetwork = VirtualNetwork<ServerApplication<Board>>
private typealias BoardClient = VirtualClient<ServerApplication<Board>>

private func makeNetwork(sendsHello: Bool = false, clients: Int = 2000) -> BoardNetwork {
  var router = Router<Board>()
  let endpoint = router.webSocket("/ws") { board, since, message in
    board.asked.append(since)
    message += bytes(board.message(since: since, revision: board.revision))
    return board.revision
  } _: { board, hub, event in
    guard board.sendsHello, case .connect(let client, _) = event else { return }
    hub.snapshot(bytes("hello \(board.revision)").span, revision: board.revision, to: client)
  }
  var limits = ServerLimits()
  limits.connections = clients
  limits.clients = clients
  return BoardNetwork(
    ServerApplication(
      Server(router: router, limits: limits), context: Board(endpoint: endpoint, sendsHello: sendsHello)))
}

extension VirtualNetwork where App == ServerApplication<Board> {
  fileprivate var board: Board { application.context }
  fileprivate var hubCounters: HubCounters { withHub { $0.counters } }

  @discardableResult
  fileprivate func withHub<Result>(_ body: (inout WebSocketHub) -> Result) -> Result {
    change { application, now in application.server.withHub(application.context.endpoint!, now: now, body) }
  }

  /// Changes one part and publishes.
  fileprivate func set(_ part: Int, to value: Int) {
    application.context.change(part, to: value)
    publish()
  }

  fileprivate func publish() {
    let revision = board.revision
    withHub { $0.publish(revision: revision) }
  }

  fileprivate func takeAsked() -> [UInt64] {
    let asked = board.asked
    application.context.asked = []
    return asked
  }
}

@Suite struct ConflationTests {
  @Test func eachClientIsSentWhatHasChangedSinceItWasLastSentAny() {
    let network = makeNetwork()
    let quick = BoardClient.webSocket(network)
    let slow = BoardClient.webSocket(network, capacity: 4)
    slow.stopReading()
    network.set(0, to: 5)
    network.set(1, to: 6)
    network.set(1, to: 7)
    network.set(2, to: 8)
    #expect(quick.frames() == [.text("0>1 0=5"), .text("1>2 1=6"), .text("2>3 1=7"), .text("3>4 2=8")])
    slow.startReading()
    #expect(slow.frames() == [.text("0>1 0=5"), .text("1>4 1=7 2=8")])  // the first was under way
    #expect(network.hubCounters.conflated == 2)
  }

  @Test func oneEncodingServesAllWhoHaveTheSame() {
    let network = makeNetwork()
    let clients = (0..<300).map { _ in BoardClient.webSocket(network, capacity: 4) }
    for client in clients.prefix(150) { client.stopReading() }
    network.set(0, to: 0)
    #expect(network.takeAsked() == [0])
    for number in 1...20 {
      network.set(number % 3, to: number)
      #expect(network.takeAsked() == [UInt64(number)])  // once for those who read, and never for the others
    }
    for client in clients.suffix(150) { #expect(client.frames().last == .text("20>21 2=20")) }
    for client in clients.prefix(150) { client.startReading() }
    #expect(network.takeAsked() == [1])
    for client in clients.prefix(150) {
      #expect(client.frames() == [.text("0>1 0=0"), .text("1>21 0=18 1=19 2=20")])
    }
    #expect(network.hubCounters.conflated == 150 * 19)
  }

  @Test func clientsWithDifferentCursorsGetDifferentMessages() {
    let network = makeNetwork()
    let clients = (0..<10).map { _ in BoardClient.webSocket(network, capacity: 4) }
    for (number, client) in clients.enumerated() {
      client.stopReading()
      network.set(number, to: number)  // it begins to be sent this one, and those before it stand still
    }
    _ = network.takeAsked()
    for client in clients { client.startReading() }
    for (number, client) in clients.enumerated() {
      let since = UInt64(min(number + 1, 9))
      #expect(client.frames().last == .text(network.board.message(since: since, revision: 10)))
    }
    #expect(network.takeAsked().sorted() == Array(1...9))
  }

  @Test func nobodyIsSentAStateOfWhichItHasAll() {
    let network = makeNetwork(sendsHello: true)
    network.application.context.change(0, to: 1)
    let client = BoardClient.webSocket(network)  // is told what was not published yet
    #expect(client.frames() == [.text("hello 1")])
    network.publish()
    #expect(client.frames().isEmpty)
    network.publish()
    network.withHub { $0.publish(revision: 0) }
    #expect(client.frames().isEmpty)
    #expect(network.takeAsked().isEmpty)
    network.set(3, to: 4)
    #expect(client.frames() == [.text("1>2 3=4")])
    #expect(network.hubCounters.conflated == 0)
  }

  @Test func whoComesWithoutASnapshotIsSentEverything() {
    let network = makeNetwork()
    network.set(0, to: 1)
    network.set(1, to: 2)
    #expect(BoardClient.webSocket(network).frames() == [.text("0>2 0=1 1=2")])
    #expect(BoardClient.webSocket(network).frames() == [.text("0>2 0=1 1=2")])
    #expect(network.takeAsked() == [0])
  }

  @Test func whatChangedSinceThePublicationGoesOutWithIt() {
    let network = makeNetwork()
    let client = BoardClient.webSocket(network, capacity: 4)
    client.stopReading()
    network.set(0, to: 1)
    network.set(0, to: 2)
    network.application.context.change(0, to: 3)
    client.startReading()
    #expect(client.frames() == [.text("0>1 0=1"), .text("1>3 0=3")])
    network.publish()
    #expect(client.frames().isEmpty)
  }

  @Test func anEncoderThatHasNothingToSaySendsNothing() {
    var router = Router<Int>()
    let endpoint = router.webSocket("/ws") { calls, _, _ in
      calls += 1
      return 0  // which is less than was published: it is not asked again all the same
    } _: { _, _, _ in }
    let network = VirtualNetwork(ServerApplication(Server(router: router), context: 0))
    let client = VirtualClient.webSocket(network)
    for revision in [5, 9, UInt64.max] {
      network.change { application, now in
        application.server.withHub(endpoint, now: now) { $0.publish(revision: revision) }
      }
    }
    #expect(client.frames().isEmpty)
    #expect(network.application.context == 3)
    network.change { application, now in
      application.server.withHub(endpoint, now: now) { $0.publishState(bytes("past the last").span) }
    }
    #expect(client.frames().isEmpty)
  }

  @Test func revisionsUpTo53BitsAndBeyondAreTakenAsTheyAre() {
    var router = Router<UInt64>()
    let endpoint = router.webSocket("/ws") { revision, since, message in
      message += bytes("\(since)>\(revision)")
      return revision
    } _: { _, _, _ in }
    let network = VirtualNetwork(ServerApplication(Server(router: router), context: 0))
    let client = VirtualClient.webSocket(network)
    var last: UInt64 = 0
    for revision in [UInt64(UInt32.max), 1 << 32, (1 << 53) - 1, 1 << 53, .max] {
      network.application.context = revision
      network.change { application, now in
        application.server.withHub(endpoint, now: now) { $0.publish(revision: revision) }
      }
      #expect(client.frames() == [.text("\(last)>\(revision)")])
      last = revision
    }
  }
}

/// A client as the test sees it: what it has, by what it was sent.
private struct Reader {
  let client: BoardClient
  var cursor: UInt64 = 0
  var isConnected = true
}

@Suite struct ConflationPropertyTests {
  /// Whatever happens, in whatever order: each message says exactly what changed between two revisions, each client's
  /// messages follow on from one another, and who reads has all.
  @Test(arguments: (0..<8).map { _ in SeededGenerator.freshSeed() })
  func everyClientIsToldEveryChangeOnce(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let network = makeNetwork(sendsHello: Bool.random(using: &generator), clients: 40)
    var readers: [Reader] = []
    for _ in 0..<600 {
      let choice = Int.random(in: 0..<max(readers.count, 1), using: &generator)
      switch Int.random(in: 0..<12, using: &generator) {
      case 0 where readers.count < 30:
        let capacity = Int.random(in: 1...60, using: &generator)
        readers.append(Reader(client: .webSocket(network, capacity: capacity)))
      case 1 where !readers.isEmpty: readers[choice].client.stopReading()
      case 2 where !readers.isEmpty: readers[choice].client.startReading()
      case 3 where !readers.isEmpty:
        readers[choice].client.breakOff()
        readers[choice].isConnected = false
      case 4: network.withHub { _ = $0.textAll(bytes("event").span) }
      case 5, 6, 7: network.publish()
      default:
        let part = Int.random(in: 0..<6, using: &generator)
        network.application.context.change(part, to: Int.random(in: 0..<100, using: &generator))
      }
      if Int.random(in: 0..<4, using: &generator) == 0 { follow(&readers, network.board, seed) }
    }
    network.publish()
    for reader in readers where reader.isConnected { reader.client.startReading() }
    follow(&readers, network.board, seed)
    for reader in readers where reader.isConnected {
      #expect(reader.cursor == network.board.revision, "seed \(seed)")
    }
  }

  private func follow(_ readers: inout [Reader], _ board: Board, _ seed: UInt64) {
    for index in readers.indices where readers[index].isConnected {
      for frame in readers[index].client.frames() where frame != .text("event") {
        let text = String(decoding: frame.payload, as: UTF8.self)
        if text.hasPrefix("hello ") {
          readers[index].cursor = UInt64(text.dropFirst(6)) ?? .max
          continue
        }
        let revision = text.split(separator: " ")[0].split(separator: ">").last.flatMap { UInt64($0) } ?? 0
        #expect(revision > readers[index].cursor, "seed \(seed)")
        #expect(text == board.message(since: readers[index].cursor, revision: revision), "seed \(seed)")
        readers[index].cursor = revision
      }
    }
  }
}
