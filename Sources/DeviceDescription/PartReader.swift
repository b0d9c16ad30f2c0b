// SPDX-License-Identifier: MIT

// Reads one part of a file: which kind it is, whether its keys are those of the kind, and what each says. What concerns
// several parts (interlocks, targets of actions, lines used twice) is checked afterwards, in DescriptionChecks.

import Bytes
import Parts
import Timebase

/// A part as it was read, with the places that later checks need.
struct ReadPart {
  let name: YAMLText
  let kind: PartKind
  var part: Part
  /// The switches that it names in `interlock`.
  var interlock: [YAMLText] = []
  /// What its gestures do.
  var actions: [ReadAction] = []
  /// Where `restore` stands.
  var restorePosition: TextPosition?
}

/// Reads parts, and numbers their channels.
struct PartReader {
  /// Says what is wrong with an address of a channel, or nil.
  typealias AddressCheck = (ChannelRole, String) -> String?

  let values: ValueReader
  let addressCheck: AddressCheck
  private(set) var outputs: [Channel] = []
  private(set) var inputs: [Channel] = []

  /// The part that is being read.
  private var name = ""
  private var entries: [YAMLEntry] = []

  init(mistakes: MistakeList, addressCheck: @escaping AddressCheck) {
    values = ValueReader(mistakes: mistakes)
    self.addressCheck = addressCheck
  }

  private var mistakes: MistakeList { values.mistakes }

  /// A millisecond to a day, and what else lengths of time are bounded by, in milliseconds.
  private enum Bounds {
    static let day: Int64 = 86_400_000
    static let debounce: ClosedRange<Int64> = 0...1000
    static let gesture: ClosedRange<Int64> = 20...60_000
    static let rest: ClosedRange<Int64> = 0...day
    static let offAfter: ClosedRange<Int64> = 100...49 * day  // 32 bits of milliseconds are a little more
    static let transition: ClosedRange<Int64> = 0...3_600_000
    static let interval: ClosedRange<Int64> = 1...day
  }

  // MARK: one part

  /// Reads a part; nil if it is not even clear which kind it is.
  mutating func read(_ entry: YAMLEntry) -> ReadPart? {
    checkName(entry.key)
    guard let mapping = entry.value.mapping else {
      let line = entry.value.text.map { $0.isEmpty ? "GPIO26" : $0.string } ?? "GPIO26"
      mistakes.add(entry.value.position, "\"\(entry.key.string)\" needs its kind; did you mean {switch: \(line)}?")
      return nil
    }
    (name, entries) = (entry.key.string, mapping)
    guard let kind = kind(at: entry.key.position) else { return nil }
    checkKeys(kind.kind)
    return part(named: entry.key, kind.kind, kind.entry)
  }

  private func checkName(_ name: YAMLText) {
    let bytes = Array(name.string.utf8)
    if name.string == "all" {
      mistakes.add(name.position, "a part cannot be called \"all\", which means every part in an action; choose another name")
    } else if !Part.isName(bytes.span) {
      let fixed = name.string.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
      let fixedBytes = Array(String(fixed).utf8)
      let hint = Part.isName(fixedBytes.span) ? "; did you mean \"\(String(fixed))\"?" : ""
      mistakes.add(name.position, "\"\(name.string)\" is not a name; a name is a letter a-z, then a-z, 0-9 and _, at most 32\(hint)")
    }
  }

  /// The one key that says the kind.
  private func kind(at position: TextPosition) -> (kind: PartKind, entry: YAMLEntry)? {
    let kinds = entries.compactMap { entry in PartKind(rawValue: entry.key.string).map { (kind: $0, entry: entry) } }
    if kinds.count == 1 { return kinds[0] }
    if kinds.count > 1 {
      let first = kinds[0]
      mistakes.add(kinds[1].entry.key.position, "\"\(name)\" is \(first.kind.withArticle) (\(first.entry.key.position)) and \(kinds[1].kind.withArticle); a part is of one kind")
      return nil
    }
    let known = PartKind.allCases.map(\.rawValue)
    let allKeys = PartKeys.table.map(\.key)
    for entry in entries where !allKeys.contains(entry.key.string) {
      let key = entry.key.string
      let meant = PartKeys.synonyms[key].flatMap { known.contains($0) ? $0 : nil } ?? Suggestion.nearest(to: key, among: known)
      guard let meant else { continue }
      mistakes.add(entry.key.position, "\"\(key)\" is not a kind of part; did you mean \"\(meant)\"?")
      return nil
    }
    mistakes.add(position, "\"\(name)\" has no kind; add one of \(known.joined(separator: ", ")), such as switch: GPIO26")
    return nil
  }

  private func checkKeys(_ kind: PartKind) {
    let known = PartKeys.keys(of: kind)
    for entry in entries where !known.contains(entry.key.string) {
      let key = entry.key.string
      let others = PartKeys.kinds(with: key).map(\.withArticle)
      if !others.isEmpty {
        mistakes.add(entry.key.position, "\"\(key)\" belongs to \(others.joined(separator: " or ")); \"\(name)\" is \(kind.withArticle)")
      } else if ["pin", "line", "gpio", "address", "port"].contains(key) {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; the line stands behind the kind, as in \(kind.rawValue): GPIO26")
      } else if let synonym = PartKeys.synonyms[key], known.contains(synonym) {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; did you mean \"\(synonym)\"?")
      } else if let nearest = Suggestion.nearest(to: key, among: known) {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; did you mean \"\(nearest)\"?")
      } else {
        mistakes.add(entry.key.position, "unknown key \"\(key)\"; \(kind.withArticle) knows \(known.joined(separator: ", "))")
      }
    }
  }

  private func entry(_ key: String) -> YAMLEntry? { entries.first { $0.key.string == key } }

  // MARK: kinds

  private mutating func part(named name: YAMLText, _ kind: PartKind, _ channel: YAMLEntry) -> ReadPart {
    let bytes = Array(name.string.utf8)
    let label = entry("label").flatMap { values.label($0) }
    let group = entry("group").flatMap { values.label($0) } ?? []
    switch kind {
    case .switch: return readSwitch(name, bytes, label, group, channel)
    case .light: return readLight(name, bytes, label, group, channel)
    case .button: return readButton(name, bytes, label, group, channel)
    case .contact: return readContact(name, bytes, label, group, channel)
    case .sensor: return readSensor(name, bytes, label, group, channel)
    case .number: return readNumber(name, bytes, label, group, channel)
    }
  }

  private mutating func readSwitch(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    let interlock = entry("interlock").map { values.texts($0) } ?? []
    let output = outputs.count
    addOutput(.switch, channel)
    if interlock.isEmpty, let dwell = entry("dwell") {
      mistakes.add(dwell.key.position, "\"dwell\" means nothing without \"interlock\"; did you mean \"min_dwell\"?")
    }
    let part = Part.switch(
      bytes, label: label, group: group, output: output, restore: restoreMode(),
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.offAfter) },
      minDwell: entry("min_dwell").flatMap { values.duration($0, in: Bounds.rest) } ?? 0,
      interlock: interlock.map { Array($0.string.utf8) },
      dwell: entry("dwell").flatMap { values.duration($0, in: Bounds.rest) } ?? Switch.defaultDwell)
    return ReadPart(
      name: name, kind: .switch, part: part, interlock: interlock, restorePosition: entry("restore")?.value.position)
  }

  private mutating func readLight(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    let output = outputs.count
    let count = addLightOutputs(channel)
    let part = Part.light(
      bytes, label: label, group: group, output: output, channelCount: count, restore: restoreMode(),
      transition: entry("transition").flatMap { values.duration($0, in: Bounds.transition) } ?? 0,
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.offAfter) }, gamma: gamma())
    return ReadPart(name: name, kind: .light, part: part)
  }

  private func gamma() -> Gamma {
    guard let entry = entry("gamma"), let exponent = values.decimal(entry) else { return .standard }
    if let gamma = Gamma(exponent) { return gamma }
    mistakes.add(entry.value.position, "\"gamma\" must be between 1 (none) and 4; LEDs need about 2.2")
    return .standard
  }

  private mutating func readButton(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    var timing = Button.Timing()
    func time(_ key: String, _ range: ClosedRange<Int64>, for gestures: [String], _ time: inout Milliseconds) {
      guard let entry = entry(key) else { return }
      if !gestures.isEmpty, !gestures.contains(where: { self.entry($0) != nil }) {
        let missing = gestures.map { "\"\($0)\"" }.joined(separator: " or ")
        mistakes.add(entry.key.position, "\"\(key)\" means nothing without \(missing)")
      }
      if let duration = values.duration(entry, in: range) { time = duration }
    }
    time("debounce", Bounds.debounce, for: [], &timing.debounce)
    time("double_within", Bounds.gesture, for: ["double"], &timing.double)
    time("long_after", Bounds.gesture, for: ["long", "repeat"], &timing.long)
    time("repeat_every", Bounds.gesture, for: ["repeat"], &timing.repeat)

    var reactions: [Part.Reaction] = []
    var actions: [ReadAction] = []
    for gesture in Gesture.allCases {
      guard let entry = entry("\(gesture.name)") else { continue }
      let read = values.texts(entry).compactMap { ReadAction($0, mistakes) }
      reactions.append(Part.Reaction(gesture, read.map(\.action)))
      actions += read
    }
    let input = inputs.count
    addInput(.button, channel, isActiveLow: true)
    let part = Part.button(
      bytes, label: label, group: group, input: input, timing: timing,
      isRemote: entry("remote").flatMap { values.bool($0) } ?? false, reactions: reactions)
    return ReadPart(name: name, kind: .button, part: part, actions: actions)
  }

  private mutating func readContact(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    let input = inputs.count
    // A reed contact to ground, with its pull-up: high while the door is open, which is "on" for a door.
    addInput(.contact, channel, isActiveLow: false)
    let debounce = Button.Timing.standardDebounce
    let part = Part.contact(
      bytes, label: label, group: group, input: input,
      onAfter: entry("on_after").flatMap { values.duration($0, in: Bounds.rest) } ?? debounce,
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.rest) } ?? debounce,
      isInverted: entry("invert").flatMap { values.bool($0) } ?? false, deviceClass: deviceClass(DeviceClasses.contacts))
    return ReadPart(name: name, kind: .contact, part: part)
  }

  private mutating func readSensor(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    let input = inputs.count
    if let address = address(channel, .sensor) {
      inputs.append(
        Channel(
          part: self.name, role: .sensor, address: address.string, position: address.position,
          interval: entry("every").flatMap { values.duration($0, in: Bounds.interval) }))
    }
    let decimals = entry("decimals").flatMap { values.integer($0, in: 0...12) }
    let part = Part.sensor(
      bytes, label: label, group: group, input: input, unit: unit(), deviceClass: deviceClass(DeviceClasses.sensors),
      scale: scale(), offset: entry("offset").flatMap { values.decimal($0) } ?? .zero,
      decimals: decimals.map { UInt8(clamping: $0) }, report: report())
    return ReadPart(name: name, kind: .sensor, part: part)
  }

  private func scale() -> Decimal {
    guard let entry = entry("scale"), let scale = values.decimal(entry) else { return Decimal(1) }
    if scale == .zero { mistakes.add(entry.value.position, "\"scale\" is 0, so the value would always be \"offset\"") }
    return scale
  }

  /// `report: 0.5`, or `report: {change: 0.5, every: 5 min}`.
  private func report() -> Sensor.Report {
    guard let entry = entry("report") else { return Sensor.Report() }
    guard let mapping = entry.value.mapping else {
      let change = values.decimal(entry)
      checkChange(change, entry)
      return Sensor.Report(change: change ?? .zero)
    }
    var report = Sensor.Report()
    for entry in mapping {
      switch entry.key.string {
      case "change":
        let change = values.decimal(entry)
        checkChange(change, entry)
        report.change = change ?? .zero
      case "every": report.interval = values.duration(entry, in: Bounds.interval)
      case let key:
        let hint = Suggestion.words(for: key, among: ["change", "every"])
        mistakes.add(entry.key.position, "unknown key \"\(key)\" in \"report\"\(hint)")
      }
    }
    return report
  }

  private func checkChange(_ change: Decimal?, _ entry: YAMLEntry) {
    guard let change, change.isNegative else { return }
    mistakes.add(entry.value.position, "a change is counted without its sign; it must be 0 or more")
  }

  private func readNumber(
    _ name: YAMLText, _ bytes: [UInt8], _ label: [UInt8]?, _ group: [UInt8], _ channel: YAMLEntry
  ) -> ReadPart {
    let initial = channel.value.isEmpty ? nil : values.decimal(channel)
    let minimum = entry("min").flatMap { values.decimal($0) }
    let maximum = entry("max").flatMap { values.decimal($0) }
    let step = entry("step").flatMap { values.decimal($0) } ?? Decimal(1)
    for key in ["min", "max"] where entry(key) == nil {
      mistakes.add(channel.key.position, "a number needs \"min\" and \"max\"; \"\(name.string)\" has no \"\(key)\"")
      break
    }
    if let minimum, let maximum, minimum >= maximum, let entry = entry("max") {
      mistakes.add(entry.value.position, "\"max\" must be above \"min\"")
    } else if let initial, let minimum, let maximum, initial < minimum || initial > maximum {
      mistakes.add(channel.value.position, "the first value must be between \"min\" and \"max\"")
    }
    if step <= .zero, let entry = entry("step") { mistakes.add(entry.value.position, "\"step\" must be above 0") }
    let part = Part.number(
      bytes, label: label, group: group, minimum: minimum ?? .zero, maximum: maximum ?? minimum ?? .zero, step: step,
      initial: initial, unit: unit(), restores: entry("restore").flatMap { values.bool($0) } ?? false)
    return ReadPart(name: name, kind: .number, part: part)
  }

  // MARK: values that several kinds have

  private func restoreMode() -> RestoreMode {
    guard let entry = entry("restore") else { return .alwaysOff }
    return values.choice(entry, RestoreMode.words) ?? .alwaysOff
  }

  private func unit() -> [UInt8] { entry("unit").flatMap { values.label($0, limit: 16) } ?? [] }

  private func deviceClass(_ known: [String]) -> [UInt8] {
    guard let entry = entry("device_class"), let text = values.text(entry) else { return [] }
    if known.contains(text.string) { return Array(text.string.utf8) }
    // New classes come every year, so an unknown one passes, unless it looks like a mistyped one.
    let isWord = text.string.utf8.count <= 64 && text.string.utf8.allSatisfy { $0.asciiLowercased == $0 && ($0 &- 0x61 < 26 || $0.isASCIIDigit || $0 == 0x5F) }
    let nearest = Suggestion.nearest(to: text.string, among: known)
    guard isWord, nearest == nil || text.string.count < 5 else {
      let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? "; a class is a word such as \(known[0])"
      mistakes.add(text.position, "\"\(text.string)\" is not a device class of Home Assistant\(hint)")
      return []
    }
    return Array(text.string.utf8)
  }

  // MARK: channels

  /// What stands behind a kind: where the part is soldered to.
  private func address(_ entry: YAMLEntry, _ role: ChannelRole) -> YAMLText? {
    guard !entry.value.isEmpty else {
      mistakes.add(entry.key.position, "\"\(name)\" has no line; write where it is, such as \(role.rawValue): \(role.example)")
      return nil
    }
    return address(entry.value, entry.key.string, role)
  }

  private func address(_ value: YAMLValue, _ key: String, _ role: ChannelRole) -> YAMLText? {
    guard let text = values.text(value, for: key) else { return nil }
    guard let wrong = addressCheck(role, text.string) else { return text }
    mistakes.add(text.position, wrong)
    return nil
  }

  private func isActiveLow(_ standard: Bool) -> Bool {
    entry("active").flatMap { values.choice($0, [("low", true), ("high", false)]) } ?? standard
  }

  private mutating func addOutput(_ role: ChannelRole, _ entry: YAMLEntry) {
    let isLow = isActiveLow(false)
    guard let address = address(entry, role) else { return }
    outputs.append(
      Channel(part: name, role: role, address: address.string, position: address.position, isActiveLow: isLow))
  }

  /// One output for each address of a light, or several for one that is colored by itself; returns how many.
  private mutating func addLightOutputs(_ entry: YAMLEntry) -> Int {
    let isLow = isActiveLow(false)
    let sharing = self.entry("channels").flatMap { values.choice($0, [("1", 1), ("3", 3), ("4", 4)]) }
    var addresses: [YAMLText] = []
    if let list = entry.value.list {
      guard [1, 3, 4].contains(list.count) else {
        mistakes.add(entry.value.position, "a light has 1, 3 (red, green, blue) or 4 (and white) lines; \"\(name)\" has \(list.count)")
        return 1
      }
      if let channels = self.entry("channels"), sharing != list.count {
        mistakes.add(channels.key.position, "\"channels\" is for a light with one address; \"\(name)\" has \(list.count)")
      }
      addresses = list.compactMap { address($0, entry.key.string, .light) }
      guard addresses.count == list.count else { return 1 }
    } else {
      guard let address = address(entry, .light) else { return 1 }
      addresses = Array(repeating: address, count: sharing ?? 1)
    }
    let isShared = entry.value.list == nil && addresses.count > 1
    for (address, color) in zip(addresses, LightColor.allCases) {
      outputs.append(
        Channel(
          part: name, role: .light, address: address.string, position: address.position, isActiveLow: isLow,
          color: addresses.count > 1 ? color : nil, sharing: isShared ? addresses.count : 1))
    }
    return addresses.count
  }

  private mutating func addInput(_ role: ChannelRole, _ entry: YAMLEntry, isActiveLow standard: Bool) {
    let isLow = isActiveLow(standard)
    let pull = self.entry("pull").flatMap { values.choice($0, Pull.allCases.map { ($0.rawValue, $0) }) } ?? .up
    let debounce = self.entry("kernel_debounce").flatMap { values.duration($0, in: Bounds.debounce) } ?? 0
    guard let address = address(entry, role) else { return }
    inputs.append(
      Channel(
        part: name, role: role, address: address.string, position: address.position, isActiveLow: isLow, pull: pull,
        kernelDebounce: debounce))
  }
}

extension ChannelRole {
  /// An address that a channel of this role may have.
  var example: String {
    switch self {
    case .switch: "GPIO26"
    case .light: "pwm0:1"
    case .button: "GPIO22"
    case .contact: "GPIO17"
    case .sensor: "w1:28-0000075b1c2d"
    case .statusLED: "led:ACT"
    }
  }
}

extension RestoreMode {
  /// The four modes, as a file and an option name them.
  static let words: [(word: String, value: RestoreMode)] = [
    ("always-off", .alwaysOff), ("always-on", .alwaysOn), ("restore-default-off", .restoreDefaultOff),
    ("restore-default-on", .restoreDefaultOn),
  ]
}
