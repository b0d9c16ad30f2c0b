// SPDX-License-Identifier: MIT

// The settings of the program from three places: an option overrides an environment variable, which overrides the file.
// Each value is checked, and a mistake says where the value came from.

import Foundation

/// What is wrong with a setting that was not found when the file was read.
public struct SettingMistake: Error, Equatable, Sendable, CustomStringConvertible {
  /// `HELIOGRAPH_PORT: "x" is not a whole number; …`.
  public let description: String
  /// Where in the file the value is; nil for one from elsewhere.
  public let position: TextPosition?

  /// A mistake in these words, which say where the value comes from.
  public init(description: String, position: TextPosition? = nil) {
    self.description = description
    self.position = position
  }

  /// The line for a value in the file of this name, in the form that editors jump to; nil for one from elsewhere.
  public func line(in file: String) -> String? { position.map { "\(file):\($0): \(description)" } }
}

/// Settings by their names, whichever place they come from.
public struct SettingSources: Sendable {
  /// A place: how it is called when it has a setting, and its values by the settings' names.
  private struct Place {
    let name: @Sendable (KnownSetting) -> String
    let values: [String: [String]]
  }

  private let known: [KnownSetting]
  /// The strongest first.
  private let places: [Place]
  private let file: [SettingValue]

  /// Settings from options, environment and file.
  ///
  /// - Parameters:
  ///   - options: What was given on the command line, by the name of the setting (`log_level`).
  ///   - environment: The environment of the process; only the variables of settings are looked at.
  ///   - file: The settings of a description.
  public init(
    options: [String: [String]], environment: [String: String], file: [SettingValue],
    known: [KnownSetting] = KnownSetting.all
  ) {
    let variables = known.compactMap { setting in
      environment[setting.variable].map { (setting.path, setting.form.isList ? Self.list($0) : [$0]) }
    }
    places = [
      Place(name: \.option, values: options),
      Place(name: \.variable, values: Dictionary(variables) { _, last in last }),
      Place(name: { _ in Self.fileWords }, values: Dictionary(file.map { ($0.path, $0.values) }) { _, last in last }),
    ]
    self.file = file
    self.known = known
  }

  /// The values in a variable.
  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  // MARK: values

  /// A setting of one value; nil if it is set nowhere.
  ///
  /// - Throws: A mistake if the value is not one that the setting takes.
  public func text(_ path: String) throws(SettingMistake) -> String? {
    guard let values = values(path) else { return nil }
    return try checked([values.first ?? ""], path).first
  }

  /// A setting that is a list; nil if it is set nowhere. In a variable its values are separated by commas.
  ///
  /// - Throws: A mistake if a value is not one that the setting takes.
  public func texts(_ path: String) throws(SettingMistake) -> [String]? {
    guard let values = values(path) else { return nil }
    return try checked(values, path)
  }

  private func values(_ path: String) -> [String]? { places.lazy.compactMap { $0.values[path] }.first }

  /// A setting that is a whole number; nil if it is set nowhere.
  ///
  /// - Throws: A mistake if the value is not a number, or out of range.
  public func integer(_ path: String) throws(SettingMistake) -> Int? { try text(path).flatMap { Int($0) } }

  /// A setting that is true or false; nil if it is set nowhere.
  ///
  /// - Throws: A mistake if the value is neither.
  public func truth(_ path: String) throws(SettingMistake) -> Bool? { try text(path).map { $0 == "true" } }

  /// The values, if they are such as the setting takes.
  private func checked(_ given: [String], _ path: String) throws(SettingMistake) -> [String] {
    guard let setting = known.first(where: { $0.path == path }) else { return given }
    let mistakes = MistakeList(file: "")
    let reader = SettingReader(values: ValueReader(mistakes: mistakes), known: known)
    var values: [String] = []
    for value in given {
      let text = YAMLText(string: value, position: .start, isPlain: false)
      let key = YAMLText(string: path, position: .start, isPlain: false)
      let entry = YAMLEntry(key: key, value: YAMLValue(content: .text(text), position: .start))
      values += reader.read(entry).flatMap(\.values)
    }
    if let mistake = mistakes.mistakes.first {
      throw SettingMistake(description: "\(origin(of: setting)): \(mistake.words)")
    }
    return values
  }

  /// Where the value of a setting comes from: its option, its variable, or the file.
  public func origin(of setting: KnownSetting) -> String {
    places.first { $0.values[setting.path] != nil }.map { $0.name(setting) } ?? Self.fileWords
  }

  /// A mistake in a value of the setting `path`, which was found by what the program knows of it.
  ///
  /// - Parameters:
  ///   - value: The value, or what else is shown of it.
  ///   - words: What is wrong with it.
  public func mistake(_ path: String, _ value: String, _ words: String) -> SettingMistake {
    let origin = known.first { $0.path == path }.map { self.origin(of: $0) } ?? path
    guard origin == Self.fileWords else { return SettingMistake(description: "\(origin): \"\(value)\": \(words)") }
    // Shortened and made one line as any mistake in the file.
    let list = MistakeList(file: "")
    let position = file.last { $0.path == path }.map { $0.position(of: value) } ?? .start
    list.add(position, "\(path): \"\(value)\": \(words)")
    return SettingMistake(description: list.mistakes.first?.words ?? words, position: position)
  }

  /// How a value's origin is called if it is the file.
  private static var fileWords: String { "the file" }

  // MARK: variables

  /// The environment without the variables of settings that mean nothing to a command, and a line for each of those.
  ///
  /// - Parameters:
  ///   - paths: The names of these settings.
  ///   - command: What the lines call the command.
  public static func taking(
    _ paths: [String], outOf environment: [String: String], for command: String, known: [KnownSetting] = KnownSetting.all
  ) -> (environment: [String: String], lines: [String]) {
    var (rest, lines) = (environment, [String]())
    for setting in known where paths.contains(setting.path) && rest.removeValue(forKey: setting.variable) != nil {
      lines.append("the variable \(setting.variable) means nothing to \(command)")
    }
    return (rest, lines)
  }

  /// A line for each variable that begins with HELIOGRAPH_ but is not a setting: most likely a typing error.
  public static func unknownVariables(
    in environment: [String: String], known: [KnownSetting] = KnownSetting.all
  ) -> [String] {
    let prefix = KnownSetting.variablePrefix
    let names = known.map(\.variable)
    return environment.keys.filter { $0.hasPrefix(prefix) && !names.contains($0) }.sorted().map { name in
      let tails = names.map { String($0.dropFirst(prefix.count)) }
      let nearest = Suggestion.nearest(to: String(name.dropFirst(prefix.count)), among: tails)
      return "the variable \(name) is not a setting\(nearest.map { "; did you mean \(prefix)\($0)?" } ?? "")"
    }
  }
}
