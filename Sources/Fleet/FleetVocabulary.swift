// SPDX-License-Identifier: MIT

// What can be chosen from: the groups that devices are in, and the names of parts that can be told something. Both are
// looked up again when devices have come, gone or described themselves, and both are bounded: a choice among hundreds is
// none.

import Bytes

/// The words of a fleet.
struct FleetVocabulary: Equatable, Sendable {
  private(set) var groups: [[UInt8]] = []
  private(set) var parts: [[UInt8]] = []
  private var membership: UInt64 = 0

  private static var limit: Int { 64 }

  func isStale(_ table: borrowing FleetTable) -> Bool { membership != table.membership }

  mutating func rebuild(_ table: borrowing FleetTable) {
    membership = table.membership
    var groups: Set<[UInt8]> = []
    var parts: Set<[UInt8]> = []
    for device in table.devices where device.isListed {
      if groups.count < Self.limit {
        for group in device.groups.split(separator: UInt8(ascii: " ")) { groups.insert(Array(group)) }
      }
      guard parts.count < Self.limit else { continue }
      for part in device.parts where part.isCommandable { parts.insert(part.name) }
    }
    self.groups = groups.sorted { $0.lexicographicallyPrecedes($1) }
    self.parts = parts.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
