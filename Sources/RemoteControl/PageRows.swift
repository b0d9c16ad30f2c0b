// SPDX-License-Identifier: MIT

// The rows of the page, `%PARTS%` in index.html: one for each part, in sections by group, with the state as it is. So
// the first paint, and a browser without JavaScript, show the truth and can change it. The script finds these rows and
// continues with them (Web/rows.js); it makes none of its own. Their words are those of PartWords.
// Firmware makes them, too: every byte of a literal counts.

import Bytes
import DeviceServer
import Parts

enum PageRows {
  /// A section for each group, where its first part is, with the rows of all its parts; and where people log in, the
  /// way there.
  static func append(_ device: borrowing Device, for principal: Principal = .everybody, to html: inout [UInt8]) {
    let parts = device.parts.span  // an element of the array itself would be copied, with its texts
    for first in parts.indices {
      let group = parts[first].group.span
      guard next(of: group, parts, from: 0) == first else { continue }
      html.append("<section>")
      if !group.isEmpty {
        html.append("<h2>")
        Template.appendEscaped(group, to: &html)
        html.append("</h2>")
      }
      html.append("<ul>")
      var index = first
      while index < parts.count {
        appendRow(parts[index], isBarred: !principal.mayUse(index, of: device), to: &html)
        index = next(of: group, parts, from: index + 1)
      }
      html.append("</ul></section>")
    }
    append(principal, to: &html)
  }

  private static func append(_ principal: Principal, to html: inout [UInt8]) {
    #if !WITHOUT_LOGIN
      guard principal != .everybody else { return }
      html.append("<p><a href=\"login\">")
      if principal.name.isEmpty {
        html.append("Log in")
      } else {
        html.append(principal.name.span)  // letters, digits and three signs
      }
      html.append("</a></p>")
    #endif
  }

  /// The number of the next part of a group; how many parts there are if none follows.
  private static func next(of group: Span<UInt8>, _ parts: Span<Part>, from start: Int) -> Int {
    for index in start..<parts.count where parts[index].group.span.equals(group) { return index }
    return parts.count
  }

  private static func appendRow(_ part: borrowing Part, isBarred: Bool, to html: inout [UInt8]) {
    html.append("<li data-part=\"")
    html.append(part.name.span)
    html.append("\" data-kind=\"")
    html.append(part.kindName)
    html.append("\" class=\"")
    appendClasses(of: part, to: &html)
    html.append("\">")
    let verb = verb(of: part)
    if let verb { appendButton(verb, of: part, isBarred: isBarred, to: &html) }
    html.append("<b id=\"")
    html.append(part.name.span)
    html.append("-label\">")
    Template.appendEscaped(part.label.span, to: &html)
    html.append("</b><i>")
    var word: [UInt8] = []
    PartWords.append(part, to: &word)
    Template.appendEscaped(word.span, to: &html)
    html.append("</i>")
    if case .button = part.kind { html.append("<span class=\"key\"></span>") }
    if verb != nil { html.append("</button></form>") }
    html.append("</li>")
  }

  private static func appendClasses(of part: borrowing Part, to html: inout [UInt8]) {
    if part.isOn == true { html.append("on ") }
    if case .button(let button) = part.kind, button.isPressed { html.append("pressed ") }
    if !part.fault.isEmpty { html.append("gone") }
  }

  /// What a click on the row does; nil if it does nothing.
  private static func verb(of part: borrowing Part) -> Verb? {
    switch part.kind {
    case .switch, .light: .toggle
    case .button(let button): button.isRemote ? .click : nil
    case .contact, .sensor, .number: nil
    }
  }

  private static func appendButton(_ verb: Verb, of part: borrowing Part, isBarred: Bool, to html: inout [UInt8]) {
    html.append("<form method=\"post\" action=\"api/parts/")
    html.append(part.name.span)
    html.append("/")
    html.append(verb.name)
    html.append("\"><button ")
    if isBarred { html.append("disabled ") }
    if verb == .toggle {
      var isChecked = part.isOn == true
      if case .switch(let part) = part.kind { isChecked = part.isWantedOn }
      html.append("role=\"switch\" aria-checked=\"")
      html.append(isChecked ? "true" : "false")
      html.append("\" ")
    }
    html.append("aria-labelledby=\"")
    html.append(part.name.span)
    html.append("-label\">")
  }
}
