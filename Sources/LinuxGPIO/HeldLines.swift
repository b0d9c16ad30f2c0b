// SPDX-License-Identifier: MIT

// What the board needs of GPIO lines, so that it can be tried without any: the kernel's are `LineRequest`.

#if os(Linux)
  import DeviceComponents
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
    func drive(_ index: Int, to level: Level) throws(GPIOError)
    /// The level of the line that is `index`th among them, at this moment.
    func level(of index: Int) throws(GPIOError) -> Level
    /// Whether there are edges to read.
    func hasEdges() throws(GPIOError) -> Bool
    /// Forgets the edges that are there to read.
    func forgetEdges() throws(GPIOError)
    /// Another descriptor of theirs, to read their edges from.
    func duplicate() throws(SystemError) -> Descriptor
  }

  /// Where lines are found and taken.
  protocol LineSource {
    /// The chip and the line that `address` means; a number alone is on `defaultChip`.
    func find(_ address: LineAddress, defaultChip: String) throws(GPIOError) -> (chip: String, line: LineInfo)
    /// Takes lines of a chip.
    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(GPIOError) -> any HeldLines
    /// Goes on with lines that an earlier run of the program held with these settings, and fills in the levels that are
    /// to be kept; nil if they do not answer to them.
    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)?
  }

  /// The chips of this machine.
  struct SystemLines: LineSource {
    func find(_ address: LineAddress, defaultChip: String) throws(GPIOError) -> (chip: String, line: LineInfo) {
      switch address.line {
      case .offset(let offset):
        let chip = address.chip ?? defaultChip
        return (chip, try Chip(named: chip).line(offset))
      case .name(let name):
        var found: [(chip: String, line: LineInfo)] = []
        var failure: GPIOError?
        for chip in address.chip.map({ [$0] }) ?? Chip.names() {
          do throws(GPIOError) {
            found += try Chip(named: chip).lines().filter { $0.name == name }.map { (chip, $0) }
          } catch {
            failure = failure ?? error
          }
        }
        if found.count == 1 { return found[0] }
        guard found.isEmpty else {
          throw .ambiguousName(name, places: found.map { "\($0.chip):\($0.line.offset)" })
        }
        throw failure ?? .unknownName(name, chip: address.chip)
      }
    }

    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(GPIOError) -> any HeldLines {
      try LineRequest(settings, of: try Chip(named: chip))
    }

    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)? {
      LineRequest(adopting: descriptor, &settings, ofChipNamed: chip)
    }
  }
#endif
