// SPDX-License-Identifier: MIT

// What a device is called on a broker, and what it says there besides its states.

public import Bytes

/// How a device appears on a broker.
public struct BrokerOptions: Sendable {
  /// The first level of all topics.
  public var prefix: [UInt8]
  /// The second level: what distinguishes this device from others on the broker.
  public var identifier: [UInt8]
  /// The groups whose commands it obeys, too.
  public var groups: [[UInt8]]
  /// Under what topics Home Assistant finds it; empty for not at all.
  public var discoveryPrefix: [UInt8]
  /// Where its own page is, as a URL; empty: where only this machine can open it, or not known yet.
  public var address: [UInt8] = []
  #if WITHOUT_MQTT_5
    var willDelay: UInt32 { 0 }
  #else
    /// How many seconds a broker waits for the device to come back before it says that it has gone; MQTT 5 only.
    public var willDelay: UInt32 = 0
  #endif
  #if WITHOUT_STATE_FILE
    var isWithdrawn: Bool { false }
  #else
    /// Whether Home Assistant is to forget the device, which an earlier start has announced there.
    public var isWithdrawn = false
  #endif

  /// A device that Home Assistant finds.
  ///
  /// All of these have only the characters of `isLevel`.
  public init(
    prefix: [UInt8] = [UInt8]("heliograph"), identifier: [UInt8], groups: [[UInt8]] = [],
    discoveryPrefix: [UInt8] = [UInt8]("homeassistant")
  ) {
    self.prefix = prefix
    self.identifier = identifier
    self.groups = groups
    self.discoveryPrefix = discoveryPrefix
  }

  /// Whether a text may be a level of a topic on every broker: 1 to 64 of `a` to `z`, digits, `_` and `-`. Others were
  /// seen to close the connection (a dot or a blank on NATS) or to arrive changed (a dot, a `*` on RabbitMQ).
  public static func isLevel(_ text: Span<UInt8>) -> Bool {
    guard (1...64).contains(text.count) else { return false }
    for index in text.indices {
      let byte = text[index]
      guard byte &- 0x61 < 26 || byte.isASCIIDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") else {
        return false
      }
    }
    return true
  }
}
