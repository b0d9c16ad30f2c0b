// SPDX-License-Identifier: MIT

// The rows of the page: a device with its parts. They are made here for the page as it comes, for a browser without
// JavaScript, and for the messages to open pages, whose script puts them in the place of the old ones. All of a device's
// words are strangers' words and are escaped. Attributes stand in single quotes.
//
// Everything is in one form: a part's button sends `do`, the command to it; a box marks a device for a command to many.

import Bytes
import DeviceServer
import Timebase

enum FleetRows {
  static func append(_ device: FleetDevice, now: MonotonicTime, to html: inout [UInt8]) {
    let identifier = device.identifier.span
    html.append("<li data-id='")
    html.append(identifier)
    html.append("' class='")
    html.append(device.presence.name)
    html.append("'><div><input type='checkbox' name='d' value='")
    html.append(identifier)
    html.append("' aria-labelledby='d-")
    html.append(identifier)
    html.append("'><span id='d-")
    html.append(identifier)
    html.append("'>")
    appendTitle(device, to: &html)
    html.append("</span><small>")
    html.append(identifier)
    html.append("</small>")
    appendPresence(device, now: now, to: &html)
    html.append("</div>")
    if !device.parts.isEmpty {
      html.append("<ul>")
      for part in device.parts { append(part, of: device, to: &html) }
      html.append("</ul>")
    }
    html.append("</li>")
  }

  /// Its name, which leads to its own page.
  private static func appendTitle(_ device: FleetDevice, to html: inout [UInt8]) {
    guard !device.address.isEmpty else { return Template.appendEscaped(device.title.span, to: &html) }
    html.append("<a rel='noreferrer' href='")
    Template.appendEscaped(device.address.span, to: &html)
    html.append("'>")
    Template.appendEscaped(device.title.span, to: &html)
    html.append("</a>")
  }

  private static func appendPresence(_ device: FleetDevice, now: MonotonicTime, to html: inout [UInt8]) {
    html.append("<em")
    var words: [UInt8] = []
    switch device.presence {
    case .alive: break
    case .unheard: words.append("not heard yet")
    case .silent: words.append("silent")
    case .offline: words.append("offline")
    }
    if let since = device.since {
      let seconds = (now - since).count / 1000
      html.append(" data-age='")
      html.append(decimal: seconds)
      html.append("'")
      words.append(" for ")
      append(duration: seconds, to: &words)
    }
    html.append(">")
    html.append(words.span)
    html.append("</em>")
  }

  /// `3 d 4 h`, `4 h 5 min`, `5 min` or `6 s`, as the script says it.
  private static func append(duration seconds: UInt32, to text: inout [UInt8]) {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    func add(_ number: UInt32, _ unit: StaticString) {
      text.append(decimal: number)
      text.append(unit)
    }
    if days > 0 {
      add(days, " d ")
      add(hours % 24, " h")
    } else if hours > 0 {
      add(hours, " h ")
      add(minutes % 60, " min")
    } else if minutes > 0 {
      add(minutes, " min")
    } else {
      add(seconds, " s")
    }
  }

  private static func append(_ part: FleetPart, of device: FleetDevice, to html: inout [UInt8]) {
    html.append("<li class='")
    html.append(part.kind.name)
    if part.isOn == true { html.append(" on") }
    if part.hasFault { html.append(" gone") }
    html.append("'>")
    let payload: StaticString? =
      switch part.kind {
      case .switch, .light: "TOGGLE"
      case .button: part.isRemote ? "click" : nil
      case .contact, .sensor, .number, .unknown: nil
      }
    if let payload { appendButton(part, of: device, payload, to: &html) }
    html.append("<b>")
    Template.appendEscaped(part.label.isEmpty ? part.name.span : part.label.span, to: &html)
    html.append("</b> <i>")
    var words: [UInt8] = []
    part.appendWords(to: &words)
    Template.appendEscaped(words.span, to: &html)
    html.append("</i>")
    if payload != nil { html.append("</button>") }
    html.append("</li>")
  }

  /// A device that is not there gets no commands: its buttons say so.
  private static func appendButton(_ part: FleetPart, of device: FleetDevice, _ payload: StaticString, to html: inout [UInt8]) {
    html.append("<button name='do' value='")
    html.append(device.identifier.span)
    html.append("/")
    html.append(part.name.span)
    html.append("/")
    html.append(payload)
    html.append("'")
    if device.presence != .alive || part.hasFault { html.append(" aria-disabled='true'") }
    if part.kind != .button {
      html.append(" role='switch' aria-checked='")
      html.append(part.isOn == true ? "true" : "false")
      html.append("'")
    }
    html.append(">")
  }
}
