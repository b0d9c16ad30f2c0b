// SPDX-License-Identifier: MIT

// What is wrong with a list of parts, what a device says of its parts, and the revisions of its changes.

import Bytes
import Testing
import Timebase

@testable import Parts

@Suite struct DeviceMistakeTests {
  private static func lamp(_ name: String = "lamp", output: Int = 0, interlock: [String] = []) -> Part {
    .switch(Text(bytes(name)), output: output, interlock: interlock.map(bytes).map { Text($0) })
  }

  private static func wall(_ actions: String...) -> Part {
    .button("wall", input: 0, Part.Reaction(.click, actions.map(Action.init(text:))))
  }

  private static func number(_ minimum: Decimal, _ maximum: Decimal, step: Decimal, initial: Decimal) -> Part {
    .number("n", minimum: minimum, maximum: maximum, step: step, initial: initial)
  }

  @Test(arguments: [
    ([lamp("Lamp")], 0, .malformedName), ([lamp("")], 0, .malformedName), ([lamp("1a")], 0, .malformedName),
    ([lamp("a-b")], 0, .malformedName), ([lamp("ä")], 0, .malformedName), ([lamp("all")], 0, .malformedName),
    ([lamp(String(repeating: "a", count: 33))], 0, .malformedName),
    ([lamp(), lamp(output: 1)], 1, .duplicateName),
    ([lamp(), lamp("b")], 1, .outputTaken(0)),
    ([lamp(output: 2), .light("l", output: 0, channelCount: 3)], 1, .outputTaken(2)),
    ([wall(), .contact("c", input: 0)], 1, .inputTaken(0)),
    ([.sensor("s", input: 7), .button("b", input: 7)], 1, .inputTaken(7)),
    ([lamp(output: -1)], 0, .impossibleChannel), ([lamp(output: 4096)], 0, .impossibleChannel),
    ([lamp(output: .max)], 0, .impossibleChannel), ([.sensor("s", input: .min)], 0, .impossibleChannel),
    ([.light("l", output: 0, channelCount: 2)], 0, .impossibleChannel),
    ([.light("l", output: 0, channelCount: .max)], 0, .impossibleChannel),
    ([.light("l", output: .max, channelCount: 3)], 0, .impossibleChannel),
    ([.light("l", output: 4094, channelCount: 3)], 0, .impossibleChannel),
    ([lamp(interlock: ["b"])], 0, .unknownInterlock(bytes("b"))),
    ([lamp(interlock: ["wall"]), wall()], 0, .interlockIsNoSwitch(bytes("wall"))),
    ([lamp(), wall("off all", "toggle lmap")], 1, .unknownTarget(index: 1, bytes("lmap"))),
    ([lamp(), wall("toggle lamp", "dim lamp")], 1, .unsuitableAction(index: 1, bytes("lamp"))),
    ([wall("toggle wall")], 0, .unsuitableAction(index: 0, bytes("wall"))),
    ([number(0, 9, step: 1, initial: 0), wall("set n value=10")], 1, .unsuitableAction(index: 0, bytes("n"))),
    ([number(2, 1, step: 1, initial: 2)], 0, .impossibleRange),
    ([number(1, 2, step: 0, initial: 1)], 0, .impossibleRange),
    ([number(1, 2, step: -1, initial: 1)], 0, .impossibleRange),
    ([number(1, 2, step: 1, initial: 3)], 0, .impossibleRange),
    ([number(1, 9, step: 3, initial: 5)], 0, .impossibleRange),
  ] as [([Part], Int, DeviceMistake.Reason)])
  func aWrongListSaysWhatIsWrong(parts: [Part], part: Int, reason: DeviceMistake.Reason) {
    #expect(throws: DeviceMistake(part: part, reason: reason)) { try Device(parts: parts) }
  }

  @Test func aButtonMayNotWorkAnother() {
    // Two buttons that press each other would do so forever.
    for command in [.gesture(.press), .press, .release] as [Command] {
      let part = Part.button(
        "a", input: 0, isRemote: true, Part.Reaction(.press, [Action(command, target: bytes("a"))]))
      #expect(throws: DeviceMistake(part: 0, reason: .unsuitableAction(index: 0, bytes("a")))) {
        try Device(parts: [part])
      }
    }
  }

  @Test func theStatusLEDNeedsAnOutputOfItsOwn() {
    #expect(throws: DeviceMistake(part: 0, reason: .outputTaken(0))) {
      try Device(parts: [Self.lamp()], statusOutput: 0)
    }
  }

  @Test func aRightListIsADevice() throws {
    let device = try Device("Kitchen", statusOutput: 9) {
      Self.lamp(interlock: ["lamp", "other"])
      for number in 1...2 { Self.lamp("b\(number)", output: number) }
      if Bool(true) { Self.lamp("other", output: 5) }
      Self.wall("toggle lamp")
    }
    #expect(device.parts.map { text($0.name) } == ["lamp", "b1", "b2", "other", "wall"])
    #expect(text(device.name) == "Kitchen")
    #expect(device.outputCount == 10)
    #expect(device.inputCount == 1)
    #expect(device.mainPart == 0)
    #expect(device.parts.map(\.rivals) == [[3], [], [], [0], []])
    #expect(device.index(of: bytes("b2").span) == 2)
    #expect(device.index(of: bytes("b").span) == nil)
    #expect(try Device(parts: [Self.wall("off all")]).mainPart == nil)
    #expect(try Device(parts: []).parts.isEmpty)
  }
}

@Suite struct DeviceJSONTests {
  private var bench: Bench {
    Bench([
      .switch(
        "lamp", label: "Lämp \"1\"", group: "Hall", output: 0, offAfter: 1500,
        interlock: ["fan"]),
      .switch("fan", output: 1), .light("desk", output: 2, restore: .alwaysOn),
      .light("strip", output: 3, channelCount: 3, offAfter: 60_000),
      .light("strip_w", output: 6, channelCount: 4),
      .button("wall", input: 0, isRemote: true), .button("hidden", input: 1),
      .contact("front_door", input: 2, deviceClass: "door"),
      .sensor("celsius", input: 3, unit: "°C", deviceClass: "temperature"),
      .number("goal", minimum: 5, maximum: 30, step: Decimal(5, exponent: -1), unit: "°C"),
    ])
  }

  @Test func everythingIsWrittenInTheOrderOfTheDescription() {
    #expect(
      bench.json(since: nil) == #"{"lamp":{"kind":"switch","label":"Lämp \"1\"","group":"Hall","off_after":1500,"#
        + #""interlock":["fan"],"on":false},"fan":{"kind":"switch","label":"Fan","on":false},"#
        + #""desk":{"kind":"light","label":"Desk","channels":1,"on":true,"brightness":255},"#
        + #""strip":{"kind":"light","label":"Strip","channels":3,"off_after":60000,"on":false,"brightness":255,"#
        + #""color":[255,255,255]},"strip_w":{"kind":"light","label":"Strip w","channels":4,"on":false,"#
        + #""brightness":255,"color":[255,255,255,255]},"#
        + #""wall":{"kind":"button","label":"Wall","remote":true,"pressed":false,"presses":0},"#
        + #""hidden":{"kind":"button","label":"Hidden","pressed":false,"presses":0},"#
        + #""front_door":{"kind":"contact","label":"Front door","device_class":"door","on":false},"#
        + #""celsius":{"kind":"sensor","label":"Celsius","device_class":"temperature","unit":"°C","value":null},"#
        + #""goal":{"kind":"number","label":"Goal","unit":"°C","min":5,"max":30,"step":0.5,"value":5}}"#)
  }

  @Test func onlyWhatChangedIsWrittenWithAllOfItsValues() throws {
    var bench = bench
    try bench.perform(.toggle, "lamp", by: .client(2), at: 1000)
    let revision = bench.device.revision
    bench.device.sense(3, .value(Decimal(214, exponent: -1)), at: at(1100))
    bench.run(until: 1100)
    bench.sense(0, true, 1200)
    bench.sense(0, false, 1300)
    bench.run(until: 1400)
    #expect(
      bench.json(since: revision)
        == #"{"wall":{"pressed":false,"presses":1,"gesture":"click","by":"button"},"celsius":{"value":21.4}}"#)
    #expect(bench.json(since: 1).hasPrefix(##"{"lamp":{"on":true,"left":1100,"by":"#2"},"wall""##))
    #expect(bench.json(since: bench.device.revision) == "{}")
  }

  @Test(arguments: [
    (.button, "button"), (.client(4_294_967_295), "#4294967295"), (.http, "http"), (.mqtt, "mqtt"),
    (.client(0), "#0"), (.program, "program"), (.terminal, "terminal"), (.timer, "timer"), (.interlock, "interlock"),
  ] as [(Author, String)])
  func everyAuthorHasAName(author: Author, name: String) {
    var output: [UInt8] = []
    JSONWriter.append(to: &output) { author.write(to: &$0) }
    #expect(text(output) == "\"by\":\"\(name)\"")
  }
}

@Suite struct RevisionTests {
  private func bench(_ revision: UInt64) -> Bench {
    var bench = Bench([.switch("a", output: 0), .switch("b", output: 1)])
    bench.device.revision = revision
    return bench
  }

  @Test(arguments: [1, 1 << 32 - 1, 1 << 32, 1 << 53 - 2] as [UInt64])
  func eachChangeHasTheNextRevision(before: UInt64) throws {
    var bench = bench(before)
    try bench.perform(.toggle, "a", at: 1)
    #expect(bench.device.revision == before + 1)
    #expect(bench.device.parts.map(\.revision) == [before + 1, 1])
    #expect(bench.json(since: before) == #"{"a":{"on":true,"by":"http"}}"#)
  }

  @Test func theGreatestIsTheLastThatJavaScriptHoldsAndDoesNotWrap() throws {
    #expect(Device.greatestRevision == 9_007_199_254_740_991)
    var bench = bench(Device.greatestRevision)
    try bench.perform(.toggle, "b", at: 1)
    #expect(bench.device.revision == Device.greatestRevision)
    #expect(bench.isOn("b") == true)
  }

  @Test func aCommandThatMovesItsInterlockIsOneChangeForEach() throws {
    var bench = Bench([
      .switch("a", output: 0, interlock: ["b"]), .switch("b", output: 1),
    ])
    try bench.perform(.toggle, "a", at: 1000)
    #expect(bench.device.revision == 2)
    try bench.perform(.toggle, "b", at: 2000)
    #expect(bench.device.revision == 4)  // one gave way, the other waits
    bench.run(until: 3000)
    #expect(bench.device.revision == 5)
  }
}
