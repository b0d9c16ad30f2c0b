// SPDX-License-Identifier: MIT

// Asks for a new password: twice in a terminal, which does not show it; otherwise it is the first line of standard
// input, for scripts. It is never an argument, which every user of the machine can see.

import Accounts
import ArgumentParser
import SystemCalls

enum PasswordPrompt {
  /// The new password of `name`, hashed.
  static func hash(for name: AccountName) throws -> PasswordHash {
    let text: [UInt8]
    if isatty(STDIN_FILENO) == 1 {
      text = try ask("New password for \(name): ")
      let password = try password(text, for: name)
      guard try ask("Once more: ") == text else {
        throw StartFailure(description: "the passwords differ; nothing was changed")
      }
      return try hash(password)
    }
    text = line(limit: 1024)
    guard !text.isEmpty else {
      throw StartFailure(description: "there is no password on standard input: give it in one line")
    }
    return try hash(password(text, for: name))
  }

  private static func password(_ text: [UInt8], for name: AccountName) throws -> Password {
    do throws(AccountMistake) {
      return try Password(new: text, for: name)
    } catch {
      throw StartFailure(description: error.description)
    }
  }

  private static func hash(_ password: Password) throws -> PasswordHash {
    do {
      return try PasswordHash(of: password)
    } catch {
      throw StartFailure(description: "there is no memory for the password's hash: \(error)")
    }
  }

  /// A line that the terminal does not show. Ctrl-C ends the program, when the terminal is as it was.
  private static func ask(_ question: String) throws -> [UInt8] {
    var before = termios()
    try SystemError.check { tcgetattr(STDIN_FILENO, &before) }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
    let interrupt: UInt8 = 3
    // Ctrl-C is not a signal now, which would leave the terminal silent, but ends the line.
    withUnsafeMutableBytes(of: &silent.c_cc) { $0[Int(VEOL)] = interrupt }
    try SystemError.check { tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) }  // which drops what was typed before
    StandardDescriptor.error.write(Array(question.utf8))
    let text = line(limit: 1024, alsoUpTo: interrupt)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    StandardDescriptor.error.write([0x0A])
    if text.last == interrupt { throw ExitCode(130) }
    guard !text.isEmpty else { throw StartFailure(description: "no password was given; nothing was changed") }
    return text
  }

  /// The next line of standard input without its end, cut off behind `limit` bytes or behind `end`.
  private static func line(limit: Int, alsoUpTo end: UInt8? = nil) -> [UInt8] {
    var line: [UInt8] = []
    var byte: [UInt8] = [0]
    while line.count < limit, StandardDescriptor.input.read(into: &byte) == 1, byte[0] != 0x0A {
      line.append(byte[0])
      if byte[0] == end { break }
    }
    if line.last == 0x0D { line.removeLast() }
    return line
  }
}
