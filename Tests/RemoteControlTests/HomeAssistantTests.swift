// SPDX-License-Identifier: MIT

// When Home Assistant is told of a device and how what is gone is taken out of it, in virtual time. That the real one
// understands it is claimed by Conformance/home-assistant.

import Bytes
import ConformanceSupport
import Foundation
import Testing
import Timebase

@testable import Parts
@testable import RemoteControl

@Suite struct HomeAssistantTests {
  private static let topic = "homeassistant/device/lamp/config"

  /// A device that was announced before.
  private static func world(_ announced: String...) throws -> BrokerWorld {
    try BrokerWorld(
      .switch("fan", output: 0), .light("rgb", output: 2, channelCount: 3), .button("key", input: 0),
      .number("level", minimum: .zero, maximum: Decimal(10)), announced: announced)
  }

  /// The components of each announcement since the last call, by their keys.
  private static func announced(_ world: inout BrokerWorld) throws -> [[String: [String: Any]]] {
    try world.takePublished().filter { $0.topic == topic }.map { message in
      #expect(message.isRetained && message.qos == 1)
      let json = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
      return try #require(json?["cmps"] as? [String: [String: Any]])
    }
  }

  private static func times(_ world: inout BrokerWorld, within milliseconds: Int) throws -> [Int] {
    var times: [Int] = []
    for time in stride(from: 0, to: milliseconds, by: 10) {
      for _ in try announced(&world) { times.append(time) }
      try world.wait(10)
    }
    return times
  }

  private static let present: Set<String> = [
    "fan_switch", "rgb_light", "key_event", "key_click", "key_double", "key_long", "level_number",
  ]

  // MARK: When

  @Test func itIsToldAtTheFirstConnectionTwiceAndAtOthersOnce() throws {
    var world = try Self.world()
    try world.connect()
    #expect(try Self.times(&world, within: 60_000) == [0, 2000])
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    #expect(try Self.times(&world, within: 60_000) == [0])
  }

  @Test func itIsToldOnceWhenItHasStartedAfterOneToFourSeconds() throws {
    var delays: Set<Int> = []
    var world = try Self.world()
    try world.connect()
    _ = try Self.times(&world, within: 5000)
    for _ in 1...20 {
      try world.deliver("homeassistant/status", "online")
      let times = try Self.times(&world, within: 20_000)
      #expect(times.count == 1 && (1000...4010).contains(times[0]))
      delays.formUnion(times)
    }
    #expect(delays.count > 5, "devices that all hear it do not all answer at once")
  }

  /// What a broker has kept may be older than what it has passed on (NATS), or nothing (mosquitto after its own start).
  @Test func whenHomeAssistantHasStartedItIsToldAllStatesAgain() throws {
    var world = try Self.world()
    try world.connect()
    try world.wait(5000)
    let first = Set(world.takePublished().map(\.topic))
    try world.deliver("homeassistant/status", "online")
    try world.wait(4100)
    let again = world.takePublished().map(\.topic)
    #expect(Set(again) == first && again.last == "heliograph/lamp/availability")
  }

  @Test func itIsToldAlsoWhileSomebodyElseWaitsForAnAnswer() throws {
    var world = try Self.world("old_switch")
    try world.connect()
    try world.deliver("heliograph/all/ask", "")
    try world.wait(5000)
    _ = world.takePublished()
    try world.deliver("heliograph/all/ask", "")  // a second time within ten seconds: it waits for their end
    try world.deliver("homeassistant/status", "online")
    try world.wait(9000)
    let topics = world.takePublished().map(\.topic)
    #expect(topics.filter { $0 == Self.topic }.count == 3, "in full, and without what is gone twice")
    #expect(topics.filter { $0 == "heliograph/lamp/fan/state" }.count == 1, "who else has asked is answered with it")
    let (told, state) = (topics.firstIndex(of: Self.topic), topics.firstIndex(of: "heliograph/lamp/fan/state"))
    #expect(try #require(told) < #require(state), "and is told of the states when it knows the device")
    #expect(!world.surface.announced.contains(bytes("old_switch")), "it was there")
  }

  @Test func whoAsksIsAnsweredInTimeAlsoWhileItStarts() throws {
    for number in 1...20 {
      var world = try Self.world()
      try world.connect()
      try world.wait(5000 + UInt32(number))
      try world.deliver("homeassistant/status", "online")
      try world.deliver("heliograph/all/ask", "")
      _ = world.takePublished()
      try world.wait(2010)
      #expect(!world.takePublished("about").isEmpty)
    }
  }

  @Test(arguments: [("online", true), ("offline", false), ("Online", false), ("", false)])
  func nothingElseIsAStart(_ payload: String, _ isRetained: Bool) throws {
    var world = try Self.world()
    try world.connect()
    _ = try Self.times(&world, within: 5000)
    try world.deliver("homeassistant/status", payload, isRetained: isRetained)
    #expect(try Self.times(&world, within: 20_000) == [])
  }

  @Test func aDeviceThatWasDeletedThereIsNotAnnouncedAgain() throws {
    var world = try Self.world("old_switch")
    try world.connect()
    #expect(!world.surface.announced.isEmpty)
    _ = world.takePublished()
    for _ in 1...3 { try world.deliver(Self.topic, "") }  // once for each component
    #expect(world.notes.filter { $0 == .deletedInHomeAssistant }.count == 1)
    #expect(world.surface.announced == [], "and what is not there is not to be taken out at the next start")
    try world.deliver("homeassistant/status", "online")
    world.surface.setAddress(bytes("http://lamp.local:8080/"))
    try world.wait(6000)
    world.disconnect()
    try world.wait(1000)
    try world.connect()
    try world.wait(6000)
    #expect(try Self.announced(&world).isEmpty)
  }

  /// Where its page is may be known only after the first announcement.
  @Test func itLeadsToThePageOfTheDeviceAsSoonAsThatIsKnown() throws {
    func pages(_ world: inout BrokerWorld) throws -> [String?] {
      try world.takePublished().filter { $0.topic == Self.topic }.map { message in
        let json = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
        return (json?["dev"] as? [String: Any])?["cu"] as? String
      }
    }
    var world = try Self.world()
    world.surface.setAddress(bytes("http://lamp.local:8080/"))
    try world.connect()
    try world.wait(6000)
    #expect(try pages(&world) == ["http://lamp.local:8080/", "http://lamp.local:8080/"])
    world.surface.setAddress(bytes("http://lamp-2.local:8080/"))
    try world.wait(6000)
    #expect(try pages(&world) == ["http://lamp-2.local:8080/"])
    world.surface.setAddress(bytes("http://lamp-2.local:8080/"))
    try world.wait(6000)
    #expect(try pages(&world) == [])
  }

  @Test func aPageThatIsKnownBetweenTheFirstTwoMessagesTakesNoThird() throws {
    var world = try Self.world()
    try world.connect()
    world.surface.setAddress(bytes("http://lamp.local:8080/"))
    #expect(try Self.times(&world, within: 60_000) == [0, 2000])
  }

  @Test func whoDoesNotWantToBeFoundIsNot() throws {
    var world = try BrokerWorld(
      .switch("fan", output: 0), options: BrokerOptions(identifier: bytes("lamp"), discoveryPrefix: []),
      announced: ["old_switch"])
    try world.connect()
    #expect(!world.filters.contains { $0.hasPrefix("homeassistant") })
    try world.wait(10_000)
    #expect(!world.takePublished().contains { $0.topic.hasPrefix("homeassistant") })
    #expect(world.surface.announced == [])
  }

  // MARK: What is not to be found any more

  /// A device that was announced, and is started so that it is not to be found.
  private static func withdrawn(_ announced: String...) throws -> BrokerWorld {
    var options = BrokerOptions(identifier: bytes("lamp"))
    options.isWithdrawn = true
    return try BrokerWorld(.switch("fan", output: 0), options: options, announced: announced)
  }

  @Test func whatWasAnnouncedIsTakenOffTheBroker() throws {
    var world = try Self.withdrawn("fan_switch", "old_sensor")
    try world.connect()
    let first = world.takePublished()
    #expect(first.filter { $0.topic == Self.topic } == [.init(topic: Self.topic, payload: "")])
    #expect(first.contains { $0.topic == "heliograph/lamp/fan/state" }, "what the device is on the broker it stays")
    try world.deliver(Self.topic, "")
    try world.wait(60_000)
    #expect(!world.notes.contains(.deletedInHomeAssistant), "that was the device itself")
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    try world.wait(20_000)
    #expect(!world.takePublished().contains { $0.topic == Self.topic }, "it would warn of a second one")
    #expect(world.surface.announced.count == 2, "it may not have been there")
  }

  @Test func itIsForgottenAfterAStartOfHomeAssistantThatWasHeard() throws {
    var world = try Self.withdrawn("fan_switch", "old_sensor")
    try world.connect()
    try world.wait(5000)
    _ = world.takePublished()
    let revision = world.surface.announcedRevision
    try world.deliver("homeassistant/status", "online")
    try world.wait(20_000)
    let told = world.takePublished().filter { $0.topic == Self.topic }.map(\.payload)
    #expect(told.map(\.isEmpty) == [false, true], "who has not seen it since its start does not take it out")
    #expect(told.first?.contains(#""old_sensor":{"p":"sensor","uniq_id":"lamp-old_sensor""#) == true)
    #expect(told.first?.contains(#""fan_switch":{"p":"switch","uniq_id":"lamp-fan_switch""#) == true)
    #expect(world.surface.announced == [] && world.surface.announcedRevision != revision)
    try world.deliver("homeassistant/status", "online")
    try world.wait(20_000)
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    try world.wait(20_000)
    #expect(!world.takePublished().contains { $0.topic == Self.topic }, "once is enough")
  }

  @Test func whatIsAnnouncedOnceMoreIsTakenOutAlsoAfterALoss() throws {
    var world = try Self.withdrawn("fan_switch")
    try world.connect()
    try world.wait(5000)
    try world.deliver("homeassistant/status", "online")
    try world.wait(4100)
    world.disconnect()
    _ = world.takePublished()
    try world.wait(2000)
    try world.connect()
    try world.wait(20_000)
    let told = world.takePublished().filter { $0.topic == Self.topic }.map(\.payload)
    #expect(told == [""])
    #expect(world.surface.announced.count == 1, "whether it was there is not known")
  }

  // MARK: What is gone

  @Test func whatIsGoneIsAnnouncedInFullAndThenTakenOutTwice() throws {
    var world = try Self.world("fan_switch", "old_switch", "door_contact", "bell_event", "bell_click")
    try world.connect()
    let first = try #require(try Self.announced(&world).first)
    #expect(Set(first.keys) == Self.present.union(["old_switch", "door_contact", "bell_event", "bell_click"]))
    #expect(first["old_switch"]?["uniq_id"] as? String == "lamp-old_switch")
    #expect(first["door_contact"]?["p"] as? String == "binary_sensor")
    #expect(first["bell_click"]?.count == 1, "a trigger is in nobody's memory")
    try world.wait(2000)
    let second = try #require(try Self.announced(&world).first)
    #expect(Set(second.keys) == Set(first.keys))
    for key in ["old_switch", "door_contact", "bell_event", "bell_click"] { #expect(second[key]?.count == 1) }
    #expect(try Self.times(&world, within: 60_000) == [2000])
  }

  @Test func itIsForgottenOnlyAfterAStartOfHomeAssistantThatWasHeard() throws {
    var world = try Self.world("old_switch")
    func isKept() -> Bool { world.surface.announced.contains(bytes("old_switch")) }
    try world.connect()
    try world.wait(20_000)
    #expect(isKept(), "whether it was there is not known")
    try world.deliver("homeassistant/status", "online")
    try world.wait(4000)
    try world.deliver("homeassistant/status", "offline")
    try world.wait(20_000)
    #expect(isKept(), "it may have ended too early")
    try world.deliver("homeassistant/status", "online")
    try world.wait(4000)
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    try world.wait(20_000)
    #expect(isKept(), "it may not have had it")
    _ = world.takePublished()
    try world.deliver("homeassistant/status", "online")
    world.acknowledges = false
    try world.wait(20_000)
    #expect(isKept(), "the broker does not say that it has it")
    let revision = world.surface.announcedRevision
    world.acknowledge()
    #expect(!isKept() && world.surface.announcedRevision != revision)
    #expect(Set(world.surface.announced.map { text($0) }) == Self.present)
    world.acknowledges = true
    _ = world.takePublished()
    try world.deliver("homeassistant/status", "online")
    try world.wait(20_000)
    #expect(try Self.announced(&world).allSatisfy { Set($0.keys) == Self.present })
  }

  @Test func aPartOfAnotherKindSaysItsStateRightBeforeItIsAnnounced() throws {
    var world = try Self.world("fan_light", "old_sensor", "key_sensor")
    try world.connect()
    let first = world.takePublished()
    #expect(!first.contains { $0.topic.hasPrefix("heliograph/lamp/fan/") })
    #expect(first.contains { $0.topic == "heliograph/lamp/level/state" }, "others do not wait")
    let config = try #require(first.first { $0.topic == Self.topic })
    #expect(config.payload.contains("fan_light") && !config.payload.contains("fan_switch"))
    try world.perform(.toggle, on: 0)
    try world.wait(2010)
    let second = world.takePublished().filter { !$0.topic.hasSuffix("level/state") }
    let topics = second.map { "\($0.topic) \($0.topic == Self.topic ? "" : $0.payload)" }
    let place = try #require(topics.firstIndex(of: "\(Self.topic) "))
    #expect(
      Set(topics[..<place]) == [
        "heliograph/lamp/fan/state ON", "heliograph/lamp/fan/availability online", "heliograph/lamp/old/state ",
        "heliograph/lamp/old/availability ", "heliograph/lamp/key/state ",
        "heliograph/lamp/key/availability online",
      ], "what has no state has none from before")
    #expect(topics[(place + 1)...].isEmpty)
    world.disconnect()
    try world.wait(2000)
    try world.connect()
    #expect(world.takePublished("fan/state") == ["ON"], "once is enough")
  }

  @Test func whatIsNoComponentOfOursIsPassedOver() throws {
    var world = try Self.world("nothing", "x_y", "_", "")
    try world.connect()
    #expect(try Self.announced(&world).first.map { Set($0.keys) } == Self.present)
  }

  // MARK: Units

  @Test(arguments: [
    ("temperature", "°C", "°C", "temperature measurement"), ("temperature", "C", "°C", "temperature measurement"),
    ("temperature", "\u{BA}C", "°C", "temperature measurement"), ("temperature", "℃", "°C", "temperature measurement"),
    ("temperature", "f", "°F", "temperature measurement"), ("temperature", "", "", " measurement"),
    ("", "\u{BA}C", "°C", " measurement"), ("volume_flow_rate", "l/min", "L/min", "volume_flow_rate measurement"),
    ("power", "mW", "mW", "power measurement"), ("power", "kw", "kW", "power measurement"),
    ("power", "Mw", "Mw", " measurement"), ("pm25", "\u{B5}g/m³", "\u{3BC}g/m³", "pm25 measurement"),
    ("energy", "kWh", "kWh", "energy total"), ("energy", "furlong", "furlong", " measurement"),
    ("wind_direction", "°", "°", "wind_direction measurement_angle"), ("aqi", "", "", "aqi measurement"),
    ("aqi", "x", "x", " measurement"), ("flavour", "%", "%", " measurement"),
    ("humidity", "%", "%", "humidity measurement"),
  ])
  func sensorsAreToldInItsWords(_ given: String, _ unit: String, _ told: String, _ classes: String) throws {
    var world = try BrokerWorld(
      .sensor("x", input: 0, unit: Text(bytes(unit)), deviceClass: Text(bytes(given))),
      .number("n", minimum: .zero, maximum: Decimal(1), step: Decimal(1, exponent: -5), unit: "\u{BA}F"))
    try world.connect()
    let components = try #require(try Self.announced(&world).first)
    let sensor = try #require(components["x_sensor"])
    #expect(sensor["unit_of_meas"] as? String ?? "" == told)
    #expect("\(sensor["dev_cla"] as? String ?? "") \(sensor["stat_cla"] as? String ?? "")" == classes)
    #expect(components["n_number"]?["unit_of_meas"] as? String == "°F")
    #expect(components["n_number"]?["step"] as? Double == 0.001, "the least that it takes")
  }

  /// A part's name may end as another kind's key does.
  @Test func twoPartsAreNeverOneComponent() throws {
    var world = try BrokerWorld(
      .contact("x", input: 0), .sensor("x_binary", input: 1), .button("a", input: 2, isRemote: true),
      .switch("a_click", output: 0))
    try world.connect()
    let components = try #require(try Self.announced(&world).first)
    #expect(
      Set(components.keys) == [
        "x_contact", "x_binary_sensor", "a_event", "a_click", "a_double", "a_long", "a_button", "a_click_switch",
      ])
    #expect(Set(world.surface.announced.map { text($0) }) == Set(components.keys))
  }

  /// Home Assistant drops the second of two entities with one identifier, and logs an error.
  @Test func noTwoDevicesHaveAnEntityWithOneIdentifier() throws {
    var taken: Set<String> = []
    var count = 0
    for (identifier, parts) in [
      ("a", ["b_c", "c", "c_d", "b"]), ("a_b", ["c", "c_d"]), ("a-b", ["c"]), ("a-", ["b_c"]), ("a_b-c", ["d"]),
    ] {
      for name in parts {
        var world = try BrokerWorld(
          .switch(Text(bytes(name)), output: 0), options: BrokerOptions(identifier: bytes(identifier)),
          announced: ["gone_switch"])
        try world.connect()
        let message = try #require(world.takePublished().first { $0.topic.hasSuffix("/config") })
        let json = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
        let components = try #require(json?["cmps"] as? [String: [String: Any]])
        let unique = try #require(components["\(name)_switch"]?["uniq_id"] as? String)
        taken.insert(unique)
        count += 1
        #expect(components["gone_switch"]?["uniq_id"] as? String == "\(identifier)-gone_switch", "alike for what is gone")
      }
    }
    #expect(taken.count == count)
  }
}
