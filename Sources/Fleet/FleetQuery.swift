// SPDX-License-Identifier: MIT

// What a page wants to see of ten thousand devices: those that a search, a group or their absence selects, and of these
// a window. Pages that want the same share one, so that what changes in it is put into words once for all of them.

import Bytes

/// Which devices are meant.
struct FleetQuery: Hashable, Sendable {
  /// The search as it was typed.
  var text: [UInt8] = []
  /// Only those of this group; empty: of all.
  var group: [UInt8] = []
  /// Only those that are silent or offline.
  var isForAbsent = false

  /// Whether all are meant.
  var isEmpty: Bool { text.isEmpty && group.isEmpty && !isForAbsent }
}

/// Where a page is in its list.
struct FleetWindow: Hashable, Sendable {
  var query = FleetQuery()
  /// The number of the first row, from 0.
  var from = 0
  /// How many rows.
  var count = FleetWindow.standardCount

  /// How many rows a page has unless it asks for another number: two or three screens of a phone.
  static var standardCount: Int { 50 }
}

/// A window that some page shows, and what is in it.
struct FleetView: Sendable {
  let window: FleetWindow
  /// How many pages show it.
  var users = 0
  /// The rows of the table.
  private(set) var rows: [UInt32] = []
  private var births: [UInt64] = []
  /// How many devices the query selects.
  private(set) var matches = 0
  /// The first row's number: a window behind the end is moved to the last rows there are.
  private(set) var from = 0
  /// Grows when other rows are in it than before.
  private(set) var version: UInt64 = 0
  private var membership: UInt64 = 0
  private var presences: UInt64 = 0

  init(_ window: FleetWindow) { self.window = window }

  /// Whether it may not be what the table has now.
  func isStale(_ table: borrowing FleetTable) -> Bool {
    membership != table.membership || (window.query.isForAbsent && presences != table.presences)
  }

  /// The rows that still have the device that they had, of which `isMeant` is true: another one is shown when the window
  /// has been looked at again.
  func rows(of table: borrowing FleetTable, where isMeant: (FleetDevice) -> Bool) -> [UInt32] {
    var chosen: [UInt32] = []
    for place in rows.indices {
      let row = Int(rows[place])
      if table.devices[row].birth == births[place], isMeant(table.devices[row]) { chosen.append(rows[place]) }
    }
    return chosen
  }

  /// Looks again which devices are in it.
  mutating func rebuild(_ table: inout FleetTable) {
    (membership, presences) = (table.membership, table.presences)
    let selected = table.select(window.query)
    var from = window.from
    if from >= selected.count { from = selected.isEmpty ? 0 : (selected.count - 1) / window.count * window.count }
    let rows = Array(selected[from..<min(from + window.count, selected.count)])
    // A row may have another device than before.
    let births = rows.map { table.devices[Int($0)].birth }
    guard version == 0 || rows != self.rows || births != self.births || selected.count != matches || from != self.from
    else { return }
    (self.rows, self.births, matches, self.from) = (rows, births, selected.count, from)
    version += 1
  }
}

extension FleetTable {
  /// The rows that a query selects, in the order of the list.
  mutating func select(_ query: FleetQuery) -> [UInt32] {
    let all = rowsInOrder()
    if query.isEmpty { return all }
    let words = SearchText.words(query.text.span)
    var selected: [UInt32] = []
    for row in all where matches(Int(row), query, words) { selected.append(row) }
    return selected
  }

  private func matches(_ row: Int, _ query: FleetQuery, _ words: [[UInt8]]) -> Bool {
    if query.isForAbsent, !devices[row].presence.isAbsent { return false }
    if !query.group.isEmpty, !devices[row].isIn(query.group.span) { return false }
    return SearchText.contains(devices[row].searchText, words)
  }
}
