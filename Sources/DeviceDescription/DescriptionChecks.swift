// SPDX-License-Identifier: MIT

// Checks that concern several parts of a file: lines used twice, interlocks, and the targets of actions.

import Bytes
import Parts

/// Checks parts against each other.
struct DescriptionChecks {
  let parts: [ReadPart]
  /// Every name in the file, even of a part that could not be read.
  let names: [String]
  let mistakes: MistakeList

  private func find(_ name: String) -> ReadPart? { parts.first { $0.name.string == name } }

  // MARK: lines

  /// Finds addresses that two channels have, also in other words: `identity` is the same for what is surely one line.
  func checkAddresses(_ channels: [Channel], identity: (Channel) -> String) {
    var first: [String: Channel] = [:]
    for channel in channels {
      let identity = identity(channel)
      guard let other = first[identity] else {
        first[identity] = channel
        continue
      }
      // One sensor may be shown twice, say in two units; and the colors of one LED are one address.
      if channel.role == .sensor, other.role == .sensor { continue }
      if channel.position == other.position { continue }
      let also = channel.address == other.address ? "" : ", as \"\(other.address)\","
      mistakes.add(
        channel.position,
        "\"\(channel.address)\" is used twice: for \(Self.owner(channel)) here and\(also) for \(Self.owner(other)) at "
          + "\(other.position)")
    }
  }

  private static func owner(_ channel: Channel) -> String {
    channel.part.isEmpty ? channel.role.rawValue : "\"\(channel.part)\""
  }

  // MARK: interlocks

  /// Finds interlocks with parts other than switches, and switches that would all be on at the start.
  func checkInterlocks() {
    var groups: [(switches: Set<String>, position: TextPosition)] = []
    for part in parts where !part.interlock.isEmpty {
      let names = part.interlock.map(\.string)
      if Set(names) == [part.name.string] {
        mistakes.add(
          part.interlock[0].position, "\"\(part.name.string)\" is interlocked only with itself; name the other switch")
      }
      for (index, name) in part.interlock.enumerated() {
        if names[..<index].contains(name.string) {
          mistakes.add(name.position, "\"\(name.string)\" is listed twice in this interlock")
        } else {
          checkRival(name)
        }
      }
      groups.append((Set(names + [part.name.string]), part.interlock[0].position))
    }
    checkStarts(groups.map(\.switches))
    checkDwells()
  }

  /// A dwell is for a switch that names others, or that others name.
  private func checkDwells() {
    guard parts.count == names.count else { return }  // one that has mistakes of its own may name it
    let named = Set(parts.flatMap { $0.interlock.map(\.string) })
    for part in parts where part.interlock.isEmpty && !named.contains(part.name.string) {
      guard let position = part.dwellPosition else { continue }
      mistakes.add(position, "\"dwell\" has no effect without \"interlock\"; did you mean \"min_dwell\"?")
    }
  }

  private func checkRival(_ name: YAMLText) {
    guard let rival = find(name.string) else {
      guard !names.contains(name.string) else { return }  // it has mistakes of its own
      let switches = parts.filter { $0.kind == .switch }.map(\.name.string)
      let hint = Suggestion.words(for: name.string, among: switches)
      mistakes.add(name.position, "there is no part called \"\(name.string)\"\(hint)")
      return
    }
    guard rival.kind != .switch else { return }
    mistakes.add(name.position, "an interlock is between switches; \"\(name.string)\" is \(rival.kind.withArticle)")
  }

  /// Two switches of one interlock cannot both be on after a start.
  private func checkStarts(_ groups: [Set<String>]) {
    var told: Set<String> = []
    let alwaysOn = parts.filter { part in
      if case .switch(let kind) = part.part.kind { kind.restore == .alwaysOn } else { false }
    }
    for (index, part) in alwaysOn.enumerated() {
      for other in alwaysOn[..<index] where !told.contains(part.name.string) {
        guard groups.contains(where: { $0.isSuperset(of: [part.name.string, other.name.string]) }) else { continue }
        told.insert(part.name.string)
        mistakes.add(
          part.restorePosition ?? part.name.position,
          "\"\(part.name.string)\" and \"\(other.name.string)\" are interlocked and cannot both be on at the start")
      }
    }
  }

  // MARK: actions

  /// Finds actions for parts that are not there, or do not do that.
  func checkActions() {
    for part in parts {
      for action in part.actions { checkAction(action) }
    }
  }

  private func checkAction(_ read: ActionText) {
    guard let bytes = read.action.target else { return }
    let name = String(decoding: bytes, as: UTF8.self)
    guard let target = find(name) else {
      guard !names.contains(name) else { return }  // it has mistakes of its own
      let able = parts.filter { $0.part.knows(read.action.command) }.map(\.name.string) + ["all"]
      mistakes.add(
        read.targetPosition, "there is no part called \"\(name)\"\(Suggestion.words(for: name, among: able))")
      return
    }
    guard target.part.knows(read.action.command) else {
      return noteUnsuitable(read, target)
    }
    checkValue(read, target)
  }

  private func noteUnsuitable(_ read: ActionText, _ target: ReadPart) {
    let (name, kind) = (target.name.string, target.kind.withArticle)
    let words: String
    if case .set(let settings) = read.action.command, read.verb == "set" {
      let others = [
        (settings.isOn != nil, "on"), (settings.brightness != nil, "brightness"), (settings.color != nil, "color"),
        (settings.value != nil, "value"),
      ].filter { $0.0 }.map { "\"\($0.1)\"" }
      let one = target.kind == .light && settings.color != nil ? " with one channel" : ""
      words = "is \(kind)\(one), whose \(others.joined(separator: " and ")) cannot be set"
    } else if read.verb == "dim" {
      let hint = target.kind == .switch ? "; did you mean \"toggle \(name)\"?" : ""
      words = "is \(kind), which cannot be dimmed\(hint)"
    } else {
      let hint = target.kind == .number ? "; did you mean \"set \(name) value=…\"?" : ""
      words = "is \(kind), which cannot be turned on or off\(hint)"
    }
    mistakes.add(read.targetPosition, "\"\(name)\" \(words)")
  }

  private func checkValue(_ read: ActionText, _ target: ReadPart) {
    guard case .number(let number) = target.part.kind, case .set(let settings) = read.action.command,
      let value = settings.value, value < number.minimum || value > number.maximum
    else { return }
    mistakes.add(read.position, "the value must be between \"min\" and \"max\" of \"\(target.name.string)\"")
  }
}
