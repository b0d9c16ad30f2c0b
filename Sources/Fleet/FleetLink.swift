// SPDX-License-Identifier: MIT

// The gateway on its broker. It listens with QoS 0: of states the latest counts, TCP loses none, and after each connect
// every device is asked anyway; with QoS 1 each of the messages with which ten thousand devices answer would be
// acknowledged, and mosquitto drops what does not fit into its queue of a thousand. Commands go with QoS 1.

import Bytes
public import DeviceServer
import MQTTCore
import RemoteControl
import Timebase

/// A gateway's place on a broker.
struct FleetLink: Sendable {
  var client: MQTTClient
  let topics: FleetTopics
  private(set) var status = BrokerStatus.connecting
  /// What is wrong although there is a connection, in words; empty if nothing is.
  private(set) var complaint: [UInt8] = []
  /// Grows when the status or the complaint changes.
  private(set) var version: UInt64 = 1
  /// Why the transport could not connect, in its words.
  var transportWords: [UInt8] = []
  /// The last server of the settings that was tried: another one is reached in the same way.
  var lastKnown = 0
  var scratch: [UInt8] = []
  private var subscription: UInt16 = 0
  private var isAskDue = false
  private var lastAsk: MonotonicTime?
  private var askPause = askInterval
  /// How many had answered when they were asked last.
  private var answeredBefore: UInt64 = 0
  private var isStopping = false

  /// Devices are asked at most so often, apart from the first time on a connection; they answer at most once in 10 s.
  /// There is no way to ask one alone: while those that are asked do not answer, all are asked less and less often.
  private static let askInterval: Milliseconds = .seconds(60)
  private static let longestAskInterval: Milliseconds = .minutes(60)
  /// No more is queued while so many bytes wait to be written.
  private static let highWater = 32_768

  init(_ settings: MQTTClient.Settings, prefix: [UInt8], seed: UInt64) {
    client = MQTTClient(settings, seed: seed)
    topics = FleetTopics(prefix: prefix)
  }

  // MARK: What comes

  mutating func connected(now: MonotonicTime) {
    // Nothing of it can be refused: the names were checked at the start.
    subscription = (try? client.connection?.subscribe(topics.filters, qos: .atMostOnce, now: now)) ?? 0
    isAskDue = false
    (lastAsk, askPause) = (nil, Self.askInterval)
    complaint = []
    set(.connected)
  }

  /// The broker has answered a request. If it refuses the devices' messages, that is a complaint.
  mutating func subscribed(_ identifier: UInt16, codes: [UInt8]) {
    guard identifier == subscription else { return }
    isAskDue = true  // not before: the answers would not be heard
    guard let code = codes.first(where: { $0 >= 0x80 }) else { return }
    complaint.append("it refuses the gateway's subscriptions: ")
    ReasonCode(rawValue: code).appendWords(ofServer: client.connection?.reasonString ?? [], to: &complaint)
    version += 1
  }

  /// Notes why there is no connection.
  mutating func noteTrouble() {
    guard let trouble = client.trouble, !client.isStopped else { return }
    set(.lost(trouble.words(ofTransport: transportWords, ofServer: client.reasonString)))
  }

  private mutating func set(_ status: BrokerStatus) {
    guard self.status != status else { return }
    self.status = status
    version += 1
  }

  // MARK: What goes out

  /// Asks all devices, if that is due; whether it did. Of those that were asked before, `answered` did as they were told.
  mutating func advance(hasUndescribed: Bool, answered: UInt64, now: MonotonicTime) -> Bool {
    guard client.isOpen, !isStopping else { return false }
    if answered != answeredBefore { askPause = Self.askInterval }
    if hasUndescribed, let lastAsk, now >= lastAsk + askPause { isAskDue = true }
    guard isAskDue else { return false }
    let (topic, payload) = (topics.ask, [UInt8]("fleet"))
    let message = try? client.connection?.publish(
      topic.span, payload.span, qos: .atLeastOnce, isRetained: false, now: now)
    guard message != nil else { return false }
    isAskDue = false
    if lastAsk != nil { askPause = min(Milliseconds(askPause.count * 2), Self.longestAskInterval) }
    (lastAsk, answeredBefore) = (now, answered)
    return true
  }

  /// Sends a command; nil if there is no room.
  mutating func publish(_ topic: [UInt8], _ payload: [UInt8], now: MonotonicTime) -> UInt16? {
    guard let waiting = client.connection?.pendingOutput, waiting <= Self.highWater, !isStopping else { return nil }
    return try? client.connection?.publish(topic.span, payload.span, qos: .atLeastOnce, isRetained: false, now: now)
  }

  mutating func stop(now: MonotonicTime) {
    isStopping = true
    client.stop(now: now)
  }
}

extension OutgoingConnection where App == FleetGateway {
  /// The connection to the fleet's broker.
  public static var fleetBroker: OutgoingConnection {
    OutgoingConnection { application, now in
      application.context.nextBrokerStep(now: now)
    } opened: { application, now in
      application.context.link.client.opened(now: now)
    } failed: { application, words, now in
      application.context.link.transportWords = words
      application.context.link.client.failed(now: now)
      application.context.noteBrokerTrouble()
    } receive: { application, bytes, now in
      application.context.receiveFromBroker(bytes, now: now)
    } writeOutput: { application, now, accept in
      application.context.link.client.connection?.writeOutput(accept)
    } closed: { application, words, now in
      application.context.link.transportWords = words
      application.context.link.client.closed(now: now)
      application.context.noteBrokerTrouble()
    } shutdown: { application, now in
      application.context.link.stop(now: now)
    }
  }
}

extension FleetContext {
  mutating func nextBrokerStep(now: MonotonicTime) -> OutgoingStep {
    OutgoingStep(link.client.nextStep(now: now), lastKnown: &link.lastKnown)
  }

  /// Takes messages as long as there are any: they come by the thousand.
  mutating func receiveFromBroker(_ bytes: Span<UInt8>, now: MonotonicTime) -> Int {
    var taken = 0
    var scratch: [UInt8] = []
    swap(&scratch, &link.scratch)
    defer { swap(&scratch, &link.scratch) }
    while taken < bytes.count, link.client.connection?.wantsInput == true {
      let received = link.client.receive(bytes.extracting(taken..<bytes.count), now: now, scratch: &scratch)
      taken += received.taken
      take(received.event, scratch, now: now)
      guard received.taken > 0 else { break }
    }
    return taken
  }

  private mutating func take(_ event: MQTTConnection.Event, _ scratch: [UInt8], now: MonotonicTime) {
    switch event {
    case .needData, .pong, .unsubscribed, .ended: break
    case .connected:
      table.beginConnection()
      link.connected(now: now)
      log.info { $0.append("MQTT: connected") }
    case .message(let message):
      let news = table.hear(
        scratch.span.extracting(message.topic), scratch.span.extracting(message.payload),
        isRetained: message.isRetained, topics: link.topics, now: now)
      switch news {
      case .nothing: break
      case .state(let row, let part), .event(let row, let part): commands.heard(row: row, part: part, table: &table)
      }
    case .acknowledged(let identifier, let code):
      commands.acknowledged(identifier, isRefused: code.rawValue >= 0x80, table: &table)
    case .subscribed(let identifier):
      link.subscribed(identifier, codes: scratch)
      let complaint = link.complaint
      guard !complaint.isEmpty else { return }
      log.info { line in
        line.append("MQTT: ")
        line.append(complaint.span)
      }
    }
  }

  /// The connection has ended, or did not come about.
  mutating func noteBrokerTrouble() {
    let before = link.version
    link.noteTrouble()
    commands.disconnected(table: &table)
    guard link.version != before, case .lost(let why) = link.status else { return }
    log.info { line in
      line.append("MQTT: not connected: ")
      line.append(why.span)
    }
  }
}
