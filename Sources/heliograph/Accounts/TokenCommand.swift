// SPDX-License-Identifier: MIT

// `heliograph token`: what programs show in place of a password.

import Accounts
import ArgumentParser

struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make tokens, which programs show in place of a password.",
    usage: """
      heliograph token add <name> --role <role> [--state-file <file>]
      heliograph token remove <name> [--state-file <file>]
      heliograph token list [--state-file <file>]
      """,
    discussion: "A program sends it with each request: Authorization: Bearer hg_…",
    version: Heliograph.versionLine, subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Make a token, and print it; it cannot be printed again.",
      usage: "heliograph token add <name> --role <role> [--state-file <file>]")

    @Argument(help: "What its changes are said to be made by: backup, doorbell, …")
    var name: String

    @Option(help: "What its owner may do.")
    var role: AccountRole

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      let (token, text) = AccountTable.Token.make(name: name, role: role, now: secondsNow)
      try options.update { table throws(AccountMistake) in try table.apply(.addToken(token)) }
      print(String(decoding: text, as: UTF8.self))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Make a token worthless.",
      usage: "heliograph token remove <name> [--state-file <file>]")

    @Argument(help: "The token's name.")
    var name: String

    @OptionGroup var options: AccountOptions

    func run() throws {
      let name = try AccountOptions.name(name)
      try options.update { table throws(AccountMistake) in try table.apply(.removeToken(name)) }
      print("the token \(name) is worthless now")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the tokens.", usage: "heliograph token list [--state-file <file>]")

    @OptionGroup var options: AccountOptions

    func run() throws {
      let tokens = try options.load().tokens
      guard !tokens.isEmpty else { return print("there is no token in \(try options.file().path)") }
      printColumns(
        [["TOKEN", "ROLE", "MADE"]] + tokens.map { [$0.name.description, $0.role.rawValue, localTime($0.created)] })
    }
  }
}
