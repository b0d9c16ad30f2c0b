// SPDX-License-Identifier: MIT

// Devices of programs: literals mean what bytes mean, and a program works its parts by their names.

import Bytes
import Parts
import Testing
import Timebase

@Suite struct LiteralsTests {
  @Test func aLiteralIsTheTextOfItsBytes() {
    func text(_ text: StaticString) -> Text { Text([UInt8](text)) }
    let lamp = Part.switch("lamp", label: "Big lamp", group: "Hall", output: 3, interlock: ["fan"])
    #expect(lamp == .switch(text("lamp"), label: text("Big lamp"), group: text("Hall"), output: 3, interlock: [text("fan")]))
    #expect(Part.sensor("air", input: 2, unit: "°C") == .sensor(text("air"), input: 2, unit: text("°C")))
    #expect(lamp.label == [UInt8]("Big lamp"))
    let wall = Part.button(
      "wall", input: 0, isRemote: true, .on(.click, .toggle("lamp"), .off("fan")), .on(.long, .allOff))
    let actions = [
      Action(.toggle, target: [UInt8]("lamp")), Action(.set(PartValues(isOn: false)), target: [UInt8]("fan")),
    ]
    let allOff = Action(.set(PartValues(isOn: false)), target: nil)
    #expect(
      wall
        == .button("wall", input: 0, isRemote: true, .init(.click, actions), .init(.long, [allOff])))
  }

  @Test func aProgramWorksItsPartsByName() throws {
    var device = try Device("Hall") {
      Part.switch("lamp", output: 0)
      Part.number("target", minimum: 5, maximum: 30, initial: 20)
      Part.button("wall", input: 0, .on(.press, .on("lamp")))
    }
    device.start(now: .zero)
    try device.perform(.set(PartValues(isOn: true)), on: "lamp", now: .zero)
    #expect(device["lamp"]?.isOn == true)
    #expect(device["lamp"]?.author == .program)
    #expect(device["target"]?.value == 20)
    #expect(device["lamp"]?.value == nil)
    #expect(device["fan"] == nil)
    #expect(throws: CommandError.unknownPart) { try device.perform(.toggle, on: "fan", now: .zero) }
    #expect(throws: CommandError.unsuitableCommand) { try device.perform(.toggle, on: "target", now: .zero) }
  }

  @Test func anActionIsALiteral() {
    let actions: [Action] = ["toggle lamp", "set desk brightness=128", "off all"]
    #expect(actions == [.toggle("lamp"), .set("desk", PartValues(brightness: 128)), .allOff])
    #expect(throws: DeviceMistake.self) {
      try Device("Hall") {
        Part.switch("lamp", output: 0)
        Part.button("wall", input: 0, .init(.press, ["flip lamp"]))
      }
    }
  }

  @Test func aLiteralNameThatIsNoneIsAMistake() {
    #expect(throws: DeviceMistake.self) {
      try Device("Hall") { Part.switch("Big lamp", output: 0) }
    }
    #expect(throws: DeviceMistake.self) {
      try Device("Hall") { Part.button("wall", input: 0, .on(.press, .on("lamp"))) }
    }
  }
}
