// SPDX-License-Identifier: MIT

// When the pages are told, and what. A change after a quiet time goes out at once; those that follow within 50 ms go out
// together, as they are then.

import Bytes
import DeviceServer
import Timebase

extension FleetContext {
  /// What all pages show beside their rows.
  var summaryVersion: UInt64 {
    // Each only grows, so their sum changes with any of them.
    table.membership &+ table.presences &+ link.version &+ table.toldRefused
  }

  private var hasNews: Bool {
    screens.count > 0
      && (screens.hasWishes || screens.isBehind || table.revision != screens.revision
        || summaryVersion != screens.summary || commands.hasNews || screens.hasStale(table))
  }

  func isUpdateDue(now: MonotonicTime) -> Bool { hasNews && now >= earliestUpdate }

  /// When the next update is due; never if there is nothing to tell.
  var nextUpdate: MonotonicTime { hasNews ? earliestUpdate : .distantFuture }

  private var earliestUpdate: MonotonicTime {
    if screens.hasWishes { return .zero }  // somebody types
    return screens.lastUpdate.map { $0 + table.limits.pace } ?? .zero
  }

  /// Tells every page what it has yet to be told.
  mutating func update(_ hub: inout WebSocketHub, now: MonotonicTime) {
    screens.lastUpdate = now
    screens.hasWishes = false
    screens.isBehind = false
    rebuild(now: now)
    screens.revision = table.revision
    screens.summary = summaryVersion
    for index in screens.messages.indices { screens.messages[index].isMade = false }
    for index in screens.screens.indices {
      guard let screen = screens.screens[index], screen.view != nil else { continue }
      tell(screen, &hub, now: now)
    }
    tellResults(&hub)
  }

  private mutating func rebuild(now: MonotonicTime) {
    if screens.lastRebuild.map({ now >= $0 + table.limits.rebuild }) ?? true {
      screens.lastRebuild = now
      if screens.vocabulary.isStale(table) { screens.vocabulary.rebuild(table) }
      screens.rebuild(&table)
    } else {
      screens.build(&table)
    }
  }

  private mutating func tell(_ screen: FleetScreens.Screen, _ hub: inout WebSocketHub, now: MonotonicTime) {
    guard let view = screen.view else { return }
    let version = screens.views[view].version
    guard screen.version != version || screen.cursor != table.revision || screen.summary != screens.summary else { return }
    guard hub.pendingOutput(of: screen.client) == 0 else {
      screens.isBehind = true
      return
    }
    let isList = screen.version != version
    make(view, isList: isList, since: screen.cursor, summary: screen.summary, now: now)
    let message = screens.messages[view].bytes
    if !message.isEmpty {
      if hub.text(message.span, to: screen.client) == .discarded {
        screens.isBehind = true
        return
      }
    }
    var screen = screen
    (screen.version, screen.cursor, screen.summary) = (version, table.revision, screens.summary)
    screens.note(screen)
  }

  /// Puts into words what a page with this past is to be told, unless that was done for another page.
  private mutating func make(_ view: Int, isList: Bool, since cursor: UInt64, summary: UInt64, now: MonotonicTime) {
    // Field by field: a copy of the message would hold its memory, which is to be used again.
    if screens.messages[view].isMade, screens.messages[view].isList == isList,
      isList || (screens.messages[view].cursor == cursor && screens.messages[view].summary == summary)
    { return }
    var bytes: [UInt8] = []
    swap(&bytes, &screens.messages[view].bytes)
    bytes.clear()
    FleetMessages.append(
      self, screens.views[view], isList: isList, since: cursor, hasSummary: summary != screens.summary, now: now, to: &bytes)
    swap(&bytes, &screens.messages[view].bytes)
    screens.messages[view].isMade = true
    screens.messages[view].isList = isList
    (screens.messages[view].cursor, screens.messages[view].summary) = (cursor, summary)
  }

  private mutating func tellResults(_ hub: inout WebSocketHub) {
    while let (command, places) = commands.takeNews(limit: FleetMessages.resultLimit, { client in
      hub.contains(client) ? hub.pendingOutput(of: client).map { $0 <= FleetMessages.highWater } : nil
    }) {
      answer.clear()
      FleetMessages.append(command, places, to: &answer)
      guard let client = command.client else { continue }
      hub.text(answer.span, to: client)
    }
  }
}
