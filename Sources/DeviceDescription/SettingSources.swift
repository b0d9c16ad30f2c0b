// SPDX-License-Identifier: MIT

// The settings of the program from three places: an option overrides an environment variable, which overrides the file.
// swift-configuration looks them up in this order; here each value is also checked, and a mistake says where the value
// came from.

public import Configuration

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
  /// The settings as swift-configuration reads them: every value as a string, lists as arrays of strings.
  public let reader: ConfigReader

  private let known: [KnownSetting]
  private let options: ConfigReader
  private let environment: ConfigReader
  private let file: [SettingValue]

  /// Settings from options, environment and file.
  ///
  /// - Parameters:
  ///   - options: What was given on the command line, by the name of the setting (`log_level`).
  ///   - environment: The environment of the process; only variables that begin with HELIOGRAPH_ are looked at.
  ///   - file: The settings of a description.
  public init(
    options: [String: [String]], environment: [String: String], file: [SettingValue],
    known: [KnownSetting] = KnownSetting.all
  ) {
    let optionValues = Self.provider("options", options.map { ($0.key, $0.value) }, known)
    let fileValues = Self.provider("file", file.map { ($0.path, $0.values) }, known)
    let variables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "heliograph")
    reader = ConfigReader(providers: [optionValues, variables, fileValues])
    self.options = ConfigReader(provider: optionValues)
    self.environment = ConfigReader(provider: variables)
    self.file = file
    self.known = known
  }

  private static func provider(
    _ name: String, _ values: [(path: String, values: [String])], _ known: [KnownSetting]
  ) -> InMemoryProvider {
    let lists = Set(known.filter(\.form.isList).map(\.path))
    let pairs = values.map { path, values in
      let content = lists.contains(path) ? ConfigContent.stringArray(values) : .string(values.first ?? "")
      return (AbsoluteConfigKey(path.split(separator: ".").map(String.init)), ConfigValue(content, isSecret: false))
    }
    return InMemoryProvider(name: name, values: Dictionary(pairs) { _, last in last })
  }

  // MARK: values

  /// A setting of one value; nil if it is set nowhere.
  ///
  /// - Throws: A mistake if the value is not one that the setting takes.
  public func text(_ path: String) throws(SettingMistake) -> String? {
    guard let value = reader.string(forKey: ConfigKey(path)) else { return nil }
    return try checked([value], path).first
  }

  /// A setting that is a list; nil if it is set nowhere. In a variable its values are separated by commas.
  ///
  /// - Throws: A mistake if a value is not one that the setting takes.
  public func texts(_ path: String) throws(SettingMistake) -> [String]? {
    guard let values = reader.stringArray(forKey: ConfigKey(path)) else { return nil }
    return try checked(values, path)
  }

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
    func has(_ reader: ConfigReader) -> Bool {
      let key = ConfigKey(setting.path)
      return setting.form.isList ? reader.stringArray(forKey: key) != nil : reader.string(forKey: key) != nil
    }
    return has(options) ? setting.option : has(environment) ? setting.variable : Self.fileWords
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
