// SPDX-License-Identifier: MIT

// What the subcommands for users, tokens and sessions share: where the file is, and how a mistake is said. They work
// while the server runs, which takes a change over within two seconds, and when it does not.

public import Accounts
public import ArgumentParser
import DeviceDescription
import Foundation

struct AccountOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The state file of the device; the accounts are in a file beside it.",
      discussion: "By default as for the device itself: HELIOGRAPH_STATE_FILE, or the state folder of the user.",
      valueName: "file"))
  var stateFile: String?

  /// The file of the accounts.
  func file() throws -> AccountFile {
    guard AccountSupport.isBuiltIn else {
      throw StartFailure(description: "this program was built without accounts; build it with the trait Login")
    }
    let given = SettingSources(
      options: stateFile.map { ["state_file": [$0]] } ?? [:], environment: ProcessInfo.processInfo.environment,
      file: [])
    let state: String
    do {
      state = try given.text("state_file") ?? StateFolder.defaultFile
    } catch {
      throw ValidationError("\(error)")
    }
    guard let file = AccountFile(beside: state) else {
      throw StartFailure(description: "accounts are kept beside the state file: say with --state-file where it is")
    }
    return file
  }

  /// Changes the accounts.
  func update(_ body: (inout AccountTable) throws(AccountMistake) -> Void) throws {
    let file = try file()
    do {
      try file.update(body)
    } catch {
      throw StartFailure(description: "\(error)")
    }
  }

  /// The accounts.
  func load() throws -> AccountTable {
    let file = try file()
    do throws(AccountFileError) {
      return try file.load()
    } catch {
      throw StartFailure(description: error.description)
    }
  }

  /// The name that an argument gives; a mistake in it is one of usage.
  static func name(_ argument: String) throws -> AccountName {
    do throws(AccountMistake) {
      return try AccountName(argument)
    } catch {
      throw ValidationError("\(argument): \(error)")
    }
  }
}

extension AccountRole: ExpressibleByArgument {}

/// Seconds since 1970 as people write a time here.
func localTime(_ seconds: UInt64) -> String {
  var time = time_t(clamping: seconds)
  var parts = tm()
  guard localtime_r(&time, &parts) != nil else { return "?" }
  var text = [UInt8](repeating: 0, count: 32)
  let count = text.withUnsafeMutableBytes {
    strftime($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, "%Y-%m-%d %H:%M", &parts)
  }
  return String(decoding: text.prefix(count), as: UTF8.self)
}

/// The seconds since 1970.
var secondsNow: UInt64 { UInt64(max(time(nil), 0)) }

/// Prints rows in columns, the first row being their titles.
func printColumns(_ rows: [[String]]) {
  guard let titles = rows.first else { return }
  let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  for row in rows {
    let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
    print((cells.dropLast() + row.suffix(1)).joined(separator: "  "))
  }
}
