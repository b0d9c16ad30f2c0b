// SPDX-License-Identifier: MIT

// What every surface asks for ends here: page, socket, HTTP, broker, terminal, and the actions of the buttons.

import Bytes
public import Timebase

extension Part {
  /// Whether parts of this kind do what the command asks for.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func knows(_ command: Command) -> Bool {
    switch (kind, command) {
    case (.switch, .toggle), (.light, .toggle), (.light, .dim): true
    case (.switch, .set(let settings)):
      settings.isOn != nil && settings.brightness == nil && settings.color == nil && settings.value == nil
    case (.light(let part), .set(let settings)):
      settings.value == nil && !settings.isEmpty && (settings.color == nil || part.channelCount >= 3)
    case (.number, .set(let settings)):
      settings.value != nil && settings.isOn == nil && settings.brightness == nil && settings.color == nil
    case (.button, .gesture), (.button, .press), (.button, .release): true
    default: false
    }
  }
}

extension Device {
  /// Makes the part of this number, counted from 0, do something.
  ///
  /// - Throws: `CommandError` if there is no such part, if it does not do that, or cannot at present; nothing has
  ///   changed then.
  public mutating func perform(
    _ command: Command, on index: Int, by author: Author, now: MonotonicTime
  ) throws(CommandError) {
    arrive(at: now)
    try obey(command, index, isFirst: true, by: author)
  }

  /// Turns all switches and lights without a fault on or off.
  public mutating func setAll(isOn: Bool, by author: Author, now: MonotonicTime) {
    arrive(at: now)
    setAll(PartValues(isOn: isOn), by: author)
  }

  private mutating func setAll(_ settings: PartValues, by author: Author) {
    for index in parts.indices { try? obey(.set(settings), index, isFirst: true, by: author) }
  }

  /// `isFirst`: it does not come from a repeat, so a light changes the direction in which it is dimmed.
  private mutating func obey(
    _ command: Command, _ index: Int, isFirst: Bool, by author: Author
  ) throws(CommandError) {
    guard parts.indices.contains(index) else { throw .unknownPart }
    guard parts[index].fault.isEmpty else { throw .partFault }
    if case .set(let settings) = command, settings.isEmpty { throw .malformedValue }
    guard parts.span[index].knows(command) else { throw .unsuitableCommand }
    switch parts[index].kind {
    case .switch(let part): ask(index, isOn: command.isOn(insteadOf: part.isWantedOn), by: author)
    case .light(var part):
      let hasChanged = part.obey(command, isFirst: isFirst, now: now)
      show(&part, of: index)
      parts[index].kind = .light(part)
      if hasChanged { note(index, by: author) }
    case .number(var part):
      guard case .set(let settings) = command, try part.set(settings) else { return }
      parts[index].kind = .number(part)
      note(index, by: author)
    case .button(let part): try work(part, index, command, by: author)
    case .contact, .sensor: throw .unsuitableCommand
    }
  }

  /// A gesture has been made: carries out its actions.
  mutating func react(to gesture: Gesture, of index: Int) {
    note(index, by: .button)
    #if !WITHOUT_MQTT
      if keepsGestures, gestures.count < Self.gestureLimit { gestures.append(MadeGesture(part: index, gesture: gesture)) }
    #endif
    for number in parts[index].actions.indices {
      let response = parts[index].actions[number]
      // A light that a long press began to dim goes on with each repeat.
      let continues =
        BuildFlags.hasGestures && gesture == .repeat && response.gesture == .long && response.action.command.isDim
      guard response.gesture == gesture || continues else { continue }
      // A button has no one to tell that a part does not work; the part shows it.
      if let target = response.target {
        try? obey(response.action.command, target, isFirst: gesture != .repeat, by: .button)
      } else if case .set(let settings) = response.action.command {
        setAll(settings, by: .button)
      }
    }
  }

  // MARK: Remote buttons

  /// Lets every button be worked from a page and by HTTP, too: for a board on which there is nothing to press.
  public mutating func makeButtonsRemote() {
    for index in parts.indices { parts[index].asButton?.isRemote = true }
  }

  /// Lets go of every button that this client holds down; for a client that has gone.
  public mutating func releaseButtons(heldBy client: UInt32, now: MonotonicTime) {
    #if !WITHOUT_REMOTE_BUTTONS
      arrive(at: now)
      for index in parts.indices {
        if let button = parts[index].asButton, button.isRemote { add(button, .letGo(client)) }
      }
    #endif
  }

  private mutating func work(
    _ button: Button, _ index: Int, _ command: Command, by author: Author
  ) throws(CommandError) {
    #if WITHOUT_REMOTE_BUTTONS
      throw .notRemote
    #else
      guard button.isRemote || author == .terminal else { throw .notRemote }
      switch command {
      case .press, .release:
        // Only a client that can be missed may hold a button down.
        guard let number = author.client else { throw .unsuitableCommand }
        add(button, command == .press ? .hold(number) : .letGo(number))
      case .gesture(let gesture):
        for step in gesture.steps {
          parts[index].asButton?.perform(step)
          react(to: step, of: index)
        }
      case .set, .toggle, .dim: throw .unsuitableCommand
      }
    #endif
  }

  private mutating func add(_ button: Button, _ content: InputEvent.Content) {
    add(InputEvent(input: button.input, content: content, time: now))
  }
}

extension Command {
  /// What a switch or a light that is on, or not, is to be.
  func isOn(insteadOf isOn: Bool) -> Bool {
    if case .set(let settings) = self { return settings.isOn ?? isOn }
    return !isOn
  }

  /// Whether this is `dim`.
  var isDim: Bool {
    if case .dim = self { return true }
    return false
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
