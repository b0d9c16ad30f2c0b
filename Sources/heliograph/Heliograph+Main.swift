// SPDX-License-Identifier: MIT

// From the command line to the end of the program. What goes wrong is one line on standard error, in the form of the
// GNU Coding Standards (section 4.4): `heliograph: what is wrong; what to do`. A mistake in usage is status 64
// (sysexits.h), any other is 1. A mistake in a description has its file, line and column in front instead.

import ArgumentParser
import SystemCalls

extension Heliograph {
  /// A subcommand is recognized by its name: the parser, which would take either, takes a file.
  static func main() async {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "help" { arguments = arguments.dropFirst() + ["--help"] }
    let command = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
    guard let command else { return await runToEnd(arguments) }
    await command.runToEnd(Array(arguments.dropFirst()))
  }
}

extension ParsableCommand {
  /// Runs the command that the arguments mean; an error ends the program.
  fileprivate static func runToEnd(_ arguments: [String]) async {
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      let status = exitCode(for: error)
      guard !status.isSuccess else { exit(withError: error) }  // help was asked for, or the version
      let line = line(for: error, isUsage: status == .validationFailure)
      if !line.isEmpty { StandardDescriptor.error.write(Array("heliograph: \(line)\n".utf8)) }
      exit(withError: status)
    }
  }

  /// What is wrong, and what to do about it.
  private static func line(for error: any Error, isUsage: Bool) -> String {
    let words = message(for: error)
    guard isUsage, !(error is ValidationError) else { return words }
    let line = parserLine(words)
    return line.contains("; ") || line.contains(": ") ? line : "\(line); \(commandName) --help says what can be given"
  }

  /// The parser's sentences in the style of all others.
  private static func parserLine(_ words: String) -> String {
    var line = words.replacing("\n  - ", with: ", ").replacing("\n", with: " ")
    for (before, after) in [
      (". Did you mean", "; did you mean"), (". Please provide one of the following:,", "; it is one of"),
      (". Please provide one of", "; it is one of"),
    ] { line = line.replacing(before, with: after) }
    if line.hasSuffix(".") { line.removeLast() }
    return line.prefix(1).lowercased() + line.dropFirst()
  }

  private static var commandName: String {
    let name = configuration.commandName ?? ""
    return self == Heliograph.self ? name : "heliograph \(name)"
  }
}
