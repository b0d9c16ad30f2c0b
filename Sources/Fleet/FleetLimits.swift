// SPDX-License-Identifier: MIT

// What a gateway takes from a broker, whose devices it did not choose: every count and size has a bound, in one place,
// so that a broker full of nonsense costs memory up to a point and no further.

public import DeviceServer
import HTTPCore
public import Timebase
import WebSocketCore

/// How much a gateway keeps, and how long it waits.
public struct FleetLimits: Sendable {
  /// Devices; messages of further ones are passed over, and counted.
  public var devices = 20_000
  /// Parts of a device; further ones are passed over.
  public var parts = 64
  /// Bytes of a state; a longer one is shown as far as this.
  public var stateSize = 256
  /// Bytes of a name or a label; longer ones are cut.
  public var textSize = 96
  /// Bytes of the address of a device's own page; a longer one is left out.
  public var addressSize = 512
  /// Rows of one page's window.
  public var rows = 100
  /// Commands that are not done yet; a further one is refused.
  public var commands = 32
  /// How long a device may say nothing until it counts as silent. It says something every 30 s; a broker may lose one.
  public var silence: Milliseconds = .seconds(75)
  /// How long a command may take to be sent to all that it is for.
  public var sending: Milliseconds = .seconds(15)
  /// How long a device may take to do what it was told.
  public var answer: Milliseconds = .seconds(5)
  /// The least time between two messages to the pages: changes in between go out together.
  public var pace: Milliseconds = 50
  /// The least time between two rebuildings of the lists: while ten thousand devices appear, they would be made anew
  /// for each.
  public var rebuild: Milliseconds = 250

  /// The defaults.
  public init() {}
}

extension ServerLimits {
  /// A gateway's: many pages, each with a socket and a few files to load, and messages of at most 64 KB, which is a
  /// command to two thousand devices by name.
  public static var fleet: ServerLimits {
    var limits = ServerLimits()
    limits.clients = 1000
    limits.connections = 2048
    limits.webSocket.messageSize = 65_536
    limits.outboxSize = 262_144
    return limits
  }
}
