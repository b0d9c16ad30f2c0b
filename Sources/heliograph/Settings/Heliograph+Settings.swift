// SPDX-License-Identifier: MIT

// From the command line to the settings and the device: options first, then the environment, then the file.

import ArgumentParser
import DeviceDescription
import Foundation
import Logging

#if os(Linux)
  import LinuxBoard
#endif

extension Heliograph {
  /// The settings and the device that the command line asks for.
  func resolved() throws -> (ProgramSettings, DescribedDevice) {
    if file != nil, device != nil {
      throw ValidationError("the file is given twice, as an argument and with --device: leave one out")
    }
    let description = try (file ?? device).map { try DeviceDescription(readingFile: $0, options: options) }
    if description != nil, let option = shorthand.firstGiven {
      throw ValidationError("\(option) describes a device without a file: put it in the file instead")
    }
    let environment = ProcessInfo.processInfo.environment
    let given = SettingSources(options: options, environment: environment, file: description?.settings ?? [])
    let settings = try settings(given, hasFile: description != nil)
    if let description { return (settings, DescribedDevice(description, name: settings.name)) }
    if settings.board == .simulated, let option = shorthand.firstGiven, shorthand.namesLines {
      throw ValidationError("\(option) names a line of a real board: add --board linux")
    }
    return (settings, try shorthand.device(name: settings.name, isSimulated: settings.board == .simulated))
  }

  private func settings(_ given: SettingSources, hasFile: Bool) throws -> ProgramSettings {
    do {
      return try ProgramSettings(given, hasFile: hasFile)
    } catch let mistake as SettingMistake {
      throw mistake.failure(in: file ?? device ?? "")
    }
  }

  /// A line for each variable of the environment that looks like a setting but is not one. (HELIOGRAPH_OPTIONS is what
  /// the service's unit makes the options of.)
  static var unknownVariables: [String] {
    var environment = ProcessInfo.processInfo.environment
    environment["HELIOGRAPH_OPTIONS"] = nil
    environment[BrokerSettings.passwordVariable] = nil
    return SettingSources.unknownVariables(in: environment)
  }

  /// The options that were given, by the names of their settings.
  private var options: [String: [String]] {
    var options = network.given
    func add(_ name: String, _ value: (some CustomStringConvertible)?) {
      if let value { options[name] = [value.description] }
    }
    add("name", name)
    add("board", board?.rawValue)
    add("chip", chip)
    add("data", data)
    add("page_policy", pagePolicy?.rawValue)
    add("state_file", stateFile)
    add("deflate", deflate)
    add("log_level", logLevel?.rawValue)
    options.merge(tls.given) { first, _ in first }
    options.merge(deviceNetwork.given) { first, _ in first }
    options.merge(broker.given) { first, _ in first }
    return options
  }
}

extension DeviceDescription {
  /// Reads the description in a file of this machine, which is run with these options.
  init(readingFile path: String, options: [String: [String]] = [:]) throws {
    let text = try Self.content(of: path)
    do throws(DescriptionMistakes) {
      #if os(Linux)
        let environment = ProcessInfo.processInfo.environment
        let given = try? SettingSources(options: options, environment: environment, file: []).text("chip")
        self = try DeviceDescription(text, file: path) {
          LinuxWiring.mistake(in: $1, for: $0)
        } addressIdentity: {
          LinuxWiring.identity(of: $1, for: $0, chip: given ?? $2 ?? Defaults.chip)
        }
      #else
        self = try DeviceDescription(text, file: path)
      #endif
    } catch {
      throw Self.failure(error.description)
    }
  }

  /// The text of the file; a command that was mistyped is taken for a file, and so it is recognized here.
  private static func content(of path: String) throws -> [UInt8] {
    let commands = Heliograph.configuration.subcommands.compactMap { $0.configuration.commandName }
    if access(path, F_OK) != 0, let command = Suggestion.nearest(to: path, among: commands) {
      throw StartFailure(description: "there is no file \(path); did you mean the command \(command)?")
    }
    return try ReadFile.bytes(path, limit: maximumSize)
  }

  /// Prints mistakes in a file as compilers do, so that an editor finds the place: nothing precedes the file.
  fileprivate static func failure(_ lines: String) -> ExitCode {
    FileHandle.standardError.write(Data((lines + "\n").utf8))
    return .failure
  }
}

extension SettingMistake {
  /// How the program ends with it: in a file it is an error like any other there, elsewhere one of usage.
  func failure(in file: String) -> any Error {
    line(in: file).map { DeviceDescription.failure($0) } ?? ValidationError(description)
  }
}
