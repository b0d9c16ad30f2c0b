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
  private struct Slot: Sendable {
    /// The revision of the state that was sent last; 0 if none was on this connection.
    var sent: UInt64 = 0
    /// The messages of it that are under way, each 0 if none is: its state, and whether it works.
    var stateInFlight: UInt16 = 0
    var faultInFlight: UInt16 = 0
    /// Whether it works, as was said last; nil if nothing was.
    var saidFault: Bool?
  }

  /// What is to be said besides the parts.
  private struct Due: Sendable {
    var about = false
    var availability = false
    /// When all is to be told to whoever has asked.
    var answerTime = MonotonicTime.distantFuture
    var alive = MonotonicTime.distantFuture
  }

  /// The connection.
  var client: MQTTClient
  private(set) var options: BrokerOptions
  let topics: BrokerTopics

  private var slots: [Slot]
  private var due = Due()
  private var announcement: HomeAssistantAnnouncement
  #if !WITHOUT_STATE_FILE
    /// The components of the device, by their keys.
    private let components: [[UInt8]]
    /// Parts of which something is gone, and whose states the broker still has. A part of the same name but another
    /// kind says nothing so long: Home Assistant would take it for a state of the one that is gone, and log an error.
    private var unswept: [[UInt8]] = []
  #endif
  private var gestures: [MadeGesture] = []
  private var seenRevision: UInt64 = 0
  private var hasWork = false
  private var isOnline = false
  private var subscription: UInt16 = 0
  private var offlineMessage: UInt16 = 0
  private var isStopping = false
  private var isDeleted = false
  #if !WITHOUT_STATE_FILE
    /// Counts the changes of `announced`.
    private(set) var announcedRevision: UInt32 = 0
  #endif
  private var lastAnswer: MonotonicTime?
  private var lastOnline: MonotonicTime?
  private var hasToldOfRetained = false
  private var payload: [UInt8] = []
  private var random: UInt64

  /// What the log and the page should know of.
  enum Note: Equatable, Sendable {
    case connected
    case refusedFilter(Int, ReasonCode)
    case ignoredRetained(part: Int)
    case refusedCommand(part: Int, CommandError)
    case unknownPart
    case deletedInHomeAssistant
    case ended
  }

  /// A sign of life goes out so often.
  static let aliveInterval: Milliseconds = .seconds(30)
  /// Whoever asks is answered at most once in this time.
  private static let answerInterval: Milliseconds = .seconds(10)
  /// At most so many gestures wait to be sent.
  private static let gestureLimit = 32
  /// No more is queued while so many bytes wait to be written.
  private let highWater: Int
  /// What is said of a device and of each part rarely takes more: text that is reserved for need not grow.
  private static let (sizeOfDevice, sizeOfPart) = (320, 512)

  init(
    _ settings: MQTTClient.Settings, _ options: BrokerOptions, device: borrowing Device, announced: [[UInt8]] = [],
    seed: UInt64
  ) {
    self.options = options
    highWater = min(4096, settings.limits.outputSize)
    #if WITHOUT_STATE_FILE
      announcement = HomeAssistantAnnouncement()
    #else
      components = options.discoveryPrefix.isEmpty ? [] : HomeAssistantDiscovery.components(of: device.parts)
      announcement = HomeAssistantAnnouncement(
        announced: options.discoveryPrefix.isEmpty ? [] : announced, present: components)
      unswept = announcement.gone.map(HomeAssistantDiscovery.part)
    #endif
    topics = BrokerTopics(options, parts: device.parts)
    var settings = settings
    settings.options.will = ConnectOptions.Will(topic: topics.availability, payload: [UInt8]("offline"))
    client = MQTTClient(settings, seed: seed)
    slots = [Slot](repeating: Slot(), count: device.parts.count)
    random = seed | 1
  }

  /// When `advance` has something to do, apart from what the device and the connection bring.
  var nextDeadline: MonotonicTime {
    guard client.isOpen else { return client.nextDeadline }
    return min(client.nextDeadline, min(announcement.time, min(due.answerTime, due.alive)))
  }

  #if !WITHOUT_STATE_FILE
    /// The components that Home Assistant may know, by their keys: the next start is to be given them.
    var announced: [[UInt8]] { isDeleted ? [] : components + announcement.gone }
  #endif

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
      let (topic, payload) = (scratch.span.extracting(message.topic), scratch.span.extracting(message.payload))
      return hear(topic, payload, isRetained: message.isRetained, device: &device, now: now)
    case .acknowledged(let identifier, _):
      acknowledge(identifier)
      return nil
    case .subscribed(let identifier):
      guard identifier == subscription else { return nil }
      for index in scratch.indices where scratch[index] >= 0x80 {
        return .refusedFilter(index, ReasonCode(rawValue: scratch[index]))
      }
      return nil
    case .ended: return .ended
    }
  }

  /// The broker has accepted the device: it listens, and says all there is to say.
  private mutating func begin(now: MonotonicTime) -> Note {
    for index in slots.indices { slots[index] = Slot() }
    gestures.removeAll(keepingCapacity: true)
    isOnline = false
    hasWork = true
    due = Due(about: true, availability: true)
    if !topics.config.isEmpty, !isDeleted { announcement.begin(at: now) }
    due.alive = now + Self.aliveInterval
    // With QoS 0: nothing is kept for a device that is not there, so there is nothing to be sent to it twice; and in a
    // cluster of NATS each subscription with QoS 1 is a consumer on three nodes, of which a hundred take ten seconds.
    // Nothing of it can be refused: all names were checked at the start.
    subscription = (try? client.connection?.subscribe(topics.filters, qos: .atMostOnce, now: now)) ?? 0
    return .connected
  }

  private mutating func acknowledge(_ identifier: UInt16) {
    hasWork = true
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
      guard let part = device.index(of: topic.extracting(name)) else { return payload.isEmpty ? nil : .unknownPart }
      guard !isRetained else { return clear(topic, part, now: now) }
      return obey(payload, part, device: &device, now: now)
    case .ask:
      guard !isRetained, due.answerTime == .distantFuture else { return nil }
      let earliest = lastAnswer.map { $0 + Self.answerInterval } ?? now
      due.answerTime = max(now + chance(.seconds(2)), earliest)
    case .availability:
      // A broker may publish the will of the connection before this one after our own word.
      if isOnline, payload.equals("offline") { sayOnline(now: now) }
    case .homeAssistantStatus:
      guard !isRetained, !isDeleted else { return nil }
      if payload.equals("online") { announcement.homeAssistantStarted(at: now + 1000 + chance(.seconds(3))) }
      #if !WITHOUT_STATE_FILE
        if payload.equals("offline") { announcement.homeAssistantEnded() }
      #endif
    case .config:
      guard payload.isEmpty, isOnline, !isDeleted else { return nil }
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

  private mutating func obey(
    _ payload: Span<UInt8>, _ part: Int, device: inout Device, now: MonotonicTime
  ) -> Note? {
    do throws(CommandError) {
      let command = try Command(brokerPayload: payload, for: device.parts[part])
      try device.perform(command, on: part, by: .mqtt, now: now)
      return nil
    } catch {
      return .refusedCommand(part: part, error)
    }
  }

  /// Takes a command off the broker that would be given again at each start.
  private mutating func clear(_ topic: Span<UInt8>, _ part: Int, now: MonotonicTime) -> Note? {
    _ = try? client.connection?.publish(topic, Span(), qos: .atLeastOnce, isRetained: true, now: now)
    defer { hasToldOfRetained = true }
    return hasToldOfRetained ? nil : .ignoredRetained(part: part)
  }

  private mutating func sayOnline(now: MonotonicTime) {
    if let lastOnline, now - lastOnline < 1000 { return }  // two devices of one name would go on for ever
    due.availability = true
    hasWork = true
  }

  /// A gesture of a button.
  mutating func note(_ gesture: MadeGesture) {
    guard client.isOpen, gestures.count < Self.gestureLimit else { return }
    gestures.append(gesture)
    hasWork = true
  }

  // MARK: What goes out

  /// Says what is due, as far as there is room.
  mutating func advance(_ device: borrowing Device, _ identity: Identity, now: MonotonicTime) {
    guard client.isOpen else { return }
    look(at: device, now: now)
    guard hasWork else { return }
    hasWork = false
    do throws(SendingError) {
      try say(device, identity, now: now)
    } catch {
      hasWork = error == .tooManyInFlight  // there is room again after the next acknowledgement
    }
  }

  private mutating func look(at device: borrowing Device, now: MonotonicTime) {
    if device.revision != seenRevision {
      seenRevision = device.revision
      hasWork = true
    }
    if now >= min(due.alive, announcement.time) { hasWork = true }
    if now >= due.answerTime {
      due.answerTime = .distantFuture
      lastAnswer = now
      due.about = true
      due.availability = true
      for index in slots.indices {
        slots[index].sent = 0
        slots[index].saidFault = nil
      }
      hasWork = true
    }
  }

  private mutating func say(
    _ device: borrowing Device, _ identity: Identity, now: MonotonicTime
  ) throws(SendingError) {
    if due.about {
      let options = options
      try sendLong(topics.about, now: now) { Self.appendAbout(device, identity, options, to: &$0) }
      due.about = false
    }
    if now >= announcement.time { try announce(device, identity, now: now) }
    for index in slots.indices { try sayState(of: index, device, now: now) }
    while let made = gestures.first {
      try send(topics.events[made.part], isRetained: false, now: now) { text in
        text.append(#"{"event_type":""#)
        text.append(made.gesture.name)
        text.append(#""}"#)
      }
      gestures.removeFirst()
    }
    if due.availability, !isStopping {
      try send(topics.availability, now: now) { $0.append("online") }
      due.availability = false
      isOnline = true
      lastOnline = now
    }
    if now >= due.alive {
      try send(topics.alive, qos: .atMostOnce, isRetained: false, now: now) { text in
        text.append(decimal: now.milliseconds / 1000)
      }
      due.alive = now + Self.aliveInterval
    }
  }

  private mutating func announce(
    _ device: borrowing Device, _ identity: Identity, now: MonotonicTime
  ) throws(SendingError) {
    let (options, topics, announcement) = (options, topics, announcement)
    #if WITHOUT_STATE_FILE
      let withheld: [[UInt8]] = []
    #else
      while !announcement.revives, let name = unswept.last { try sweep(name, device, now: now) }
      let withheld = unswept
    #endif
    let message = try sendLong(topics.config, now: now) {
      HomeAssistantDiscovery.append(device, identity, options, topics, announcement, withheld: withheld, to: &$0)
    }
    self.announcement.sent(message, now: now)
  }

  #if !WITHOUT_STATE_FILE
    /// Has the broker forget what a part was of which something is gone: if there is one of that name, by what that is.
    private mutating func sweep(
      _ name: [UInt8], _ device: borrowing Device, now: MonotonicTime
    ) throws(SendingError) {
      let index = device.index(of: name.span)
      payload.clear()
      let hasState = index.map { device.parts[$0].appendBrokerState(to: &payload) } ?? false
      if !hasState { try send(topics.state(of: name), now: now) { _ in } }
      if index == nil { try send(topics.availability(of: name), now: now) { _ in } }
      unswept.removeLast()
      if let index { try sayState(of: index, device, now: now) }
    }
  #endif

  private mutating func sayState(of index: Int, _ device: borrowing Device, now: MonotonicTime) throws(SendingError) {
    #if !WITHOUT_STATE_FILE
      guard unswept.isEmpty || !unswept.contains(device.parts[index].name) else { return }
    #endif
    let hasFault = !device.parts[index].fault.isEmpty
    if slots[index].saidFault != hasFault, slots[index].faultInFlight == 0 {
      slots[index].faultInFlight = try send(topics.faults[index], now: now) { $0.append(hasFault ? "offline" : "online") }
      slots[index].saidFault = hasFault
    }
    let revision = device.parts[index].revision
    guard revision > slots[index].sent, slots[index].stateInFlight == 0 else { return }
    payload.clear()
    if device.parts[index].appendBrokerState(to: &payload) {
      slots[index].stateInFlight = try sendPayload(topics.states[index], alias: UInt16(clamping: index + 1), now: now)
    }
    slots[index].sent = revision
  }

  /// The device's own page is there from now on.
  mutating func setAddress(_ address: [UInt8]) {
    guard options.address != address else { return }
    options.address = address
    due.about = true
    hasWork = true
  }

  private static func appendAbout(
    _ device: borrowing Device, _ identity: Identity, _ options: BrokerOptions, to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("name", device.name.span)
      json.member("version", Identity.version)
      json.member("board", identity.board.span)
      json.member("boot", identity.boot.span)
      json.member("rev", device.revision)
      if !options.address.isEmpty { json.member("address", options.address.span) }
      if !options.groups.isEmpty {
        json.name("groups")
        json.beginArray()
        for group in options.groups { json.value(group.span) }
        json.endArray()
      }
      json.name("parts")
      let parts = device.parts.span
      json.beginObject()
      for index in parts.indices {
        json.name(parts[index].name.span)
        json.beginObject()
        parts[index].writeDescription(to: &json)
        json.endObject()
      }
      json.endObject()
      json.endObject()
    }
  }

  @discardableResult
  private mutating func send(
    _ topic: [UInt8], qos: QualityOfService = .atLeastOnce, isRetained: Bool = true, now: MonotonicTime,
    _ append: (inout [UInt8]) -> Void
  ) throws(SendingError) -> UInt16 {
    payload.clear()
    append(&payload)
    return try sendPayload(topic, qos: qos, isRetained: isRetained, now: now)
  }

  /// Sends what is said of all parts: in memory of its own, which is given back when it is written.
  @discardableResult
  private mutating func sendLong(
    _ topic: [UInt8], now: MonotonicTime, _ append: (inout [UInt8]) -> Void
  ) throws(SendingError) -> UInt16 {
    try checkRoom()
    var text: [UInt8] = []
    text.reserveCapacity(Self.sizeOfDevice + Self.sizeOfPart * slots.count)
    append(&text)
    return try client.connection?.publish(topic.span, SharedBytes(text), qos: .atLeastOnce, isRetained: true, now: now) ?? 0
  }

  private func checkRoom() throws(SendingError) {
    guard let waiting = client.connection?.pendingOutput else { throw .notOpen }
    guard waiting <= highWater else { throw .tooManyInFlight }
  }

  private mutating func sendPayload(
    _ topic: [UInt8], alias: UInt16 = 0, qos: QualityOfService = .atLeastOnce, isRetained: Bool = true,
    now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    try checkRoom()
    var text: [UInt8] = []
    swap(&text, &payload)  // so that the client may be changed while it is in use
    defer { swap(&text, &payload) }
    return try client.connection?.publish(
      topic.span, alias: alias, text.span, qos: qos, isRetained: isRetained, now: now) ?? 0
  }

  // MARK: The end

  /// Says that the device goes; `isFarewellDone` when the broker has heard it.
  mutating func stop(now: MonotonicTime) {
    isStopping = true
    isOnline = false
    guard client.isOpen else { return client.stop(now: now) }
    offlineMessage = (try? send(topics.availability, now: now) { $0.append("offline") }) ?? 0
  }

  /// Whether the broker knows that the device has gone, or there is none.
  var isFarewellDone: Bool { isStopping && (offlineMessage == 0 || !client.isOpen) }

  /// Up to `longest`, by chance.
  private mutating func chance(_ longest: Milliseconds) -> Milliseconds {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Milliseconds(UInt32(truncatingIfNeeded: random % UInt64(longest.count + 1)))
  }
}
