// SPDX-License-Identifier: MIT

// From messages to bytes. A message is written straight into the output: nothing is allocated for it but room in a queue
// that is used again. MQTT 5.0 sections 3.3, 3.8, 3.10 and 3.14.

public import Bytes
public import Timebase

extension MQTTConnection {
  /// Queues a message.
  ///
  /// - Parameters:
  ///   - topic: Its name, without wildcards.
  ///   - alias: The caller's number for this name, 1 and up, always the same for the same name; 0 for none. A server of
  ///     MQTT 5 that takes the number is sent the name once.
  ///   - payload: The message.
  ///   - qos: `atMostOnce` or `atLeastOnce`.
  ///   - isRetained: Whether the server keeps it for those who subscribe later.
  ///   - now: The time.
  /// - Returns: The identifier that `Event.acknowledged` will name; 0 with QoS 0.
  /// - Throws: Why nothing was queued.
  @discardableResult
  public mutating func publish(
    _ topic: Span<UInt8>, alias: UInt16 = 0, _ payload: Span<UInt8>, qos: QualityOfService, isRetained: Bool,
    now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    let identifier = try begin(topic, alias: alias, payload, qos: qos, isRetained: isRetained, now: now)
    output.append(payload)
    return identifier
  }

  /// Queues a long message, which is held by reference until it is written.
  ///
  /// - Throws: Why nothing was queued.
  @discardableResult
  public mutating func publish(
    _ topic: Span<UInt8>, _ payload: SharedBytes, qos: QualityOfService, isRetained: Bool, now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    let identifier = try begin(topic, alias: 0, payload.span, qos: qos, isRetained: isRetained, now: now)
    output.append(payload)
    return identifier
  }

  /// Queues what comes before the payload of a message.
  private mutating func begin(
    _ topic: Span<UInt8>, alias: UInt16, _ payload: Span<UInt8>, qos: QualityOfService, isRetained: Bool,
    now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    guard state == .open else { throw .notOpen }
    guard Topic.isName(topic) else { throw .invalidTopic }
    guard qos != .exactlyOnce, qos.rawValue <= server.maximumQoS.rawValue, !isRetained || server.isRetainAvailable else {
      throw .notSupported
    }
    guard qos == .atMostOnce || session.inFlight < sendQuota else { throw .tooManyInFlight }
    let layout = PublishLayout(
      topic: topic, alias: session.isKept ? 0 : usable(alias), isKnown: isIntroduced(alias), payload: payload, qos: qos,
      version: version)
    guard layout.length <= sendLimit else { throw .packetTooLarge }
    var identifier: UInt16 = 0
    if qos == .atLeastOnce {
      let stored = session.isKept
        ? MQTTSession.Stored(topic: [UInt8](topic), payload: [UInt8](payload), isRetained: isRetained) : nil
      identifier = session.take(.publish(stored))
    }
    introduce(layout.alias)
    queue(layout, topic, identifier: identifier, flags: qos.rawValue << 1 | (isRetained ? 1 : 0), now: now)
    return identifier
  }

  /// Asks for the messages under the names that the filters stand for.
  ///
  /// - Returns: The identifier that `Event.subscribed` will name.
  /// - Throws: Why nothing was queued; `invalidTopic` without filters, too.
  public mutating func subscribe(
    _ filters: [[UInt8]], qos: QualityOfService = .atLeastOnce, now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    guard qos != .exactlyOnce else { throw .notSupported }
    return try request(.subscribe, filters, options: qos.rawValue, now: now)
  }

  /// Asks for them no more; `Event.unsubscribed` will name the identifier.
  ///
  /// - Throws: Why nothing was queued; `invalidTopic` without filters, too.
  public mutating func unsubscribe(_ filters: [[UInt8]], now: MonotonicTime) throws(SendingError) -> UInt16 {
    try request(.unsubscribe, filters, options: nil, now: now)
  }

  private mutating func request(
    _ type: ControlPacketType, _ filters: [[UInt8]], options: UInt8?, now: MonotonicTime
  ) throws(SendingError) -> UInt16 {
    guard state == .open else { throw .notOpen }
    guard session.pending.count < Int(limits.inFlight) else { throw .tooManyInFlight }
    var body: [UInt8] = []
    for filter in filters {
      guard Topic.isFilter(filter.span) else { throw .invalidTopic }
      try body.append(field: filter.span)
      if let options { body.append(options) }
    }
    guard !filters.isEmpty else { throw .invalidTopic }
    let length = body.count + 2 + (version.isV5 ? 1 : 0)
    guard length <= sendLimit else { throw .packetTooLarge }
    let identifier = session.take(
      type == .subscribe ? .subscribe(filters: filters.count) : .unsubscribe(filters: filters.count))
    output.append(OutgoingHeader(type, length: length).bytes)
    output.append(bigEndian: identifier)
    if version.isV5 { output.append(0) }  // no properties
    output.append(body.span)
    lastSent = now
    return identifier
  }

  /// Queues DISCONNECT, and ends the connection: with `success` the server forgets the will.
  ///
  /// 3.1.1 has no other code: with one the connection then just ends, and the will is published. Acknowledgements that
  /// are to be awaited are awaited before.
  public mutating func disconnect(_ code: ReasonCode = .success, now: MonotonicTime) {
    if state == .open, version.isV5 || code == .success { queueDisconnect(code) }
    finish(.local, now: now)
  }

  mutating func queueDisconnect(_ code: ReasonCode) {
    let hasCode = version.isV5 && code != .success
    output.append(OutgoingHeader(.disconnect, length: hasCode ? 1 : 0).bytes)
    if hasCode { output.append(code.rawValue) }
  }

  mutating func acknowledge(_ identifier: UInt16, now: MonotonicTime) {
    output.append(OutgoingHeader(.puback, length: 2).bytes)
    output.append(bigEndian: identifier)
    lastSent = now
  }

  /// Sends what an earlier connection of the session has left, as far as the server allows so many; it may have come
  /// before if the server has the session, too (sections 3.3.1.1 and 4.4).
  mutating func resend(now: MonotonicTime) {
    while session.inFlight < sendQuota, let (identifier, message) = session.nextUnsent() {
      let (topic, payload) = (message.topic.span, message.payload.span)
      let layout = PublishLayout(
        topic: topic, alias: 0, isKnown: false, payload: payload, qos: .atLeastOnce, version: version)
      let flags: UInt8 = 0b10 | (message.isRetained ? 1 : 0) | (isSessionPresent ? 0b1000 : 0)
      queue(layout, topic, identifier: identifier, flags: flags, now: now)
      output.append(payload)
    }
  }

  /// Queues all of a message but its payload.
  private mutating func queue(
    _ layout: PublishLayout, _ topic: Span<UInt8>, identifier: UInt16, flags: UInt8, now: MonotonicTime
  ) {
    output.append(OutgoingHeader(.publish, flags: flags, length: layout.length).bytes)
    output.append(bigEndian: UInt16(truncatingIfNeeded: layout.topicSize))  // at most 65,535
    if layout.topicSize > 0 { output.append(topic) }
    if identifier != 0 { output.append(bigEndian: identifier) }
    if version.isV5 {
      output.append(layout.alias == 0 ? 0 : 3)
      if layout.alias != 0 {
        output.append(Property.topicAlias.rawValue)
        output.append(bigEndian: layout.alias)
      }
    }
    lastSent = now
  }

  /// How many messages may be in flight.
  private var sendQuota: Int { Int(min(limits.inFlight, server.receiveMaximum)) }

  /// The most bytes behind the fixed header of a packet of ours.
  private var sendLimit: Int {
    min(Int(clamping: server.maximumPacketSize) - FixedHeader.maximumSize, VariableByteInteger.maximum)
  }
}

/// Where the bytes of a PUBLISH go.
private struct PublishLayout {
  /// How many bytes of the topic go out: none if the server knows its alias.
  var topicSize: Int
  /// The alias, 0 for none.
  var alias: UInt16
  /// How many bytes there are behind the fixed header.
  var length: Int

  init(
    topic: Span<UInt8>, alias: UInt16, isKnown: Bool, payload: Span<UInt8>, qos: QualityOfService,
    version: ProtocolVersion
  ) {
    self.alias = alias
    topicSize = alias != 0 && isKnown ? 0 : topic.count
    let properties = version.isV5 ? (alias == 0 ? 1 : 4) : 0
    // A topic has at most 65,535 bytes, and a payload fewer than memory has.
    length = (2 + topicSize + (qos == .atMostOnce ? 0 : 2) + properties).addingSaturated(payload.count)
  }
}

// MARK: Topic aliases (section 3.3.2.3.4)

extension MQTTConnection {
  /// The alias if the server takes it, else 0.
  private func usable(_ alias: UInt16) -> UInt16 { alias <= server.topicAliasMaximum ? alias : 0 }

  private func isIntroduced(_ alias: UInt16) -> Bool {
    let word = Int(alias / 64)
    return word < introducedAliases.count && introducedAliases[word] >> UInt64(alias % 64) & 1 == 1
  }

  private mutating func introduce(_ alias: UInt16) {
    guard alias != 0 else { return }
    let word = Int(alias / 64)
    while introducedAliases.count <= word { introducedAliases.append(0) }
    introducedAliases[word] |= 1 << UInt64(alias % 64)
  }
}

extension OutputQueue {
  /// Appends an integer, its higher byte first (section 1.5.2).
  fileprivate mutating func append(bigEndian value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }
}

extension Int {
  fileprivate func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
