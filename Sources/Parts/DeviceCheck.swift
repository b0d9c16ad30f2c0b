// SPDX-License-Identifier: MIT

// Finds mistakes in a list of parts, and links what belongs together: outputs and inputs to parts, switches to their
// interlocks, actions to their targets. Names are looked up here, once, and never again.

import Bytes

/// What a list of parts amounts to, if it is right.
struct DeviceCheck {
  private(set) var outputs: [Device.Channel] = []
  private(set) var inputs: [Device.Channel] = []
  /// The parts, with the numbers of those that they have to do with.
  private(set) var parts: [Part]

  init(_ parts: [Part], statusOutput: Int?) throws(DeviceMistake) {
    self.parts = parts
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

  private func find(_ name: [UInt8]) -> Int? {
    for index in parts.indices where parts[index].isCalled(name.span) { return index }
    return nil
  }

  private func checkName(_ index: Int) throws(DeviceMistake) {
    let name = parts[index].name
    guard Part.isName(name.span), !name.span.equals("all") else {
      throw DeviceMistake(part: index, reason: .malformedName)
    }
    if find(name) != index { throw DeviceMistake(part: index, reason: .duplicateName) }
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
    if outputs.indices.contains(output), let part = outputs[output].part {
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

  private static func take(_ channel: Int, _ part: Int, from channels: inout [Device.Channel]) -> Bool {
    guard isNumber(channel) else { return false }
    extend(&channels, to: channel)
    guard channels[channel].part == nil else { return false }
    channels[channel].part = part
    return true
  }

  @inline(never)
  private static func extend(_ channels: inout [Device.Channel], to channel: Int) {
    while channels.count <= channel { channels.append(Device.Channel()) }
  }

  /// An interlock that one of two switches names holds for both.
  private mutating func findRivals(_ index: Int) throws(DeviceMistake) {
    for name in parts[index].interlock {
      guard let rival = find(name) else { throw DeviceMistake(part: index, reason: .unknownInterlock(name)) }
      guard case .switch = parts[rival].kind, rival != index else {
        throw DeviceMistake(part: index, reason: .interlockIsNoSwitch(name))
      }
      parts[index].addRival(rival)
      parts[rival].addRival(index)
    }
  }

  private mutating func findTargets(_ index: Int) throws(DeviceMistake) {
    var actions = parts[index].actions
    for number in actions.indices {
      let action = actions[number].action
      guard let name = action.target else { continue }
      guard let target = find(name) else {
        throw DeviceMistake(part: index, reason: .unknownTarget(index: number, name))
      }
      guard parts[target].canBeTold(action.command) else {
        throw DeviceMistake(part: index, reason: .unsuitableAction(index: number, name))
      }
      actions[number].target = target
    }
    parts[index].actions = actions
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
