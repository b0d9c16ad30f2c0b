// SPDX-License-Identifier: MIT

// The tutorial's device: an LED that a push button and every page switch, and a status LED with the heartbeat.

import Bytes
public import Parts

extension Device {
  /// The part `led` on output 0, the part `button` on input 0, whose press toggles it, and the heartbeat on output 1.
  ///
  /// - Parameter isRemote: Whether pages may press the button, as on a simulated board.
  public static func demonstration(_ name: [UInt8], isRemote: Bool = false) -> Device {
    let toggle = Part.Reaction(.press, [Action(.toggle, target: [UInt8]("led"))])
    let parts: [Part] = [
      .switch([UInt8]("led"), label: [UInt8]("LED"), output: 0),
      .button([UInt8]("button"), input: 0, isRemote: isRemote, reactions: [toggle]),
    ]
    // The parts are right: their names differ, and so do their channels.
    return try! Device(name, parts: parts, statusOutput: 1)
  }
}
