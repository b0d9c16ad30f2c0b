// SPDX-License-Identifier: MIT

// `heliograph user`: who may log in.

import Accounts
import ArgumentParser

struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Say who may log in, and what they may do.",
    usage: """
      heliograph user add <name> [--role <role>] [--state-file <file>]
      heliograph user password <name> [--state-file <file>]
      heliograph user role <name> <role> [--state-file <file>]
      heliograph user remove <name> [--state-file <file>]
      heliograph user list [--state-file <file>]
      """,
    discussion: """
      The roles are view: see the state; control: see it and use the parts; admin: all of this, and parts that are for \
      administrators, metrics, and everybody's sessions. A running device takes a change over within two seconds.
      """,
    version: Heliograph.versionLine, subcommands: [Add.self, Password.self, SetRole.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Add a user, and ask for their password.",
      usage: "heliograph user add <name> [--role <role>] [--state-file <file>]",
      discussion: """
        In a terminal the password is asked for twice; otherwise it is the first line of standard input. It has at \
        least 8 characters.
        """)

    @Argument(help: "What they log in as: a letter, then letters, digits, dots, hyphens and underscores.")
    var name: String

    @Option(help: "What they may do. (default: control; the first user is an admin)")
    var role: AccountRole?

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      let before = try options.load()  // before the password is asked for
      do throws(AccountMistake) { try before.checkIsFree(name) } catch { throw StartFailure(description: "\(error)") }
      let role = role ?? (before.hasAdmin ? .control : .admin)
      let user = AccountTable.User(name: name, role: role, password: try PasswordPrompt.hash(for: name))
      try options.update { table throws(AccountMistake) in try table.apply(.addUser(user)) }
      print("\(name) may log in now, as \(role.rawValue); in \(try options.file().path)")
    }
  }

  struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "password", abstract: "Give a user a new password, and end all their sessions.",
      usage: "heliograph user password <name> [--state-file <file>]")

    @Argument(help: "The user.")
    var name: String

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      guard try options.load().user(name) != nil else {
        throw StartFailure(description: "\(AccountMistake.noUser(name))")
      }
      let hash = try PasswordPrompt.hash(for: name)
      try options.update { table throws(AccountMistake) in try table.apply(.newPassword(name, hash)) }
      print("\(name) has a new password, and must log in anew")
    }
  }

  struct SetRole: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "role", abstract: "Say what a user may do.",
      usage: "heliograph user role <name> <role> [--state-file <file>]")

    @Argument(help: "The user.")
    var name: String

    @Argument(help: "What they may do.")
    var role: AccountRole

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      try options.update { table throws(AccountMistake) in try table.apply(.setRole(name, role)) }
      print("\(name) has the role \(role.rawValue) now")
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Remove a user, and end all their sessions.",
      usage: "heliograph user remove <name> [--state-file <file>]")

    @Argument(help: "The user.")
    var name: String

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      try options.update { table throws(AccountMistake) in try table.apply(.removeUser(name)) }
      print("\(name) may not log in any more")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the users.", usage: "heliograph user list [--state-file <file>]")

    @OptionGroup var options: AccountOptions

    func run() throws {
      let table = try options.load()
      guard !table.users.isEmpty else { return print("there is no user in \(try options.file().path)") }
      printColumns(
        [["USER", "ROLE", "SESSIONS"]]
          + table.users.map { user in
            [user.name.description, user.role.rawValue, "\(table.sessions.count { $0.user == user.name })"]
          })
    }
  }
}
