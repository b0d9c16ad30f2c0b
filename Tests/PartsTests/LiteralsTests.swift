// SPDX-License-Identifier: MIT

// Devices of programs: literals mean what bytes mean, and a program works its parts by their names.

import Bytes
import Parts
import Testing
import Timebase

@Suite struct LiteralsTests {
  @Test func literalsGiveThePartsThatBytesGive() {
    let lamp = Part.switch("lamp", label: "Big lamp", group: "Hall", output: 3, restore: .alwaysOn, interlock: ["fan"])
    #expect(
      lamp
        == .switch(
          [UInt8]("lamp"), label: [UInt8]("Big lamp"), group: [UInt8]("Hall"), output: 3, restore: .alwaysOn,
          interlock: [[UInt8]("fan")]))
    #expect(Part.light("desk", output: 0, channelCount: 3) == .light([UInt8]("desk"), output: 0, channelCount: 3))
    #expect(Part.contact("door", input: 1, isInverted: true) == .contact([UInt8]("door"), input: 1, isInverted: true))
    #expect(
      Part.sensor("air", input: 2, unit: "°C", decimals: 1)
        == .sensor([UInt8]("air"), input: 2, unit: [UInt8]("°C"), decimals: 1))
    #expect(
      Part.number("target", minimum: 5, maximum: 30) == .number([UInt8]("target"), minimum: 5, maximum: 30))
    let wall = Part.button(
      "wall", input: 0, isRemote: true, .on(.click, .toggle("lamp"), .off("fan")), .on(.long, .allOff))
    let actions = [
      Action(.toggle, target: [UInt8]("lamp")), Action(.set(Settings(isOn: false)), target: [UInt8]("fan")),
    ]
    let allOff = Action(.set(Settings(isOn: false)), target: nil)
    #expect(
      wall
        == .button([UInt8]("wall"), input: 0, isRemote: true, .init(.click, actions), .init(.long, [allOff])))
  }

  @Test func aProgramWorksItsPartsByName() throws {
    var device = try Device("Hall") {
      Part.switch("lamp", output: 0)
      Part.number("target", minimum: 5, maximum: 30, initial: 20)
      Part.button("wall", input: 0, .on(.press, .on("lamp")))
    }
    device.start(now: .zero)
    try device.perform(.set(Settings(isOn: true)), on: "lamp", now: .zero)
    #expect(device["lamp"]?.isOn == true)
    #expect(device["lamp"]?.author == .program)
    #expect(device["target"]?.value == 20)
    #expect(device["lamp"]?.value == nil)
    #expect(device["fan"] == nil)
    #expect(throws: CommandError.unknownPart) { try device.perform(.toggle, on: "fan", now: .zero) }
    #expect(throws: CommandError.unsuitableCommand) { try device.perform(.toggle, on: "target", now: .zero) }
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
