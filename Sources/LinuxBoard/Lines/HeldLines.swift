// SPDX-License-Identifier: MIT

// What the board needs of GPIO lines, so that it can be tried without any: the kernel's are `LineRequest`.
// Levels are those of the pins, high or low: which one is active is the board's business, so the level of a line that
// an earlier run held can be read, whichever level that run took for active.

#if os(Linux)
  import SystemCalls

  /// Lines of one chip, held until the last reference goes.
  protocol HeldLines: AnyObject {
    var chip: String { get }
    var offsets: [UInt32] { get }
    /// What the system calls the descriptor that they are held by.
    var number: Int32 { get }
    /// Whether the kernel debounces the inputs that are to be, which not every driver lets it.
    var isDebounced: Bool { get }

    /// Drives the output that is `index`th among them.
    func drive(_ index: Int, high isHigh: Bool) throws(BoardError)
    /// Which lines are high at this moment: a bit for each line in `mask`.
    func levels(_ mask: UInt64) throws(BoardError) -> UInt64
    /// Whether there are edges to read.
    func hasEdges() throws(BoardError) -> Bool
    /// Forgets the edges that are there to read.
    func forgetEdges() throws(BoardError)
    /// Another descriptor of theirs, to read their edges from.
    func duplicate() throws(SystemError) -> Descriptor
  }

  /// Where lines are found and taken.
  protocol LineSource {
    /// The chip and the line that `address` means; a number alone is on `defaultChip`.
    func find(_ address: LineAddress, defaultChip: String) throws(BoardError) -> FoundLine
    /// Takes lines of a chip, at most as many as fit one request.
    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(BoardError) -> any HeldLines
    /// Goes on with lines that an earlier run of the program held with these settings, and fills in the levels that are
    /// to be kept; nil if they do not answer to them.
    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)?
  }

  /// A line, and the chip by the name of its device.
  struct FoundLine: Equatable {
    let chip: String
    let line: LineInfo
  }
#endif
