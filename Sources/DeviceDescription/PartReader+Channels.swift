// SPDX-License-Identifier: MIT

// The value of a part's kind: what the part is wired to. Each channel gets the next number of its sort, and the
// part has these numbers.

import Timebase

extension PartReader {
  /// The value of a kind: what the part is wired to.
  func address(_ entry: YAMLEntry, _ role: ChannelRole) -> YAMLText? {
    guard !entry.value.isEmpty else {
      mistakes.add(
        entry.key.position, "\"\(name)\" has no line; write where it is, such as \(role.rawValue): \(role.example)")
      return nil
    }
    return address(entry.value, entry.key.string, role)
  }

  private func address(_ value: YAMLValue, _ key: String, _ role: ChannelRole) -> YAMLText? {
    guard let text = values.text(value, for: key) else { return nil }
    guard let wrong = addressCheck(role, text.string) else { return text }
    mistakes.add(text.position, wrong.replacing(text.string, with: text.string.shortened(to: 60)))
    return nil
  }

  private func isActiveLow(_ standard: Bool) -> Bool {
    entry("active").flatMap { values.choice($0, [("low", true), ("high", false)]) } ?? standard
  }

  mutating func addOutput(_ role: ChannelRole, _ entry: YAMLEntry) {
    let isLow = isActiveLow(false)
    guard let address = address(entry, role) else { return }
    outputs.append(
      Channel(part: name, role: role, address: address.string, position: address.position, isActiveLow: isLow))
  }

  /// One output for each address of a light, or several for a color LED with a single address; returns how many.
  mutating func addLightOutputs(_ entry: YAMLEntry) -> Int {
    let isLow = isActiveLow(false)
    let sharing = self.entry("channels").flatMap { values.choice($0, [("1", 1), ("3", 3), ("4", 4)]) }
    var addresses: [YAMLText] = []
    if let list = entry.value.list {
      guard [1, 3, 4].contains(list.count) else {
        mistakes.add(
          entry.value.position,
          "a light has 1, 3 (red, green, blue) or 4 (and white) lines; \"\(name)\" has \(list.count)")
        return 1
      }
      if let channels = self.entry("channels"), sharing != list.count {
        mistakes.add(
          channels.key.position, "\"channels\" is for a light with one address; \"\(name)\" has \(list.count)")
      }
      addresses = list.compactMap { address($0, entry.key.string, .light) }
      guard addresses.count == list.count else { return 1 }
    } else {
      guard let address = address(entry, .light) else { return 1 }
      addresses = Array(repeating: address, count: sharing ?? 1)
    }
    let isShared = entry.value.list == nil && addresses.count > 1
    for (address, color) in zip(addresses, LightColor.allCases) {
      outputs.append(
        Channel(
          part: name, role: .light, address: address.string, position: address.position, isActiveLow: isLow,
          color: addresses.count > 1 ? color : nil, sharing: isShared ? addresses.count : 1))
    }
    return addresses.count
  }

  mutating func addInput(_ role: ChannelRole, _ entry: YAMLEntry, isActiveLow standard: Bool) {
    let isLow = isActiveLow(standard)
    let pull =
      self.entry("pull").flatMap { values.choice($0, Pull.allCases.map { ($0.rawValue, $0) }) }
      ?? Pull.standard(for: role, isActiveLow: isLow)
    let debounce = self.entry("kernel_debounce").flatMap { values.duration($0, in: Bounds.debounce) } ?? 0
    guard let address = address(entry, role) else { return }
    inputs.append(
      Channel(
        part: name, role: role, address: address.string, position: address.position, isActiveLow: isLow, pull: pull,
        kernelDebounce: debounce))
  }
}

extension ChannelRole {
  /// An address that a channel of this role may have.
  var example: String {
    switch self {
    case .switch: "GPIO26"
    case .light: "pwm0:1"
    case .button: "GPIO22"
    case .contact: "GPIO17"
    case .sensor: "w1:28-0000075b1c2d"
    case .statusLED: "led:ACT"
    }
  }
}
