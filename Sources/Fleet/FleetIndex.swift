// SPDX-License-Identifier: MIT

// From a device's identifier to its row, without making an array of the identifier first: a message is looked up where
// it lies. Open addressing with linear probing (Knuth, The Art of Computer Programming 3, 6.4); at least half of the
// places are free.

import Bytes

/// A hash table of row numbers.
struct FleetIndex: Sendable {
  /// Row numbers from 1, 0 for a free place.
  private var places = [UInt32](repeating: 0, count: 64)
  private var count = 0
  /// Differs from start to start, so that identifiers cannot be chosen to fall together.
  private let salt = UInt64.random(in: .min ... .max)

  /// The row with this identifier.
  func row(of identifier: Span<UInt8>, in devices: [FleetDevice]) -> Int? {
    var place = start(identifier)
    while places[place] != 0 {
      let row = Int(places[place]) - 1
      let known = devices[row].identifier
      if known.span.equals(identifier) { return row }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// Adds a row whose identifier is not there yet.
  mutating func add(_ row: Int, in devices: [FleetDevice]) {
    count += 1
    if count * 2 > places.count { return rebuild(devices) }
    insert(row, devices)
  }

  /// Takes a row out, and moves those up that were behind it for lack of room (Knuth, 6.4, Algorithm R). Its device
  /// still has the identifier.
  mutating func remove(_ row: Int, in devices: [FleetDevice]) {
    let identifier = devices[row].identifier
    var hole = start(identifier.span)
    while places[hole] != UInt32(row + 1) {
      guard places[hole] != 0 else { return }
      hole = (hole + 1) & (places.count - 1)
    }
    count -= 1
    var place = hole
    while true {
      places[hole] = 0
      repeat {
        place = (place + 1) & (places.count - 1)
        if places[place] == 0 { return }
      } while isBetween(hole, place, in: devices)
      places[hole] = places[place]
      hole = place
    }
  }

  /// Whether the row at `place` begins its search behind `hole`, so that it has to stay.
  private func isBetween(_ hole: Int, _ place: Int, in devices: [FleetDevice]) -> Bool {
    let identifier = devices[Int(places[place]) - 1].identifier
    let start = start(identifier.span)
    return hole <= place ? hole < start && start <= place : hole < start || start <= place
  }

  /// Makes the table anew of the rows that are in use.
  private mutating func rebuild(_ devices: [FleetDevice]) {
    count = 0
    for device in devices where device.isListed { count += 1 }
    var size = 64
    while size < count * 2 { size *= 2 }
    places = [UInt32](repeating: 0, count: size)
    for row in devices.indices where devices[row].isListed { insert(row, devices) }
  }

  private mutating func insert(_ row: Int, _ devices: [FleetDevice]) {
    let identifier = devices[row].identifier
    var place = start(identifier.span)
    while places[place] != 0 { place = (place + 1) & (places.count - 1) }
    places[place] = UInt32(row + 1)
  }

  /// FNV-1a, salted, its high bits folded in.
  private func start(_ identifier: Span<UInt8>) -> Int {
    var hash = 0xCBF2_9CE4_8422_2325 ^ salt
    for index in identifier.indices { hash = (hash ^ UInt64(identifier[index])) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    return Int(truncatingIfNeeded: hash) & (places.count - 1)
  }
}
