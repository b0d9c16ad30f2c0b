// SPDX-License-Identifier: MIT

// The pages that are open, and what each has been sent. Nothing is queued for a page: when its outbox is empty it gets
// the rows of its window that have changed since it last got any, as they are then. So a page on a bad network never
// falls behind and costs the others nothing. A message is put into words once for all pages with the same window and the
// same past, which are most, and all memory for it is used again.

import Bytes
import DeviceServer
import Timebase

struct FleetScreens: Sendable {
  /// An open page.
  struct Screen: Sendable {
    let client: ClientID
    /// The window that it shows; nil: it has not said yet.
    var view: Int?
    /// The version of the window's rows that it has; 0: none.
    var version: UInt64 = 0
    /// The revision of the table that it has.
    var cursor: UInt64 = 0
    /// The summary that it has.
    var summary: UInt64 = 0
  }

  /// A message that was made for one page, and is right for all with the same past.
  struct Message: Sendable {
    /// Whether it was made in this moment.
    var isMade = false
    var isList = false
    var cursor: UInt64 = 0
    var summary: UInt64 = 0
    var bytes: [UInt8] = []
  }

  /// By `ClientID.index`.
  private(set) var screens: [Screen?] = []
  /// A table with holes: one without users is used again.
  private(set) var views: [FleetView] = []
  private(set) var count = 0
  /// The messages of this moment, by window.
  var messages: [Message] = []
  let limits: FleetLimits
  var lastUpdate: MonotonicTime?
  var lastRebuild: MonotonicTime?
  /// Whether some page has not been sent all there is, because it was not ready for it.
  var isBehind = false
  /// Whether a page has asked for another window.
  var hasWishes = false
  /// The revision of the table, and of what stands beside it, that was sent last.
  var revision: UInt64 = 0
  var summary: UInt64 = 0
  var vocabulary = FleetVocabulary()
  /// What the table had when the windows were last looked at.
  private var membership: UInt64 = 0
  private var presences: UInt64 = 0

  init(limits: FleetLimits) { self.limits = limits }

  mutating func add(_ client: ClientID) {
    while screens.count <= client.index { screens.append(nil) }
    screens[client.index] = Screen(client: client)
    count += 1
  }

  mutating func remove(_ client: ClientID) {
    guard let screen = screen(of: client) else { return }
    leave(screen.view)
    screens[client.index] = nil
    count -= 1
  }

  private func screen(of client: ClientID) -> Screen? {
    guard screens.indices.contains(client.index), let screen = screens[client.index], screen.client == client else {
      return nil
    }
    return screen
  }

  /// A page shows another window from now on.
  mutating func watch(_ window: FleetWindow, by client: ClientID) {
    guard var screen = screen(of: client) else { return }
    let view = enter(window)
    leave(screen.view)
    screen.view = view
    screen.version = 0
    screens[client.index] = screen
    hasWishes = true
  }

  private mutating func enter(_ window: FleetWindow) -> Int {
    if let view = views.firstIndex(where: { $0.window == window && $0.users > 0 }) {
      views[view].users += 1
      return view
    }
    var view = FleetView(window)
    view.users = 1
    if let free = views.firstIndex(where: { $0.users == 0 }) {
      views[free] = view
      return free
    }
    views.append(view)
    messages.append(Message())
    return views.count - 1
  }

  private mutating func leave(_ view: Int?) {
    if let view { views[view].users -= 1 }
  }

  /// Looks again what is in the windows of which that is not certain.
  mutating func rebuild(_ table: inout FleetTable) {
    (membership, presences) = (table.membership, table.presences)
    for view in views.indices where views[view].users > 0 && views[view].isStale(table) { views[view].rebuild(&table) }
  }

  /// Looks into windows that are new.
  mutating func build(_ table: inout FleetTable) {
    for view in views.indices where views[view].users > 0 && views[view].version == 0 { views[view].rebuild(&table) }
  }

  mutating func note(_ screen: Screen) { screens[screen.client.index] = screen }

  /// Whether some window may show other rows than it should. It is asked after everything that happens.
  func hasStale(_ table: borrowing FleetTable) -> Bool {
    if membership == table.membership, presences == table.presences { return false }
    for index in views.indices where views[index].users > 0 && views[index].isStale(table) { return true }
    return false
  }
}
