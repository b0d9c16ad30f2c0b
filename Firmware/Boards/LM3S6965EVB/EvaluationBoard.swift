// SPDX-License-Identifier: MIT

// What the parts are wired to. Output 0 is the status LED, output 1 an LED of the Ethernet jack, input 0 the SELECT
// button. Polarity is known only here: the LEDs shine while their line is high, the button pulls its line low.
// Source: Stellaris LM3S6965 Evaluation Board User's Manual, appendix A (schematics).

import Parts
import Timebase

/// The LEDs and the button of the evaluation board.
struct EvaluationBoard: Board {
  private static let select: UInt = 1

  /// The pin of port F for each output.
  private static func pin(ofOutput output: Int) -> UInt { output == 0 ? 0 : 2 }

  /// Makes the pins what they are.
  init() {
    PortF.makeOutput(Self.pin(ofOutput: 0))
    PortF.makeOutput(Self.pin(ofOutput: 1))
    PortF.makeInput(Self.select)
  }

  /// An edge of the button has ended the sleep, and the loop looks at what there is now.
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
    device.sense(0, PortF.isHigh(Self.select) ? .inactive : .active, at: now)
    return nil
  }

  mutating func drive(_ drive: Drive) { PortF.set(Self.pin(ofOutput: drive.output), high: drive.level > 0) }
}
