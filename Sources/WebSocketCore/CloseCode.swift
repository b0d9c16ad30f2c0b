// SPDX-License-Identifier: MIT

// Why a connection ends, as a number: RFC 6455 section 7.4, with what the IANA registry of WebSocket close
// codes added since (1012 to 1014).

/// The status code of a Close frame (RFC 6455 section 7.4).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public var rawValue: UInt16

  /// The code of that number; any number is possible, see `mayBeSent`.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The purpose of the connection is fulfilled.
  public static let normalClosure = CloseCode(rawValue: 1000)
  /// The server stops, or the browser leaves the page.
  public static let goingAway = CloseCode(rawValue: 1001)
  /// The peer broke the protocol.
  public static let protocolError = CloseCode(rawValue: 1002)
  /// The peer sent a kind of data that is not accepted here.
  public static let unsupportedData = CloseCode(rawValue: 1003)
  /// The Close frame had no code; never on the wire.
  public static let noStatusReceived = CloseCode(rawValue: 1005)
  /// There was no Close frame; never on the wire.
  public static let abnormalClosure = CloseCode(rawValue: 1006)
  /// Text was not UTF-8.
  public static let invalidFramePayloadData = CloseCode(rawValue: 1007)
  /// A message broke a rule of the application.
  public static let policyViolation = CloseCode(rawValue: 1008)
  /// A message was longer than the receiver takes.
  public static let messageTooBig = CloseCode(rawValue: 1009)
  /// The server met something it did not expect.
  public static let internalServerError = CloseCode(rawValue: 1011)
  /// The server starts again; come back soon.
  public static let serviceRestart = CloseCode(rawValue: 1012)
  /// The server has no room now; come back later.
  public static let tryAgainLater = CloseCode(rawValue: 1013)
  /// All places are taken, or this one was given to another: what 1013 means, as a code of private use. Many clients
  /// take 1012 to 1014, which came after RFC 6455, for errors of the protocol.
  public static let placeTaken = CloseCode(rawValue: 4013)

  /// Whether a Close frame may carry this code, in either direction.
  ///
  /// RFC 6455 section 7.4.2 gives 3000 to 3999 to registered libraries and 4000 to 4999 to private use; 1004
  /// is reserved, and 1005, 1006 and 1015 only stand for what was not on the wire.
  public var mayBeSent: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
