// SPDX-License-Identifier: MIT

// Which names were refused a moment ago, so that the log says each at most once a minute, whatever a peer sends: pages
// retry for ever, and a peer can make up as many names as it likes.

#if !hasFeature(Embedded)
  import Bytes
  import Timebase

  /// The last names that were logged.
  struct RefusedNames: Sendable {
    /// How many names are logged in a minute at most.
    static let limit = 16
    /// How long a name is not logged again.
    static let interval = Milliseconds.seconds(60)

    private var names: [(name: [UInt8], time: MonotonicTime)] = []
    /// How many refusals of further names there were that no line told of.
    private var untold: UInt32 = 0

    init() {}

    /// Notes that a name was refused: nil if it is not to be logged; else how many refusals of names were not logged
    /// before because there were too many.
    mutating func note(_ name: [UInt8], now: MonotonicTime) -> UInt32? {
      names.removeAll { now - $0.time >= Self.interval }
      if names.contains(where: { $0.name.span.equalsIgnoringCase(name.span) }) { return nil }
      guard names.count < Self.limit else {
        untold = untold == .max ? .max : untold + 1
        return nil
      }
      names.append((name, now))
      defer { untold = 0 }
      return untold
    }
  }
#endif
