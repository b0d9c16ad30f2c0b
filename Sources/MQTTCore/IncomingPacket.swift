// SPDX-License-Identifier: MIT

// From the bytes behind a fixed header to what a server says with them. Ranges are places in these bytes. MQTT 5.0
// sections 3.2 to 3.15, 3.1.1 sections 3.2 to 3.14.

import Bytes

/// A packet from a server.
enum IncomingPacket: Equatable, Sendable {
  case connack(Connack)
  case publish(Message)
  /// One of PUBACK, PUBREC, PUBREL and PUBCOMP.
  case acknowledgement(ControlPacketType, Acknowledgement)
  /// The answer to SUBSCRIBE, or to UNSUBSCRIBE, which in 3.1.1 has no codes.
  case subscriptionAcknowledgement(ControlPacketType, SubscriptionAcknowledgement)
  case pingresp
  case disconnect(ReasonCode, Properties)
  case auth

  /// Reads the packet that `header` has announced, in all the bytes behind it.
  init(_ header: FixedHeader, _ bytes: Span<UInt8>, version: ProtocolVersion) throws(MQTTError) {
    var reader = PacketReader(bytes)
    switch header.type {
    case .connack: self = .connack(try Connack(&reader, version: version))
    case .publish: self = .publish(try Message(&reader, flags: header.flags, version: version))
    case .puback, .pubrec, .pubrel, .pubcomp:
      self = .acknowledgement(header.type, try Acknowledgement(&reader, of: header.type, version: version))
    case .suback, .unsuback:
      let content = try SubscriptionAcknowledgement(&reader, of: header.type, version: version)
      self = .subscriptionAcknowledgement(header.type, content)
    case .pingresp: self = .pingresp
    case .disconnect:
      let (code, properties) = try Self.reason(&reader, of: .disconnect)
      self = .disconnect(code, properties)
    case .auth:
      _ = try Self.reason(&reader, of: .auth)
      self = .auth
    case .connect, .subscribe, .unsubscribe, .pingreq: throw .invalidPacketType
    }
    try reader.finish()
  }

  /// A reason code and properties, each of which may be left out with all that follows (sections 3.14.2 and 3.15.2).
  @_lifetime(reader: copy reader)
  fileprivate static func reason(
    _ reader: inout PacketReader, of type: ControlPacketType
  ) throws(MQTTError) -> (ReasonCode, Properties) {
    guard reader.remaining > 0 else { return (.success, Properties()) }
    let code = ReasonCode(rawValue: try reader.byte())
    guard code.may(standIn: type) else { throw .invalidReasonCode }
    guard reader.remaining > 0 else { return (code, Properties()) }
    return (code, try Properties(&reader, of: type))
  }
}

/// The server's answer to CONNECT (section 3.2).
public struct Connack: Equatable, Sendable {
  /// Whether the server goes on with an earlier session.
  public internal(set) var isSessionPresent: Bool
  /// `success`, or why not.
  public internal(set) var reasonCode: ReasonCode
  /// What the server has said beside that.
  public internal(set) var properties = Properties()

  @_lifetime(reader: copy reader)
  init(_ reader: inout PacketReader, version: ProtocolVersion) throws(MQTTError) {
    let flags = try reader.byte()
    guard flags <= 1 else { throw .invalidSessionPresent }
    isSessionPresent = flags == 1
    let code = try reader.byte()
    if version.isV5, reader.remaining > 0 {
      reasonCode = ReasonCode(rawValue: code)
      guard reasonCode.may(standIn: .connack) else { throw .invalidReasonCode }
      properties = try Properties(&reader, of: .connack)
    } else {
      // A server that speaks 3.1.1 only answers a CONNECT of MQTT 5 in this form, too.
      guard let reason = ReasonCode(connectReturnCode: code), version == .v311 || reason != .success else {
        throw .invalidReasonCode
      }
      reasonCode = reason
    }
    guard !isSessionPresent || reasonCode == .success else { throw .invalidSessionPresent }
  }
}

/// A message (section 3.3).
public struct Message: Equatable, Sendable {
  /// Under what name, as a place in the packet.
  public internal(set) var topic: Range<Int>
  /// The message itself, as a place in the packet.
  public internal(set) var payload: Range<Int>
  /// How it was sent.
  public internal(set) var qos: QualityOfService
  /// Whether the server had kept it for whoever subscribes.
  public internal(set) var isRetained: Bool
  /// Whether it may have come before, under the same number.
  public internal(set) var isDuplicate: Bool
  /// Its number, 0 if it has QoS 0.
  public internal(set) var packetIdentifier: UInt16 = 0

  @_lifetime(reader: copy reader)
  init(_ reader: inout PacketReader, flags: UInt8, version: ProtocolVersion) throws(MQTTError) {
    try self.init(head: &reader, flags: flags)
    if version.isV5 { _ = try Properties(&reader, of: .publish) }
    guard !topic.isEmpty else { throw .missingTopicName }  // behind the properties: one may stand for the name
    payload = reader.rest()
  }

  /// Reads the message as far as its number, which is all that is needed to acknowledge it. The name may be empty.
  @_lifetime(reader: copy reader)
  init(head reader: inout PacketReader, flags: UInt8) throws(MQTTError) {
    guard let qos = QualityOfService(rawValue: flags >> 1 & 0b11) else { throw .invalidQoS }
    self.qos = qos
    isRetained = flags & 1 == 1
    isDuplicate = flags & 0b1000 != 0
    topic = try reader.string()
    guard topic.isEmpty || Topic.isName(reader.bytes.extracting(topic)) else { throw .invalidTopicName }
    if qos != .atMostOnce { packetIdentifier = try reader.packetIdentifier() }
    payload = 0..<0
  }
}

/// The acknowledgement of a message (sections 3.4 to 3.7).
public struct Acknowledgement: Equatable, Sendable {
  /// The number of the message.
  public internal(set) var packetIdentifier: UInt16
  /// `success`, or what the server has against it; 3.1.1 has no way to say so.
  public internal(set) var reasonCode: ReasonCode
  /// What the server has said beside that.
  public internal(set) var properties: Properties

  @_lifetime(reader: copy reader)
  init(_ reader: inout PacketReader, of type: ControlPacketType, version: ProtocolVersion) throws(MQTTError) {
    packetIdentifier = try reader.packetIdentifier()
    (reasonCode, properties) =
      version.isV5 ? try IncomingPacket.reason(&reader, of: type) : (.success, Properties())
  }
}

/// The answer to SUBSCRIBE or UNSUBSCRIBE (sections 3.9 and 3.11).
public struct SubscriptionAcknowledgement: Equatable, Sendable {
  /// The number of the request.
  public internal(set) var packetIdentifier: UInt16
  /// Where in the packet the reason codes are, one for each filter in its order; an UNSUBACK of 3.1.1 has none.
  public internal(set) var reasonCodes: Range<Int>
  /// What the server has said beside that.
  public internal(set) var properties = Properties()

  @_lifetime(reader: copy reader)
  init(_ reader: inout PacketReader, of type: ControlPacketType, version: ProtocolVersion) throws(MQTTError) {
    packetIdentifier = try reader.packetIdentifier()
    if version.isV5 { properties = try Properties(&reader, of: type) }
    guard type == .suback || version.isV5 else {
      reasonCodes = 0..<0
      return
    }
    reasonCodes = reader.rest()
    for index in reasonCodes {
      guard ReasonCode(rawValue: reader.bytes[index]).may(standIn: type) else { throw .invalidReasonCode }
    }
  }
}
