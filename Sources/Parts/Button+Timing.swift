// SPDX-License-Identifier: MIT

// The times of a button: what is a bounce, and what tells a double click, a long press and its repeats apart.

public import Timebase

extension Button {
  /// The times of a button.
  public struct Timing: Equatable, Sendable {
    /// A level that lasts no longer than this is a bounce.
    public var debounce: Milliseconds = Debouncer.standardDuration
    #if WITHOUT_GESTURES
      public var double: Milliseconds { get { 0 } set {} }
      public var long: Milliseconds { get { 0 } set {} }
      public var `repeat`: Milliseconds { get { 0 } set {} }
    #else
      /// How long after the first release the second press of a double click comes at the latest.
      public var double: Milliseconds = 350
      /// How long a button is held for a long press.
      public var long: Milliseconds = 600
      /// How long after a long press, and after each repeat, the next repeat follows; less than 10 ms count as 10.
      public var `repeat`: Milliseconds = 150
    #endif

    /// The usual times.
    public init() {}
  }
}
