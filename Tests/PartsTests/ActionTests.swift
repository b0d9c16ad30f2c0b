// SPDX-License-Identifier: MIT

// Actions as texts, and what they do.

import Bytes
import Testing
import Timebase

@testable import Parts

@Suite struct ActionTests {
  private static let color = Color(red: 255, green: 128, blue: 0)

  @Test(arguments: [
    ("toggle lamp", Action(.toggle, target: bytes("lamp"))),
    ("  toggle \t lamp ", Action(.toggle, target: bytes("lamp"))),
    ("on lamp", Action(.set(PartValues(isOn: true)), target: bytes("lamp"))),
    ("off lamp", Action(.set(PartValues(isOn: false)), target: bytes("lamp"))),
    ("off all", Action(.set(PartValues(isOn: false)), target: nil)),
    ("on all", Action(.set(PartValues(isOn: true)), target: nil)),
    ("dim desk", Action(.dim, target: bytes("desk"))),
    ("set desk brightness=128", Action(.set(PartValues(brightness: 128)), target: bytes("desk"))),
    ("set desk color=255,128,0", Action(.set(PartValues(color: color)), target: bytes("desk"))),
    (
      "set desk on=false brightness=1 color=255,128,0,0",
      Action(.set(PartValues(isOn: false, brightness: 1, color: color)), target: bytes("desk"))
    ),
    ("set goal value=-21.5", Action(.set(PartValues(value: Decimal(-215, exponent: -1))), target: bytes("goal"))),
  ])
  func aTextIsAnAction(text: String, action: Action) throws {
    #expect(try Action(bytes(text).span) == action)
  }

  @Test(arguments: [
    ("", .unknownVerb), ("  ", .unknownVerb), ("flip lamp", .unknownVerb), ("Toggle lamp", .unknownVerb),
    ("toggle", .missingTarget), ("set", .missingTarget), ("dim ", .missingTarget), ("set desk", .missingSettings),
    ("toggle lamp now", .malformedSettings), ("off lamp desk", .malformedSettings),
    ("set desk brightness", .malformedSettings), ("set desk brightness=", .malformedSettings),
    ("set desk brightness=0", .malformedSettings), ("set desk brightness=256", .malformedSettings),
    ("set desk brightness=-1", .malformedSettings), ("set desk brightness=99999999999999999999", .malformedSettings),
    ("set desk color=1,2", .malformedSettings), ("set desk color=1,2,3,4,5", .malformedSettings),
    ("set desk color=1,,3", .malformedSettings), ("set desk color=1,2,3,", .malformedSettings),
    ("set desk color=1,2,256", .malformedSettings), ("set desk color=", .malformedSettings),
    ("set desk on=yes", .malformedSettings), ("set desk speed=3", .malformedSettings),
    ("set desk =3", .malformedSettings), ("set goal value=1.", .malformedSettings),
    ("set goal value=1e999", .malformedSettings), ("toggle all", .unsuitableForAll), ("dim all", .unsuitableForAll),
    ("set all brightness=3", .unsuitableForAll),
  ] as [(String, Action.Mistake)])
  func aWrongTextSaysWhatIsWrong(text: String, mistake: Action.Mistake) {
    #expect(throws: mistake) { try Action(bytes(text).span) }
  }

  @Test func offAllTurnsSwitchesAndLightsOffAndNothingElse() throws {
    var bench = Bench([
      .switch("a", output: 0, restore: .alwaysOn), .light("l", output: 1, restore: .alwaysOn),
      .number("n", minimum: 0, maximum: 9, initial: 5), .contact("d", input: 1),
      .button("b", input: 0, isRemote: true, .on(.click, "off all")),
    ])
    try bench.perform(.gesture(.click), "b", at: 10)
    #expect(bench.device.parts.map(\.isOn) == [false, false, nil, nil, nil])
    #expect(bench["n"].asNumber?.value == 5)
    #expect(bench["a"].author == .button)
    bench.device.setAll(isOn: true, by: .mqtt, now: at(20))
    #expect(bench.device.parts.map(\.isOn) == [true, true, nil, nil, nil])
  }

  @Test func aListIsDoneInOrder() throws {
    var bench = Bench([
      .switch("a", output: 0), .number("n", minimum: 0, maximum: 9),
      .button("b", input: 0, isRemote: true, .on(.press, "on a", "toggle a", "set n value=3", "set n value=4")),
    ])
    try bench.perform(.gesture(.press), "b", at: 10)
    #expect(bench.isOn("a") == false)
    #expect(bench["n"].asNumber?.value == 4)
  }

  @Test func dimGoesUpAndDownInTurnWithEachHold() {
    var bench = Bench([
      .light("l", output: 0, gamma: .linear), .button("b", input: 0, .on(.long, "dim l")),
    ])
    var time: UInt64 = 1000
    func hold(_ length: UInt64) -> UInt8 {
      bench.sense(0, true, time)
      bench.sense(0, false, time + 11 + length)
      time += length + 1000
      bench.run(until: time)
      return bench["l"].asLight!.brightness
    }
    #expect(hold(600) == 1)  // from off it begins at the darkest
    #expect(hold(600 + 150 * 3) == 1 + 4 * 13)  // one step at the long press, and three repeats
    #expect(hold(600 + 150) == 1 + 2 * 13)
    #expect(hold(10_000) == 255)
    #expect(hold(600) == 255 - 13)
    #expect(hold(600) == 255)
    #expect(hold(10_000) == 1)
    #expect(hold(600) == 14)
    #expect(bench.isOn("l") == true)
  }
}
