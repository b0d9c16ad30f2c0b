// SPDX-License-Identifier: MIT

// Finds mistakes in a list of parts, and links what belongs together: outputs and inputs to parts, switches to their
// interlocks, actions to their targets. Names are looked up here, once, and never again.

import Bytes

extension Device {
  /// Links the parts, or finds out why they are not a device.
  mutating func link() throws(DeviceMistake) {
    for index in parts.indices {
      try checkName(index)
      try takeChannels(index)
    }
    for index in parts.indices {
      if BuildFlags.hasInterlocks { try findRivals(index) }
      try findTargets(index)
    }
    if let statusOutput { try takeStatusOutput(statusOutput) }
  }

  /// Numbers of channels are below this.
  private static var channelLimit: Int { 4096 }

  private func checkName(_ index: Int) throws(DeviceMistake) {
    let name = parts[index].name
    guard Part.isName(name.span), !name.span.equals("all") else {
      throw DeviceMistake(part: index, reason: .malformedName)
    }
    if self.index(of: name.span) != index { throw DeviceMistake(part: index, reason: .duplicateName) }
  }

  private mutating func takeChannels(_ index: Int) throws(DeviceMistake) {
    switch parts[index].kind {
    case .switch(let part): try takeOutput(part.output, index)
    case .light(let part):
      guard part.channelCount == 1 || part.channelCount == 3 || part.channelCount == 4 else {
        throw DeviceMistake(part: index, reason: .impossibleChannel)
      }
      for channel in 0..<part.channelCount { try takeOutput(part.output &+ channel, index) }
    case .button(let part): try takeInput(part.input, index)
    case .contact(let part): try takeInput(part.input, index)
    case .sensor(let part): try takeInput(part.input, index)
    case .number(let part):
      guard part.minimum <= part.maximum, part.step > .zero, part.initial >= part.minimum,
        part.initial <= part.maximum,
        part.initial.rounded(toMultipleOf: part.step, from: part.minimum) == part.initial
      else { throw DeviceMistake(part: index, reason: .impossibleRange) }
    }
  }

  private mutating func takeOutput(_ output: Int, _ part: Int) throws(DeviceMistake) {
    guard Self.take(output, part, from: &outputs) else {
      throw DeviceMistake(part: part, reason: Self.isNumber(output) ? .outputTaken(output) : .impossibleChannel)
    }
  }

  /// The status LED is not a part, but two things on one output are wrong all the same.
  private mutating func takeStatusOutput(_ output: Int) throws(DeviceMistake) {
    guard Self.isNumber(output) else { return }  // one that no board has shows nothing
    if outputs.indices.contains(output), let part = outputs.span[output].part {
      throw DeviceMistake(part: part, reason: .outputTaken(output))
    }
    Self.extend(&outputs, to: output)
  }

  private mutating func takeInput(_ input: Int, _ part: Int) throws(DeviceMistake) {
    guard Self.take(input, part, from: &inputs) else {
      throw DeviceMistake(part: part, reason: Self.isNumber(input) ? .inputTaken(input) : .impossibleChannel)
    }
  }

  private static func isNumber(_ channel: Int) -> Bool { channel >= 0 && channel < channelLimit }

  private static func take(_ channel: Int, _ part: Int, from channels: inout [Channel]) -> Bool {
    guard isNumber(channel) else { return false }
    extend(&channels, to: channel)
    guard channels[channel].part == nil else { return false }
    channels[channel].part = part
    return true
  }

  @inline(never)
  private static func extend(_ channels: inout [Channel], to channel: Int) {
    while channels.count <= channel { channels.append(Channel()) }
  }

  /// An interlock that one of two switches names holds for both.
  private mutating func findRivals(_ index: Int) throws(DeviceMistake) {
    for name in parts[index].interlock {
      guard let rival = self.index(of: name.span) else {
        throw DeviceMistake(part: index, reason: .unknownInterlock(name))
      }
      guard case .switch = parts[rival].kind, rival != index else {
        throw DeviceMistake(part: index, reason: .interlockIsNoSwitch(name))
      }
      parts[index].addRival(rival)
      parts[rival].addRival(index)
    }
  }

  private mutating func findTargets(_ index: Int) throws(DeviceMistake) {
    for number in parts[index].actions.indices {
      let action = parts[index].actions[number].action
      guard let name = action.target else { continue }
      guard let target = self.index(of: name.span) else {
        throw DeviceMistake(part: index, reason: .unknownTarget(index: number, name))
      }
      guard parts.span[target].canBeTold(action.command) else {
        throw DeviceMistake(part: index, reason: .unsuitableAction(index: number, name))
      }
      parts[index].actions[number].target = target
    }
  }
}

extension Part {
  fileprivate mutating func addRival(_ index: Int) {
    for rival in rivals where rival == index { return }
    rivals.append(index)
  }

  /// Whether an action of a button may tell it this. A button may not work another: they could do so in a circle.
  fileprivate func canBeTold(_ command: Command) -> Bool {
    switch (kind, command) {
    case (.button, _): return false
    case (.number(var part), .set(let settings)): return knows(command) && (try? part.set(settings)) != nil
    default: return knows(command)
    }
  }
}
