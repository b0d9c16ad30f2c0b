// SPDX-License-Identifier: MIT

// All chips and lines as a table for people.

/// What `heliograph pins` prints.
public struct PinTable: Sendable {
  private var rows: [[String]] = [["CHIP", "LINE", "NAME", "USE", "BY"]]
  /// What could not be asked, a line each.
  public private(set) var failures: [String] = []

  /// An empty table.
  public init() {}

  /// Adds a chip with its lines.
  public mutating func add(_ chip: ChipInfo, _ lines: [LineInfo]) {
    for line in lines {
      rows.append([chip.name, "\(line.offset)", line.name, Self.use(line.flags), line.consumer])
    }
  }

  /// How many lines it lists.
  public var count: Int { rows.count - 1 }

  /// The table, its columns in line, a line of text each.
  public var lines: [String] {
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var text = ""
      for (cell, width) in zip(row, widths) { text += cell + String(repeating: " ", count: width - cell.count + 2) }
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// `input, pull-up`; `free` in front of what nobody uses.
  private static func use(_ flags: LineFlags) -> String {
    var words = [flags.contains(.used) ? "" : "free", flags.contains(.output) ? "output" : "input"]
    let details: [(LineFlags, String)] = [
      (.activeLow, "active low"), (.openDrain, "open drain"), (.openSource, "open source"), (.pullUp, "pull-up"),
      (.pullDown, "pull-down"), (.biasDisabled, "no bias"),
    ]
    words += details.filter { flags.contains($0.0) }.map(\.1)
    return words.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

#if os(Linux)
  extension PinTable {
    /// The chips of this machine. A chip that may not be opened is a failure, and the others are listed all the same.
    public static func ofThisMachine() -> PinTable {
      var table = PinTable()
      for name in Chip.names() {
        do throws(GPIOError) {
          let chip = try Chip(named: name)
          table.add(chip.info, try chip.lines())
        } catch {
          table.failures.append(error.description)
        }
      }
      return table
    }
  }
#endif
