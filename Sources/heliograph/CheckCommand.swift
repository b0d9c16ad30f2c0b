// SPDX-License-Identifier: MIT

// `heliograph check FILE`: checks a description, and prints the wiring (the table is `PartTable`).

import ArgumentParser
import DeviceDescription

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a description, and print the wiring.",
    usage: "heliograph check <file>", version: Heliograph.versionLine)

  @Argument(help: ArgumentHelp("The description of the device.", valueName: "file"))
  var file: String

  func run() throws {
    let description = try DeviceDescription(readingFile: file)
    do throws(SettingMistake) {
      _ = try ProxySettings(SettingSources(options: [:], environment: [:], file: description.settings))
    } catch {
      throw error.failure(in: file)
    }
    for line in PartTable(description).lines { print(line) }
  }
}
