// SPDX-License-Identifier: MIT

// All parts in the one line that is redrawn in place.
// Rule: no escape sequences; a word is as wide as the longest that can stand in its place, so that the line stands
// still.

import Timebase

/// The line that shows all parts at once.
enum StatusLine {
  private static let gap = "   "

  /// A fault is cut to this if there is no room for all parts.
  private static let shortFault = 16

  /// The line, at most `columns` wide; "… +3" in place of the last three parts if there is no room.
  static func text(_ parts: [PartView], isHeartbeatLit: Bool, columns: Int) -> String {
    let heart = isHeartbeatLit ? "♥" : " "
    let whole = (parts.map { text($0, fault: $0.fault) } + ["heartbeat \(heart)"]).joined(separator: gap)
    if Printable.columns(whole) <= columns { return whole }
    let texts = parts.map { text($0, fault: Printable.shortened($0.fault, columns: shortFault)) }
    for count in stride(from: texts.count, through: 1, by: -1) {
      let rest = count < texts.count ? ["… +\(texts.count - count)"] : []
      let line = (texts.prefix(count) + rest + [heart]).joined(separator: gap)
      if Printable.columns(line) <= columns { return line }
    }
    return Printable.shortened(whole, columns: columns)
  }

  private static func text(_ part: PartView, fault: String) -> String {
    let name = part.name == "led" ? "LED" : Printable.text(part.name)
    guard fault.isEmpty else { return "\(name) ✗ \(Printable.text(fault))" }
    switch part.kind {
    case .switch: return "\(name) \(lamp(part.isOn))\(wanted(part))\(left(part))"
    case .light: return "\(name) \(lamp(part.isOn)) \(ChangeWords.light(part))\(left(part))"
    case .button: return "\(name) \(part.isPressed ? "● down" : "○ up  ")"
    case .contact: return "\(name) \(part.opens ? part.isOn ? "open  " : "closed" : lamp(part.isOn))"
    case .sensor, .number: return "\(name) \(ChangeWords.value(part))"
    }
  }

  private static func lamp(_ isOn: Bool) -> String { isOn ? "● on " : "○ off" }

  private static func wanted(_ part: PartView) -> String {
    part.wanted.map { $0 == part.isOn ? "" : $0 ? " → on" : " → off" } ?? ""
  }

  /// " 29:59", " 1:00:00": what is left until the part switches off, rounded up to seconds.
  private static func left(_ part: PartView) -> String {
    guard let left = part.left else { return "" }
    let seconds = (UInt64(left.count) + 999) / 1000
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return " " + (hours > 0 ? "\(hours):\(twoDigits(minutes))" : "\(minutes)") + ":\(twoDigits(seconds % 60))"
  }

  private static func twoDigits(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
