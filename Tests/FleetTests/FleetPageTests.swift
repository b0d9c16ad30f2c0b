// SPDX-License-Identifier: MIT

// What pages are sent: their window and what changes in it, conflated, and what a search finds.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@testable import Fleet

@Suite struct FleetPageTests {
  /// The identifiers of the rows in a message, in order.
  private static func rows(_ message: String) -> [String] {
    message.split(separator: "<li data-id='").dropFirst().map { String($0.prefix { $0 != "'" }) }
  }

  private static func isType(_ message: String, _ type: String) -> Bool { message.hasPrefix(#"{"type":"\#(type)""#) }

  @Test func aPageIsGreetedAndGetsItsWindow() {
    let world = FleetWorld()
    world.introduce("b")
    world.introduce("a", name: "Zoo")
    let texts = world.open().texts()
    #expect(texts.count == 2)
    #expect(Self.isType(texts[0], "hello"))
    #expect(Self.isType(texts[1], "list"))
    #expect(Self.rows(texts[1]) == ["b", "a"], "in the order of their names")
    #expect(texts[1].contains(#""matches":2"#))
  }

  /// A gateway that hears no device shows why.
  @Test func aRefusedSubscriptionIsShownWithItsReason() throws {
    let world = FleetWorld(isConnected: false)
    world.codeForFilters = 0x87
    world.settle()
    let error = "it refuses the gateway's subscriptions: not authorized"
    let hello = try #require(world.open().texts().first)
    #expect(hello.contains(#""broker":{"connected":true,"error":"\#(error)"}"#))
    let paint = text(FleetClient(world.network).ask("GET", "/")?.body ?? [])
    #expect(paint.contains("the broker is connected, but it refuses the gateway"))
    world.disconnect()
    world.codeForFilters = 0
    world.wait(5000)
    #expect(try #require(world.open().texts().first).contains(#""broker":{"connected":true}"#))
  }

  @Test func aChangeGoesOutAtOnceAndWhatFollowsItTogether() {
    let world = FleetWorld()
    world.introduce("a")
    world.introduce("b")
    let page = world.open()
    world.wait(1000)
    _ = page.texts()
    world.say("a/led/state", "ON")
    let texts = page.texts()
    #expect(texts.count == 1)
    #expect(Self.rows(texts[0]) == ["a"])
    #expect(texts[0].contains("aria-checked='true'"))
    for celsius in 0..<20 { world.say("a/celsius/state", "\(celsius)") }
    #expect(page.texts().isEmpty)
    world.wait(50)
    let later = page.texts()
    #expect(later.count == 1)
    #expect(later[0].contains("19 °C"))
  }

  @Test func aPageHearsNothingOfWhatItDoesNotShow() {
    let world = FleetWorld()
    for number in 100..<300 { world.introduce("lamp-\(number)") }
    let page = world.open(#"{"type":"watch","count":10}"#)
    world.wait(1000)
    _ = page.texts()
    world.say("lamp-250/led/state", "ON")
    world.wait(1000)
    #expect(page.texts().isEmpty)
    world.say("lamp-105/led/state", "ON")
    #expect(page.texts().count == 1)
  }

  @Test func aPageThatDoesNotReadGetsTheLatestWhenItDoesAndDelaysNobody() {
    let world = FleetWorld()
    for number in 100..<140 { world.introduce("lamp-\(number)") }
    let slow = world.open(capacity: 2048)
    let quick = world.open()
    world.wait(500)
    _ = (slow.texts(), quick.texts())
    slow.stopReading()
    for round in 1...50 {
      world.say("lamp-105/celsius/state", "\(round)")
      world.wait(100)
      #expect(quick.texts().count == 1)
    }
    slow.startReading()
    world.wait(500)
    let texts = slow.texts()
    #expect(texts.count < 8, "what was in its kernel, and one more")
    #expect(texts.last?.contains("50 °C") == true)
  }

  @Test func pagesWithTheSameWindowAreSentTheSame() {
    let world = FleetWorld()
    for number in 100..<140 { world.introduce("lamp-\(number)") }
    let pages = (0..<5).map { _ in world.open() }
    world.wait(500)
    for page in pages { _ = page.texts() }
    #expect(world.network.application.context.screens.views.filter { $0.users > 0 }.count == 1)
    world.say("lamp-105/led/state", "ON")
    let texts = pages.map { $0.texts() }
    #expect(texts[0].count == 1)
    #expect(texts.allSatisfy { $0 == texts[0] })
    for page in pages { page.breakOff() }
    #expect(world.network.application.context.screens.views.allSatisfy { $0.users == 0 })
  }

  @Test func aSearchFindsByNameIdentifierGroupAndPart() {
    let world = FleetWorld()
    world.introduce("lamp-1", name: "Küche", groups: #""ground""#)
    world.introduce("lamp-2", name: "Bath", groups: #""first","wet""#)
    let page = world.open()
    world.wait(500)
    func found(_ query: String) -> [String] {
      _ = page.texts()
      page.sendText(#"{"type":"watch",\#(query)}"#)
      world.settle()
      return Self.rows(page.texts().last ?? "")
    }
    #expect(found(#""q":"KÜCHE""#) == ["lamp-1"])
    #expect(found(#""q":"lamp-2""#) == ["lamp-2"])
    #expect(found(#""q":"wet bath""#) == ["lamp-2"])
    #expect(found(#""q":"temperature""#) == ["lamp-2", "lamp-1"])
    #expect(found(#""group":"ground""#) == ["lamp-1"])
    #expect(found(#""group":"gro""#) == [])
    #expect(found(#""q":"nothing of the kind""#) == [])
  }

  /// The page waits for the answer to what it has asked, and cuts as Web/tests/fleet.test.js says.
  @Test(arguments: [
    (String(repeating: "a", count: 200), String(repeating: "a", count: 128)),
    (String(repeating: "a", count: 127) + "é", String(repeating: "a", count: 127)),
    (String(repeating: "a", count: 126) + "é!", String(repeating: "a", count: 126) + "é"),
    (String(repeating: "\u{1F4A1}", count: 40), String(repeating: "\u{1F4A1}", count: 32)),
    ("\u{FEFF}lamp", "\u{FEFF}lamp"),
  ])
  func aLongSearchIsCutAsThePageCutsIt(_ typed: String, _ taken: String) {
    let world = FleetWorld()
    world.introduce("a")
    let page = world.open()
    world.wait(500)
    _ = page.texts()
    page.sendText(#"{"type":"watch","q":"\#(typed)"}"#)
    world.settle()
    let list = page.texts().last ?? ""
    #expect(list.hasPrefix(#"{"type":"list","q":"\#(taken)","#))
  }

  /// Lists are looked at again four times a second only, and a row is used again at once.
  @Test func aPageHearsNothingOfADeviceThatHasTheRowOfOneThatItShows() {
    var limits = FleetLimits()
    limits.devices = 2
    let world = FleetWorld(limits: limits)
    world.introduce("a")
    world.say("b/alive", "1")
    let page = world.open()
    world.wait(1000)
    _ = page.texts()
    world.say("b/about", "")
    world.say("c/alive", "1")
    let news = page.texts()
    #expect(news.allSatisfy { !Self.isType($0, "rows") || !Self.rows($0).contains("c") })
    world.wait(500)
    #expect(Self.rows(page.texts().last ?? "") == ["a", "c"])
  }

  @Test func whatFindsNoRoomIsShown() {
    var limits = FleetLimits()
    limits.devices = 1
    let world = FleetWorld(limits: limits)
    world.introduce("a")
    let page = world.open()
    world.wait(1000)
    _ = page.texts()
    for _ in 0..<100 { world.say("b/alive", "1") }
    world.wait(1500)
    let told = page.texts().filter { $0.contains(#""refused":100"#) }
    #expect(told.count == 1, "a flood of them is told once a second at most")
    let client = FleetClient(world.network)
    let state = text(client.ask("GET", "/api/state")?.body ?? [])
    #expect(state.contains(#""refused":100"#))
    let first = text(client.ask("GET", "/")?.body ?? [])
    #expect(first.contains("1 device · no room for others: 100 messages refused"))
  }

  @Test func theListOfThoseNotThereFollowsThem() {
    let world = FleetWorld()
    world.introduce("a")
    world.introduce("b")
    let page = world.open(#"{"type":"watch","absent_only":true}"#)
    world.wait(500)
    #expect(Self.rows(page.texts().last ?? "x") == [])
    world.say("b/availability", "offline")
    world.wait(1000)
    #expect(Self.rows(page.texts().last ?? "x") == ["b"])
    world.say("b/alive", "1")
    world.wait(1000)
    #expect(Self.rows(page.texts().last ?? "x") == [])
  }

  @Test func theFirstPaintShowsTheListAndEscapesStrangersWords() {
    let world = FleetWorld()
    world.introduce("lamp-1", name: "<script>alert(1)</script>")
    for number in 100..<200 { world.introduce("z-\(number)") }
    let client = FleetClient(world.network)
    let reply = client.ask("GET", "/?q=&from=50")
    let page = text(reply?.body ?? [])
    #expect(reply?.status == 200)
    #expect(page.contains("51 to 100 of 101"))
    #expect(page.contains("href='./?from=0'"))
    #expect(page.utf8.count < 100_000)
    let first = text(client.ask("GET", "/")?.body ?? [])
    #expect(first.contains("&lt;script&gt;alert(1)"))
    #expect(!first.contains("<script>alert"))
    #expect(first.contains("href='http://lamp-1.local/'"))
    let none = text(client.ask("GET", "/?show=absent")?.body ?? [])
    #expect(none.contains("No device"))
  }

  @Test func scriptsGetTheSameAsJSON() throws {
    let world = FleetWorld()
    for number in 100..<110 { world.introduce("lamp-\(number)", name: "Lamp") }
    let client = FleetClient(world.network)
    let list = text(client.ask("GET", "/api/devices?q=lamp&from=8")?.body ?? [])
    #expect(list.hasPrefix(#"{"total":10,"matches":10,"from":8,"devices":[{"id":"lamp-108","name":"Lamp","#))
    #expect(client.ask("GET", "/api/devices/lamp-105")?.status == 200)
    #expect(client.ask("GET", "/api/devices/nobody")?.status == 404)
    let state = text(client.ask("GET", "/api/state")?.body ?? [])
    #expect(state.contains(#""total":10"#))
  }
}
