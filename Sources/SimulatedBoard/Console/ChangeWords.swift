// SPDX-License-Identifier: MIT

// What is printed where no line can be redrawn: a line for each change of a part.

/// The words for a change of a part.
enum ChangeWords {
  /// The lines that tell how `new` differs from `old`, without newlines.
  static func changes(from old: PartView, to new: PartView) -> [String] {
    let name = Printable.text(new.name)
    var lines: [String] = []
    if new.fault != old.fault {
      lines.append(new.fault.isEmpty ? "\(name) works again" : "\(name) fault: \(Printable.text(new.fault))")
    }
    if let words = change(from: old, to: new) { lines.append("\(name) \(words)") }
    return lines
  }

  private static func change(from old: PartView, to new: PartView) -> String? {
    let hasSwitched = new.isOn != old.isOn
    let onOff = new.isOn ? "on" : "off"
    switch new.kind {
    case .switch: return hasSwitched ? onOff : nil
    case .light:
      // The values of a dark light are shown only if they have changed.
      if new.brightness != old.brightness || new.color != old.color { return "\(onOff) \(light(new))" }
      return !hasSwitched ? nil : new.isOn ? "on \(light(new))" : "off"
    case .button: return new.isPressed == old.isPressed ? nil : new.isPressed ? "pressed" : "released"
    case .contact: return !hasSwitched ? nil : !new.opens ? onOff : new.isOn ? "open" : "closed"
    case .sensor, .number: return new.value == old.value ? nil : value(new)
    }
  }

  /// "128", or "128 #ff8000".
  static func light(_ part: PartView) -> String {
    guard !part.color.isEmpty else { return "\(part.brightness)" }
    return "\(part.brightness) #"
      + part.color.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// "21.5 °C", or "unknown".
  static func value(_ part: PartView) -> String {
    guard let value = part.value else { return "unknown" }
    return Printable.text(part.unit.isEmpty ? value : "\(value) \(part.unit)")
  }
}
