// SPDX-License-Identifier: MIT

// `heliograph new NAME`: a device of one's own to begin with, as a package in Swift or as a description.

import ArgumentParser
import SystemCalls

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a device of your own to begin with.",
    usage: "heliograph new <name> [--yaml] [--heliograph <folder|url>]",
    discussion: """
      Writes a Swift package into a new folder, with parts, what the device does by itself, and its page; or, with \
      --yaml, a description with comments. What is there already is never overwritten.
      """, version: Heliograph.versionLine)

  @Argument(help: "What it is called: a letter, then a to z, digits and hyphens.")
  var name: String

  @Flag(help: "A description, <name>.yaml, instead of a package.")
  var yaml = false

  @Option(
    help: ArgumentHelp(
      "Where the package finds Heliograph.",
      discussion: "By default the checkout that this program was built in, or that the working folder is in.",
      valueName: "folder|url"))
  var heliograph: String?

  func run() throws {
    let letters = name.utf8.dropFirst().allSatisfy { Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard let first = name.utf8.first, Self.isLetter(first), letters, name.utf8.count <= 64 else {
      throw ValidationError("\"\(name)\" cannot be a name: use a letter, then a to z, digits and hyphens")
    }
    guard !name.hasPrefix("heliograph") else {
      throw ValidationError("a package of your own cannot be called \(name): give it a name of its own")
    }
    let template = Template(name: name)
    if yaml {
      try write(template.description(for: Checkout.program), to: "\(name).yaml")
      tell("\(name).yaml describes a device of your own.", "\(Checkout.program) check \(name).yaml",
        "\(Checkout.program) \(name).yaml --board simulated")
    } else {
      let files = template.package(dependingOn: try Checkout.dependency(heliograph))
      for folder in [name, "\(name)/\(Template.pageFolder)"] {
        try attempt(folder) { () throws(SystemError) in try SystemError.check { mkdir(folder, 0o777) } }
      }
      for (path, content) in files { try write(content, to: "\(name)/\(path)") }
      tell("\(name) is a package of your own: its parts are in main.swift, its page is in \(Template.pageFolder).",
        "cd \(name)", "swift run")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

  private func tell(_ what: String, _ commands: String...) {
    print(([what, "Go on with"] + commands.map { "    \($0)" }).joined(separator: "\n"))
  }

  private func write(_ content: String, to path: String) throws {
    try attempt(path) { () throws(SystemError) in
      try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL).write(Array(content.utf8))
    }
  }

  private func attempt(_ path: String, _ body: () throws(SystemError) -> Void) throws {
    do throws(SystemError) {
      try body()
    } catch SystemError(code: EEXIST) {
      throw StartFailure(description: "there is a \(path) already: choose another name, or move it away")
    } catch {
      throw StartFailure(description: "cannot write \(path): \(error)")
    }
  }
}
