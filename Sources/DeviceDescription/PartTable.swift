// SPDX-License-Identifier: MIT

// What `heliograph check` prints of a valid description: a table of the wiring.
//
//     part     kind    channel  wired                        does
//     lamp     switch  GPIO26   output, high is on           restore-default-off; off after 30 min
//     wall     button  GPIO22   input, low is pressed, pull up  click: toggle lamp; long: dim desk

import Bytes
import Parts
import Timebase

/// A description as a table.
public struct PartTable {
  private let description: DeviceDescription

  /// A table of this description.
  public init(_ description: DeviceDescription) { self.description = description }

  /// The lines of the table, without line ends.
  public var lines: [String] {
    var rows = [["part", "kind", "channel", "wired", "does"]]
    for part in description.parts { rows += self.rows(part) }
    if let status = description.statusLED {
      rows.append(["–", "status LED", status.address, Self.wiring(status), "heartbeat"])
    }
    return [summary, ""] + Self.aligned(rows)
  }

  /// `Kitchen: 7 parts, 5 outputs, 3 inputs`.
  private var summary: String {
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let counts = [
      count(description.parts.count, "part"), count(description.outputs.count, "output"),
      count(description.inputs.count, "input"),
    ]
    return (description.name.map { "\($0): " } ?? "") + counts.joined(separator: ", ")
  }

  /// One row for each channel of a part, and one for a part without any.
  private func rows(_ part: Part) -> [[String]] {
    let name = Self.text(part.name)
    let channels = (description.outputs + description.inputs).filter { $0.part == name }
    let does = does(part).joined(separator: "; ")
    guard let first = channels.first else { return [[name, "\(part.kindName)", "–", "–", does]] }
    return [[name, "\(part.kindName)", first.address, Self.wiring(first), does]]
      + channels.dropFirst().map { ["", "", $0.address, Self.wiring($0), ""] }
  }

  private static func wiring(_ channel: Channel) -> String {
    let level = channel.isActiveLow ? "low" : "high"
    switch channel.role {
    case .switch, .statusLED: return "output, \(level) is on"
    case .light:
      let color = channel.color.map { ", \($0.rawValue)" } ?? ""
      return "output\(color)" + (channel.isActiveLow ? ", inverted" : "")
    case .button, .contact:
      let meaning = channel.role == .button ? "pressed" : "on"
      let pull = switch channel.pull {
      case .up, .down: "pull \(channel.pull.rawValue)"
      case .none: "no pull"
      case .asIs: "pull as found"
      }
      let debounce = channel.kernelDebounce > 0 ? ", kernel debounce \(DurationText.text(channel.kernelDebounce))" : ""
      return "input, \(level) is \(meaning), \(pull)\(debounce)"
    case .sensor: return "input" + (channel.interval.map { ", every \(DurationText.text($0))" } ?? "")
    }
  }

  // MARK: options

  private func does(_ part: Part) -> [String] {
    var words: [String] = []
    if part.isForAdmins { words.append("for administrators") }
    switch part.kind {
    case .switch(let kind):
      words.append(kind.restore.name)
      if let time = kind.offAfter { words.append("off after \(DurationText.text(time))") }
      if kind.minDwell > 0 { words.append("rests \(DurationText.text(kind.minDwell)) after a change") }
      if !part.interlock.isEmpty {
        let others = part.interlock.map(Self.text).joined(separator: ", ")
        words.append("never on with \(others), \(DurationText.text(kind.dwell)) apart")
      }
    case .light(let kind):
      words.append(kind.restore.name)
      if kind.transition > 0 { words.append("changes within \(DurationText.text(kind.transition))") }
      if let time = kind.offAfter { words.append("off after \(DurationText.text(time))") }
    case .button(let kind):
      words += gestures(part)
      if kind.isRemote { words.append("can be pressed from the page") }
    case .contact(let kind):
      if !part.deviceClass.isEmpty { words.append(Self.text(part.deviceClass)) }
      if kind.isInverted { words.append("inverted") }
      words.append("on after \(DurationText.text(kind.onAfter)), off after \(DurationText.text(kind.offAfter))")
    case .sensor(let kind): words += sensor(part, kind)
    case .number(let kind):
      let unit = part.unit.isEmpty ? "" : " \(Self.text(part.unit))"
      words.append("\(Self.text(kind.minimum)) to \(Self.text(kind.maximum))\(unit) by \(Self.text(kind.step))")
      words.append(kind.restores ? "keeps its value" : "begins at \(Self.text(kind.initial))")
    }
    return words
  }

  private func gestures(_ part: Part) -> [String] {
    Gesture.allCases.compactMap { gesture in
      let actions = part.actions.filter { $0.gesture == gesture }.map { Self.text($0.action) }
      return actions.isEmpty ? nil : "\(gesture): \(actions.joined(separator: ", "))"
    }
  }

  private func sensor(_ part: Part, _ kind: Sensor) -> [String] {
    var words = part.unit.isEmpty ? [] : ["in \(Self.text(part.unit))"]
    if kind.scale != Decimal(1) { words.append("times \(Self.text(kind.scale))") }
    if kind.offset != .zero { words.append("plus \(Self.text(kind.offset))") }
    if let decimals = kind.decimals { words.append("\(decimals) decimal\(decimals == 1 ? "" : "s")") }
    if kind.report.change != .zero { words.append("reports changes of \(Self.text(kind.report.change))") }
    if let interval = kind.report.interval { words.append("smaller ones within \(DurationText.text(interval))") }
    return words
  }

  // MARK: texts

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func text(_ number: Decimal) -> String {
    var bytes: [UInt8] = []
    bytes.append(number)
    return text(bytes)
  }


  private static func text(_ action: Action) -> String {
    let target = action.target.map(text) ?? "all"
    guard case .set(let settings) = action.command else {
      return "\(action.command == .dim ? "dim" : "toggle") \(target)"
    }
    if let isOn = settings.isOn, settings == PartValues(isOn: isOn) { return "\(isOn ? "on" : "off") \(target)" }
    var words = ["set", target]
    if let isOn = settings.isOn { words.append("on=\(isOn)") }
    if let brightness = settings.brightness { words.append("brightness=\(brightness)") }
    if let color = settings.color { words.append("color=\(color.red),\(color.green),\(color.blue),\(color.white)") }
    if let value = settings.value { words.append("value=\(text(value))") }
    return words.joined(separator: " ")
  }

  /// Columns of equal width, two spaces apart, without spaces at the end of a line.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
