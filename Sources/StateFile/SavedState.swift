// SPDX-License-Identifier: MIT

// What is saved, and its form on disk: three lines that a person can read, and nobody can damage unnoticed.
//
//     heliograph-state 1
//     led on
//     crc32 2204b568
//
// The first line names the form and its version, the second says `on` or `off`, the third has the CRC-32 of all that
// precedes it. Rule: every state has exactly one form, so a file is either what was written or refused. A later
// version may say more between the first line and the last, which keep their form.

import Bytes

/// What outlives a restart.
public struct SavedState: Equatable, Sendable {
  /// Whether the LED is on.
  public var isLedOn: Bool

  /// A state with the LED on or off.
  public init(isLedOn: Bool) { self.isLedOn = isLedOn }
}

/// Why a file is not a state that was saved.
public enum StateFileFlaw: Error, Equatable, CustomStringConvertible, Sendable {
  /// It does not begin as a state file does.
  case foreign
  /// It is longer than a state file may be, 4096 bytes.
  case tooLong
  /// Its last line is missing, or a part of it.
  case torn
  /// Its checksum is not that of its content.
  case wrongChecksum
  /// It is whole, and of another version of the form.
  case unknownVersion
  /// It is whole, and does not say whether the LED is on.
  case malformed

  /// What is wrong with the file, to follow its name in a sentence.
  public var description: String {
    switch self {
    case .foreign: "is not a state file"
    case .tooLong: "is longer than \(SavedState.sizeLimit) bytes"
    case .torn: "is torn: its last line is missing"
    case .wrongChecksum: "is damaged: its checksum is wrong"
    case .unknownVersion: "is of a version that this program does not know"
    case .malformed: "does not say whether the LED is on"
    }
  }
}

extension SavedState {
  /// How many bytes a state file may have, in this version or a later one.
  static let sizeLimit = 4096

  /// The content of a file that says so.
  var encoded: [UInt8] {
    var bytes = [UInt8](Self.title)
    bytes.append(isLedOn ? "led on\n" : "led off\n")
    bytes.append(Self.checksumLine(of: bytes.span).span)
    return bytes
  }

  /// The state that the content of a file says.
  init(decoding bytes: Span<UInt8>) throws(StateFileFlaw) {
    guard bytes.count <= Self.sizeLimit else { throw .tooLong }
    guard bytes.starts(with: "heliograph-state ") else { throw .foreign }
    let content = bytes.extracting(droppingLast: Self.checksumLineSize)
    let lastLine = bytes.extracting(droppingFirst: content.count)
    guard lastLine.starts(with: "crc32 "), lastLine[lastLine.count - 1] == UInt8(ascii: "\n") else { throw .torn }
    guard lastLine.equals(Self.checksumLine(of: content).span) else { throw .wrongChecksum }
    guard content.starts(with: Self.title) else { throw .unknownVersion }
    let body = content.extracting(droppingFirst: Self.title.utf8CodeUnitCount)
    if body.equals("led on\n") {
      isLedOn = true
    } else if body.equals("led off\n") {
      isLedOn = false
    } else {
      throw .malformed
    }
  }

  private static let title: StaticString = "heliograph-state 1\n"
  private static let checksumLineSize = 15

  private static func checksumLine(of content: Span<UInt8>) -> [UInt8] {
    var line = [UInt8]("crc32 ")
    line.append(hexadecimal: CRC32.checksum(of: content), width: 8)
    line.append("\n")
    return line
  }
}
