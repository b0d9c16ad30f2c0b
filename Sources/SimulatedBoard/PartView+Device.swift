// SPDX-License-Identifier: MIT

// A device as it is: what is connected to a simulated board under it, and what its parts show.

import Bytes
public import Parts
public import Timebase

extension SimulatedBoard {
  /// A board with everything that the parts of `device` need. Every button can be worked from pages, too, whatever its
  /// description says: a finger finds none.
  public convenience init(for device: inout Device) {
    device.makeButtonsRemote()
    self.init(device.parts.map { Part($0) })
  }
}

extension SimulatedBoard.Part {
  /// What a part of a device is connected to.
  public init(_ part: Part) {
    let view = PartView(part)
    self.init(view.name, view.kind)
    switch part.kind {
    case .switch(let part): outputs = [part.output]
    case .light(let part): outputs = (0..<part.channelCount).map { part.output + $0 }
    case .button(let part):
      inputs = [part.input]
      debounce = part.timing.debounce
    case .contact(let part): inputs = [part.input]
    case .sensor(let part): inputs = [part.input]
    case .number: break
    }
  }
}

extension PartView {
  /// A part of a device as it is; with what is left of its countdown, if the time is given.
  ///
  /// It makes text of bytes and numbers, so make one only when something has changed.
  public init(_ part: Part, now: MonotonicTime? = nil) {
    self.init(String(decoding: part.name, as: UTF8.self), .switch)
    fault = String(decoding: part.fault, as: UTF8.self)
    unit = String(decoding: part.unit, as: UTF8.self)
    left = now.flatMap { part.left(at: $0) }
    opens = part.deviceClass.isEmpty || Self.classesThatOpen.contains(String(decoding: part.deviceClass, as: UTF8.self))
    switch part.kind {
    case .switch(let part):
      isOn = part.isOn
      wanted = part.isWantedOn == part.isOn ? nil : part.isWantedOn
    case .light(let part):
      kind = .light
      isOn = part.isOn
      brightness = part.brightness
      let channels = [part.color.red, part.color.green, part.color.blue, part.color.white]
      color = part.channelCount < 3 ? [] : Array(channels.prefix(part.channelCount))
    case .button(let part):
      kind = .button
      isPressed = part.isPressed
    case .contact(let part):
      kind = .contact
      isOn = part.isOn ?? false
    case .sensor(let part):
      kind = .sensor
      value = part.value.map(Self.text)
    case .number(let part):
      kind = .number
      value = Self.text(part.value)
    }
  }

  /// The device classes of contacts that are open when they are on.
  private static let classesThatOpen: Set = ["door", "garage_door", "window", "opening"]

  private static func text(_ number: Decimal) -> String {
    var text: [UInt8] = []
    text.append(number)
    return String(decoding: text, as: UTF8.self)
  }
}
