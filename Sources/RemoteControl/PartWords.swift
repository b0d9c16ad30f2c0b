// SPDX-License-Identifier: MIT

// What a row of the page says about its part, in the words that the script uses (`partWord` in Web/words.js, and each
// kind's `word` in Web/parts), so that a reader without JavaScript gets the same. The text is not escaped yet.

import Bytes
import Parts

enum PartWords {
  static func append(_ part: borrowing Part, to text: inout [UInt8]) {
    guard part.fault.isEmpty else {
      text.append("gone - ")
      text.append(part.fault.span)
      return
    }
    switch part.kind {
    case .switch(let part):
      if part.isWantedOn != part.isOn { text.append("turning ") }
      text.append(word(part.isWantedOn))
      if part.isWantedOn != part.isOn { text.append("…") }
    case .light(let part):
      text.append(word(part.isOn))
      guard part.isOn else { return }
      text.append(" · ")
      text.append(decimal: max(1, (UInt32(part.brightness) * 200 + 255) / 510))
      text.append(" %")
    case .button(let part):
      if let gesture = part.lastGesture, !part.isPressed {
        text.append(gesture.name)
      } else {
        text.append(part.isPressed ? "pressed" : "released")
      }
    case .contact(let contact): text.append(sides(of: part.deviceClass.span, isOn: contact.isOn == true))
    case .sensor(let sensor): append(sensor.value, part.unit, to: &text)
    case .number(let number): append(number.value, part.unit, to: &text)
    }
  }

  private static func word(_ isOn: Bool) -> StaticString { isOn ? "on" : "off" }

  private static func append(_ value: Decimal?, _ unit: [UInt8], to text: inout [UInt8]) {
    guard let value else { return text.append("unknown") }
    text.append(value)
    guard !unit.isEmpty else { return }
    text.append("\u{A0}")
    text.append(unit.span)
  }

  /// What the two sides of a contact are called, by its device class. Firmware says on and off; the script replaces
  /// that.
  private static func sides(of deviceClass: Span<UInt8>, isOn: Bool) -> StaticString {
    #if !hasFeature(Embedded)
      for (classes, on, off) in namedSides {
        for name in classes where deviceClass.equals(name) { return isOn ? on : off }
      }
    #endif
    return word(isOn)
  }

  #if !hasFeature(Embedded)
    private static let namedSides: [(classes: [StaticString], on: StaticString, off: StaticString)] = [
      (["door", "garage_door", "window", "opening"], "open", "closed"),
      (
        [
          "motion", "occupancy", "presence", "smoke", "gas", "carbon_monoxide", "sound", "vibration", "tamper",
        ], "detected", "clear"
      ),
      (["moisture"], "wet", "dry"), (["lock"], "unlocked", "locked"), (["battery"], "low", "normal"),
      (["connectivity"], "connected", "disconnected"), (["plug"], "plugged in", "unplugged"),
      (["problem"], "problem", "OK"), (["safety"], "unsafe", "safe"),
    ]
  #endif
}
