// SPDX-License-Identifier: MIT

// What a server can do wrong, each with its name and the code that an MQTT 5 client says it with, and what a packet of
// our own cannot be. MQTT 5.0 sections 2.4 and 4.13.

/// A breach of the protocol by the server, which ends the connection.
public enum MQTTError: Error, Hashable, Sendable {
  /// The first byte names no kind of packet, or one that a server does not send (section 2.1.2).
  case invalidPacketType
  /// The flags of the first byte are not those of this kind of packet (section 2.1.3).
  case invalidFlags
  /// A variable byte integer has more than four bytes or, in MQTT 5, more than it needs (section 1.5.5).
  case invalidVariableByteInteger
  /// The packet ends inside a field.
  case truncated
  /// The packet goes on behind its last field.
  case trailingBytes
  /// Text is not UTF-8, or has a U+0000 (section 1.5.4).
  case invalidUTF8
  /// A message has a QoS of 3, or is a repetition with QoS 0 (section 3.3.1).
  case invalidQoS
  /// The topic of a message has a wildcard (section 3.3.2.1).
  case invalidTopicName
  /// The topic of a message is empty, and no alias stands for it (section 3.3.2.1).
  case missingTopicName
  /// A packet identifier is 0 (section 2.2.1).
  case invalidPacketIdentifier
  /// A CONNACK has other flags than "session present", or has that where there can be no session (section 3.2.2.1).
  case invalidSessionPresent
  /// A code that this kind of packet has not (section 2.4; 3.1.1 sections 3.2.2.3 and 3.9.3).
  case invalidReasonCode
  /// A property that there is not, that this packet may not have, or with a value that it may not have (section 2.2.2).
  case invalidProperty
  /// A property is there twice (section 2.2.2.2).
  case repeatedProperty
  /// A topic alias, which we have not allowed (section 3.3.2.3.4).
  case invalidTopicAlias
  /// A packet that may not come at this point, such as one before CONNACK.
  case unexpectedPacket
  /// An acknowledgement of something that was not sent.
  case unexpectedPacketIdentifier
  /// A SUBACK has not one code for each filter (section 3.9.3).
  case wrongNumberOfReasonCodes
  /// A packet, other than a message, is longer than `MQTTConnection.Limits.packetSize`.
  case packetTooLarge

  /// What a client says in its DISCONNECT (section 3.14.2.1).
  public var reasonCode: ReasonCode {
    switch self {
    case .invalidPacketType, .invalidFlags, .invalidVariableByteInteger, .truncated, .trailingBytes, .invalidUTF8,
      .invalidQoS, .invalidTopicName, .invalidReasonCode, .invalidProperty:
      .malformedPacket  // `topicNameInvalid` is for a name that is well formed (section 2.4)
    case .invalidTopicAlias: .topicAliasInvalid
    case .packetTooLarge: .packetTooLarge
    case .missingTopicName, .invalidPacketIdentifier, .invalidSessionPresent, .repeatedProperty, .unexpectedPacket,
      .unexpectedPacketIdentifier, .wrongNumberOfReasonCodes:
      .protocolError
    }
  }
}

/// Why a packet of our own was not sent. Nothing of it is queued then.
public enum SendingError: Error, Hashable, Sendable {
  /// The connection is not open (yet, or any more).
  case notOpen
  /// A text or value has more than 65,535 bytes (section 1.5.4).
  case fieldTooLong
  /// A text is not UTF-8, or has a U+0000 (section 1.5.4).
  case invalidText
  /// A topic is empty or no text, or has a wildcard where it may have none (section 4.7).
  case invalidTopic
  /// The packet would be longer than the server takes (section 3.2.2.3.6), or than a packet may be.
  case packetTooLarge
  /// As many messages as the server allows are unacknowledged (section 3.2.2.3.3).
  case tooManyInFlight
  /// The server does not do this quality of service, or does not retain messages (sections 3.2.2.3.4 and 3.2.2.3.5).
  case notSupported
}
