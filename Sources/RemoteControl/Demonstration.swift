// SPDX-License-Identifier: MIT

// The tutorial's device: an LED that a push button and every page switch, and a status LED with the heartbeat.

import Bytes
public import Parts

extension Device {
  /// The part `led` on output 0, the part `button` on input 0, whose press toggles it, and the heartbeat on output 1.
  ///
  /// - Parameters:
  ///   - name: What people call the device, in UTF-8.
  ///   - restore: What the LED shows after a start.
  ///   - timing: The times of the button.
  ///   - hasStatusLED: Whether there is an output for the heartbeat.
  public static func demonstration(
    _ name: [UInt8], restore: RestoreMode = .alwaysOff, timing: Button.Timing = .init(), hasStatusLED: Bool = true
  ) -> Device {
    var button = Part.button("button", input: 0, timing: timing)
    button.add(.toggle("led"), on: .press)
    let parts = [Part.switch("led", label: "LED", output: 0, restore: restore), button]
    // The parts are right: their names differ, and so do their channels.
    return try! Device(name, parts: parts, statusOutput: hasStatusLED ? 1 : nil)
  }
}
