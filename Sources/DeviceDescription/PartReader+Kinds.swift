// SPDX-License-Identifier: MIT

// What the keys of each of the six kinds mean, and which values they take.

import Bytes
import Parts
import Timebase

/// The least and the greatest length of time of each sort, in milliseconds.
enum Bounds {
  static let day: Int64 = 86_400_000
  static let debounce: ClosedRange<Int64> = 0...1000
  static let gesture: ClosedRange<Int64> = 20...60_000
  static let rest: ClosedRange<Int64> = 0...day
  static let offAfter: ClosedRange<Int64> = 100...49 * day  // 32 bits of milliseconds are a little more
  static let transition: ClosedRange<Int64> = 0...3_600_000
  static let interval: ClosedRange<Int64> = 1...day
}

extension PartReader {
  // MARK: kinds

  /// What every part has.
  struct Heading {
    let name: YAMLText
    let label: Text?
    let group: Text
    /// The kind, and the address or value behind it.
    let kind: YAMLEntry

    var text: Text { name.text }
  }

  mutating func part(named name: YAMLText, _ kind: PartKind, _ entry: YAMLEntry) -> ReadPart {
    let heading = Heading(
      name: name, label: self.entry("label").flatMap { values.label($0) }.map(Text.init),
      group: Text(self.entry("group").flatMap { values.label($0) } ?? []), kind: entry)
    var read = switch kind {
    case .switch: readSwitch(heading)
    case .light: readLight(heading)
    case .button: readButton(heading)
    case .contact: readContact(heading)
    case .sensor: readSensor(heading)
    case .number: readNumber(heading)
    }
    read.part.isForAdmins = isForAdmins()
    return read
  }

  private func isForAdmins() -> Bool {
    entry("access").flatMap { values.choice($0, [("control", false), ("admin", true)]) } ?? false
  }

  private mutating func readSwitch(_ heading: Heading) -> ReadPart {
    let interlock = entry("interlock").map { values.texts($0, such: "[up, down]") } ?? []
    let output = outputs.count
    addOutput(.switch, heading.kind)
    let part = Part.switch(
      heading.text, label: heading.label, group: heading.group, output: output, restore: restoreMode(),
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.offAfter) },
      minDwell: entry("min_dwell").flatMap { values.duration($0, in: Bounds.rest) } ?? 0,
      interlock: interlock.map(\.text),
      dwell: entry("dwell").flatMap { values.duration($0, in: Bounds.rest) } ?? Switch.defaultDwell)
    return ReadPart(
      name: heading.name, kind: .switch, part: part, interlock: interlock,
      restorePosition: entry("restore")?.value.position, dwellPosition: entry("dwell")?.key.position)
  }

  private mutating func readLight(_ heading: Heading) -> ReadPart {
    let output = outputs.count
    let count = addLightOutputs(heading.kind)
    let part = Part.light(
      heading.text, label: heading.label, group: heading.group, output: output, channelCount: count,
      restore: restoreMode(),
      transition: entry("transition").flatMap { values.duration($0, in: Bounds.transition) } ?? 0,
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.offAfter) }, gamma: gamma())
    return ReadPart(name: heading.name, kind: .light, part: part)
  }

  private func gamma() -> Gamma {
    guard let entry = entry("gamma"), let exponent = values.decimal(entry) else { return .standard }
    if let gamma = Gamma(exponent) { return gamma }
    mistakes.add(entry.value.position, "\"gamma\" must be between 1 (none) and 4; LEDs need about 2.2")
    return .standard
  }

  private mutating func readButton(_ heading: Heading) -> ReadPart {
    var timing = Button.Timing()
    func time(_ key: String, _ range: ClosedRange<Int64>, for gestures: [String], _ time: inout Milliseconds) {
      guard let entry = entry(key) else { return }
      if !gestures.isEmpty, !gestures.contains(where: { self.entry($0) != nil }) {
        let missing = gestures.map { "\"\($0)\"" }.joined(separator: " or ")
        mistakes.add(entry.key.position, "\"\(key)\" has no effect without \(missing)")
      }
      if let duration = values.duration(entry, in: range) { time = duration }
    }
    time("debounce", Bounds.debounce, for: [], &timing.debounce)
    time("double_within", Bounds.gesture, for: ["double"], &timing.double)
    time("long_after", Bounds.gesture, for: ["long", "repeat"], &timing.long)
    time("repeat_every", Bounds.gesture, for: ["repeat"], &timing.repeat)

    var reactions: [Part.Reaction] = []
    var actions: [ActionText] = []
    for gesture in Gesture.allCases {
      guard let entry = entry("\(gesture)") else { continue }
      let read = values.texts(entry, such: "toggle lamp").compactMap { ActionText($0, mistakes) }
      reactions.append(Part.Reaction(gesture, read.map(\.action)))
      actions += read
    }
    let input = inputs.count
    addInput(.button, heading.kind, isActiveLow: true)
    let part = Part.button(
      heading.text, label: heading.label, group: heading.group, input: input, timing: timing,
      isRemote: entry("remote").flatMap { values.bool($0) } ?? false, reactions: reactions)
    return ReadPart(name: heading.name, kind: .button, part: part, actions: actions)
  }

  private mutating func readContact(_ heading: Heading) -> ReadPart {
    let input = inputs.count
    // A reed contact to ground, with its pull-up: high while the door is open, which is "on" for a door.
    addInput(.contact, heading.kind, isActiveLow: false)
    let debounce = Debouncer.standardDuration
    let part = Part.contact(
      heading.text, label: heading.label, group: heading.group, input: input,
      onAfter: entry("on_after").flatMap { values.duration($0, in: Bounds.rest) } ?? debounce,
      offAfter: entry("off_after").flatMap { values.duration($0, in: Bounds.rest) } ?? debounce,
      isInverted: entry("invert").flatMap { values.bool($0) } ?? false,
      deviceClass: deviceClass(DeviceClasses.contacts, isComplete: true))
    return ReadPart(name: heading.name, kind: .contact, part: part)
  }

  private mutating func readSensor(_ heading: Heading) -> ReadPart {
    let input = inputs.count
    if let address = address(heading.kind, .sensor) {
      inputs.append(
        Channel(
          part: self.name, role: .sensor, address: address.string, position: address.position,
          interval: entry("every").flatMap { values.duration($0, in: Bounds.interval) }))
    }
    let decimals = entry("decimals").flatMap { values.integer($0, in: 0...12) }
    let part = Part.sensor(
      heading.text, label: heading.label, group: heading.group, input: input, unit: unit(),
      deviceClass: deviceClass(DeviceClasses.sensors),
      scale: scale(), offset: entry("offset").flatMap { values.decimal($0) } ?? .zero,
      decimals: decimals.map { UInt8(clamping: $0) }, report: report())
    return ReadPart(name: heading.name, kind: .sensor, part: part)
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
    if mapping.isEmpty {
      mistakes.add(
        entry.value.position, "\"report\" is empty; write report: 0.5, or report: {change: 0.5, every: 5 min}")
    }
    var report = Sensor.Report()
    for entry in mapping {
      switch entry.key.string {
      case "change":
        let change = values.decimal(entry)
        checkChange(change, entry)
        report.change = change ?? .zero
      case "every": report.interval = values.duration(entry, in: Bounds.interval)
      default: mistakes.addUnknownKey(entry.key, in: "report", known: ["change", "every"])
      }
    }
    return report
  }

  private func checkChange(_ change: Decimal?, _ entry: YAMLEntry) {
    guard let change, change.isNegative else { return }
    mistakes.add(entry.value.position, "the reported change must be 0 or more")
  }

  private func readNumber(_ heading: Heading) -> ReadPart {
    let initial = heading.kind.value.isEmpty ? nil : values.decimal(heading.kind)
    let minimum = entry("min").flatMap { values.decimal($0) }
    let maximum = entry("max").flatMap { values.decimal($0) }
    let step = entry("step").flatMap { values.decimal($0) } ?? Decimal(1)
    for key in ["min", "max"] where entry(key) == nil {
      mistakes.add(
        heading.kind.key.position, "a number needs \"min\" and \"max\"; \"\(heading.name.string)\" has no \"\(key)\"")
      break
    }
    if let minimum, let maximum, minimum >= maximum, let entry = entry("max") {
      mistakes.add(entry.value.position, "\"max\" must be above \"min\"")
    } else if let initial, let minimum, let maximum, initial < minimum || initial > maximum {
      mistakes.add(heading.kind.value.position, "the first value must be between \"min\" and \"max\"")
    } else if step > .zero, let minimum, let maximum {
      checkSteps(heading, minimum, maximum, step, initial ?? minimum)
    }
    if step <= .zero, let entry = entry("step") { mistakes.add(entry.value.position, "\"step\" must be above 0") }
    let part = Part.number(
      heading.text, label: heading.label, group: heading.group, minimum: minimum ?? .zero,
      maximum: maximum ?? minimum ?? .zero, step: step,
      initial: initial, unit: unit(), restores: entry("restore").flatMap { values.bool($0) } ?? false)
    return ReadPart(name: heading.name, kind: .number, part: part)
  }

  /// Every value that can be set is written exactly, and the first one can be set.
  private func checkSteps(
    _ heading: Heading, _ minimum: Decimal, _ maximum: Decimal, _ step: Decimal, _ initial: Decimal
  ) {
    let last = min(minimum.exponent, step.exponent)
    let first = max(minimum.placesBeforePoint, maximum.placesBeforePoint)
    guard first - Int(last) <= Decimal.maximumDigits, let top = maximum.rounded(toMultipleOf: step, from: minimum),
      let nearest = initial.rounded(toMultipleOf: step, from: minimum)
    else {
      let entry = entry("step") ?? entry("max") ?? heading.kind
      mistakes.add(
        entry.value.position,
        "between \"min\" and \"max\" are values of more than \(Decimal.maximumDigits) digits; take a larger \"step\"")
      return
    }
    guard nearest != initial else { return }
    var words: [UInt8] = []
    let meant = nearest <= maximum ? nearest : (nearest - step ?? top)
    words.append(meant)
    let hint = "did you mean \(String(decoding: words, as: UTF8.self))?"
    mistakes.add(heading.kind.value.position, "the first value must be \"min\" and a whole number of steps; \(hint)")
  }

  // MARK: values that several kinds have

  private func restoreMode() -> RestoreMode {
    guard let entry = entry("restore") else { return .alwaysOff }
    return values.choice(entry, RestoreMode.allCases.map { ($0.name, $0) }) ?? .alwaysOff
  }

  private func unit() -> Text { Text(entry("unit").flatMap { values.label($0, limit: 16) } ?? []) }

  /// `isComplete`: no other classes pass than those that are known.
  private func deviceClass(_ known: [String], isComplete: Bool = false) -> Text {
    guard let entry = entry("device_class"), let text = values.text(entry) else { return "" }
    if known.contains(text.string) { return text.text }
    // Sensors get new classes every year, so an unknown one passes, unless it looks like a mistyped one.
    let isWord = text.string.utf8.allSatisfy { $0 &- 0x61 < 26 || $0.isASCIIDigit || $0 == 0x5F }
      && text.string.utf8.count <= 64
    let nearest = Suggestion.nearest(to: text.string, among: known)
    guard !isComplete, isWord, nearest == nil || text.string.count < 5 else {
      let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? "; a class is a word such as \(known[0])"
      mistakes.add(text.position, "\"\(text.string)\" is not a device class of Home Assistant\(hint)")
      return ""
    }
    return text.text
  }
}

extension Decimal {
  /// How many digits are written before the point, at least if there are no zeros behind it.
  fileprivate var placesBeforePoint: Int {
    significand == 0 ? Int(exponent) : String(significand.magnitude).count + Int(exponent)
  }
}
