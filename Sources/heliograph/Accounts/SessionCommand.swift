// SPDX-License-Identifier: MIT

// `heliograph session`: the browsers in which somebody is logged in.

import Accounts
import ArgumentParser

struct SessionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session", abstract: "List the browsers in which somebody is logged in, and log them out.",
    usage: """
      heliograph session list [--state-file <file>]
      heliograph session revoke <id> [--state-file <file>]
      heliograph session revoke --all [--user <name>] [--state-file <file>]
      """,
    version: Heliograph.versionLine, subcommands: [List.self, Revoke.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the sessions.", usage: "heliograph session list [--state-file <file>]",
      discussion: "When a session was used last is written once an hour.")

    @OptionGroup var options: AccountOptions

    func run() throws {
      let sessions = try options.load().sessions
      guard !sessions.isEmpty else { return print("nobody is logged in") }
      printColumns(
        [["SESSION", "USER", "SINCE", "LAST USED", "ADDRESS", "BROWSER"]]
          + sessions.map {
            [
              $0.shortID, $0.user.description, localTime($0.created), localTime($0.lastSeen), $0.address, $0.client,
            ]
          })
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "End a session, or all of them.",
      usage: """
        heliograph session revoke <id> [--state-file <file>]
        heliograph session revoke --all [--user <name>] [--state-file <file>]
        """)

    @Argument(help: "The session, as heliograph session list calls it; its first digits are enough.")
    var id: String?

    @Flag(help: "All sessions.")
    var all = false

    @Option(help: ArgumentHelp("With --all: those of this user.", valueName: "name"))
    var user: String?

    @OptionGroup var options: AccountOptions

    func validate() throws {
      guard (id != nil) != all else {
        throw ValidationError("say which session, or --all; heliograph session list shows them")
      }
      guard user == nil || all else { throw ValidationError("--user goes with --all: add it") }
    }

    func run() throws {
      let name = try user.map { try AccountOptions.name($0) }
      let id = id
      var count = 0
      try options.update { table throws(AccountMistake) in
        let before = table.sessions.count
        if let id {
          try table.apply(.endSession(try table.session(beginning: id).number))
        } else {
          if let name, table.user(name) == nil { throw .noUser(name) }
          try table.apply(.endSessions(of: name))
        }
        count = before - table.sessions.count
      }
      print(count == 1 ? "one session has ended" : "\(count) sessions have ended")
    }
  }
}
