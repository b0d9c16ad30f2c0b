// SPDX-License-Identifier: MIT

// The default of each setting. `ProgramSettings` begins with these values, and the help of each option states
// them.

import DeviceProgram
import DeviceServer
import Fleet
import Logging
import Parts
import RemoteControl

enum Defaults {
  /// What people call the device.
  static let name = "Heliograph"
  /// The GPIO chip of lines that are given by number alone.
  static let chip = "gpiochip0"
  /// The address to listen on.
  static let host = DeviceProgram.defaultHost
  /// The TCP port to listen on.
  static let port = DeviceProgram.defaultPort
  /// The TCP port for TLS.
  static let tlsPort = 8443
  /// How many pages may be open at a time.
  static let maxClients = ServerLimits().clients
  /// How many pages of a gateway may be open at a time.
  static let maxFleetClients = ServerLimits.fleet.clients
  /// What pages may have in themselves.
  static let pagePolicy = ProgramSettings.PagePolicyKind.strict
  /// How many commands a second each client may give for long.
  static let maxCommands = Int(CommandRate.standard)
  /// What is logged.
  static let logLevel = Logger.Level.info
  /// How long a button's level must be steady before it counts.
  static let debounce = Debouncer.standardDuration
  /// What the demonstration's LED shows after a start.
  static let restore = RestoreMode.alwaysOff
}
