// SPDX-License-Identifier: MIT

// The commands that page, HTTP and the rest may give to a part. A command that a part does not know, or cannot carry
// out at present, is an error with a name, and changes nothing.

import Bytes

/// A command to a part.
public enum Command: Equatable, Sendable {
  /// Take these values.
  case set(PartValues)
  /// Turn on if off, and off if on.
  case toggle
  /// Make a light a little brighter or darker, by 13 of 255; in which direction changes with each hold of a button.
  case dim
  /// Act as if a button had been pressed in this way.
  case gesture(Gesture)
  /// Hold a button down until `release`. Four clients at most hold the same one; a fifth is not heeded.
  case press
  /// Let go of a button that was held down by `press`.
  case release
}

/// Why a command is refused.
public enum CommandError: UInt8, Error, Equatable, Sendable {
  /// There is no part of that name.
  case unknownPart
  /// Parts of this kind do not know the command.
  case unsuitableCommand
  /// A value is missing, of the wrong type or out of range.
  case malformedValue
  /// The part has a fault.
  case partFault
  /// The button may be pressed on the board only.
  case notRemote
  /// Whoever gave it may only look, or the part is for administrators.
  case notAllowed
  #if !WITHOUT_COMMAND_LIMITS
    /// The client's commands were too many, and a later one for the same part took its place.
    case overtaken
  #endif

  /// The words for an answer.
  public var words: Span<UInt8> {
    @_lifetime(immortal) get {
      #if !WITHOUT_COMMAND_LIMITS
        if self == .overtaken { return Self.overtakenWords.span }
      #endif
      return Self.allWords.line(Int(rawValue))
    }
  }

  #if !WITHOUT_COMMAND_LIMITS
    private static let overtakenWords: StaticString = "too many commands: a later one has overtaken this"
  #endif
  /// A line for each case, in their order.
  private static let allWords: StaticString = """
    unknown part
    this kind of part does not do that
    malformed value
    the part does not work at present
    this button can only be pressed on the device
    you may not do that
    """
}
