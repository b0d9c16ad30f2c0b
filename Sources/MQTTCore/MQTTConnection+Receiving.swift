// SPDX-License-Identifier: MIT

// From bytes to events. A packet that lies whole in what was read is looked at there; of one that a read cut, the
// connection keeps what has come. Every cut of the same bytes gives the same events and the same errors. MQTT 5.0
// sections 2.1, 3.2 to 3.15 and 4.13.

import Bytes
public import Timebase

extension MQTTConnection {
  /// What a call of `receive` came upon.
  public enum Event: Equatable, Sendable {
    /// The input is used up.
    case needData
    /// The server has accepted us; packets may be sent now.
    case connected(isSessionPresent: Bool)
    /// A message, which is acknowledged already; its places are places in `scratch`.
    case message(Message)
    /// A message of ours has come, or was refused (MQTT 5 only).
    case acknowledged(UInt16, ReasonCode)
    /// The answer to `subscribe`; `scratch` has a code for each filter.
    case subscribed(UInt16)
    /// The answer to `unsubscribe`; in MQTT 5 `scratch` has a code for each filter.
    case unsubscribed(UInt16)
    /// The server is there.
    case pong
    /// The end: `end` says why.
    case ended
  }

  /// How much of the input `receive` took, and what it came upon.
  public struct Received: Sendable {
    /// How many bytes of the input are done with; more than none unless the input was empty.
    public var taken: Int
    /// What the last of them completed.
    public var event: Event
  }

  /// Takes bytes until an event is complete or the input is used up. Call again with the rest of the input.
  ///
  /// After the end of the connection input is taken and dropped.
  ///
  /// - Throws: The breach, at the earliest byte that shows it. The state is `closed` then, and in MQTT 5 the DISCONNECT
  ///   that says so is queued.
  public mutating func receive(
    _ input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(MQTTError) -> Received {
    guard state != .closed, !input.isEmpty else { return Received(taken: input.count, event: .needData) }
    noteLife(now: now)
    do throws(MQTTError) {
      return try nextEvent(in: input, now: now, scratch: &scratch)
    } catch {
      fail(error, now: now)
      throw error
    }
  }

  private mutating func nextEvent(
    in input: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(MQTTError) -> Received {
    var taken = 0
    while taken < input.count {
      if header == nil {
        guard let next = try nextHeader(in: input, taken: &taken) else { break }
        if next.length <= input.count - taken, next.length <= limits.packetSize {
          let packet = input.extracting(taken..<taken + next.length)
          taken += next.length
          if let event = try take(next, packet, now: now, scratch: &scratch) {
            return Received(taken: taken, event: event)
          }
          continue
        }
        header = next
      }
      if let event = try assemble(input, taken: &taken, now: now, scratch: &scratch) {
        return Received(taken: taken, event: event)
      }
    }
    return Received(taken: taken, event: .needData)
  }

  /// The header that begins at `taken` or began in an earlier read; nil if the input ends before it does.
  private mutating func nextHeader(in input: Span<UInt8>, taken: inout Int) throws(MQTTError) -> FixedHeader? {
    while taken < input.count {
      guard cutHeaderSize < FixedHeader.maximumSize else { throw .invalidVariableByteInteger }
      cutHeader[cutHeaderSize] = input[taken]
      cutHeaderSize += 1
      taken += 1
      if let header = try FixedHeader(cutHeader.span.extracting(first: cutHeaderSize), version: version) {
        cutHeaderSize = 0
        try judge(header)
        return header
      }
    }
    return nil
  }

  /// Sees that a packet may come now, and is not too long.
  private func judge(_ header: FixedHeader) throws(MQTTError) {
    guard (header.type == .connack) == (state == .connecting) else { throw .unexpectedPacket }
    guard header.length <= limits.packetSize || header.type == .publish else { throw .packetTooLarge }
  }

  /// Keeps the next bytes of the packet under way; of a message that is too long, as many as its name and number may take.
  private mutating func assemble(
    _ input: Span<UInt8>, taken: inout Int, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(MQTTError) -> Event? {
    guard let header else { return nil }
    let kept = min(header.length, limits.packetSize)
    let part = min(kept - assembly.count, input.count - taken)
    assembly.append(input.extracting(taken..<taken + part))
    taken += part
    guard assembly.count == kept else { return nil }
    let passed = min(header.length - kept - skipped, input.count - taken)
    skipped += passed
    taken += passed
    guard kept + skipped == header.length else { return nil }
    let isWhole = skipped == 0
    skipped = 0
    self.header = nil
    var packet: [UInt8] = []
    swap(&packet, &assembly)
    defer {
      packet.clear()
      if state != .closed { swap(&packet, &assembly) }
    }
    guard isWhole else {
      try passOver(header, packet.span, now: now)
      return nil
    }
    return try take(header, packet.span, now: now, scratch: &scratch)
  }

  /// Acknowledges a message of which only the beginning was kept.
  private mutating func passOver(
    _ header: FixedHeader, _ beginning: Span<UInt8>, now: MonotonicTime
  ) throws(MQTTError) {
    var reader = PacketReader(beginning)
    let message: Message
    do throws(MQTTError) {
      message = try Message(head: &reader, flags: header.flags)
    } catch {
      throw error == .truncated ? .packetTooLarge : error
    }
    guard !message.topic.isEmpty else { throw .missingTopicName }
    oversizedMessages &+= 1
    try acknowledge(message, now: now)
  }

  private mutating func acknowledge(_ message: Message, now: MonotonicTime) throws(MQTTError) {
    switch message.qos {
    case .atMostOnce: break
    case .atLeastOnce: acknowledge(message.packetIdentifier, now: now)
    case .exactlyOnce: throw .unexpectedPacket  // never asked for
    }
  }

  /// Does what a whole packet says; nil if no one needs to know.
  private mutating func take(
    _ header: FixedHeader, _ bytes: Span<UInt8>, now: MonotonicTime, scratch: inout [UInt8]
  ) throws(MQTTError) -> Event? {
    switch try IncomingPacket(header, bytes, version: version) {
    case .connack(let connack):
      return try take(connack, bytes, now: now)
    case .publish(let message):
      try acknowledge(message, now: now)
      scratch.clear()
      scratch.append(bytes)
      return .message(message)
    case .acknowledgement(.puback, let acknowledgement):
      let identifier = acknowledgement.packetIdentifier
      guard case .publish? = session.acknowledge(identifier) else { throw .unexpectedPacketIdentifier }
      if acknowledgement.reasonCode.isError { keepWords(acknowledgement.properties, bytes) }
      resend(now: now)
      return .acknowledged(identifier, acknowledgement.reasonCode)
    case .acknowledgement, .auth:
      throw .unexpectedPacket  // of QoS 2, and of an extended authentication, neither of which we begin
    case .subscriptionAcknowledgement(let type, let acknowledgement):
      return try take(type, acknowledgement, bytes, scratch: &scratch)
    case .pingresp:
      return .pong
    case .disconnect(let code, let properties):
      keepWords(properties, bytes)
      finish(.remote(code), now: now)
      return .ended
    }
  }

  private mutating func take(
    _ connack: Connack, _ bytes: Span<UInt8>, now: MonotonicTime
  ) throws(MQTTError) -> Event {
    keepWords(connack.properties, bytes)
    guard !connack.reasonCode.isError else {
      finish(.refused(connack.reasonCode), now: now)
      return .ended
    }
    guard !connack.isSessionPresent || !isCleanStart else { throw .invalidSessionPresent }
    state = .open
    deadline = .distantFuture
    server = connack.properties
    if let seconds = connack.properties.serverKeepAlive { keepAlive = .seconds(UInt32(seconds)) }
    session.beginConnection()
    isSessionPresent = connack.isSessionPresent
    resend(now: now)
    return .connected(isSessionPresent: connack.isSessionPresent)
  }

  private mutating func take(
    _ type: ControlPacketType, _ acknowledgement: SubscriptionAcknowledgement, _ bytes: Span<UInt8>,
    scratch: inout [UInt8]
  ) throws(MQTTError) -> Event {
    let identifier = acknowledgement.packetIdentifier
    let filters: Int
    switch (type, session.acknowledge(identifier)) {
    case (.suback, .subscribe(let count)?): filters = count
    case (.unsuback, .unsubscribe(let count)?): filters = version.isV5 ? count : 0
    default: throw .unexpectedPacketIdentifier
    }
    guard acknowledgement.reasonCodes.count == filters else { throw .wrongNumberOfReasonCodes }
    scratch.clear()
    scratch.append(bytes.extracting(acknowledgement.reasonCodes))
    keepWords(acknowledgement.properties, bytes)
    return type == .suback ? .subscribed(identifier) : .unsubscribed(identifier)
  }

  private mutating func keepWords(_ properties: Properties, _ bytes: Span<UInt8>) {
    reasonString = [UInt8](bytes.extracting(properties.reasonString).beginning(Self.maximumWords))
    serverReference = [UInt8](bytes.extracting(properties.serverReference).beginning(Self.maximumWords))
  }
}

extension Span<UInt8> {
  /// At most so many bytes, whole characters.
  @_lifetime(copy self)
  fileprivate func beginning(_ maximum: Int) -> Span<UInt8> {
    guard count > maximum else { return self }
    var end = maximum
    while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
    return extracting(first: end)
  }
}
