// SPDX-License-Identifier: MIT

// A device described in a file:
//
//     name: Kitchen
//     parts:
//       lamp: {switch: GPIO26, restore: restore-default-off, off_after: 30 min}
//       wall: {button: GPIO22, click: toggle lamp}
//
// It is read once, at the start. A description is right as a whole or not at all: every mistake in it is reported, each
// with its place, and the result of one without mistakes is a Device that equals the one that `Device { … }` in Swift
// gives.

public import Parts

/// What a file says about a device: its parts, what they are wired to, and the settings of the program.
public struct DeviceDescription: Sendable {
  /// What people call the device; nil if the file does not say.
  public let name: String?
  /// The parts, in the order of the file.
  public let parts: [Part]
  /// What the device drives. The index is the number of the output, as `Drive` has it.
  public let outputs: [Channel]
  /// What the device reads. The index is the number of the input, as `Device.sense` takes it.
  public let inputs: [Channel]
  /// The settings that are not parts, in the order of the file; `name` is one of them.
  public let settings: [SettingValue]

  private let device: Device

  /// The output that shows the heartbeat, which is the last; nil if there is none.
  public var statusLED: Channel? { outputs.last.flatMap { $0.role == .statusLED ? $0 : nil } }

  /// The device, as it is before its start.
  public func makeDevice() -> Device { device }

  /// How many bytes a file has at most.
  public static var maximumSize: Int { YAMLReader.maximumSize }

  /// Reads a description.
  ///
  /// - Parameters:
  ///   - text: The content of the file, UTF-8.
  ///   - file: What the file is called in mistakes.
  ///   - knownSettings: The settings that are allowed beside the parts.
  ///   - addressCheck: Returns what is wrong with an address for a role, or nil; the syntax is the board's.
  ///   - addressIdentity: Gives the same for two addresses of a role that surely mean one channel, where `chip` is the
  ///     setting of that name; other addresses are different channels, as far as is known.
  /// - Throws: All mistakes, if there are any.
  public init(
    _ text: [UInt8], file: String, knownSettings: [KnownSetting] = KnownSetting.all,
    addressCheck: (ChannelRole, String) -> String? = { _, _ in nil },
    addressIdentity: (_ role: ChannelRole, _ address: String, _ chip: String?) -> String = { _, address, _ in address }
  ) throws(DescriptionMistakes) {
    let mistakes = MistakeList(file: file)
    self = try withoutActuallyEscaping(addressCheck) { check throws(DescriptionMistakes) in
      var reader = DescriptionReader(mistakes: mistakes, knownSettings: knownSettings, addressCheck: check)
      if let root = YAMLReader.read(text, into: mistakes) { reader.read(root, identity: addressIdentity) }
      return try reader.description()
    }
  }

  init(
    name: String?, parts: [Part], outputs: [Channel], inputs: [Channel], settings: [SettingValue], device: Device
  ) {
    self.name = name
    self.parts = parts
    self.outputs = outputs
    self.inputs = inputs
    self.settings = settings
    self.device = device
  }
}

/// Reads the top level of a file.
struct DescriptionReader {
  private let mistakes: MistakeList
  private let settingReader: SettingReader
  private var partReader: PartReader
  private var parts: [ReadPart] = []
  private var names: [String] = []
  private var settings: [SettingValue] = []
  private var statusLED: Channel?

  /// How many parts a device has at most.
  private static var maximumParts: Int { 256 }

  init(
    mistakes: MistakeList, knownSettings: [KnownSetting], addressCheck: @escaping PartReader.AddressCheck
  ) {
    self.mistakes = mistakes
    settingReader = SettingReader(values: ValueReader(mistakes: mistakes), known: knownSettings)
    partReader = PartReader(mistakes: mistakes, addressCheck: addressCheck)
  }

  mutating func read(_ root: YAMLValue, identity: (ChannelRole, String, String?) -> String) {
    guard let entries = root.mapping else {
      let hint = root.isEmpty ? "the file is empty" : "a description is a mapping, not \(root.kindName)"
      mistakes.add(root.position, "\(hint); it begins with \"parts:\"")
      return
    }
    var hasParts = false
    for entry in entries {
      switch entry.key.string {
      case "parts":
        hasParts = true
        readParts(entry)
      case "status_led": readStatusLED(entry)
      default: settings += settingReader.read(entry)
      }
    }
    if !hasParts { noteMissingParts(entries, root.position) }
    let checks = DescriptionChecks(parts: parts, names: names, mistakes: mistakes)
    let chip = settings.first { $0.path == "chip" }?.values.first
    checks.checkAddresses(partReader.outputs + partReader.inputs + (statusLED.map { [$0] } ?? [])) {
      identity($0.role, $0.address, chip)
    }
    checks.checkInterlocks()
    checks.checkActions()
  }

  private func noteMissingParts(_ entries: [YAMLEntry], _ position: TextPosition) {
    // A misspelled "parts", and a part that is not indented, are reported as unknown settings, and that is enough.
    let isTold = entries.contains { Suggestion.nearest(to: $0.key.string, among: ["parts"]) != nil || $0.isPart }
    guard !isTold else { return }
    mistakes.add(position, "there are no parts; add \"parts:\" and one line for each, such as lamp: {switch: GPIO26}")
  }

  private mutating func readParts(_ entry: YAMLEntry) {
    guard let mapping = entry.value.mapping, !mapping.isEmpty else {
      let found = entry.value.mapping != nil ? "nothing" : entry.value.kindName
      mistakes.add(
        entry.value.position,
        "\"parts\" needs a line for each part, such as lamp: {switch: GPIO26}; found \(found)")
      return
    }
    names = mapping.map(\.key.string)
    for entry in mapping.prefix(Self.maximumParts) {
      if let part = partReader.read(entry) { parts.append(part) }
    }
    if mapping.count > Self.maximumParts {
      mistakes.add(
        mapping[Self.maximumParts].key.position,
        "a device has at most \(Self.maximumParts) parts; this one has \(mapping.count)")
    }
  }

  /// `status_led: led:ACT`, or `status_led: {line: GPIO5, active: low}`.
  private mutating func readStatusLED(_ entry: YAMLEntry) {
    let values = ValueReader(mistakes: mistakes)
    var line: YAMLText?
    var isLow = false
    if let mapping = entry.value.mapping {
      for entry in mapping {
        switch entry.key.string {
        case "line": line = values.text(entry)
        case "active": isLow = values.choice(entry, [("low", true), ("high", false)]) ?? false
        default: mistakes.addUnknownKey(entry.key, in: "status_led", known: ["line", "active"])
        }
      }
      if mapping.allSatisfy({ $0.key.string == "active" }) {
        mistakes.add(entry.key.position, "the status LED has no line; write status_led: led:ACT")
      }
    } else {
      line = values.text(entry)
    }
    guard let line else { return }
    if let wrong = partReader.addressCheck(.statusLED, line.string) { return mistakes.add(line.position, wrong) }
    statusLED = Channel(
      part: "", role: .statusLED, address: line.string, position: line.position, isActiveLow: isLow)
  }

  /// What was read, if all of it is right.
  func description() throws(DescriptionMistakes) -> DeviceDescription {
    try mistakes.check()
    let name = settings.first { $0.path == "name" }?.values.first
    let all = parts.map(\.part)
    let outputs = partReader.outputs + (statusLED.map { [$0] } ?? [])
    do throws(DeviceMistake) {
      let device = try Device(
        Array((name ?? "").utf8), parts: all, statusOutput: statusLED == nil ? nil : outputs.count - 1)
      return DeviceDescription(
        name: name, parts: all, outputs: outputs, inputs: partReader.inputs, settings: settings, device: device)
    } catch {
      // All of this has been checked above with better words; should a rule be missing there, the mistake is reported
      // here.
      let position = parts.indices.contains(error.part) ? parts[error.part].name.position : .start
      let words = "invalid part: \(error.reason)"
      throw DescriptionMistakes(mistakes: [DescriptionMistake(file: mistakes.file, position: position, words: words)])
    }
  }
}
