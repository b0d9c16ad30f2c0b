// SPDX-License-Identifier: MIT

// A device of all kinds of parts through a life that the input tells: readings on time and late, commands as values, as
// JSON and as text, faults, clients that leave, and time. Whatever comes, no two rivals are on at once, every value is
// one that its part can have, no deadline stays due, and what the device says of itself is JSON.

import Bytes
import Parts
import Timebase

extension FuzzTarget {
  /// A script: a byte for what happens, one for its detail, and text where text is wanted.
  static let device = FuzzTarget("device", longestInput: 512) { input throws(BrokenInvariant) in
    var life = try DeviceLife()
    var script = input[...]
    while let step = script.popFirst() {
      try life.take(step, script.popFirst() ?? 0, &script)
      try life.settle()
    }
    try life.end()
  }
}

private struct DeviceLife {
  /// The outputs of the two switches that must never be on together.
  private static let rivals = (0, 1)

  private var device: Device
  private var now = MonotonicTime(milliseconds: 1000)
  /// What each output was told last.
  private var told = [UInt16](repeating: 0, count: 8)
  private var revision: UInt64 = 0

  init() throws(BrokenInvariant) {
    do throws(DeviceMistake) {
      device = try Device("Fuzz") {
        Part.switch("up", output: 0, minDwell: 300, interlock: ["up", "down"])
        Part.switch("down", output: 1, offAfter: .seconds(2), interlock: ["up", "down"])
        Part.switch("lamp", output: 2, offAfter: .minutes(1))
        Part.light("desk", output: 3, transition: 400)
        Part.light("strip", output: 4, channelCount: 4)
        Part.button(
          "wall", input: 0, isRemote: true, .on(.click, .toggle("up")), .on(.double, .allOn), .on(.long, .dim("desk")))
        Part.button("bell", input: 1, .on(.press, .toggle("down")), .on(.release, .allOff))
        Part.contact("door", input: 2, isInverted: true)
        Part.sensor("air", input: 3, unit: "°C", scale: Decimal(1, exponent: -3), offset: -40, decimals: 2)
        Part.number("target", minimum: 5, maximum: 30, step: Decimal(5, exponent: -1), initial: 20)
      }
    } catch {
      throw BrokenInvariant(description: "the device is right: \(error)")
    }
    device.start(now: now)
  }

  // MARK: What happens

  mutating func take(_ step: UInt8, _ detail: UInt8, _ script: inout ArraySlice<UInt8>) throws(BrokenInvariant) {
    switch step % 10 {
    case 0: now = now + Milliseconds(UInt32(detail) * UInt32(detail))
    case 1:
      let late = Milliseconds(UInt32(detail >> 3) * 20)
      let time = MonotonicTime(milliseconds: now.milliseconds - UInt64(late.count) % now.milliseconds)
      device.sense(Int(detail & 3), detail & 4 == 0 ? .inactive : .active, at: time)
    case 2:
      let number = Int64(truncatingIfNeeded: script.prefix(8).reduce(UInt64(detail)) { $0 << 8 | UInt64($1) })
      device.sense(3, .value(Decimal(number, exponent: Int8(truncatingIfNeeded: step) / 8)), at: now)
    case 3: perform(.toggle, detail)
    case 4: perform(command(step / 10), detail)
    case 5: device.noteFault(detail & 1 == 0 ? [] : Array("gone".utf8), ofInput: Int(detail >> 1) % 5)
    case 6:
      let output = Int(detail >> 1) % 9
      device.noteFault(detail & 1 == 0 ? [] : Array("gone".utf8), ofOutput: output)
      if told.indices.contains(output) { told[output] = 0 }  // a chip that is gone drives nothing
    case 7: setByJSON(detail, text(&script))
    case 8:
      guard let action = try? Action(text(&script).span), let target = action.target else { return }
      if let part = device.index(of: target.span) { try? device.perform(action.command, on: part, by: .http, now: now) }
    default: device.releaseButtons(heldBy: UInt32(detail & 1), now: now)
    }
  }

  private func command(_ number: UInt8) -> Command {
    switch number % 6 {
    case 0: .dim
    case 1: .press
    case 2: .release
    case 3: .gesture(.double)
    case 4: .gesture(.long)
    default: .set(PartValues(isOn: true))
    }
  }

  private mutating func perform(_ command: Command, _ detail: UInt8) {
    let author: Author = detail & 0x80 == 0 ? .client(UInt32(detail >> 6)) : .http
    try? device.perform(command, on: Int(detail & 0x0F), by: author, now: now)
  }

  private mutating func setByJSON(_ detail: UInt8, _ text: [UInt8]) {
    guard let json = try? JSONValue(parsing: text.span), let settings = try? PartValues(json) else { return }
    perform(.set(settings), detail)
  }

  /// The text up to the next newline.
  private func text(_ script: inout ArraySlice<UInt8>) -> [UInt8] {
    let text = script.prefix { $0 != UInt8(ascii: "\n") }
    script = script.dropFirst(text.count + 1)
    return Array(text)
  }

  // MARK: What must hold

  /// Lets the device do what is due, and checks everything.
  mutating func settle() throws(BrokenInvariant) {
    var rounds = 0
    while let deadline = device.poll(now: now), deadline <= now {
      rounds += 1
      try check(rounds < 10_000, "no deadline stays due")
      try drive()
    }
    try drive()
    try check(device.revision >= revision, "the revision never falls")
    revision = device.revision
    for part in device.parts { try checkValues(of: part) }
  }

  private mutating func drive() throws(BrokenInvariant) {
    var count = 0
    while let drive = device.nextDrive() {
      count += 1
      try check(count <= 64, "every output is told once")
      try check(told.indices.contains(drive.output), "only outputs that there are are told")
      told[drive.output] = drive.level
      try check(told[Self.rivals.0] == 0 || told[Self.rivals.1] == 0, "two rivals are never on at once")
    }
  }

  private func checkValues(of part: Part) throws(BrokenInvariant) {
    switch part.kind {
    case .light(let light): try check(light.brightness > 0, "a light's brightness is from 1 to 255")
    case .number(let number):
      try check(number.value >= number.minimum && number.value <= number.maximum, "a number keeps its limits")
    case .switch, .button, .contact, .sensor: break
    }
    try check(part.revision <= device.revision, "no part is newer than the device")
  }

  /// After a day without anything, nothing is due any more, and what the device says is JSON.
  mutating func end() throws(BrokenInvariant) {
    device.noteFault([], ofInput: 0)
    now = now + .minutes(24 * 60)
    try settle()
    var text: [UInt8] = []
    JSONWriter.append(to: &text) { device.writeParts(to: &$0, since: nil, now: now) }
    try check((try? JSONValue(parsing: text.span)) != nil, "what the device says of itself is JSON")
  }
}
