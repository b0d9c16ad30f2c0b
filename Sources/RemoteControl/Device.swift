// SPDX-License-Identifier: MIT

// What the handlers share: the state, the log, and who the device is. It lies beside the server, never in it.

/// The context of the remote control's handlers.
public struct Device: Sendable {
  /// The one state.
  public var state: DeviceState
  /// Lines for the host to print.
  public var log: SerialLog
  /// Who the device is.
  public let identity: Identity
  /// How many clients the web socket has, as of the last event.
  public internal(set) var clients = 0
  /// How many messages were answered with an error.
  public internal(set) var refusedMessages: UInt32 = 0
  /// The buffer that answers are written in.
  var answer: [UInt8] = []

  /// A device at its start, with its LED on or off.
  public init(_ identity: Identity, log: SerialLog = SerialLog(), isOn: Bool = false) {
    self.identity = identity
    self.log = log
    state = DeviceState(isOn: isOn)
  }
}
