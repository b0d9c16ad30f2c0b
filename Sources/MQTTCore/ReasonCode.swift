// SPDX-License-Identifier: MIT

// Why something was done or refused. MQTT 5.0 section 2.4; the five codes of a 3.1.1 CONNACK (3.1.1 section 3.2.2.3) are
// given as those that mean the same, so that whoever reads a reason needs one table only.

/// The code of an answer or of an end: below 0x80 it went well (MQTT 5.0 section 2.4).
///
/// The list is open: one broker was seen to answer with codes of MQTT 5 in 3.1.1, so a code that is not among these is
/// not refused for that.
public struct ReasonCode: Hashable, Sendable, RawRepresentable {
  public var rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  private init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// It went well; of a DISCONNECT: the normal end, for which no will is published.
  public static let success = ReasonCode(0x00)
  /// The end, and the will is to be published.
  public static let disconnectWithWill = ReasonCode(0x04)
  /// The message has come, and no one has asked for it.
  public static let noMatchingSubscribers = ReasonCode(0x10)
  /// There was no such subscription.
  public static let noSubscriptionExisted = ReasonCode(0x11)
  /// No reason is given.
  public static let unspecifiedError = ReasonCode(0x80)
  /// The packet is not as the specification has it.
  public static let malformedPacket = ReasonCode(0x81)
  /// The packet may not come here.
  public static let protocolError = ReasonCode(0x82)
  /// The receiver has a reason of its own.
  public static let implementationSpecificError = ReasonCode(0x83)
  /// The server does not speak this version.
  public static let unsupportedProtocolVersion = ReasonCode(0x84)
  /// The server does not take this client identifier.
  public static let clientIdentifierNotValid = ReasonCode(0x85)
  /// The server does not know this user, or the password is another.
  public static let badUserNameOrPassword = ReasonCode(0x86)
  /// The client may not do this.
  public static let notAuthorized = ReasonCode(0x87)
  /// The server is not there for now.
  public static let serverUnavailable = ReasonCode(0x88)
  /// The server has too much to do.
  public static let serverBusy = ReasonCode(0x89)
  /// An administrator has shut this client out.
  public static let banned = ReasonCode(0x8A)
  /// The server ends.
  public static let serverShuttingDown = ReasonCode(0x8B)
  /// Nothing came for one and a half times the keep alive.
  public static let keepAliveTimeout = ReasonCode(0x8D)
  /// Another connection has come with the same client identifier.
  public static let sessionTakenOver = ReasonCode(0x8E)
  /// The topic filter is not taken.
  public static let topicFilterInvalid = ReasonCode(0x8F)
  /// The topic name is not taken.
  public static let topicNameInvalid = ReasonCode(0x90)
  /// More messages are under way than were allowed.
  public static let receiveMaximumExceeded = ReasonCode(0x93)
  /// The topic alias is 0, or above the maximum.
  public static let topicAliasInvalid = ReasonCode(0x94)
  /// The packet is longer than was allowed.
  public static let packetTooLarge = ReasonCode(0x95)
  /// A limit was exceeded.
  public static let quotaExceeded = ReasonCode(0x97)
  /// The server holds no retained messages.
  public static let retainNotSupported = ReasonCode(0x9A)
  /// The server does not do this quality of service.
  public static let qosNotSupported = ReasonCode(0x9B)
  /// For now, another server is to be used.
  public static let useAnotherServer = ReasonCode(0x9C)
  /// From now on, another server is to be used.
  public static let serverMoved = ReasonCode(0x9D)

  /// Whether it says that something did not go well.
  public var isError: Bool { rawValue >= 0x80 }

  /// Whether a packet of this type, from a server, may have it. Of those that say that it went well each type has its
  /// own (section 2.4); a refusal may have any number: ejabberd refuses with codes of MQTT 5 in 3.1.1, too.
  func may(standIn type: ControlPacketType) -> Bool {
    if isError { return true }
    return switch type {
    case .suback: rawValue <= 2  // the quality of service that is granted
    case .unsuback: self == .success || self == .noSubscriptionExisted
    case .puback, .pubrec: self == .success || self == .noMatchingSubscribers
    case .auth: self == .success || rawValue == 0x18 || rawValue == 0x19
    default: self == .success
    }
  }

  /// The code that means what this return code of a 3.1.1 CONNACK does; nil if there is none (3.1.1 section 3.2.2.3).
  init?(connectReturnCode code: UInt8) {
    switch code {
    case 0: self = .success
    case 1: self = .unsupportedProtocolVersion
    case 2: self = .clientIdentifierNotValid
    case 3: self = .serverUnavailable
    case 4: self = .badUserNameOrPassword
    case 5: self = .notAuthorized
    default: return nil
    }
  }
}
