// SPDX-License-Identifier: MIT

// A device with parts of all six kinds, as the kitchen of the documentation has them.

import Bytes
import ConformanceSupport
import Parts
import Timebase

extension Device {
  /// Outputs: 0 lamp, 1 up, 2 down, 3 desk, 4 to 6 strip, 7 to 10 wash. Inputs: 0 wall, 1 bell (remote), 2 door,
  /// 3 celsius.
  static func kitchen() -> Device {
    try! Device(
      bytes("Kitchen"),
      parts: [
        .switch("lamp", output: 0, offAfter: .seconds(1800)),
        .switch("up", group: "Blind", output: 1, interlock: ["up", "down"]),
        .switch("down", group: "Blind", output: 2, interlock: ["up", "down"]),
        .light("desk", output: 3),
        .light("strip", output: 4, channelCount: 3),
        .light("wash", output: 7, channelCount: 4),
        .button(
          "wall", input: 0, .on(.click, "toggle lamp"), .on(.long, "dim desk"), .on(.double, "off all")),
        .button("bell", input: 1, isRemote: true, .on(.click, "toggle lamp"), .on(.press, "on desk")),
        .contact("door", input: 2, deviceClass: "door"),
        .sensor("celsius", input: 3, unit: "°C", deviceClass: "temperature"),
        .number(
          "target", label: "Target", minimum: Decimal(50, exponent: -1), maximum: Decimal(30),
          step: Decimal(5, exponent: -1), initial: Decimal(20), unit: "°C"),
      ])
  }
}

/// The inputs of the kitchen.
enum KitchenInput {
  static let wall = 0
  static let bell = 1
  static let door = 2
  static let celsius = 3
}
