// SPDX-License-Identifier: MIT

// Which keys a part may have in a file, by its kind. Mistakes are found with this table, and `did you mean` takes its
// words from it; what each key means is in PartReader.

/// What a part is.
public enum PartKind: String, CaseIterable, Sendable {
  case `switch`, light, button, contact, sensor, number

  /// As in "lamp is a switch".
  var withArticle: String { "a \(rawValue)" }
}

/// The keys of parts.
enum PartKeys {
  /// Every key but the kinds themselves, and the kinds that have it.
  static let table: [(key: String, kinds: Set<PartKind>)] = [
    ("label", Set(PartKind.allCases)),
    ("group", Set(PartKind.allCases)),
    ("access", [.switch, .light, .button, .number]),
    ("active", [.switch, .light, .button, .contact]),
    ("pull", [.button, .contact]),
    ("kernel_debounce", [.button, .contact]),
    ("restore", [.switch, .light, .number]),
    ("off_after", [.switch, .light, .contact]),
    ("min_dwell", [.switch]),
    ("interlock", [.switch]),
    ("dwell", [.switch]),
    ("channels", [.light]),
    ("transition", [.light]),
    ("gamma", [.light]),
    ("debounce", [.button]),
    ("press", [.button]),
    ("release", [.button]),
    ("click", [.button]),
    ("double", [.button]),
    ("long", [.button]),
    ("repeat", [.button]),
    ("double_within", [.button]),
    ("long_after", [.button]),
    ("repeat_every", [.button]),
    ("remote", [.button]),
    ("on_after", [.contact]),
    ("invert", [.contact]),
    ("device_class", [.contact, .sensor]),
    ("unit", [.sensor, .number]),
    ("every", [.sensor]),
    ("report", [.sensor]),
    ("scale", [.sensor]),
    ("offset", [.sensor]),
    ("decimals", [.sensor]),
    ("min", [.number]),
    ("max", [.number]),
    ("step", [.number]),
  ]

  /// What other programs call our kinds and keys.
  static let synonyms: [String: String] = [
    "relay": "switch", "output": "switch", "plug": "switch", "led": "light", "lamp": "light", "dimmer": "light",
    "binary_sensor": "contact", "thermometer": "sensor", "setpoint": "number", "slider": "number",
    "inverted": "invert", "delayed_on": "on_after", "delayed_off": "off_after", "auto_off": "off_after",
    "unit_of_measurement": "unit", "update_interval": "every", "interval": "every", "accuracy_decimals": "decimals",
    "min_value": "min", "max_value": "max", "restore_mode": "restore", "friendly_name": "label", "title": "label",
    "room": "group", "area": "group", "bias": "pull", "pullup": "pull", "long_press": "long", "double_click": "double",
    "single": "click", "on_press": "press", "on_release": "release", "on_click": "click", "multiply": "scale",
    "gamma_correct": "gamma", "interlock_wait_time": "dwell",
  ]

  /// The keys that a part of this kind may have.
  static func keys(of kind: PartKind) -> [String] {
    [kind.rawValue] + table.filter { $0.kinds.contains(kind) }.map(\.key)
  }

  /// The kinds that have a key, in the order of the documentation.
  static func kinds(with key: String) -> [PartKind] {
    guard let kinds = table.first(where: { $0.key == key })?.kinds else { return [] }
    return PartKind.allCases.filter { kinds.contains($0) }
  }
}
