// SPDX-License-Identifier: MIT

// The properties of MQTT 5: which there are, what type each has, and in which packets it may stand. Those that a client
// acts on are kept; the others are checked and passed over. MQTT 5.0 section 2.2.2.

import Bytes

/// What the server has said beside the fields of a packet; the values are the defaults where it said nothing.
///
/// Text lies in the packet, at these places.
public struct Properties: Equatable, Sendable {
  /// Words for people.
  public internal(set) var reasonString = 0..<0
  /// Other servers to use (section 4.11).
  public internal(set) var serverReference = 0..<0
  /// How many messages with QoS 1 may be unacknowledged.
  public internal(set) var receiveMaximum: UInt16 = 65_535
  /// The highest topic alias that the server takes; 0 for none.
  public internal(set) var topicAliasMaximum: UInt16 = 0
  /// The highest quality of service that the server does.
  public internal(set) var maximumQoS = QualityOfService.exactlyOnce
  /// Whether the server retains messages.
  public internal(set) var isRetainAvailable = true
  /// The longest packet that the server takes, in bytes.
  public internal(set) var maximumPacketSize = UInt32.max
  /// The keep alive in seconds that holds in place of the client's.
  public internal(set) var serverKeepAlive: UInt16?

  init() {}

  /// Reads the properties of a packet of this type, and their length before them.
  @_lifetime(reader: copy reader)
  init(_ reader: inout PacketReader, of type: ControlPacketType) throws(MQTTError) {
    #if WITHOUT_MQTT_5
      throw .invalidProperty
    #else
      let length = try reader.variableByteInteger()
      guard length <= reader.remaining else { throw .truncated }
      let end = reader.position + length
      var seen: UInt64 = 0
      while reader.position < end {
        let number = try reader.variableByteInteger()
        guard let property = UInt8(exactly: number).flatMap(Property.init), property.may(standIn: type) else {
          throw .invalidProperty
        }
        let bit: UInt64 = 1 << UInt64(property.rawValue)
        guard seen & bit == 0 || property.mayRepeat(in: type) else { throw .repeatedProperty }
        seen |= bit
        try take(property, &reader)
      }
      guard reader.position == end else { throw .truncated }
    #endif
  }

  @_lifetime(reader: copy reader)
  private mutating func take(_ property: Property, _ reader: inout PacketReader) throws(MQTTError) {
    switch property {
    case .reasonString: reasonString = try reader.string()
    case .serverReference: serverReference = try reader.string()
    case .receiveMaximum: receiveMaximum = try nonZero(reader.twoByteInteger())
    case .topicAliasMaximum: topicAliasMaximum = try reader.twoByteInteger()
    case .maximumQoS: maximumQoS = try Self.isSet(&reader) ? .atLeastOnce : .atMostOnce
    case .retainAvailable: isRetainAvailable = try Self.isSet(&reader)
    case .maximumPacketSize: maximumPacketSize = try nonZero(reader.fourByteInteger())
    case .serverKeepAlive: serverKeepAlive = try reader.twoByteInteger()
    case .payloadFormatIndicator, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
      .sharedSubscriptionAvailable:
      _ = try Self.isSet(&reader)
    case .subscriptionIdentifier: _ = try nonZero(reader.variableByteInteger())
    case .messageExpiryInterval, .sessionExpiryInterval: _ = try reader.fourByteInteger()
    case .topicAlias: throw .invalidTopicAlias  // we allow none
    case .contentType, .responseTopic, .responseInformation, .assignedClientIdentifier, .authenticationMethod:
      _ = try reader.string()
    case .correlationData, .authenticationData: _ = try reader.binaryData()
    case .userProperty:
      _ = try reader.string()
      _ = try reader.string()
    case .willDelayInterval, .requestProblemInformation, .requestResponseInformation:
      throw .invalidProperty  // a client's
    }
  }

  private func nonZero<Number: FixedWidthInteger>(_ value: Number) throws(MQTTError) -> Number {
    guard value != 0 else { throw .invalidProperty }
    return value
  }

  /// A byte that is 0 or 1.
  @_lifetime(reader: copy reader)
  private static func isSet(_ reader: inout PacketReader) throws(MQTTError) -> Bool {
    let byte = try reader.byte()
    guard byte <= 1 else { throw .invalidProperty }
    return byte == 1
  }
}

/// The identifiers of section 2.2.2.2.
enum Property: UInt8 {
  case payloadFormatIndicator = 0x01
  case messageExpiryInterval = 0x02
  case contentType = 0x03
  case responseTopic = 0x08
  case correlationData = 0x09
  case subscriptionIdentifier = 0x0B
  case sessionExpiryInterval = 0x11
  case assignedClientIdentifier = 0x12
  case serverKeepAlive = 0x13
  case authenticationMethod = 0x15
  case authenticationData = 0x16
  case requestProblemInformation = 0x17
  case willDelayInterval = 0x18
  case requestResponseInformation = 0x19
  case responseInformation = 0x1A
  case serverReference = 0x1C
  case reasonString = 0x1F
  case receiveMaximum = 0x21
  case topicAliasMaximum = 0x22
  case topicAlias = 0x23
  case maximumQoS = 0x24
  case retainAvailable = 0x25
  case userProperty = 0x26
  case maximumPacketSize = 0x27
  case wildcardSubscriptionAvailable = 0x28
  case subscriptionIdentifierAvailable = 0x29
  case sharedSubscriptionAvailable = 0x2A

  /// Whether a packet of this type, from a server, may have it.
  func may(standIn type: ControlPacketType) -> Bool {
    switch self {
    case .userProperty: true
    case .reasonString: type != .publish
    case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData,
      .subscriptionIdentifier, .topicAlias:
      type == .publish
    case .authenticationMethod, .authenticationData: type == .connack || type == .auth
    case .serverReference: type == .connack || type == .disconnect
    case .sessionExpiryInterval, .assignedClientIdentifier, .serverKeepAlive, .responseInformation, .receiveMaximum,
      .topicAliasMaximum, .maximumQoS, .retainAvailable, .maximumPacketSize, .wildcardSubscriptionAvailable,
      .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
      type == .connack
    case .requestProblemInformation, .willDelayInterval, .requestResponseInformation: false
    }
  }

  /// Whether a packet may have it more than once: one for each subscription that a message is for (section 3.3.2.3.8).
  func mayRepeat(in type: ControlPacketType) -> Bool {
    self == .userProperty || self == .subscriptionIdentifier && type == .publish
  }
}
