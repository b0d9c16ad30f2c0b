// SPDX-License-Identifier: MIT

// How a description makes parts, one call for each kind. A program calls them with literals; a file
// gives the same parts (module DeviceDescription).

public import Bytes
public import Timebase

extension Part {
  /// The same part for administrators only: `Part.switch("door", output: 0).forAdmins()`.
  public func forAdmins() -> Part {
    var part = self
    part.isForAdmins = true
    return part
  }

  /// An output that is on or off.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - output: The number of its output, 0 to 4095.
  ///   - restore: What it shows after a start.
  ///   - offAfter: The time after which it turns itself off; nil for never.
  ///   - minDwell: The minimum time between its changes; 0 for none.
  ///   - interlock: The names of the switches that must be off while this one is on; its own may be among them.
  ///   - dwell: The minimum time for which the others of its interlock stay off after this one went off.
  public static func `switch`(
    _ name: Text, label: Text? = nil, group: Text = .empty, output: Int, restore: RestoreMode = .alwaysOff,
    offAfter: Milliseconds? = nil, minDwell: Milliseconds = 0, interlock: [Text] = [],
    dwell: Milliseconds = Switch.defaultDwell
  ) -> Part {
    var part = Part(
      name, label: label, group: group,
      State.switch(Switch(output: output, restore: restore, offAfter: offAfter, minDwell: minDwell, dwell: dwell)))
    BuildFlags.require(BuildFlags.hasInterlocks, if: !interlock.isEmpty)
    if BuildFlags.hasInterlocks {
      for other in interlock where other != name { part.interlock.append(other.bytes) }
    }
    return part
  }

  /// A light on one, three or four outputs that follow each other.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - output: The number of the first of its outputs, which are all within 0 to 4095.
  ///   - channelCount: 1 for white, 3 for red, green and blue, 4 for white as well.
  ///   - restore: What it shows after a start.
  ///   - transition: How long a change takes; at 0 it is seen at once.
  ///   - offAfter: The time after which it turns itself off; nil for never.
  ///   - gamma: The exponent from the brightness that is seen to the level of an output.
  public static func light(
    _ name: Text, label: Text? = nil, group: Text = .empty, output: Int, channelCount: Int = 1,
    restore: RestoreMode = .alwaysOff, transition: Milliseconds = 0, offAfter: Milliseconds? = nil,
    gamma: Gamma = .standard
  ) -> Part {
    Part(
      name, label: label, group: group,
      kind: .light(
        Light(
          output: output, channelCount: channelCount, restore: restore, transition: transition, offAfter: offAfter,
          gamma: gamma)))
  }

  /// What a gesture does.
  public struct Reaction: Equatable, Sendable {
    /// The gesture.
    public let gesture: Gesture
    /// What it does, in order; with nothing to do the gesture is only reported.
    public let actions: [Action]

    /// A gesture and what it does.
    public init(_ gesture: Gesture, _ actions: [Action]) {
      self.gesture = gesture
      self.actions = actions
    }
  }

  /// A push button.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - input: The number of its input, 0 to 4095.
  ///   - timing: How long a press, a pause and a bounce are.
  ///   - isRemote: Whether it may be pressed from a page and by HTTP, too.
  ///   - reactions: What its gestures do. A double click and a long press are told apart from a click only if they are
  ///     among them; repeats are reported only if they are, or if a long press dims a light.
  public static func button(
    _ name: Text, label: Text? = nil, group: Text = .empty, input: Int, timing: Button.Timing = .init(),
    isRemote: Bool = false, _ reactions: Reaction...
  ) -> Part {
    button(name, label: label, group: group, input: input, timing: timing, isRemote: isRemote, reactions: reactions)
  }

  /// A push button, with its reactions in an array.
  public static func button(
    _ name: Text, label: Text? = nil, group: Text = .empty, input: Int, timing: Button.Timing = .init(),
    isRemote: Bool = false, reactions: [Reaction]
  ) -> Part {
    var part = button(name, label: label, group: group, input: input, timing: timing, isRemote: isRemote)
    for reaction in reactions {
      part.note(reaction.gesture)
      for action in reaction.actions { part.add(action, on: reaction.gesture) }
    }
    return part
  }

  /// A push button whose gestures do nothing yet: see `add(_:on:)`.
  public static func button(
    _ name: Text, label: Text? = nil, group: Text = .empty, input: Int, timing: Button.Timing = .init(),
    isRemote: Bool = false
  ) -> Part {
    Part(
      name, label: label, group: group, State.button(Button(input: input, timing: timing, isRemote: isRemote)))
  }

  /// A gesture of this button does something more.
  public mutating func add(_ action: Action, on gesture: Gesture) {
    note(gesture)
    if gesture == .long, action.command.isDim { asButton?.usesRepeat = true }
    actions.append(Response(gesture, action))
  }

  /// This button tells a gesture apart from others.
  private mutating func note(_ gesture: Gesture) {
    switch gesture {
    case .double: asButton?.usesDouble = true
    case .repeat:
      asButton?.usesLong = true
      asButton?.usesRepeat = true
    case .long: asButton?.usesLong = true
    case .press, .release, .click: break
    }
  }

  /// An input that is on or off.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - input: The number of its input, 0 to 4095.
  ///   - onAfter: How long the input must have been active before the contact is on.
  ///   - offAfter: How long the input must have been at rest before it is off.
  ///   - isInverted: Whether it is on while its input is at rest.
  ///   - deviceClass: What Home Assistant calls it, such as `door`; empty if unknown.
  public static func contact(
    _ name: Text, label: Text? = nil, group: Text = .empty, input: Int,
    onAfter: Milliseconds = Debouncer.standardDuration, offAfter: Milliseconds = Debouncer.standardDuration,
    isInverted: Bool = false, deviceClass: Text = .empty
  ) -> Part {
    var part = Part(
      name, label: label, group: group,
      kind: .contact(Contact(input: input, onAfter: onAfter, offAfter: offAfter, isInverted: isInverted)))
    part.deviceClass = deviceClass.bytes
    return part
  }

  /// An input with a measured value.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - input: The number of its input, 0 to 4095.
  ///   - unit: What the value is measured in, after `scale`; empty if it has no unit.
  ///   - deviceClass: What Home Assistant calls it, such as `temperature`; empty if unknown.
  ///   - scale: What a reading is multiplied by.
  ///   - offset: What is then added.
  ///   - decimals: How many decimals are kept, the last one rounded half away from zero; nil for all.
  ///   - report: How often it reports.
  public static func sensor(
    _ name: Text, label: Text? = nil, group: Text = .empty, input: Int, unit: Text = .empty,
    deviceClass: Text = .empty, scale: Decimal = Decimal(1), offset: Decimal = .zero, decimals: UInt8? = nil,
    report: Sensor.Report = .init()
  ) -> Part {
    var part = Part(
      name, label: label, group: group,
      kind: .sensor(Sensor(input: input, scale: scale, offset: offset, decimals: decimals, report: report)))
    part.unit = unit.bytes
    part.deviceClass = deviceClass.bytes
    return part
  }

  /// A value that people set.
  ///
  /// - Parameters:
  ///   - name: What programs call it: `[a-z][a-z0-9_]{0,31}`.
  ///   - label: What people call it; made of its name if nil.
  ///   - group: Its heading on the page; empty for none.
  ///   - minimum: The least value.
  ///   - maximum: The greatest value.
  ///   - step: The distance between two values, above zero.
  ///   - initial: What it is at first, a whole number of steps above the least value; that itself if nil.
  ///   - unit: What it is measured in, and its bounds and step, too; empty if it has no unit.
  ///   - restores: Whether it keeps its value across restarts.
  public static func number(
    _ name: Text, label: Text? = nil, group: Text = .empty, minimum: Decimal, maximum: Decimal,
    step: Decimal = Decimal(1), initial: Decimal? = nil, unit: Text = .empty, restores: Bool = false
  ) -> Part {
    var part = Part(
      name, label: label, group: group,
      kind: .number(
        Number(
          minimum: minimum, maximum: maximum, step: step, initial: initial ?? minimum, restores: restores)))
    part.unit = unit.bytes
    return part
  }
}
