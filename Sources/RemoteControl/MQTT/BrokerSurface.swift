// SPDX-License-Identifier: MIT

// The device on a broker: one more client of its parts. States are conflated by part, as for pages: of each part at most
// one message is under way, and what follows it is the latest state, however often that changed meanwhile. Gestures are
// not conflated: those that happen while no broker is there are gone, since a press that arrives minutes later opens a
// door for no one. MQTT is the client's (`MQTTClient`); who obeys a command is the device.

import Bytes
import MQTTCore
import Parts
import Timebase

/// What a device says on a broker, and hears there.
struct BrokerSurface: Sendable {
  /// How a part stands on the broker.
  struct Slot: Sendable {
    /// The revision of the state that was sent last; 0 if none was on this connection.
    var sent: UInt64 = 0
    /// The messages of it that are under way, each 0 if none is: its state, and whether it works.
    var stateInFlight: UInt16 = 0
    var faultInFlight: UInt16 = 0
    /// Whether it works, as was said last; nil if nothing was.
    var saidFault: Bool?
  }

  /// What is to be said besides the parts.
  struct Due: Sendable {
    var about = false
    var availability = false
    /// When all is to be told to whoever has asked.
    var answerTime = MonotonicTime.distantFuture
    /// When all is to be told to Home Assistant, which has started.
    var homeAssistantTime = MonotonicTime.distantFuture
    /// When it is to be said once more that the device is there.
    var onlineTime = MonotonicTime.distantFuture
    var alive = MonotonicTime.distantFuture
  }

  /// The connection.
  var client: MQTTClient
  /// How the device appears.
  var options: BrokerOptions
  let topics: BrokerTopics

  var slots: [Slot]
  var due = Due()
  var announcement: HomeAssistantAnnouncement
  #if !WITHOUT_STATE_FILE
    /// The components of the device, by their keys.
    private let components: [[UInt8]]
    /// Parts of which something is gone, and whose states the broker still has. A part of the same name but another
    /// kind says nothing so long: Home Assistant would take it for a state of the one that is gone, and log an error.
    var unswept: [[UInt8]] = []
  #endif
  #if !WITHOUT_COMMAND_LIMITS
    /// What those who publish commands may give, all together, and what is kept of it.
    var pace = BrokerPace()
  #endif
  var gestures: [MadeGesture] = []
  /// The topics of retained commands that the broker has yet to forget.
  var unclearedTopics: [[UInt8]] = []
  var seenRevision: UInt64 = 0
  var hasWork = false
  /// Why not all is said that is to be said; nil if all is, or there is no connection.
  var problem: SendingError?
  /// The identifiers of messages that came last, by which one is known that comes again.
  var heardIdentifiers: [UInt16] = []
  /// Whether a message was too large for the broker.
  var hasPassedOver = false
  /// Whether it was told that the broker has refused a message of this connection.
  private var hasToldOfRefusal = false
  /// When the device began.
  var startTime: MonotonicTime?
  var isOnline = false
  var subscription: UInt16 = 0
  var offlineMessage: UInt16 = 0
  var isStopping = false
  var hasSaidFarewell = false
  var isDeleted = false
  #if !WITHOUT_STATE_FILE
    /// Counts the changes of `announced`.
    private(set) var announcedRevision: UInt32 = 0
  #endif
  var lastAnswer: MonotonicTime?
  var lastOnline: MonotonicTime?
  var hasToldOfRetained = false
  var payload: [UInt8] = []
  var random: UInt64

  /// What the log and the page should know of.
  enum Note: Equatable, Sendable {
    case connected
    case refusedFilter(ReasonCode)
    case refusedMessage(ReasonCode)
    /// Nil: the device has no such part.
    case ignoredRetained(part: Int?)
    case refusedCommand(part: Int, CommandError)
    case unknownPart
    case deletedInHomeAssistant
    case ended
  }

  /// A sign of life goes out so often.
  static let aliveInterval: Milliseconds = .seconds(30)
  /// Whoever asks is answered at most once in this time.
  private static let answerInterval: Milliseconds = .seconds(10)
  /// So many messages that came are known again.
  private static let heardLimit = 16
  /// At most so many gestures wait to be sent.
  private static let gestureLimit = 32
  /// No more is queued while so many bytes wait to be written.
  let highWater: Int
  /// At most so many retained commands wait to be taken off; the broker tells of others at the next connection.
  private let unclearedLimit: Int
  /// What is said of a device and of each part rarely takes more: text that is reserved for need not grow.
  static let (sizeOfDevice, sizeOfPart) = (320, 512)

  init(
    _ settings: MQTTClient.Settings, _ options: BrokerOptions, device: borrowing Device, announced: [[UInt8]] = [],
    seed: UInt64
  ) {
    self.options = options
    highWater = min(4096, settings.limits.outputSize)
    unclearedLimit = Int(settings.limits.inFlight)
    #if WITHOUT_STATE_FILE
      announcement = HomeAssistantAnnouncement()
    #else
      let isFound = !options.discoveryPrefix.isEmpty && !options.isWithdrawn
      components = isFound ? HomeAssistantDiscovery.components(of: device.parts) : []
      announcement = HomeAssistantAnnouncement(
        announced: options.discoveryPrefix.isEmpty ? [] : announced, present: components)
      unswept = isFound ? announcement.gone.map(HomeAssistantDiscovery.part) : []
    #endif
    topics = BrokerTopics(options, parts: device.parts)
    var settings = settings
    settings.options.will = ConnectOptions.Will(
      topic: topics.availability, payload: [UInt8]("offline"), delay: options.willDelay)
    if options.willDelay > 0 {
      // The will is published when the session ends, if that is earlier: so the session lasts as long, and the device
      // comes back to it. Of what was under way in it the device says the latest anyway.
      settings.options.isCleanStart = false
      settings.options.sessionExpiryInterval = options.willDelay
      settings.keepsMessages = false
    }
    client = MQTTClient(settings, seed: seed)
    slots = [Slot](repeating: Slot(), count: device.parts.count)
    random = seed | 1
  }

  /// When `advance` has something to do, apart from what the device and the connection bring.
  var nextDeadline: MonotonicTime {
    #if !WITHOUT_COMMAND_LIMITS
      let transport = client.isOpen ? min(client.nextDeadline, pace.nextDue) : client.nextDeadline
    #else
      let transport = client.nextDeadline
    #endif
    // What waits for room waits for the broker, whatever it is late for.
    guard client.isOpen, problem == nil else { return transport }
    let announcing = min(announcement.time, due.homeAssistantTime)
    return min(transport, min(min(announcing, due.onlineTime), min(due.answerTime, due.alive)))
  }

  #if !WITHOUT_STATE_FILE
    /// The components that Home Assistant may know, by their keys: the next start is to be given them.
    var announced: [[UInt8]] { isDeleted ? [] : components + announcement.gone }
  #endif

  /// Whether Home Assistant is told of the device, or that it is gone.
  private var isTold: Bool { !topics.config.isEmpty && !isDeleted && (!options.isWithdrawn || !announcement.gone.isEmpty) }

  // MARK: What comes

  /// Takes bytes of the broker; how many it took, and what is to be told.
  mutating func receive(
    _ input: Span<UInt8>, device: inout Device, now: MonotonicTime, scratch: inout [UInt8]
  ) -> (taken: Int, note: Note?) {
    let received = client.receive(input, now: now, scratch: &scratch)
    return (received.taken, take(received.event, scratch, device: &device, now: now))
  }

  private mutating func take(
    _ event: MQTTConnection.Event, _ scratch: [UInt8], device: inout Device, now: MonotonicTime
  ) -> Note? {
    switch event {
    case .needData, .pong, .unsubscribed: return nil
    case .connected: return begin(now: now)
    case .message(let message):
      if isRepeated(message) { return nil }
      let (topic, payload) = (scratch.span.extracting(message.topic), scratch.span.extracting(message.payload))
      return hear(topic, payload, isRetained: message.isRetained, device: &device, now: now)
    case .acknowledged(let identifier, let code):
      acknowledge(identifier)
      guard code.isError, !hasToldOfRefusal else { return nil }
      hasToldOfRefusal = true
      return .refusedMessage(code)
    case .subscribed(let identifier):
      guard identifier == subscription else { return nil }
      for index in scratch.indices where scratch[index] >= 0x80 {
        return .refusedFilter(ReasonCode(rawValue: scratch[index]))
      }
      return nil
    case .ended: return .ended
    }
  }

  /// The broker has accepted the device: it listens, and says all there is to say.
  private mutating func begin(now: MonotonicTime) -> Note {
    for index in slots.indices { slots[index] = Slot() }
    #if !WITHOUT_COMMAND_LIMITS
      pace.commands.drop()
    #endif
    gestures.removeAll(keepingCapacity: true)
    unclearedTopics.removeAll(keepingCapacity: true)
    heardIdentifiers.removeAll(keepingCapacity: true)
    isOnline = false
    hasWork = true
    problem = nil
    hasPassedOver = false
    hasToldOfRefusal = false
    due = Due(about: true, availability: true)
    if isTold { announcement.begin(at: now, isWithdrawal: options.isWithdrawn) }
    due.alive = now + Self.aliveInterval
    // With QoS 0, since nothing is kept for a device that is not there, and since a cluster of NATS makes a consumer of
    // each subscription with QoS 1 (findings/nats-cluster-makes-a-consumer-of-a-qos-1-subscription.sh). Nothing of it can be refused: all names were checked at the start.
    subscription = (try? client.connection?.subscribe(topics.filters, qos: .atMostOnce, now: now)) ?? 0
    return .connected
  }

  /// Whether a message has come before: a broker may send it twice, and `TOGGLE` twice is nothing (section 3.3.1.1).
  private mutating func isRepeated(_ message: Message) -> Bool {
    guard message.packetIdentifier != 0 else { return false }
    if message.isDuplicate, heardIdentifiers.contains(message.packetIdentifier) { return true }
    if heardIdentifiers.count == Self.heardLimit { heardIdentifiers.removeFirst() }
    heardIdentifiers.append(message.packetIdentifier)
    return false
  }

  private mutating func acknowledge(_ identifier: UInt16) {
    hasWork = true
    if problem == .tooManyInFlight { problem = nil }
    for index in slots.indices {
      if slots[index].stateInFlight == identifier { slots[index].stateInFlight = 0 }
      if slots[index].faultInFlight == identifier { slots[index].faultInFlight = 0 }
    }
    if identifier == offlineMessage { offlineMessage = 0 }
    #if !WITHOUT_STATE_FILE
      if announcement.acknowledged(identifier) { announcedRevision &+= 1 }
    #endif
  }

  private mutating func hear(
    _ topic: Span<UInt8>, _ payload: Span<UInt8>, isRetained: Bool, device: inout Device, now: MonotonicTime
  ) -> Note? {
    switch topics.subject(of: topic) {
    case .other: return nil
    case .command(let name):
      let part = device.index(of: topic.extracting(name))
      guard !isRetained else { return clear(topic, part) }
      guard let part else { return payload.isEmpty ? nil : .unknownPart }
      return obey(payload, part, device: &device, now: now)
    case .ask:
      guard !isRetained, due.answerTime == .distantFuture else { return nil }
      let earliest = lastAnswer.map { $0 + Self.answerInterval } ?? now
      due.answerTime = max(now + chance(.seconds(2)), earliest)
    case .availability:
      // A broker may publish the will of the connection before this one after our own word.
      if isOnline, payload.equals("offline") { sayOnline(now: now) }
    case .homeAssistantStatus:
      guard !isRetained, isTold else { return nil }
      if payload.equals("online") { homeAssistantHasStarted(now: now) }
      #if !WITHOUT_STATE_FILE
        if payload.equals("offline") { announcement.homeAssistantEnded() }
      #endif
    case .config:
      guard payload.isEmpty, isOnline, !isDeleted, !options.isWithdrawn else { return nil }
      isDeleted = true
      announcement.end()
      hasWork = true
      #if !WITHOUT_STATE_FILE
        unswept = []
        announcedRevision &+= 1
      #endif
      return .deletedInHomeAssistant
    }
    return nil
  }

  /// Home Assistant is told of the device, and then of its states: what a broker has kept may be older than what it has
  /// passed on last, and Home Assistant was not there to hear that.
  private mutating func homeAssistantHasStarted(now: MonotonicTime) {
    guard due.homeAssistantTime == .distantFuture else { return }  // it is told soon
    due.homeAssistantTime = now + 1000 + chance(.seconds(3))
    announcement.homeAssistantStarted(at: due.homeAssistantTime)
  }

  private mutating func obey(
    _ payload: Span<UInt8>, _ part: Int, device: inout Device, now: MonotonicTime
  ) -> Note? {
    do throws(CommandError) {
      let command = try Command(brokerPayload: payload, for: device.parts[part])
      #if !WITHOUT_COMMAND_LIMITS
        guard device.parts[part].knows(command) else { throw .unsuitableCommand }
        guard pace.allows(command, on: part, now: now) else { return nil }
      #endif
      try device.perform(command, on: part, by: .mqtt, now: now)
      return nil
    } catch {
      return .refusedCommand(part: part, error)
    }
  }

  /// Has a command taken off the broker that would be given again at each start, as soon as there is room: such come
  /// when the device has just connected, and has much to say.
  private mutating func clear(_ topic: Span<UInt8>, _ part: Int?) -> Note? {
    // The longest name of ours has five levels of at most 64 bytes. A longer one is not kept: memory is bounded.
    guard unclearedTopics.count < unclearedLimit, topic.count <= 512 else { return nil }
    unclearedTopics.append([UInt8](topic))
    hasWork = true
    defer { hasToldOfRetained = true }
    return hasToldOfRetained ? nil : .ignoredRetained(part: part)
  }

  /// Two devices of one name do this in turn for ever, so not at once after the last time.
  private mutating func sayOnline(now: MonotonicTime) {
    due.onlineTime = max(now, (lastOnline ?? now) + 1000)
  }

  /// A gesture of a button.
  mutating func note(_ gesture: MadeGesture) {
    guard client.isOpen, gestures.count < Self.gestureLimit else { return }
    gestures.append(gesture)
    hasWork = true
  }

  /// Up to `longest`, by chance.
  mutating func chance(_ longest: Milliseconds) -> Milliseconds {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Milliseconds(UInt32(truncatingIfNeeded: random % UInt64(longest.count + 1)))
  }
}
