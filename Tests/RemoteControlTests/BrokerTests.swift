// SPDX-License-Identifier: MIT

// What a device says on a broker and hears there, in virtual time.

import Bytes
import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@testable import Parts
@testable import RemoteControl

@Suite struct BrokerTests {
  private static func world() throws -> BrokerWorld {
    try BrokerWorld(
      .switch("fan", output: 0), .light("led", output: 1), .light("rgb", output: 2, channelCount: 3),
      .button("key", input: 0, isRemote: true), .contact("door", input: 1), .sensor("celsius", input: 2, unit: "°C"),
      .number("level", minimum: .zero, maximum: Decimal(10)))
  }

  // MARK: What it says

  @Test func whatIsSaidAtTheStartAndInWhichOrder() throws {
    var world = try Self.world()
    try world.connect()
    #expect(
      world.filters == [
        "heliograph/lamp/+/set", "heliograph/lamp/availability", "heliograph/all/ask", "heliograph/group/ground/+/set",
        "homeassistant/status", "homeassistant/device/lamp/config",
      ])
    let published = world.takePublished()
    #expect(published.allSatisfy { $0.isRetained && $0.qos == 1 })
    #expect(published[0].topic == "heliograph/lamp/about")
    #expect(published[1].topic == "homeassistant/device/lamp/config")
    #expect(published.last == .init(topic: "heliograph/lamp/availability", payload: "online"))
    let states = published.dropFirst(2).dropLast().filter { $0.topic.hasSuffix("/state") }
      .map { "\($0.topic.dropFirst("heliograph/lamp/".count)) \($0.payload)" }
    #expect(
      states == [
        "fan/state OFF", #"led/state {"state":"OFF","brightness":255,"color_mode":"brightness","rev":1}"#,
        #"rgb/state {"state":"OFF","brightness":255,"color_mode":"rgb","color":{"r":255,"g":255,"b":255},"rev":1}"#,
        "level/state 0",
      ], "a button has no state, and nothing was read of the others yet")
  }

  @Test func whoeverShowsManyDevicesIsToldWhereThisOnesPageIsAndItsGroups() throws {
    var world = try Self.world()
    try world.connect()
    let first = try #require(world.takePublished("about").first)
    #expect(first.contains(#""groups":["ground"]"#))
    #expect(!first.contains("address"), "not known yet")
    world.surface.setAddress(bytes("http://192.168.1.32:8080/"))
    try world.settle()
    #expect(try #require(world.takePublished("about").first).contains(#""address":"http://192.168.1.32:8080/""#))
    world.surface.setAddress(bytes("http://192.168.1.32:8080/"))
    try world.settle()
    #expect(world.takePublished().isEmpty)
  }

  @Test func aChangeIsSaidOnceItIsThere() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.perform(.toggle, on: 0)
    try world.settle()
    #expect(world.takePublished() == [.init(topic: "heliograph/lamp/fan/state", payload: "ON")])
    try world.settle()
    #expect(world.takePublished().isEmpty)
  }

  @Test func ofEachPartOneMessageIsUnderWayAndThenTheLatest() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    world.acknowledges = false
    for value in 1...1000 {
      try world.perform(.set(PartValues(value: Decimal(Int64(value % 10)))), on: 6)
      try world.perform(.toggle, on: 0)
      try world.settle()
    }
    #expect(world.takePublished().map(\.payload) == ["ON", "1"])
    world.acknowledge()
    try world.settle()
    #expect(world.takePublished().map(\.payload) == ["OFF", "0"])
  }

  @Test func whoWasAwaySaysOnlyTheLatest() throws {
    var world = try Self.world()
    try world.connect()
    world.disconnect()
    _ = world.takePublished()
    for value in 1...1000 { try world.perform(.set(PartValues(value: Decimal(Int64(value % 7)))), on: 6) }
    try world.wait(1000)
    try world.connect()
    #expect(world.takePublished("level/state") == ["6"])
  }

  @Test func aFaultMakesAPartUnavailable() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    world.device.noteFault(bytes("gone"), ofOutput: 0)
    try world.settle()
    #expect(world.takePublished("fan/availability") == ["offline"])
    world.device.noteFault([], ofOutput: 0)
    try world.settle()
    #expect(world.takePublished("fan/availability") == ["online"])
  }

  /// CONNECT behind the protocol's name: version, flags, keep alive, properties, identifier, the will's properties.
  @Test(arguments: [ProtocolVersion.v311, .v5])
  func aWillWithADelayTakesASessionThatLastsAsLong(_ version: ProtocolVersion) throws {
    var options = BrokerOptions(identifier: bytes("lamp"))
    options.willDelay = 30
    var world = try BrokerWorld(.switch("fan", output: 0), options: options, version: version)
    _ = world.surface.client.nextStep(now: world.now)
    world.surface.client.opened(now: world.now)
    var connect: [UInt8] = []
    world.surface.client.connection?.writeOutput {
      connect.append($0)
      return $0.count
    }
    let behind = Array(connect.dropFirst(8))
    if version == .v311 {
      #expect(behind[1] & 0b10 != 0, "which has no delays, and would keep the session for ever")
    } else {
      #expect(behind[1] & 0b10 == 0, "it comes back to its session: the end of that would publish the will")
      #expect(Array(behind[4...10]) == [13, 0x11, 0, 0, 0, 30, 0x21], "which is kept for so long")
      let name = 18 + 2 + "heliograph-lamp".utf8.count
      #expect(Array(behind[name..<name + 6]) == [5, 0x18, 0, 0, 0, 30])
    }
    world.hear(version == .v5 ? [0x20, 3, 1, 0, 0] : [0x20, 2, 0, 0])
    #expect(world.notes == [.connected], "and the broker may have it")
  }

  /// What was under way when the connection was lost is old by then.
  @Test func whoComesBackToItsSessionSaysOnlyTheLatest() throws {
    var options = BrokerOptions(identifier: bytes("lamp"))
    options.willDelay = 30
    var world = try BrokerWorld(.switch("fan", output: 0), options: options, version: .v5)
    try world.connect()
    world.acknowledges = false
    try world.perform(.toggle, on: 0)
    try world.settle()
    world.disconnect()
    world.forgetUnacknowledged()
    _ = world.takePublished()
    try world.perform(.toggle, on: 0)
    try world.wait(2000)
    world.acknowledges = true
    try world.connect()
    #expect(world.takePublished("fan/state") == ["OFF"])
  }

  @Test func gesturesAreSaidEachOnceAndNeverRetained() throws {
    var world = try Self.world()
    world.surface.note(MadeGesture(part: 3, gesture: .click))
    try world.connect()
    #expect(!world.takePublished().contains { $0.topic.hasSuffix("event") }, "what happened before is gone")
    for gesture in [Gesture.press, .release, .click] { world.surface.note(MadeGesture(part: 3, gesture: gesture)) }
    try world.settle()
    #expect(
      world.takePublished() == ["press", "release", "click"].map {
        .init(topic: "heliograph/lamp/key/event", payload: #"{"event_type":"\#($0)"}"#, isRetained: false)
      })
  }

  @Test func anIdleDeviceSendsAtMostFourPacketsAMinute() throws {
    var world = try Self.world()
    try world.connect()
    try world.wait(3000)
    _ = world.takePublished()
    try world.wait(600_000)
    let alive = world.takePublished()
    #expect(alive.count == 20 && alive.allSatisfy { $0.topic == "heliograph/lamp/alive" && !$0.isRetained && $0.qos == 0 })
  }

  // MARK: What it hears

  @Test(arguments: [
    ("fan", "ON", #"fan/state ON"#), ("fan", "TOGGLE", "fan/state ON"), ("fan", " ON\n", "fan/state ON"),
    ("level", "7.0", "level/state 7"), ("level", "1e1", "level/state 10"),
    ("led", "ON", #"led/state {"state":"ON","brightness":255,"color_mode":"brightness","rev":2}"#),
    ("led", #"{"brightness":10}"#, #"led/state {"state":"ON","brightness":10,"color_mode":"brightness","rev":2}"#),
    (
      "rgb", #"{"state":"ON","brightness":10,"color":{"r":1,"g":2,"b":3},"transition":2.0}"#,
      #"rgb/state {"state":"ON","brightness":10,"color_mode":"rgb","color":{"r":1,"g":2,"b":3},"rev":2}"#
    ),
  ])
  func commandsAreObeyed(_ part: String, _ payload: String, _ said: String) throws {
    for topic in ["heliograph/lamp/\(part)/set", "heliograph/group/ground/\(part)/set"] {
      var world = try Self.world()
      try world.connect()
      _ = world.takePublished()
      try world.deliver(topic, payload)
      #expect(world.takePublished().map { "\($0.topic.dropFirst("heliograph/lamp/".count)) \($0.payload)" } == [said])
      #expect(world.device.parts.contains { $0.author == .mqtt })
    }
  }

  @Test(arguments: [
    ("fan", "on"), ("fan", ""), ("fan", "2"), ("led", "{"), ("led", "{}"), ("led", #"{"state":"on"}"#),
    ("led", #"{"brightness":256}"#), ("led", #"{"brightness":"10"}"#), ("rgb", #"{"color":{"r":1}}"#),
    ("rgb", #"{"color":[1,2,3]}"#), ("level", "11"), ("level", "ON"), ("level", "nan"), ("door", "ON"),
    ("celsius", "20"), ("key", "push"), ("led", "\u{FF}"),
  ])
  func whatIsNoCommandChangesNothingAndIsTold(_ part: String, _ payload: String) throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    let before = world.device
    try world.deliver("heliograph/lamp/\(part)/set", payload)
    #expect(world.device.parts == before.parts)
    #expect(world.takePublished().isEmpty)
    guard case .refusedCommand? = world.notes.last else {
      Issue.record("told was \(String(describing: world.notes.last))")
      return
    }
  }

  @Test func aRetainedCommandIsNotObeyedAndIsTakenOff() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    for _ in 1...2 { try world.deliver("heliograph/lamp/fan/set", "ON", isRetained: true) }
    #expect(world.device.parts[0].isOn == false)
    #expect(
      world.takePublished()
        == Array(repeating: BrokerWorld.Published(topic: "heliograph/lamp/fan/set", payload: ""), count: 2))
    #expect(world.notes.filter { $0 == .ignoredRetained(part: 0) }.count == 1)
  }

  /// They come right behind the answer to the subscription, when as many messages are under way as may be.
  @Test func aRetainedCommandIsTakenOffAlsoWhenThereIsNoRoomYet() throws {
    var world = try Self.world()
    try world.connect()
    world.acknowledges = false
    for _ in 1...100 {
      world.surface.note(MadeGesture(part: 3, gesture: .click))
      try world.settle()
    }
    _ = world.takePublished()
    let topics = ["heliograph/lamp/fan/set", "heliograph/group/ground/led/set", "heliograph/lamp/gone/set"]
    for topic in topics { try world.deliver(topic, "ON", isRetained: true) }
    #expect(world.takePublished().isEmpty)
    world.acknowledges = true
    world.acknowledge()
    try world.settle()
    #expect(world.takePublished().filter { $0.topic.hasSuffix("/set") } == topics.map { .init(topic: $0, payload: "") })
  }

  @Test func aRetainedCommandForAPartThatIsNotThereIsTakenOffAsWell() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.deliver("heliograph/lamp/gone/set", "ON", isRetained: true)
    #expect(world.takePublished() == [.init(topic: "heliograph/lamp/gone/set", payload: "")])
    #expect(world.notes.last == .ignoredRetained(part: nil))
  }

  @Test func howManyRetainedCommandsWaitIsBounded() throws {
    var world = try Self.world()
    try world.connect()
    world.acknowledges = false
    for number in 0..<1000 { try world.deliver("heliograph/lamp/p\(number)/set", "ON", isRetained: true) }
    #expect(world.surface.unclearedTopics.count == 64, "as many as may be under way")
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    #expect(world.surface.unclearedTopics.isEmpty, "the broker tells of them again")
  }

  // MARK: What is refused

  @Test(arguments: [ProtocolVersion.v311, .v5], [0x80, 0x8F] as [UInt8])
  func aRefusedSubscriptionIsTold(_ version: ProtocolVersion, _ code: UInt8) throws {
    var world = try BrokerWorld(.switch("fan", output: 0), version: version)
    world.codeForFilters = code
    try world.connect()
    #expect(world.notes == [.connected, .refusedFilter(ReasonCode(rawValue: code))])
    #expect(world.takePublished("fan/state") == ["OFF"], "it speaks all the same")
  }

  @Test func aRefusedMessageIsToldOnceForEachConnection() throws {
    var world = try BrokerWorld(.switch("fan", output: 0), version: .v5)
    world.codeForMessages = ReasonCode.notAuthorized.rawValue
    for _ in 1...2 {
      try world.connect()
      #expect(world.notes == [.connected, .refusedMessage(.notAuthorized)])
      world.forgetNotes()
      try world.perform(.toggle, on: 0)
      try world.settle()
      #expect(world.notes.isEmpty && world.takePublished("fan/state").count == 2)
      world.disconnect()
      try world.wait(2000)
    }
  }

  @Test func aMessageThatNobodyHasAskedForIsNotRefused() throws {
    var world = try BrokerWorld(.switch("fan", output: 0), version: .v5)
    world.codeForMessages = ReasonCode.noMatchingSubscribers.rawValue
    try world.connect()
    #expect(world.notes == [.connected])
  }

  @Test(arguments: [
    "heliograph/other/fan/set", "heliograph/lamp/set", "heliograph/lamp//set", "heliograph/lamp/a/b/set",
    "heliograph/group/first/fan/set", "heliograph/lamp/fan/set/x", "heliograph/lamp/fan/state", "x",
  ])
  func aMessageThatWasNotAskedForIsPassedOver(_ topic: String) throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.deliver(topic, "ON")
    #expect(world.device.parts[0].isOn == false)
    #expect(world.takePublished().isEmpty)
    #expect(world.notes == [.connected])
  }

  @Test func aDeviceThatIsCalledGoneSaysThatItIsThere() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.deliver("heliograph/lamp/availability", "online", isRetained: true)
    #expect(world.takePublished().isEmpty)
    try world.wait(1000)
    try world.deliver("heliograph/lamp/availability", "offline")
    #expect(world.takePublished("availability") == ["online"])
    try world.deliver("heliograph/lamp/availability", "offline")
    #expect(world.takePublished("availability") == [], "not more than once a second")
  }

  /// The will of the connection before comes right behind our own word.
  @Test func thatIsSaidASecondLaterIfItWasSaidJustNow() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.deliver("heliograph/lamp/availability", "offline")
    #expect(world.takePublished().isEmpty && world.surface.nextDeadline <= world.now + 1000)
    try world.wait(1000)
    #expect(world.takePublished("availability") == ["online"])
  }

  /// A device that has no room has nothing to do until the broker makes some, whatever is late meanwhile.
  @Test func aBrokerThatAcknowledgesNothingKeepsTheDeviceNotBusy() throws {
    var world = try Self.world()
    try world.connect()
    world.acknowledges = false
    for _ in 1...100 {
      world.surface.note(MadeGesture(part: 3, gesture: .click))
      try world.settle()
    }
    _ = world.takePublished()
    try world.deliver("heliograph/all/ask", "")
    for _ in 1...4 {
      try world.wait(10_000)
      #expect(world.surface.nextDeadline > world.now)
    }
    #expect(world.takePublished().map(\.topic) == ["heliograph/lamp/alive"], "which needs no acknowledgement")
    world.acknowledges = true
    world.acknowledge()
    try world.settle()
    #expect(world.takePublished("availability") == ["online"], "and then comes what was asked for")
  }

  @Test func aMessageThatComesAgainIsObeyedOnce() throws {
    var world = try Self.world()
    try world.connect()
    let topic = bytes("heliograph/lamp/fan/set")
    for first: UInt8 in [0x32, 0x3A, 0x3A] {  // PUBLISH with QoS 1, and twice with DUP
      world.hear([first, UInt8(2 + topic.count + 2 + 6), 0, UInt8(topic.count)] + topic + [0, 77] + bytes("TOGGLE"))
    }
    #expect(world.device.parts[0].isOn == true)
    world.hear([0x32, UInt8(2 + topic.count + 2 + 6), 0, UInt8(topic.count)] + topic + [0, 77] + bytes("TOGGLE"))
    #expect(world.device.parts[0].isOn == false, "the number is another message's by now")
  }

  @Test func whoAsksIsToldAllWithinTwoSecondsAndNotTwiceInTen() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    try world.deliver("heliograph/all/ask", "")
    try world.wait(2010)
    let topics = world.takePublished().map(\.topic)
    #expect(Set(topics).isSuperset(of: ["about", "availability", "fan/state"].map { "heliograph/lamp/\($0)" }))
    for _ in 1...3 { try world.deliver("heliograph/all/ask", "") }
    try world.wait(7000)
    #expect(world.takePublished().isEmpty)
    try world.wait(4000)
    #expect(world.takePublished("about").count == 1)
  }

  // MARK: The end

  @Test func whoGoesSaysSoAndWaitsUntilItIsHeard() throws {
    var world = try Self.world()
    try world.connect()
    _ = world.takePublished()
    world.acknowledges = false
    world.surface.stop(now: world.now)
    try world.settle()
    #expect(world.takePublished() == [.init(topic: "heliograph/lamp/availability", payload: "offline")])
    #expect(!world.surface.isFarewellDone)
    world.acknowledge()
    #expect(world.surface.isFarewellDone)
    try world.settle()
    #expect(world.takePublished().isEmpty, "and nothing else")
  }

  @Test func theLastWordWaitsForRoomAndNothingFollowsIt() throws {
    var world = try Self.world()
    try world.connect()
    world.acknowledges = false
    for _ in 1...100 {
      world.surface.note(MadeGesture(part: 3, gesture: .click))
      try world.settle()
    }
    _ = world.takePublished()
    world.surface.stop(now: world.now)
    try world.settle()
    #expect(world.takePublished().isEmpty && !world.surface.isFarewellDone)
    world.acknowledges = true
    world.acknowledge()
    try world.perform(.toggle, on: 0)
    try world.settle()
    #expect(world.takePublished() == [.init(topic: "heliograph/lamp/availability", payload: "offline")])
    #expect(world.surface.isFarewellDone)
  }

  @Test(arguments: [("a", true), ("lamp-1_x", true), ("", false), ("A", false), ("a.b", false), ("a b", false),
    ("a/b", false), ("ä", false), ("+", false)])
  func levels(_ text: String, _ isLevel: Bool) {
    let text = bytes(text)
    let found = BrokerOptions.isLevel(text.span)
    #expect(found == isLevel)
  }
}
