// SPDX-License-Identifier: MIT

// The settings of the program that are allowed in the file beside the parts. This table is the one place where they are
// named; what each means is the program's business. Every setting has the same name everywhere: `log_level` in the
// file, HELIOGRAPH_LOG_LEVEL in the environment, --log-level as an option.

/// A setting that a file may have.
public struct KnownSetting: Sendable {
  /// What values a setting takes.
  public enum Form: Equatable, Sendable {
    /// Any text of one line.
    case text
    /// true or false.
    case truth
    /// A whole number.
    case integer(ClosedRange<Int64>)
    /// One of a few words.
    case word([String])
    /// A text, or a list of texts.
    case texts
    /// A host name, or a list of them; they are read in the form that browsers send.
    case hostNames

    /// Whether there may be several values.
    public var isList: Bool { self == .texts || self == .hostNames }
  }

  /// Its name; a setting in a mapping has both names with a dot: `mqtt.host`.
  public let path: String
  /// What values it takes.
  public let form: Form

  /// A setting.
  public init(_ path: String, _ form: Form) {
    self.path = path
    self.form = form
  }

  /// The settings of `heliograph`.
  public static let all: [KnownSetting] = [
    KnownSetting("name", .text),
    KnownSetting("host", .text),
    KnownSetting("port", .integer(0...65_535)),
    KnownSetting("host_names", .hostNames),
    KnownSetting("origins", .texts),
    KnownSetting("trusted_proxies", .texts),
    KnownSetting("frame_from", .texts),
    KnownSetting("path_prefix", .text),
    KnownSetting("tls", .truth),
    KnownSetting("tls_certificate", .text),
    KnownSetting("tls_key", .text),
    KnownSetting("tls_port", .integer(0...65_535)),
    KnownSetting("interface", .text),
    KnownSetting("login", .truth),
    KnownSetting("guests", .word(["none", "view"])),
    KnownSetting("max_clients", .integer(1...10_000)),
    KnownSetting("max_commands", .integer(0...1000)),
    KnownSetting("transport", .word(["auto", "epoll", "nio"])),
    KnownSetting("log_level", .word(["trace", "debug", "info", "notice", "warning", "error", "critical"])),
    KnownSetting("data", .text),
    KnownSetting("page_policy", .word(["strict", "relaxed"])),
    KnownSetting("state_file", .text),
    KnownSetting("board", .word(["simulated", "linux"])),
    KnownSetting("chip", .text),
    KnownSetting("deflate", .truth),
    KnownSetting("announce", .truth),
    KnownSetting("mqtt.broker", .texts),
    KnownSetting("mqtt.user", .text),
    KnownSetting("mqtt.password_file", .text),
    KnownSetting("mqtt.id", .text),
    KnownSetting("mqtt.prefix", .text),
    KnownSetting("mqtt.groups", .texts),
    KnownSetting("mqtt.discovery", .truth),
    KnownSetting("mqtt.version", .word(["3.1.1", "5"])),
    KnownSetting("mqtt.will_delay", .integer(0...86_400)),
    KnownSetting("mqtt.ca_file", .text),
    KnownSetting("mqtt.fingerprint", .text),
    KnownSetting("mqtt.certificate", .text),
    KnownSetting("mqtt.key", .text),
  ]

  /// How the names of all variables begin.
  static var variablePrefix: String { "HELIOGRAPH_" }

  /// The name of its variable in the environment.
  public var variable: String {
    Self.variablePrefix + path.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The name of its option; that of a list is given once for each value, and so has the name of one: `--host-name`.
  public var option: String {
    let option = "--" + path.map { $0 == "." || $0 == "_" ? "-" : String($0) }.joined()
    guard form.isList else { return option }
    if option.hasSuffix("ies") { return option.dropLast(3) + "y" }
    return option.hasSuffix("s") ? String(option.dropLast()) : option
  }
}

/// A setting as a file gives it.
public struct SettingValue: Equatable, Sendable {
  /// Its name, as `KnownSetting` has it.
  public let path: String
  /// Its value; several only for a list.
  public let values: [String]
  /// Where the value is.
  public let position: TextPosition
  /// Where each value of a list of texts is.
  let positions: [TextPosition]

  /// Where one of the values is.
  func position(of value: String) -> TextPosition {
    guard let index = values.firstIndex(of: value), positions.indices.contains(index) else { return position }
    return positions[index]
  }
}

/// Reads the settings of a file.
struct SettingReader {
  let values: ValueReader
  let known: [KnownSetting]

  /// The settings that an entry of the top level holds.
  func read(_ entry: YAMLEntry, in group: String = "") -> [SettingValue] {
    let path = group + entry.key.string
    if let setting = known.first(where: { $0.path == path }) {
      guard let (values, positions) = value(of: setting, entry) else { return [] }
      return [SettingValue(path: path, values: values, position: entry.value.position, positions: positions)]
    }
    if known.contains(where: { $0.path.hasPrefix(path + ".") }), let mapping = entry.value.mapping {
      return mapping.flatMap { read($0, in: path + ".") }
    }
    noteUnknown(entry, in: group)
    return []
  }

  private func value(of setting: KnownSetting, _ entry: YAMLEntry) -> ([String], [TextPosition])? {
    if setting.form == .texts {
      let texts = values.texts(entry, such: "lamp.example.org")
      return (texts.map(\.string), texts.map(\.position))
    }
    return words(of: setting, entry).map { ($0, []) }
  }

  private func words(of setting: KnownSetting, _ entry: YAMLEntry) -> [String]? {
    switch setting.form {
    case .text: values.label(entry, limit: 4096).map { [String(decoding: $0, as: UTF8.self)] }
    case .truth: values.bool(entry).map { ["\($0)"] }
    case .integer(let range): values.integer(entry, in: range).map { ["\($0)"] }
    case .word(let words): values.choice(entry, words.map { ($0, [$0]) })
    case .texts: values.texts(entry, such: "lamp.example.org").map(\.string)
    case .hostNames: values.hostNames(entry)
    }
  }
}
