// SPDX-License-Identifier: MIT

// The options that say what the LED shows after a start.

import ArgumentParser
import DeviceComponents

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the LED shows after a start, and where that is kept.
struct StateOptions: ParsableArguments {
  enum Restore: String, ExpressibleByArgument, CaseIterable {
    case alwaysOff = "always-off"
    case alwaysOn = "always-on"
    case restoreDefaultOff = "restore-default-off"
    case restoreDefaultOn = "restore-default-on"

    var mode: RestoreMode {
      switch self {
      case .alwaysOff: .alwaysOff
      case .alwaysOn: .alwaysOn
      case .restoreDefaultOff: .restoreDefaultOff
      case .restoreDefaultOn: .restoreDefaultOn
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "What the LED shows after a start (always-off, always-on, restore-default-off, restore-default-on).",
      discussion: "The last two restore what it showed before, and know what to do if nobody knows.",
      valueName: "mode"))
  var restore = Restore.alwaysOff

  @Option(
    help: ArgumentHelp(
      "Where the LED's state is kept, at most one write a second.",
      discussion: "By default a file of this program's in the state folder of the service or of the user.",
      valueName: "file"))
  var stateFile: String?

  func validate() throws {
    if let stateFile {
      guard restore.mode.restores else {
        throw ValidationError("--state-file is used only with --restore restore-default-off or restore-default-on.")
      }
      guard !stateFile.isEmpty else { throw ValidationError("The state file must have a name.") }
    }
    guard !restore.mode.restores || !path.isEmpty else {
      throw ValidationError("There is no home folder to keep the state in: name a file with --state-file.")
    }
  }

  /// Where the state is kept: as given, or in the service's folder (systemd's STATE_DIRECTORY), or in the user's (the XDG
  /// Base Directory Specification).
  var path: String {
    if let stateFile { return stateFile }
    if let folder = Self.folder("STATE_DIRECTORY") { return folder + "/state" }
    if let folder = Self.folder("XDG_STATE_HOME") { return folder + "/heliograph/state" }
    return Self.folder("HOME").map { $0 + "/.local/state/heliograph/state" } ?? ""
  }

  /// The absolute path in a variable; the first one, should there be several.
  private static func folder(_ variable: String) -> String? {
    guard let value = getenv(variable).map({ String(cString: $0) }), value.hasPrefix("/") else { return nil }
    return value.split(separator: ":").first.map(String.init)
  }
}
