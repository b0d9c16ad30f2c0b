// SPDX-License-Identifier: MIT

// What every surface asks for ends here: page, socket, HTTP, broker, terminal, and the actions of the buttons.

import Bytes
public import Timebase

extension Part {
  /// Whether parts of this kind do what the command asks for.
  public func knows(_ command: Command) -> Bool {
    switch (kind, command) {
    case (.switch, .toggle), (.light, .toggle), (.light, .dim): true
    case (.switch, .set(let settings)):
      settings.isOn != nil && settings == Settings(isOn: settings.isOn)
    case (.light(let part), .set(let settings)):
      settings.value == nil && !settings.isEmpty && (settings.color == nil || part.channelCount >= 3)
    case (.number, .set(let settings)): settings.value != nil && settings == Settings(value: settings.value)
    case (.button, .gesture), (.button, .press), (.button, .release): true
    default: false
    }
  }
}

extension Device {
  /// Has a part do something.
  ///
  /// - Throws: `CommandError` if it does not do that, or cannot at present; nothing has changed then.
  public mutating func perform(
    _ command: Command, on index: Int, by author: Author, now: MonotonicTime
  ) throws(CommandError) {
    guard parts.indices.contains(index) else { throw .unknownPart }
    guard parts[index].fault.isEmpty else { throw .partFault }
    if case .set(let settings) = command, settings.isEmpty { throw .malformedValue }
    guard parts[index].knows(command) else { throw .unsuitableCommand }
    try obey(command, index, isFirst: true, by: author, now: now)
  }

  /// Turns all switches and lights on or off that work at present.
  public mutating func setAll(isOn: Bool, by author: Author, now: MonotonicTime) {
    for index in parts.indices {
      try? perform(.set(Settings(isOn: isOn)), on: index, by: author, now: now)  // buttons and sensors do not know it
    }
  }

  /// Lets go of every button that this client holds down; for a client that has gone.
  public mutating func releaseButtons(heldBy client: UInt32, now: MonotonicTime) {
    for index in parts.indices {
      guard case .button(let button) = parts[index].kind, button.holder == client, client != 0 else { continue }
      hold(index, by: 0, now: now)
    }
  }

  /// `isFirst`: it does not come from a repeat, so a light changes the direction in which it is dimmed.
  private mutating func obey(
    _ command: Command, _ index: Int, isFirst: Bool, by author: Author, now: MonotonicTime
  ) throws(CommandError) {
    switch (parts[index].kind, command) {
    case (.switch(let part), .toggle): ask(index, isOn: !part.isWantedOn, by: author, now: now)
    case (.switch, .set(let settings)):
      guard let isOn = settings.isOn else { throw .malformedValue }
      ask(index, isOn: isOn, by: author, now: now)
    case (.light(var part), .toggle):
      let hasChanged = try part.set(Settings(isOn: !part.isOn), now: now)
      update(index, part, hasChanged, by: author, now: now)
    case (.light(var part), .set(let settings)):
      let hasChanged = try part.set(settings, now: now)
      update(index, part, hasChanged, by: author, now: now)
    case (.light(var part), .dim):
      let hasChanged = try part.dim(turns: isFirst, now: now)
      update(index, part, hasChanged, by: author, now: now)
    case (.number(var part), .set(let settings)):
      guard try part.set(settings) else { return }
      parts[index].kind = .number(part)
      note(index, by: author)
    case (.button(let part), _): try work(part, index, command, by: author, now: now)
    default: throw .unsuitableCommand
    }
  }

  private mutating func update(
    _ index: Int, _ light: Light, _ hasChanged: Bool, by author: Author, now: MonotonicTime
  ) {
    parts[index].kind = .light(light)
    lower(min(light.nextStep, light.offTime))
    if hasChanged { note(index, by: author) }
    if light.nextStep <= now { isDue = true }
  }

  // MARK: Buttons from afar

  private mutating func work(
    _ button: Button, _ index: Int, _ command: Command, by author: Author, now: MonotonicTime
  ) throws(CommandError) {
    guard button.isRemote || author == .terminal else { throw .notRemote }
    switch command {
    case .press:
      // Only a client that can be missed may hold a button down.
      guard case .client(let number) = author else { throw .unsuitableCommand }
      hold(index, by: number, now: now)
    case .release: hold(index, by: 0, now: now)
    case .gesture(let gesture):
      for step in gesture.steps { react(to: step, of: index, isRemote: true, now: now) }
    default: throw .unsuitableCommand
    }
  }

  private mutating func hold(_ index: Int, by client: UInt32, now: MonotonicTime) {
    guard case .button(var button) = parts[index].kind else { return }
    button.hold(by: client, at: now)
    parts[index].kind = .button(button)
    lower(button.deadline)
  }

  /// A gesture has been made: counts it, and does what it is to do.
  mutating func react(to gesture: Gesture, of index: Int, isRemote: Bool = false, now: MonotonicTime) {
    if isRemote, case .button(var button) = parts[index].kind {
      button.perform(gesture)
      parts[index].kind = .button(button)
    }
    note(index, by: .button)
    for number in parts[index].actions.indices {
      let (wanted, action) = parts[index].actions[number]
      // A light that a long press began to dim goes on with each repeat.
      let continues = gesture == .repeat && wanted == .long && action.command == .dim
      guard wanted == gesture || continues else { continue }
      perform(action, targets[index][number], isFirst: gesture != .repeat, now: now)
    }
  }

  private mutating func perform(_ action: Action, _ target: Int?, isFirst: Bool, now: MonotonicTime) {
    guard let target else {
      if case .set(let settings) = action.command, let isOn = settings.isOn {
        setAll(isOn: isOn, by: .button, now: now)
      }
      return
    }
    // A button has nobody to tell that a part does not work; the part shows it.
    guard parts[target].fault.isEmpty else { return }
    try? obey(action.command, target, isFirst: isFirst, by: .button, now: now)
  }
}

extension Gesture {
  /// What happens to a button that is worked in this way.
  fileprivate var steps: [Gesture] {
    switch self {
    case .press, .release: [self]
    case .click: [.press, .release, .click]
    case .double: [.press, .release, .press, .double, .release]
    case .long: [.press, .long, .release]
    case .repeat: [.repeat]
    }
  }
}
