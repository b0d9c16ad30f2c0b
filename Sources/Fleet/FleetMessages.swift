// SPDX-License-Identifier: MIT

// What the gateway says to a page: a line of JSON, and behind it, if there are rows, the rows as they stand in the page
// (FleetRows): what a page shows first and what it shows later is made in one place.
//
//     hello    the first message, and the answer to GET /api/state, without rows
//     list     the whole window, with what it was asked for
//     rows     the rows of the window that have changed
//     results  what became of a command at some devices

import Bytes
import DeviceServer
import RemoteControl
import Timebase

enum FleetMessages {
  /// So many results go into one message.
  static let resultLimit = 500
  /// No more results are sent to a page while so many bytes wait for it.
  static let highWater = 65_536

  static func appendHello(
    _ context: borrowing FleetContext, clients: Int, for principal: Principal, to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "hello")
      json.member("proto", UInt8(1))
      json.member("boot", context.boot.span)
      json.member("rev", context.table.revision)
      json.member("name", context.name.span)
      json.member("version", Identity.version)
      json.member("clients", UInt32(clamping: clients))
      if clients >= context.clientLimit { json.member("full", true) }
      if principal != .everybody {
        if !principal.name.isEmpty { json.member("user", principal.name.span) }
        json.member("role", principal.role.word)
      }
      writeSummary(context, &json)
      json.endObject()
    }
  }

  /// A list, or the rows that have changed since a revision; nothing if there are none and the summary is the same.
  static func append(
    _ context: borrowing FleetContext, _ view: FleetView, isList: Bool, since revision: UInt64, hasSummary: Bool,
    now: MonotonicTime, to text: inout [UInt8]
  ) {
    let rows = view.rows(of: context.table) { isList || $0.revision > revision }
    if !isList, !hasSummary, rows.isEmpty { return }
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", isList ? "list" : "rows")
      if isList {
        writeWindow(view, &json)
      }
      if isList || hasSummary { writeSummary(context, &json) }
      json.endObject()
    }
    text.append("\n")
    for row in rows { FleetRows.append(context.table.devices[Int(row)], now: now, to: &text) }
  }

  private static func writeWindow(_ view: FleetView, _ json: inout JSONWriter) {
    json.member("q", view.window.query.text.span)
    json.member("group", view.window.query.group.span)
    json.member("absent_only", view.window.query.isForAbsent)
    json.member("from", UInt32(clamping: view.from))
    json.member("count", UInt32(clamping: view.window.count))
    json.member("matches", UInt32(clamping: view.matches))
  }

  private static func writeSummary(_ context: borrowing FleetContext, _ json: inout JSONWriter) {
    json.member("total", UInt32(clamping: context.table.count))
    json.member("absent", UInt32(clamping: context.table.absent))
    if context.table.toldRefused > 0 { json.member("refused", context.table.toldRefused) }
    json.name("broker")
    json.beginObject()
    json.member("connected", context.link.status == .connected)
    var error = context.link.complaint
    if case .lost(let why) = context.link.status { error = why }
    if !error.isEmpty { json.member("error", error.span) }
    json.endObject()
    json.name("groups")
    write(context.screens.vocabulary.groups, &json)
    json.name("commandable")
    write(context.screens.vocabulary.parts, &json)
  }

  private static func write(_ names: [[UInt8]], _ json: inout JSONWriter) {
    json.beginArray()
    for name in names { json.value(name.span) }
    json.endArray()
  }

  /// What became of a command at these of its targets.
  static func append(_ command: FleetCommand, _ places: [Int], to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "results")
      json.member("id", command.message)
      json.member("command", command.number)
      json.member("open", UInt32(clamping: command.open))
      json.name("results")
      write(command, places, &json)
      json.endObject()
    }
  }

  /// A command as a whole, for `GET /api/commands/:number`.
  static func append(_ command: FleetCommand, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("command", command.number)
      json.member("part", command.part.span)
      json.member("payload", command.payload.span)
      json.member("open", UInt32(clamping: command.open))
      json.name("results")
      write(command, Array(command.targets.indices), &json)
      json.endObject()
    }
  }

  private static func write(_ command: FleetCommand, _ places: [Int], _ json: inout JSONWriter) {
    json.beginArray()
    for place in places {
      let target = command.targets[place]
      json.beginArray()
      json.value(target.identifier.span)
      json.value(target.outcome.words)
      json.endArray()
    }
    json.endArray()
  }

  static func appendError(_ words: StaticString, id: UInt64?, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "error")
      if let id { json.member("id", id) }
      json.member("error", words)
      json.endObject()
    }
  }

  static func appendPong(_ number: UInt64, clients: Int, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "pong")
      json.member("n", number)
      json.member("clients", UInt32(clamping: clients))
      json.endObject()
    }
  }

  /// A device for scripts: `GET /api/devices`.
  static func write(_ device: FleetDevice, now: MonotonicTime, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("id", device.identifier.span)
    json.member("name", device.title.span)
    if !device.address.isEmpty { json.member("address", device.address.span) }
    json.member("presence", device.presence.name)
    if let since = device.since { json.member("seconds", (now - since).count / 1000) }
    if !device.groups.isEmpty {
      json.name("groups")
      write(device.groups.split(separator: UInt8(ascii: " ")).map { Array($0) }, &json)
    }
    json.name("parts")
    json.beginObject()
    for part in device.parts {
      json.name(part.name.span)
      json.beginObject()
      json.member("kind", part.kind.name)
      if !part.label.isEmpty { json.member("label", part.label.span) }
      if !part.unit.isEmpty { json.member("unit", part.unit.span) }
      if !part.state.isEmpty { json.member("state", part.state.span) }
      if let isOn = part.isOn { json.member("on", isOn) }
      if part.hasFault { json.member("fault", true) }
      json.endObject()
    }
    json.endObject()
    json.endObject()
  }
}
