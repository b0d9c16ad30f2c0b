// SPDX-License-Identifier: MIT

// `heliograph pins`: what can be wired.

import ArgumentParser

#if os(Linux)
  import LinuxBoard
#endif

struct PinsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pins",
    abstract: "List the GPIO chips of this machine, their lines and users, and what else can be wired.",
    usage: "heliograph pins", version: Heliograph.versionLine)

  func run() throws {
    #if os(Linux)
      let table = PinTable.ofThisMachine()
      if table.count > 0 { for line in table.lines { print(line) } }
      // A chip that cannot be asked is a failure, but the others have been listed.
      guard table.failures.isEmpty else { throw StartFailure(description: table.failures.joined(separator: "; ")) }
      guard table.count > 0 else {
        throw StartFailure(description: "this machine has no GPIO chips; --board simulated needs none")
      }
    #else
      throw StartFailure(description: "GPIO lines need Linux; --board simulated runs anywhere")
    #endif
  }
}
