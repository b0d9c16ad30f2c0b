// SPDX-License-Identifier: MIT

// What a client says of itself when it connects. MQTT 5.0 section 3.1.

import Bytes

/// What a CONNECT says. All text is UTF-8, and no field has more than 65,535 bytes.
public struct ConnectOptions: Equatable, Sendable {
  /// The version that is spoken.
  public var version: ProtocolVersion
  /// The name of the session; a connection that comes later with the same one ends this one (section 3.1.3.1).
  public var clientIdentifier: [UInt8]
  /// Whether whatever session there is is forgotten (section 3.1.2.4).
  public var isCleanStart = true
  /// How many seconds after the end of the connection the session is kept; MQTT 5 only, in which 0xFFFFFFFF is for ever
  /// (section 3.1.2.11.2). A will is published when the session ends, however long its delay is.
  public var sessionExpiryInterval: UInt32 = 0
  /// The longest time in seconds between two packets from us; 0 for any (section 3.1.2.10).
  public var keepAlive: UInt16 = 20
  /// Who connects.
  public var userName: [UInt8]?
  /// How that is proved; 3.1.1 has it only beside a user name.
  public var password: [UInt8]?
  /// What the server publishes for us if the connection ends without a DISCONNECT.
  public var will: Will?

  /// A clean session of `clientIdentifier`.
  public init(version: ProtocolVersion = .v311, clientIdentifier: [UInt8]) {
    self.version = version
    self.clientIdentifier = clientIdentifier
  }

  /// A message that the server publishes in our name when we are gone (section 3.1.2.5).
  public struct Will: Equatable, Sendable {
    /// Under what name.
    public var topic: [UInt8]
    /// The message.
    public var payload: [UInt8]
    /// How surely it arrives.
    public var qos: QualityOfService
    /// Whether it is kept for whoever subscribes later.
    public var isRetained: Bool
    /// How many seconds the server waits for us to come back; MQTT 5 only (section 3.1.3.2.2).
    public var delay: UInt32

    /// A message for `topic`; `delay` is in seconds.
    public init(
      topic: [UInt8], payload: [UInt8], qos: QualityOfService = .atLeastOnce, isRetained: Bool = true, delay: UInt32 = 0
    ) {
      self.topic = topic
      self.payload = payload
      self.qos = qos
      self.isRetained = isRetained
      self.delay = delay
    }
  }

  /// The CONNECT packet. In MQTT 5 it also says the longest packet that we take, and how many messages at once.
  func packet(maximumPacketSize: UInt32, receiveMaximum: UInt16) throws(SendingError) -> [UInt8] {
    guard version.isV5 || password == nil || userName != nil else { throw .notSupported }
    var body: [UInt8] = []
    try body.append(field: ("MQTT" as StaticString).span)
    body.append(version.rawValue)
    body.append(flags)
    body.append(bigEndian: keepAlive)
    if version.isV5 {
      let properties = connectProperties(maximumPacketSize: maximumPacketSize, receiveMaximum: receiveMaximum)
      body.append(UInt8(truncatingIfNeeded: properties.count))  // 3 to 13
      body.append(properties.span)
    }
    try body.append(text: clientIdentifier.span)
    if let will {
      guard Topic.isName(will.topic.span) else { throw .invalidTopic }
      if version.isV5 { body.append(property: will.delay) }
      try body.append(field: will.topic.span)
      try body.append(field: will.payload.span)
    }
    if let userName { try body.append(text: userName.span) }
    if let password { try body.append(field: password.span) }
    var packet: [UInt8] = []
    packet.append(OutgoingHeader(.connect, length: body.count).bytes)  // at most five fields of 65,537 bytes
    packet.append(body.span)
    return packet
  }

  private var flags: UInt8 {
    var flags: UInt8 = isCleanStart ? 0b10 : 0
    if let will { flags |= 0b100 | will.qos.rawValue << 3 | (will.isRetained ? 0b10_0000 : 0) }
    if password != nil { flags |= 0b100_0000 }
    if userName != nil { flags |= 0b1000_0000 }
    return flags
  }

  private func connectProperties(maximumPacketSize: UInt32, receiveMaximum: UInt16) -> [UInt8] {
    var properties: [UInt8] = []
    if sessionExpiryInterval > 0 {
      properties.append(Property.sessionExpiryInterval.rawValue)
      properties.append(bigEndian: sessionExpiryInterval)
    }
    properties.append(Property.receiveMaximum.rawValue)
    properties.append(bigEndian: receiveMaximum)
    properties.append(Property.maximumPacketSize.rawValue)
    properties.append(bigEndian: maximumPacketSize)
    return properties
  }
}

extension [UInt8] {
  /// Appends bytes behind their number (sections 1.5.4 and 1.5.6).
  mutating func append(field bytes: Span<UInt8>) throws(SendingError) {
    guard let count = UInt16(exactly: bytes.count) else { throw .fieldTooLong }
    append(bigEndian: count)
    append(bytes)
  }

  /// Appends text behind the number of its bytes (section 1.5.4).
  fileprivate mutating func append(text: Span<UInt8>) throws(SendingError) {
    guard text.isMQTTString else { throw .invalidText }
    try append(field: text)
  }

  /// Appends an integer, its highest byte first (sections 1.5.2 and 1.5.3).
  mutating func append<Number: FixedWidthInteger & UnsignedInteger>(bigEndian value: Number) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: value >> Number(shift)))
    }
  }

  /// Appends the properties of a will: its delay, or none.
  fileprivate mutating func append(property delay: UInt32) {
    guard delay > 0 else { return append(UInt8(0)) }
    append(UInt8(5))
    append(Property.willDelayInterval.rawValue)
    append(bigEndian: delay)
  }
}
