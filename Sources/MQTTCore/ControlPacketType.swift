// SPDX-License-Identifier: MIT

// What packets there are, and which of them may come from a server. MQTT 5.0 section 2.1; 3.1.1 has the same numbers,
// without AUTH, and without DISCONNECT from the server.

/// What an MQTT control packet is for: the four high bits of its first byte (MQTT 5.0 section 2.1.2).
public enum ControlPacketType: UInt8, Sendable {
  /// The client opens a session.
  case connect = 1
  /// The server answers that.
  case connack = 2
  /// A message, in either direction.
  case publish = 3
  /// A message with QoS 1 has come.
  case puback = 4
  /// A message with QoS 2 has come: the first answer.
  case pubrec = 5
  /// The sender of a message with QoS 2 may forget its number.
  case pubrel = 6
  /// So may its receiver.
  case pubcomp = 7
  /// The client asks for topics.
  case subscribe = 8
  /// The server answers that, one code for each filter.
  case suback = 9
  /// The client asks for topics no more.
  case unsubscribe = 10
  /// The server answers that.
  case unsuback = 11
  /// The client asks whether the server is there.
  case pingreq = 12
  /// It is.
  case pingresp = 13
  /// The end, with a reason in MQTT 5.
  case disconnect = 14
  /// A step of an extended authentication; MQTT 5 only.
  case auth = 15

  /// The flags in the low bits of the first byte; nil for PUBLISH, where they say something (section 2.1.3).
  var flags: UInt8? {
    switch self {
    case .publish: nil
    case .pubrel, .subscribe, .unsubscribe: 0b0010
    default: 0
    }
  }

  /// Whether a server sends such packets.
  func isFromServer(_ version: ProtocolVersion) -> Bool {
    switch self {
    case .connack, .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp: true
    case .disconnect, .auth: version.isV5
    case .connect, .subscribe, .unsubscribe, .pingreq: false
    }
  }
}

/// A version of the protocol, as it stands in CONNECT (MQTT 5.0 section 3.1.2.2).
public enum ProtocolVersion: UInt8, Sendable {
  /// MQTT 3.1.1, which every broker speaks.
  case v311 = 4
  #if !WITHOUT_MQTT_5
    /// MQTT 5.0.
    case v5 = 5
  #endif

  /// Whether this is MQTT 5.0, which a build may leave out.
  var isV5: Bool {
    #if WITHOUT_MQTT_5
      false
    #else
      self == .v5
    #endif
  }
}

/// How surely a message arrives (section 4.3).
public enum QualityOfService: UInt8, Sendable {
  /// At most once: sent, and forgotten.
  case atMostOnce = 0
  /// At least once: sent until it is acknowledged.
  case atLeastOnce = 1
  /// Exactly once. This client neither asks for it nor sends it.
  case exactlyOnce = 2
}
