// SPDX-License-Identifier: MIT

// Buttons that are worked from a page: gestures, and holds that end with the client.

import Testing
import Timebase

@testable import Parts

@Suite struct RemoteButtonTests {
  /// A button that counts presses, releases and clicks on switches, one that may not be worked from afar, and a light.
  private func bench(isRemote: Bool = true) -> Bench {
    Bench([
      .button(
        "wall", input: 0, isRemote: isRemote, .on(.press, "on motor"), .on(.release, "off motor"),
        .on(.click, "toggle lamp"), .on(.double, "toggle lamp2"), .on(.long, "dim light")),
      .switch("motor", output: 0), .switch("lamp", output: 1), .switch("lamp2", output: 2),
      .light("light", output: 3, restore: .alwaysOn, gamma: .linear),
    ])
  }

  @Test func aClickFromAfarIsAPressAReleaseAndAClick() throws {
    var bench = bench()
    try bench.perform(.gesture(.click), "wall", at: 10)
    #expect(bench["wall"].asButton?.presses == 1)
    #expect(bench["wall"].asButton?.lastGesture == .click)
    #expect(bench["wall"].asButton?.isPressed == false)
    #expect(bench.isOn("lamp") == true)
    #expect(bench.isOn("motor") == false)
    #expect(bench["lamp"].author == .button)
  }

  @Test func aDoubleClickFromAfarIsTwoPresses() throws {
    var bench = bench()
    try bench.perform(.gesture(.double), "wall", at: 10)
    #expect(bench["wall"].asButton?.presses == 2)
    #expect(bench.isOn("lamp") == false)
    #expect(bench.isOn("lamp2") == true)
  }

  @Test func aHoldLastsUntilItsReleaseAndCountsAtOnceSinceAMessageDoesNotBounce() throws {
    var bench = bench()
    try bench.perform(.press, "wall", by: .client(7), at: 100)
    bench.run(until: 100)
    #expect(bench.isOn("motor") == true)
    #expect(bench["wall"].asButton?.isPressed == true)
    bench.run(until: 5000)
    #expect(bench["light"].asLight!.brightness == 1)  // dimmed by the long press and its repeats
    try bench.perform(.release, "wall", by: .client(7), at: 5000)
    bench.run(until: 5000)
    #expect(bench.isOn("motor") == false)
    #expect(bench["wall"].asButton?.isPressed == false)
  }

  @Test func aPressAndAReleaseThatComeTogetherAreAClick() throws {
    var bench = Bench([
      .button("wall", input: 0, isRemote: true, .on(.click, "toggle lamp")), .switch("lamp", output: 0),
    ])
    for client in 1...3 as ClosedRange<UInt32> {
      try bench.device.perform(.press, on: 0, by: .client(client), now: at(100))
      try bench.device.perform(.release, on: 0, by: .client(client), now: at(100))
    }
    try bench.device.perform(.press, on: 0, by: .client(4), now: at(100))
    bench.device.releaseButtons(heldBy: 4, now: at(100))
    bench.run(until: 200)
    #expect(bench["wall"].asButton?.presses == 4)
    #expect(bench.isOn("lamp") == false)  // toggled four times
  }

  @Test func itIsDownAsLongAsAnyClientHoldsItAndOnlyHoldersLetGo() throws {
    var bench = bench()
    try bench.perform(.press, "wall", by: .client(1), at: 100)
    try bench.perform(.press, "wall", by: .client(2), at: 200)
    try bench.perform(.release, "wall", by: .client(3), at: 300)
    try bench.perform(.release, "wall", by: .client(1), at: 400)
    bench.run(until: 500)
    #expect(bench["wall"].asButton?.isPressed == true)
    try bench.perform(.release, "wall", by: .client(2), at: 600)
    bench.run(until: 600)
    #expect(bench["wall"].asButton?.isPressed == false)
    #expect(bench["wall"].asButton?.presses == 1)
  }

  @Test func aClientThatIsGoneHoldsNothing() throws {
    var bench = bench()
    try bench.perform(.press, "wall", by: .client(7), at: 100)
    bench.run(until: 200)
    bench.device.releaseButtons(heldBy: 8, now: at(200))
    bench.run(until: 300)
    #expect(bench.isOn("motor") == true)
    bench.device.releaseButtons(heldBy: 7, now: at(300))
    bench.run(until: 311)
    #expect(bench.isOn("motor") == false)
  }

  @Test func aButtonThatIsHeldOnTheBoardTooStaysDown() throws {
    var bench = bench()
    bench.sense(0, true, 100)
    try bench.perform(.press, "wall", by: .client(7), at: 200)
    try bench.perform(.release, "wall", by: .client(7), at: 300)
    bench.run(until: 400)
    #expect(bench["wall"].asButton?.isPressed == true)
    bench.sense(0, false, 500)
    bench.run(until: 600)
    #expect(bench["wall"].asButton?.isPressed == false)
    #expect(bench["wall"].asButton?.presses == 1)
  }

  @Test func aHoldFindsAReleaseThatWasNotWorkedOffYet() throws {
    var bench = bench()
    bench.device.sense(0, .active, at: at(100))
    bench.device.sense(0, .inactive, at: at(200))
    try bench.device.perform(.press, on: 0, by: .client(1), now: at(300))
    bench.run(until: 400)
    #expect(bench["wall"].asButton?.presses == 2)
    #expect(bench.isOn("lamp") == false)  // a click needs the release, which was seen; the double is not yet decided
    #expect(bench.isOn("lamp2") == true)
  }

  @Test(arguments: [Author.http, .mqtt, .button]) func onlyAClientThatCanBeMissedMayHoldAButton(author: Author) {
    var bench = bench()
    #expect(throws: CommandError.unsuitableCommand) { try bench.perform(.press, "wall", by: author, at: 1) }
    #expect(throws: CommandError.notRemote) {
      var bench = self.bench(isRemote: false)
      try bench.perform(.gesture(.click), "wall", by: author, at: 1)
    }
  }

  @Test func thePersonAtTheTerminalMayWorkAnyButton() throws {
    var bench = bench(isRemote: false)
    try bench.perform(.gesture(.click), "wall", by: .terminal, at: 1)
    #expect(bench.isOn("lamp") == true)
  }

  @Test func aFaultLetsGoOfTheButton() throws {
    var bench = bench()
    try bench.perform(.press, "wall", by: .client(7), at: 100)
    bench.run(until: 200)
    bench.device.noteFault(bytes("gone"), ofInput: 0)
    bench.poll(200)
    #expect(bench.isOn("motor") == false)
    #expect(bench["wall"].asButton?.isPressed == false)
    #expect(throws: CommandError.partFault) { try bench.perform(.gesture(.click), "wall", at: 300) }
    bench.device.noteFault([], ofInput: 0)
    bench.sense(0, false, 400)
    bench.run(until: 900)
    #expect(bench["wall"].asButton?.presses == 1)
    #expect(bench.isOn("lamp") == false)
  }
}
