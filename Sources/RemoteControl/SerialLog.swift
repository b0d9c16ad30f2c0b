// SPDX-License-Identifier: MIT

// The lines that the tutorial's program prints on its serial line. Below the Embedded line nothing can print, so lines
// wait here until the host takes them: to standard output on Linux, to the UART on a board.

/// Lines of log that wait for the host.
public struct SerialLog: Sendable {
  /// How much a line matters.
  public enum Level: UInt8, Sendable {
    /// The tutorial's own lines: always shown.
    case serial
    /// What whoever runs the device should know: a name by which it cannot be reached yet.
    case info
    /// Refusals and the like, for people who look into a problem.
    case debug
  }

  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// The level of each line, as its number: arrays of types that others have, too, cost firmware nothing.
  private var levels: [UInt8] = []
  /// How many lines were dropped because the host did not take them in time.
  public private(set) var dropped: UInt32 = 0
  /// The least important level that is kept; `.debug` costs a line for every refusal.
  public var level: Level

  #if !hasFeature(Embedded)
    /// The names that were refused a moment ago.
    var refusedNames = RefusedNames()
  #endif

  /// How many bytes may wait before lines are dropped.
  private let capacity: Int

  /// An empty log that keeps lines up to `level`.
  public init(level: Level = .serial, capacity: Int = 65_536) {
    self.level = level
    self.capacity = capacity
  }

  /// Adds a line, which `write` appends without its line end.
  public mutating func add(_ level: Level = .serial, _ write: (inout [UInt8]) -> Void) {
    guard level.rawValue <= self.level.rawValue else { return }
    guard bytes.count < capacity else {
      dropped &+= 1
      return
    }
    write(&bytes)
    ends.append(bytes.count)
    levels.append(level.rawValue)
  }

  /// Adds a line for people who look into a problem. Firmware has none: their words would take more than 2 KB of flash.
  public mutating func debug(_ write: (inout [UInt8]) -> Void) {
    #if !hasFeature(Embedded)
      add(.debug, write)
    #endif
  }

  /// Adds a line that whoever runs the device should see. Firmware has none, as of `debug`.
  public mutating func info(_ write: (inout [UInt8]) -> Void) {
    #if !hasFeature(Embedded)
      add(.info, write)
    #endif
  }

  /// Whether lines wait.
  public var hasLines: Bool { !ends.isEmpty }

  /// Hands each line, oldest first, to `body`, and forgets it.
  public mutating func drain(_ body: (Level, Span<UInt8>) -> Void) {
    guard !ends.isEmpty else { return }
    var start = 0
    for line in ends.indices {
      body(Level(rawValue: levels[line]) ?? .serial, bytes.span.extracting(start..<ends[line]))
      start = ends[line]
    }
    // Lines are rare; kept, the memory would be that of the most that ever came at once.
    bytes = []
    ends = []
    levels = []
  }
}
