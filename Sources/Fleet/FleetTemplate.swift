// SPDX-License-Identifier: MIT

// What replaces the names in the page's `index.html`, so that the first paint, and a browser without JavaScript, show
// the list as it is. The script finds it and continues with it.

import Bytes
import DeviceServer
import HTTPCore
import RemoteControl
import Timebase

enum FleetTemplate {
  static func processor(
    _ context: inout FleetContext, _ request: borrowing Request, _ name: Span<UInt8>, _ value: inout [UInt8]
  ) -> Template.Value? {
    if name.equals("NAME") {
      value.append(context.name.span)
      return .text
    }
    let fields = FormFields(request.head.query)
    if name.equals("QUERY") {
      value.append(fields["q"].span)
      return .text
    }
    if name.equals("GROUP") {
      value.append(fields["group"].span)
      return .text
    }
    if name.equals("SHOW") {
      value.append(fields["show"].span)
      return .text
    }
    if name.equals("SUMMARY") {
      appendSummary(context, to: &value)
      return .text
    }
    if context.screens.vocabulary.isStale(context.table) { context.screens.vocabulary.rebuild(context.table) }
    if name.equals("GROUPS") {
      appendChoice(context.screens.vocabulary.groups, chosen: fields["group"], to: &value)
    } else if name.equals("PARTS") {
      appendChoice(context.screens.vocabulary.parts, chosen: [], to: &value)
    } else if name.equals("ABSENT") {
      if fields["show"].span.equals("absent") { value.append("checked") }
    } else if name.equals("LIST") {
      appendList(&context, FleetWindow(fields, limits: context.table.limits), now: request.now, to: &value)
    } else if name.equals("RESULTS") {
      guard let number = fields["command"].span.decimalValue, let command = context.commands.command(number) else {
        return .html
      }
      append(command, to: &value)
    } else {
      return nil
    }
    return .html
  }

  /// The same words as the script's.
  private static func appendSummary(_ context: borrowing FleetContext, to text: inout [UInt8]) {
    text.append(decimal: UInt32(clamping: context.table.count))
    text.append(context.table.count == 1 ? " device" : " devices")
    if context.table.absent > 0 {
      text.append(", ")
      text.append(decimal: UInt32(clamping: context.table.absent))
      text.append(" not there")
    }
    if context.table.toldRefused > 0 {
      text.append(" · no room for others: ")
      text.append(decimal: context.table.toldRefused)
      text.append(" messages refused")
    }
    switch context.link.status {
    case .connected:
      if context.link.complaint.isEmpty { break }
      text.append(" · the broker is connected, but ")
      text.append(context.link.complaint.span)
    case .connecting: text.append(" · connecting to the broker")
    case .lost(let why):
      text.append(" · the broker is not connected: ")
      text.append(why.span)
    }
  }

  private static func appendChoice(_ names: [[UInt8]], chosen: [UInt8], to html: inout [UInt8]) {
    for name in names {
      html.append("<option")
      if name == chosen { html.append(" selected") }
      html.append(">")
      Template.appendEscaped(name.span, to: &html)
      html.append("</option>")
    }
  }

  /// The rows, how many there are, and the way to those before and behind.
  private static func appendList(
    _ context: inout FleetContext, _ window: FleetWindow, now: MonotonicTime, to html: inout [UInt8]
  ) {
    var view = FleetView(window)
    view.rebuild(&context.table)
    html.append("<ul id='rows' data-from='")
    html.append(decimal: UInt32(clamping: view.from))
    html.append("' data-matches='")
    html.append(decimal: UInt32(clamping: view.matches))
    html.append("'>")
    for row in view.rows { FleetRows.append(context.table.devices[Int(row)], now: now, to: &html) }
    html.append("</ul><nav aria-label='Pages'>")
    appendLink("Previous", "previous", to: view.from - window.count, isThere: view.from > 0, window, &html)
    html.append("<span id='place'>")
    if view.matches == 0 {
      html.append("No device")
    } else {
      html.append(decimal: UInt32(clamping: view.from + 1))
      html.append(" to ")
      html.append(decimal: UInt32(clamping: view.from + view.rows.count))
      html.append(" of ")
      html.append(decimal: UInt32(clamping: view.matches))
    }
    html.append("</span>")
    appendLink("Next", "next", to: view.from + window.count, isThere: view.from + window.count < view.matches, window, &html)
    html.append("</nav>")
  }

  private static func appendLink(
    _ words: StaticString, _ id: StaticString, to from: Int, isThere: Bool, _ window: FleetWindow, _ html: inout [UInt8]
  ) {
    html.append("<a id='")
    html.append(id)
    html.append("'")
    if isThere {
      var address = [UInt8]("./?from=")
      address.append(decimal: UInt32(clamping: max(from, 0)))
      append(FleetWindow(query: window.query), to: &address)
      html.append(" href='")
      Template.appendEscaped(address.span, to: &html)
      html.append("'")
    }
    html.append(">")
    html.append(words)
    html.append("</a>")
  }

  /// A window as fields of a query, each with its sign in front.
  static func append(_ window: FleetWindow, to query: inout [UInt8]) {
    func add(_ name: StaticString, _ value: [UInt8]) {
      guard !value.isEmpty else { return }
      query.append("&")
      query.append(name)
      query.append("=")
      for byte in value { append(escaping: byte, to: &query) }
    }
    add("q", window.query.text)
    add("group", window.query.group)
    if window.query.isForAbsent { add("show", [UInt8]("absent")) }
    guard window.from > 0 else { return }
    var number: [UInt8] = []
    number.append(decimal: UInt32(clamping: window.from))
    add("from", number)
  }

  private static func append(escaping byte: UInt8, to query: inout [UInt8]) {
    guard !byte.isASCIIDigit, byte.asciiLowercased &- 0x61 >= 26, byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_") else {
      return query.append(byte)
    }
    query.append("%")
    query.append(hexadecimal: byte, width: 2)
  }

  private static func append(_ command: FleetCommand, to html: inout [UInt8]) {
    html.append("<h2>")
    Template.appendEscaped(command.part.span, to: &html)
    html.append(" ")
    Template.appendEscaped(command.payload.span, to: &html)
    html.append("</h2><ul>")
    for target in command.targets.prefix(FleetMessages.resultLimit) {
      html.append("<li><b>")
      Template.appendEscaped(target.identifier.span, to: &html)
      html.append("</b> <i>")
      html.append(target.outcome.words)
      html.append("</i></li>")
    }
    html.append("</ul>")
  }
}
