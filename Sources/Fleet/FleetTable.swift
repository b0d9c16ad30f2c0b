// SPDX-License-Identifier: MIT

// All devices of a broker, as values: fed messages and times, it says what has changed. This module is above the
// Embedded line, since no board has ten thousand devices, but it does no I/O either: the gateway's whole life runs in
// virtual time in its tests.
//
// Which of two sources is right. Live messages come in order, and the latest counts. What a broker had kept may be older
// than what came live before it (ejabberd sends such), or differ from node to node, so it counts only for what has not
// been heard live on this connection. Descriptions, and states that carry a number, are ordered by it within one start
// of the device. After each connect every device is asked anyway, and says the truth within seconds.

import Bytes
import Timebase

/// The table of a gateway.
struct FleetTable: Sendable {
  /// What a message has meant.
  enum News: Equatable {
    /// Nothing that anybody waits for.
    case nothing
    /// A state came live, changed or not.
    case state(device: Int, part: Int)
    /// A gesture.
    case event(device: Int, part: Int)
  }

  /// The devices, with rows that are not in use.
  private(set) var devices: [FleetDevice] = []
  /// Grows with each change that a page shows.
  private(set) var revision: UInt64 = 0
  /// Grows when a device comes or goes, or is called otherwise: lists are out of date.
  private(set) var membership: UInt64 = 1
  /// Grows when a device falls silent or is heard again.
  private(set) var presences: UInt64 = 1
  /// How many devices there are.
  private(set) var count = 0
  /// How many of them are silent or offline.
  private(set) var absent = 0
  /// How many messages were of devices for which there was no room.
  private(set) var refused: UInt64 = 0
  /// The same, as pages are told: it changes once a second at most.
  private(set) var toldRefused: UInt64 = 0
  /// How many devices have described themselves that were asked to.
  private(set) var answered: UInt64 = 0
  /// How many messages have come.
  private(set) var messages: UInt64 = 0
  let limits: FleetLimits

  private var index = FleetIndex()
  private var free: [Int] = []
  /// Rows that may be used again, as their births tell, the one that has been silent longest last.
  private var reusable: [(row: Int, birth: UInt64)] = []
  private var nextReuse = MonotonicTime.zero
  /// Which connection to a broker this is, from 1.
  private var connection: UInt32 = 0
  private var nextSearch = MonotonicTime.zero
  private var nextTelling = MonotonicTime.zero
  private var ordered: [UInt32] = []
  private var orderedMembership: UInt64 = 0

  init(limits: FleetLimits) { self.limits = limits }

  /// A connection to a broker begins: what comes live on it counts more than what the broker had kept.
  mutating func beginConnection() { connection &+= 1 }

  func row(of identifier: Span<UInt8>) -> Int? { index.row(of: identifier, in: devices) }

  // MARK: What comes

  /// Takes a message over.
  mutating func hear(
    _ topic: Span<UInt8>, _ payload: Span<UInt8>, isRetained: Bool, topics: FleetTopics, now: MonotonicTime
  ) -> News {
    messages &+= 1
    guard let (name, subject) = topics.subject(of: topic) else { return .nothing }
    let identifier = topic.extracting(name)
    if payload.count == 0, subject == .about {
      if let row = row(of: identifier) { remove(row) }
      return .nothing
    }
    guard payload.count > 0, let row = row(of: identifier) ?? add(identifier, now: now) else { return .nothing }
    if subject == .availability {
      noteAvailability(payload, row, isRetained: isRetained, now: now)
      return .nothing
    }
    if !isRetained { noteLife(row, now: now) }
    switch subject {
    case .availability, .alive: return .nothing
    case .about:
      take(about: payload, row, isRetained: isRetained)
      return .nothing
    case .state(let part): return take(state: payload, row, topic.extracting(part), isRetained: isRetained)
    case .fault(let part):
      guard let part = self.part(row, topic.extracting(part)) else { return .nothing }
      take(fault: payload.equals("offline"), row, part, isRetained: isRetained)
      return .nothing
    case .event(let part):
      guard !isRetained, let part = self.part(row, topic.extracting(part)) else { return .nothing }
      take(event: payload, row, part)
      return .event(device: row, part: part)
    }
  }

  private mutating func add(_ identifier: Span<UInt8>, now: MonotonicTime) -> Int? {
    guard count < limits.devices || makeRoom(now: now) else {
      refused &+= 1
      return nil
    }
    var device = FleetDevice(identifier: [UInt8](identifier), now: now)
    device.searchText = device.identifier
    let row = free.popLast() ?? devices.count
    if row == devices.count { devices.append(device) } else { devices[row] = device }
    index.add(row, in: devices)
    count += 1
    membership &+= 1
    devices[row].birth = membership
    mark(row)
    return row
  }

  /// Takes out the device that has been silent longest and never said what it is, if there is one: whoever may publish
  /// could keep real devices out with invented ones. Those that are alive, or have described themselves, stay. All rows
  /// are looked at once a second at most, however many ask for room.
  private mutating func makeRoom(now: MonotonicTime) -> Bool {
    if reusable.isEmpty, now >= nextReuse {
      nextReuse = now + 1000
      for row in devices.indices where isReusable(row) { reusable.append((row, devices[row].birth)) }
      reusable.sort { devices[$0.row].heard > devices[$1.row].heard }
    }
    while let (row, birth) = reusable.popLast() {
      guard devices[row].birth == birth, isReusable(row) else { continue }
      remove(row)
      return true
    }
    return false
  }

  private func isReusable(_ row: Int) -> Bool {
    devices[row].isListed && !devices[row].isDescribed && devices[row].presence.isAbsent
  }

  /// A device whose description was taken off the broker is gone for good.
  private mutating func remove(_ row: Int) {
    if devices[row].presence.isAbsent { absent -= 1 }
    index.remove(row, in: devices)
    devices[row] = FleetDevice(identifier: [], now: .zero)
    devices[row].isListed = false
    free.append(row)
    count -= 1
    membership &+= 1
    revision &+= 1
  }

  private mutating func mark(_ row: Int) {
    revision &+= 1
    devices[row].revision = revision
  }

  /// The part of this name, which may be new: a state may come before the description.
  private mutating func part(_ row: Int, _ name: Span<UInt8>) -> Int? {
    if let part = devices[row].part(named: name) { return part }
    guard !devices[row].isDescribed, devices[row].parts.count < limits.parts else { return nil }
    devices[row].parts.append(FleetPart(name: [UInt8](name)))
    mark(row)
    return devices[row].parts.count - 1
  }

  private mutating func take(state payload: Span<UInt8>, _ row: Int, _ name: Span<UInt8>, isRetained: Bool) -> News {
    guard let part = part(row, name) else { return .nothing }
    if isRetained, devices[row].parts[part].stateConnection == connection { return .nothing }
    if payload[0] == UInt8(ascii: "{"), let json = try? JSONValue(parsing: payload), let number = json["rev"]?.uint64 {
      // What came live counts more than what a broker had kept, perhaps since an earlier start of the device.
      let isKnownLive = devices[row].parts[part].stateConnection == connection
      guard number >= devices[row].parts[part].stateRevision || (!isRetained && !isKnownLive) else {
        if !isRetained { devices[row].isDoubtful = true }
        return .nothing
      }
      devices[row].parts[part].stateRevision = number
    }
    if !isRetained { devices[row].parts[part].stateConnection = connection }
    if devices[row].parts[part].take(payload, limit: limits.stateSize) { mark(row) }
    return isRetained ? .nothing : .state(device: row, part: part)
  }

  private mutating func take(fault hasFault: Bool, _ row: Int, _ part: Int, isRetained: Bool) {
    if isRetained, devices[row].parts[part].faultConnection == connection { return }
    if !isRetained { devices[row].parts[part].faultConnection = connection }
    guard devices[row].parts[part].hasFault != hasFault else { return }
    devices[row].parts[part].hasFault = hasFault
    mark(row)
  }

  private mutating func take(event payload: Span<UInt8>, _ row: Int, _ part: Int) {
    guard let json = try? JSONValue(parsing: payload), let type = json["event_type"] else { return }
    var word: [UInt8] = []
    guard type.appendString(to: &word) else { return }
    _ = devices[row].parts[part].take(word.span, limit: limits.textSize)
    mark(row)
  }

  // MARK: Who is there

  private mutating func noteLife(_ row: Int, now: MonotonicTime) {
    devices[row].heard = now
    devices[row].wasHeard = true
    set(.alive, row)
  }

  private mutating func noteAvailability(_ payload: Span<UInt8>, _ row: Int, isRetained: Bool, now: MonotonicTime) {
    guard payload.equals("offline") else {
      if !isRetained { noteLife(row, now: now) }
      return
    }
    if isRetained, devices[row].presence == .alive { return }  // it was heard since
    if devices[row].presence != .offline { devices[row].offlineSince = isRetained ? nil : now }
    set(.offline, row)
  }

  private mutating func set(_ presence: FleetDevice.Presence, _ row: Int) {
    let before = devices[row].presence
    guard before != presence else { return }
    devices[row].presence = presence
    absent += (presence.isAbsent ? 1 : 0) - (before.isAbsent ? 1 : 0)
    presences &+= 1
    mark(row)
  }

  /// Finds those that have fallen silent; returns when to look again: when the next one falls silent, or in a second.
  /// Those that would within the next tenth of a second count already: when thousands fall silent one by one, all rows
  /// are looked at ten times a second, and still none is shown as alive for longer than it may be.
  mutating func poll(now: MonotonicTime) -> MonotonicTime {
    guard now >= nextSearch else { return nextSearch }
    nextSearch = now + 1000
    for row in devices.indices
    where devices[row].isListed && (devices[row].presence == .alive || devices[row].presence == .unheard) {
      let end = devices[row].heard + limits.silence
      if end <= now + 100 { set(.silent, row) } else { nextSearch = min(nextSearch, end) }
    }
    if now >= nextTelling {
      toldRefused = refused
      nextTelling = now + 1000
    }
    return nextSearch
  }

  /// Whether some device that is there has not described itself, or says what does not fit its description.
  var hasUndescribed: Bool { devices.contains { $0.isUndescribed } }

  /// All of them are asked now.
  mutating func noteAsked() {
    for row in devices.indices where devices[row].isUndescribed { devices[row].isAsked = true }
  }

  // MARK: The order of the list

  /// The rows in the order in which people look for them: by name, then by identifier.
  mutating func rowsInOrder() -> [UInt32] {
    if orderedMembership != membership {
      orderedMembership = membership
      var keys: [(key: [UInt8], row: UInt32)] = []
      keys.reserveCapacity(count)
      for row in devices.indices where devices[row].isListed {
        keys.append((devices[row].searchText, UInt32(truncatingIfNeeded: row)))
      }
      keys.sort { $0.key.lexicographicallyPrecedes($1.key) }
      ordered = keys.map(\.row)
    }
    return ordered
  }

  // MARK: For the rest of the module

  mutating func describe(_ row: Int, _ change: (inout FleetDevice) -> Void) {
    change(&devices[row])
    mark(row)
    membership &+= 1
  }

  var currentConnection: UInt32 { connection }

  /// Notes a description that says what is known already.
  mutating func note(_ row: Int, _ boot: [UInt8], _ number: UInt64, _ isRetained: Bool) {
    if devices[row].boot != boot {
      for part in devices[row].parts.indices { devices[row].parts[part].stateRevision = 0 }
    }
    devices[row].isDoubtful = false
    devices[row].boot = boot
    devices[row].aboutRevision = number
    if !isRetained { devices[row].aboutConnection = connection }
  }

  /// Notes that a device has described itself, if it was asked to.
  mutating func noteAnswer(_ row: Int) {
    guard devices[row].isAsked else { return }
    devices[row].isAsked = false
    answered &+= 1
  }

  /// Counts the commands that a device has yet to answer.
  mutating func changeAwaiting(of row: Int, by difference: Int) {
    guard devices.indices.contains(row) else { return }
    devices[row].awaiting = UInt16(clamping: Int(devices[row].awaiting) + difference)
  }
}
