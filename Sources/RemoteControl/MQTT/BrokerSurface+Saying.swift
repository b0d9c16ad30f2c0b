// SPDX-License-Identifier: MIT

// What a device says on its broker: each thing when it is due and as far as there is room, in the order in which others
// are to hear of it. What the device is comes before its states, and those before that it is there.

import Bytes
import MQTTCore
import Parts
import Timebase

extension BrokerSurface {
  /// Says what is due, as far as there is room.
  mutating func advance(_ device: borrowing Device, _ identity: Identity, now: MonotonicTime) {
    if startTime == nil { startTime = now }
    guard client.isOpen else { return }
    look(at: device, now: now)
    guard hasWork else { return }
    hasWork = false
    do throws(SendingError) {
      try say(device, identity, now: now)
      problem = nil
    } catch {
      problem = error  // if it is room that lacks, the next acknowledgement makes some
    }
  }

  private mutating func look(at device: borrowing Device, now: MonotonicTime) {
    if device.revision != seenRevision {
      seenRevision = device.revision
      hasWork = true
    }
    if now >= min(due.alive, announcement.time) { hasWork = true }
    if now >= due.onlineTime {
      due.onlineTime = .distantFuture
      due.availability = true
      hasWork = true
    }
    if now >= min(due.answerTime, due.homeAssistantTime) {
      if now >= due.homeAssistantTime { due.homeAssistantTime = .distantFuture }
      due.answerTime = .distantFuture  // whoever else has asked is told, too
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
    if isStopping { return try sayFarewell(now: now) }
    if now >= due.alive {  // first, since it needs no acknowledgement
      let start = startTime ?? now
      try send(topics.alive, qos: .atMostOnce, isRetained: false, now: now) { text in
        text.append(decimal: (now.milliseconds &- start.milliseconds) / 1000)
      }
      due.alive = now + Self.aliveInterval
    }
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
    if due.availability {
      try send(topics.availability, now: now) { $0.append("online") }
      due.availability = false
      isOnline = true
      lastOnline = now
    }
    while let topic = unclearedTopics.first {
      try send(topic, now: now) { _ in }
      unclearedTopics.removeFirst()
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
      if options.isWithdrawn, !announcement.revives {
        self.announcement.sent(try send(topics.config, now: now) { _ in }, isEmpty: true, now: now)
        return
      }
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
    if !options.isWithdrawn { announcement.deviceChanged() }
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
    do throws(SendingError) {
      return try client.connection?.publish(topic.span, SharedBytes(text), qos: .atLeastOnce, isRetained: true, now: now) ?? 0
    } catch {
      return try passOver(error)
    }
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
    do throws(SendingError) {
      return try client.connection?.publish(
        topic.span, alias: alias, text.span, qos: qos, isRetained: isRetained, now: now) ?? 0
    } catch {
      return try passOver(error)
    }
  }

  /// A message that is too large for the broker holds up no other.
  private mutating func passOver(_ error: SendingError) throws(SendingError) -> UInt16 {
    guard error == .packetTooLarge else { throw error }
    hasPassedOver = true
    return 0
  }

  // MARK: The end

  /// Says that the device goes; `isFarewellDone` when the broker has heard it.
  mutating func stop(now: MonotonicTime) {
    isStopping = true
    isOnline = false
    hasWork = true
    if !client.isOpen { client.stop(now: now) }
  }

  /// The last word, as soon as there is room for it; nothing follows it, since that would be a sign of life.
  private mutating func sayFarewell(now: MonotonicTime) throws(SendingError) {
    guard !hasSaidFarewell else { return }
    offlineMessage = try send(topics.availability, now: now) { $0.append("offline") }
    hasSaidFarewell = true
  }

  /// Whether the broker knows that the device has gone, or there is none.
  var isFarewellDone: Bool { isStopping && (!client.isOpen || hasSaidFarewell && offlineMessage == 0) }
}
