// SPDX-License-Identifier: MIT

// How long a part that is gone from the description keeps its line in the file: a month, and less only if the file
// would grow too long to be read.

public import Parts

extension SavedState {
  /// What a device saves, and what it keeps of `earlier` for parts that it does not have.
  ///
  /// Such a part keeps its values for a month from `today`, the day counted from 1970: a description that was wrong for
  /// an evening costs nothing. Without a clock, `today` being nil, nothing is forgotten.
  public init(
    _ device: Device, keeping earlier: SavedState?, announcement: Announcement? = nil, today: UInt32?
  ) {
    var present: [Entry] = []
    for part in device.parts {
      if let values = part.saved { present.append(Entry(name: part.name, values: values)) }
    }
    var gone: [Entry] = []
    for var entry in earlier?.entries ?? [] where !device.parts.contains(where: { $0.name == entry.name }) {
      entry.goneSince = entry.goneSince ?? today
      if let today, let since = entry.goneSince, today > since, today - since > Self.keptDays { continue }
      gone.append(entry)
    }
    gone.sort { $0.goneSince ?? 0 < $1.goneSince ?? 0 }
    self.init(present + gone, announcement: announcement)
    // What is written must be readable: those that have been gone longest make room.
    while entries.count > Self.countThatFits(beside: announcement), encoded.count > Self.sizeLimit, !gone.isEmpty {
      gone.removeFirst()
      self.init(present + gone, announcement: announcement)
    }
  }

  /// How many days the values of a part that is gone are kept.
  static let keptDays: UInt32 = 31

  /// So many parts fit in any case: a line has at most 32 bytes of name, 90 of values and 16 of the day.
  private static func countThatFits(beside announcement: Announcement?) -> Int {
    let announced = announcement?.components.reduce(80) { $0 + $1.count + 1 } ?? 0
    return (sizeLimit - 64 - announced) / 140
  }
}
