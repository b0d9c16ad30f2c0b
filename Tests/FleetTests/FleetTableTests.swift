// SPDX-License-Identifier: MIT

// Which of several sources a gateway believes, who is silent, and that nonsense on a broker costs little.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@testable import Fleet

@Suite struct FleetTableTests {
  @Test func theGatewayListensAndThenAsksAllDevices() {
    let world = FleetWorld()
    #expect(
      world.filters == [
        "heliograph/+/availability", "heliograph/+/about", "heliograph/+/alive", "heliograph/+/+/state",
        "heliograph/+/+/event", "heliograph/+/+/availability",
      ])
    #expect(world.takePublished() == [.init(topic: "heliograph/all/ask", payload: "fleet")])
    world.disconnect()
    world.wait(5000)
    #expect(world.takePublished() == [.init(topic: "heliograph/all/ask", payload: "fleet")], "asked again after each loss")
  }

  @Test func aDeviceIsWhatItSaysOfItself() throws {
    let world = FleetWorld()
    world.introduce("lamp-1", name: "Küche")
    let device = try world.device("lamp-1")
    #expect(text(device.name) == "Küche")
    #expect(text(device.address) == "http://lamp-1.local/")
    #expect(device.parts.map { text($0.name) } == ["led", "celsius", "bell", "level"])
    #expect(device.parts.map(\.kind) == [.switch, .sensor, .button, .number])
    #expect(try world.state("lamp-1", "celsius") == "21.5")
    #expect(device.presence == .alive)
  }

  @Test func aStateMayComeBeforeItsDescription() throws {
    let world = FleetWorld()
    world.say("lamp-1/led/state", "ON", isRetained: true)
    #expect(try world.state("lamp-1", "led") == "ON")
    #expect(try world.device("lamp-1").presence == .unheard, "what the broker had kept is no sign of life")
    world.introduce("lamp-1", led: "ON")
    #expect(try world.device("lamp-1").parts.count == 4)
    #expect(try world.state("lamp-1", "led") == "ON")
  }

  @Test func whatWasKeptDoesNotOverrideWhatWasHeard() throws {
    let world = FleetWorld()
    world.say("lamp-1/led/state", "ON")
    world.say("lamp-1/led/state", "OFF", isRetained: true)  // ejabberd: an older one after the newer
    #expect(try world.state("lamp-1", "led") == "ON")
    world.disconnect()
    world.wait(5000)
    world.say("lamp-1/led/state", "OFF", isRetained: true)
    #expect(try world.state("lamp-1", "led") == "OFF", "on the next connection it may be news")
  }

  @Test func thatAPartWorksIsNotOverriddenEither() throws {
    let world = FleetWorld()
    func isGone() throws -> Bool { try world.device("lamp-1").parts[0].hasFault }
    world.say("lamp-1/led/availability", "offline", isRetained: true)
    #expect(try isGone())
    world.say("lamp-1/led/availability", "online")
    world.say("lamp-1/led/availability", "offline", isRetained: true)
    #expect(try !isGone())
    world.disconnect()
    world.wait(5000)
    world.say("lamp-1/led/availability", "offline", isRetained: true)
    #expect(try isGone(), "on the next connection it may be news")
  }

  @Test func ofOneStartTheHigherNumberCountsWhicheverWayItCame() throws {
    let world = FleetWorld()
    world.introduce("lamp-1", name: "New", boot: "a", rev: 9)
    world.introduce("lamp-1", name: "Old", boot: "a", rev: 4, isRetained: true)
    #expect(text(try world.device("lamp-1").name) == "New")
    world.introduce("lamp-1", name: "Old", boot: "a", rev: 4)
    #expect(text(try world.device("lamp-1").name) == "New")
    world.introduce("lamp-1", name: "Before", boot: "b", rev: 99, isRetained: true)
    #expect(text(try world.device("lamp-1").name) == "New", "it was heard live that it has started again since")
    world.introduce("lamp-1", name: "After", boot: "c", rev: 1)
    #expect(text(try world.device("lamp-1").name) == "After")
  }

  @Test func aNumberedStateIsNotFollowedByAnOlderOne() throws {
    let world = FleetWorld()
    world.say("lamp-1/led/state", #"{"state":"ON","rev":7}"#)
    world.say("lamp-1/led/state", #"{"state":"OFF","rev":6}"#)
    #expect(try world.device("lamp-1").parts[0].isOn == true)
  }

  @Test func whatCameLiveCountsMoreThanANumberThatWasKept() throws {
    let world = FleetWorld()
    world.say("lamp-1/led/state", #"{"state":"ON","rev":900}"#, isRetained: true)
    world.say("lamp-1/led/state", #"{"state":"OFF","rev":3}"#)
    #expect(try world.device("lamp-1").parts[0].isOn == false, "what was kept is of an earlier start of the device")
  }

  @Test func theNumbersOfADeviceThatHasStartedAgainBeginAnew() throws {
    let world = FleetWorld()
    world.introduce("lamp-1", boot: "a", rev: 900)
    world.say("lamp-1/led/state", #"{"state":"ON","rev":900}"#)
    world.introduce("lamp-1", led: #"{"state":"OFF","rev":3}"#, boot: "b", rev: 3)
    #expect(try world.device("lamp-1").parts[0].isOn == false)
  }

  @Test func aStateThatIsOlderThanOneBeforeHasTheDeviceAsked() throws {
    let world = FleetWorld()
    world.introduce("lamp-1", led: #"{"state":"ON","rev":900}"#, boot: "a", rev: 900)
    _ = world.takePublished()
    world.say("lamp-1/led/state", #"{"state":"OFF","rev":3}"#)  // it has started again, and its description was lost
    #expect(try world.device("lamp-1").parts[0].isOn == true)
    world.wait(66_000)
    #expect(world.takePublished().map(\.topic) == ["heliograph/all/ask"])
    world.introduce("lamp-1", led: #"{"state":"OFF","rev":3}"#, boot: "b", rev: 3)
    #expect(try world.device("lamp-1").parts[0].isOn == false)
    world.wait(70_000)
    #expect(world.takePublished().isEmpty)
  }

  /// There is no way to ask one device alone, and ten thousand answer.
  @Test func whoeverNeverSaysWhatItIsHasAllAskedLessAndLessOften() throws {
    let world = FleetWorld()
    func asked(within seconds: Int, hearing identifier: String) -> [Int] {
      var times: [Int] = []
      for second in 0..<seconds {
        if second % 20 == 0 { world.say("\(identifier)/alive", "1") }
        if world.takePublished().contains(where: { $0.topic == "heliograph/all/ask" }) { times.append(second) }
        world.wait(1000)
      }
      return times
    }
    _ = world.takePublished()
    let times = asked(within: 1000, hearing: "x")
    #expect(times.count == 4)
    for (time, expected) in zip(times, [60, 180, 420, 900]) { #expect((expected...expected + 6).contains(time)) }
    world.introduce("x")
    #expect(asked(within: 200, hearing: "x").isEmpty, "nobody needs to be asked")
    let later = asked(within: 70, hearing: "y")
    #expect(later.count == 1, "since one has answered, the next is asked for as soon as the first was")
  }

  @Test func whoNeverSaidWhatItIsMakesRoomWhenItIsSilent() throws {
    var limits = FleetLimits()
    limits.devices = 4
    let world = FleetWorld(limits: limits)
    world.say("a/alive", "1")
    world.say("real/led/state", "ON", isRetained: true)
    world.introduce("real")
    world.wait(20_000)
    world.say("b/alive", "1")
    world.say("c/alive", "1")
    world.say("d/alive", "1")
    #expect(world.table.refused == 1, "those that are there stay")
    world.wait(40_000)
    world.say("c/alive", "41")
    world.wait(40_000)
    func isThere(_ identifier: String) -> Bool { (try? world.device(identifier)) != nil }
    world.say("d/alive", "1")
    #expect(isThere("d") && !isThere("a"), "of those that are silent the oldest")
    world.say("e/alive", "1")
    #expect(isThere("e") && !isThere("b"))
    world.wait(2000)
    world.say("f/alive", "1")
    #expect(!isThere("f") && isThere("c"), "it is alive")
    #expect(isThere("real"), "it is silent, but has said what it is")
    #expect(try world.state("real", "led") == "OFF")
    #expect(world.table.count == 4 && world.table.refused == 2)
  }

  @Test func aFloodOfInventedDevicesCostsNoSearchForEach() throws {
    var limits = FleetLimits()
    limits.devices = 2000
    let world = FleetWorld(limits: limits)
    for number in 0..<2000 { world.say([FleetWorld.message("x\(number)/alive", "1")]) }
    world.wait(77_000)
    for number in 0..<3000 { world.say([FleetWorld.message("y\(number)/alive", "1")]) }
    #expect(world.table.count == 2000 && world.table.refused == 1000)
    for number in 0..<2000 {
      #expect(try world.device("y\(number)").presence == .alive)
    }
  }

  @Test func aDeviceIsSilentAfter75SecondsWhateverTheBrokerKeeps() throws {
    let world = FleetWorld()
    world.introduce("lamp-1")
    world.wait(74_000)
    #expect(try world.device("lamp-1").presence == .alive)
    world.wait(1000)
    #expect(try world.device("lamp-1").presence == .silent)
    world.say("lamp-1/availability", "online", isRetained: true)
    world.say("lamp-1/led/state", "ON", isRetained: true)
    #expect(try world.device("lamp-1").presence == .silent)
    #expect(world.table.absent == 1)
    world.say("lamp-1/alive", "76")
    #expect(try world.device("lamp-1").presence == .alive)
    #expect(world.table.absent == 0)
  }

  /// Whenever in the second between two searches it was heard last.
  @Test func noDeviceIsShownAsAliveForLongerThanThat() throws {
    let world = FleetWorld()
    for number in 1...50 {
      world.introduce("lamp-\(number)")
      world.wait(50)
    }
    world.wait(75_000 - 50 * 50)
    for number in 1...50 {
      #expect(try world.device("lamp-\(number)").presence == .silent)
      if number < 48 { #expect(try world.device("lamp-\(number + 3)").presence == .alive, "nor for much less") }
      world.wait(50)
    }
  }

  @Test func aDeviceThatWasNeverHeardIsSilentAsWellAndNobodyKnowsSinceWhen() throws {
    let world = FleetWorld()
    world.introduce("lamp-1", isRetained: true)
    #expect(try world.device("lamp-1").presence == .unheard)
    world.wait(77_000)
    #expect(try world.device("lamp-1").presence == .silent)
    #expect(try world.device("lamp-1").since == nil, "it may have been silent for weeks")
    world.say("lamp-1/alive", "1")
    world.wait(77_000)
    #expect(try world.device("lamp-1").since == world.device("lamp-1").heard)
  }

  @Test func whoSaysThatItGoesIsOfflineUntilItIsHeardAgain() throws {
    let world = FleetWorld()
    world.introduce("lamp-1")
    world.say("lamp-1/availability", "offline")
    #expect(try world.device("lamp-1").presence == .offline)
    world.say("lamp-1/alive", "3")
    #expect(try world.device("lamp-1").presence == .alive, "the last word of an earlier connection is no truth")
    world.say("lamp-1/availability", "offline", isRetained: true)
    #expect(try world.device("lamp-1").presence == .alive)
  }

  @Test func aDescriptionThatWasTakenAwayTakesTheDeviceAway() throws {
    let world = FleetWorld()
    for number in 1...200 { world.introduce("lamp-\(number)") }
    world.say("lamp-7/about", "")
    #expect(world.table.count == 199)
    let name = bytes("lamp-7")
    #expect(world.table.row(of: name.span) == nil)
    for number in 1...200 where number != 7 { #expect(try text(world.device("lamp-\(number)").identifier) == "lamp-\(number)") }
    world.introduce("lamp-x")
    #expect(try text(world.device("lamp-x").identifier) == "lamp-x")
  }

  @Test func whoeverComesAndGoesIsFoundOrNot() {
    let world = FleetWorld()
    var present: Set<String> = []
    var numbers = SeededGenerator(seed: 14)
    for _ in 0..<3000 {
      let identifier = "d\(Int.random(in: 0..<120, using: &numbers))"
      if present.remove(identifier) == nil {
        present.insert(identifier)
        world.say("\(identifier)/about", #"{"name":"\(identifier)"}"#)
      } else {
        world.say("\(identifier)/about", "")
      }
    }
    #expect(world.table.count == present.count)
    for number in 0..<120 {
      let name = bytes("d\(number)")
      let row = world.table.row(of: name.span)
      #expect((row != nil) == present.contains("d\(number)"))
      if let row { #expect(world.table.devices[row].identifier == name) }
    }
  }

  @Test func nonsenseOnABrokerIsPassedOver() throws {
    var limits = FleetLimits()
    limits.devices = 3
    limits.parts = 2
    let world = FleetWorld(limits: limits)
    for topic in [
      "all/ask", "group/ground/led/set", "Lamp/about", "lamp 1/alive", "lamp-1/led/set", "lamp-1", "lamp-1/a/b/state", "/alive",
    ] { world.say(topic, "x") }
    #expect(world.table.count == 0)
    for payload in ["", "{", "[]", "7", #"{"parts":[1]}"#, #"{"parts":{"LED":{}}}"#, "\u{0}"] { world.say("a/about", payload) }
    #expect(try world.device("a").parts.isEmpty)
    for number in 0..<9 { world.say("b/p\(number)/state", "ON") }
    #expect(try world.device("b").parts.count == 2)
    for identifier in ["c", "d", "e"] { world.say("\(identifier)/alive", "1") }
    #expect(world.table.count == 3)
    #expect(world.table.refused == 2)
    world.say("c/p/state", String(repeating: "x", count: 5000))
    #expect(try world.state("c", "p").utf8.count == limits.stateSize)
  }

  @Test(arguments: ["javascript:alert(1)", "http://a b/", "https://a\"onclick=x", "ftp://a/", "//a/", "http://a/<b>"])
  func aLinkLeadsToAPageOrNowhere(_ address: String) throws {
    #expect(!FleetTable.isWebAddress(bytes(address)))
    #expect(FleetTable.isWebAddress(bytes("https://192.168.1.7:8080/lamp")))
  }

  @Test func aDeviceOfTheTutorialTakesLessThan2KB() throws {
    let world = FleetWorld()
    for number in 0..<200 { world.introduce("lamp-\(number)", name: "Lamp in the kitchen number \(number)") }
    let perDevice = world.network.application.context.size.memory / 200
    #expect(perDevice > 300, "there is something in it")
    #expect(perDevice <= 2048)
  }
}
