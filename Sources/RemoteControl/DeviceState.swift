// SPDX-License-Identifier: MIT

// The one state of the device. Every surface (button, page, HTTP) changes it here, and every change that a
// client can see has a number of its own, the same on every surface.

/// Who changed the state last.
public enum Author: Sendable {
  /// The push button on the board.
  case button
  /// A client of the web socket, by its number.
  case client(UInt32)
  /// A request to the HTTP API, or the page without JavaScript.
  case http
}

/// What the device shows to everyone.
public struct DeviceState: Sendable {
  /// Counts changes since the start, from 1.
  public private(set) var revision: UInt32 = 1
  /// Whether the LED is to be on.
  public private(set) var isOn = false
  /// Whether the push button is down.
  public private(set) var isButtonPressed = false
  /// Who made the last change; nil before the first.
  public private(set) var author: Author?
  /// Why the board cannot do what it is told, in words; empty while all is well.
  public private(set) var fault: [UInt8] = []
  /// How many edges of the push button came faster than they could be taken, since the start: presses may have been
  /// among them. No change that clients are told of; they see it with the next.
  public var droppedEdges: UInt32 = 0

  /// The state at the start, with the button up.
  public init(isOn: Bool = false) { self.isOn = isOn }

  /// Turns the LED on or off. Setting it to what it is already changes nothing.
  public mutating func set(_ isOn: Bool, by author: Author) {
    guard isOn != self.isOn else { return }
    self.isOn = isOn
    change(by: author)
  }

  /// Inverts the LED.
  public mutating func toggle(by author: Author) { set(!isOn, by: author) }

  /// Notes whether the push button is down.
  public mutating func noteButton(isPressed: Bool) {
    guard isPressed != isButtonPressed else { return }
    isButtonPressed = isPressed
    change(by: .button)
  }

  /// Notes why the board cannot do what it is told, or that it can again if `words` is empty.
  public mutating func noteFault(_ words: [UInt8]) {
    guard words != fault else { return }
    fault = words
    revision &+= 1
  }

  private mutating func change(by author: Author) {
    revision &+= 1
    self.author = author
  }
}
