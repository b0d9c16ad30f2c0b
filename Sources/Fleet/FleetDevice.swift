// SPDX-License-Identifier: MIT

// A row of the fleet's table. Whether a device is there is a matter of when it was last heard: its retained
// `availability` is a hint, since no cluster of brokers publishes the wills of a node that was killed.

import Bytes
import Timebase

/// A device of the fleet.
struct FleetDevice: Sendable {
  /// How a device is, as far as the gateway can tell.
  enum Presence: UInt8, Sendable {
    /// Only what the broker had kept of it is known: it has not been heard yet.
    case unheard
    /// It was heard not long ago.
    case alive
    /// Nothing has come of it for too long.
    case silent
    /// It, or the broker for it, has said that it goes.
    case offline

    /// Its name in messages.
    var name: StaticString {
      switch self {
      case .unheard: "unheard"
      case .alive: "alive"
      case .silent: "silent"
      case .offline: "offline"
      }
    }

    /// Whether it is among those that a person would look for.
    var isAbsent: Bool { self == .silent || self == .offline }
  }

  /// The level of its topics.
  let identifier: [UInt8]
  /// What people call it; empty: the identifier.
  var name: [UInt8] = []
  /// Where its own page is; empty if it did not say, or said something else than an address of HTTP.
  var address: [UInt8] = []
  /// The groups whose commands it obeys, with blanks between them.
  var groups: [UInt8] = []
  /// All that a search looks at, in lower case, with line ends between the texts.
  var searchText: [UInt8] = []
  /// Tells it from the device that had its row before.
  var birth: UInt64 = 0
  /// Which start of the device its description is of.
  var boot: [UInt8] = []
  /// The number of its description.
  var aboutRevision: UInt64 = 0
  /// The connection on which the description came live; 0: it was retained.
  var aboutConnection: UInt32 = 0
  /// Whether a description has come.
  var isDescribed = false
  /// Whether a state came that is older than one before it: it may have started again unheard.
  var isDoubtful = false
  /// Whether it was asked to describe itself, and has not.
  var isAsked = false
  /// Whether this row is in use.
  var isListed = true
  var presence = Presence.unheard
  /// When it was last heard, or first seen if it never was.
  var heard: MonotonicTime
  /// Whether it was heard. If not, it may have been silent for longer than anybody has listened.
  var wasHeard = false
  /// When it said that it goes; nil: before anybody listened.
  var offlineSince: MonotonicTime?
  var parts: [FleetPart] = []
  /// The table's revision at its last change.
  var revision: UInt64 = 0
  /// How many commands wait for it.
  var awaiting: UInt16 = 0

  init(identifier: [UInt8], now: MonotonicTime) {
    self.identifier = identifier
    heard = now
  }

  /// Whether it is there, and what it is is not known for certain.
  var isUndescribed: Bool { isListed && presence == .alive && (!isDescribed || isDoubtful) }

  /// What it is called.
  var title: [UInt8] { name.isEmpty ? identifier : name }

  /// Since when it is as it is, if that is known and worth to say.
  var since: MonotonicTime? {
    switch presence {
    case .alive, .unheard: nil
    case .silent: wasHeard ? heard : nil
    case .offline: offlineSince
    }
  }

  func part(named name: Span<UInt8>) -> Int? {
    for index in parts.indices {
      let known = parts[index].name
      if known.span.equals(name) { return index }
    }
    return nil
  }

  /// Whether it is in a group.
  func isIn(_ group: Span<UInt8>) -> Bool {
    var start = 0
    let groups = groups.span
    while start < groups.count {
      let end = groups.firstIndex(of: UInt8(ascii: " "), from: start) ?? groups.count
      if groups.extracting(start..<end).equals(group) { return true }
      start = end + 1
    }
    return false
  }

  /// How much memory it takes, in bytes, with what the allocator adds to each array.
  var memorySize: Int {
    var size = MemoryLayout<FleetDevice>.stride
    func add(_ capacity: Int) { if capacity > 0 { size += (capacity + 32 + 15) & ~15 } }
    for text in [identifier, name, address, groups, searchText, boot] { add(text.capacity) }
    add(parts.capacity * MemoryLayout<FleetPart>.stride)
    for part in parts {
      for text in [part.name, part.label, part.unit, part.range, part.state] { add(text.capacity) }
    }
    return size
  }
}
