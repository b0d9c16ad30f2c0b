// SPDX-License-Identifier: MIT

// The whole system in one process, in virtual time: eight pages, one of them slow, a button, HTTP, and a reboot.

import ConformanceSupport
import DeviceServer
import RemoteControl
import Testing
import Timebase

@Suite struct WholeSystemTests {
  /// All pages see what the device is, now.
  private func expectInSync(
    _ pages: some Sequence<Page>, _ bench: Bench, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected = bench.expected
    for page in pages {
      page.read()
      #expect(page.shown == expected, "client \(page.client.number)", sourceLocation: sourceLocation)
    }
    #expect(bench.isLit == expected.isOn, sourceLocation: sourceLocation)
  }

  @Test func eightPagesAButtonAndAScriptSeeEachChangeAtOnce() {
    let bench = Bench()
    let pages = (0..<8).map { _ in Page(bench) }
    for round in 0..<40 {
      let before = bench.now
      switch round % 4 {
      case 0: pages[round % 8].toggle()
      case 1: bench.press()
      case 2: #expect(bench.ask("PUT", "/api/led", body: #"{"on":\#(round % 8 == 2)}"#)?.status == 200)
      default: bench.release()
      }
      expectInSync(pages, bench)
      #expect(bench.now - before <= 12, "the debounce time of the button and nothing more")
      bench.advance(by: 500)
      expectInSync(pages, bench)
    }
  }

  @Test func aSlowPageCostsTheOthersNothingAndGetsTheLatest() throws {
    let bench = Bench()
    let slow = Page(bench, capacity: 2048)
    let others = (0..<7).map { _ in Page(bench) }
    slow.client.stopReading()
    for round in 0..<1000 {
      others[round % 7].set(round % 2 == 0)
      expectInSync(others, bench)
      bench.advance(by: 60)
      if round % 80 == 0 { (others + [slow]).forEach { $0.ping() } }
    }
    #expect(bench.network.heldOutput(on: slow.client.number) == 2048, "its kernel is full, no more")
    #expect(slow.client.isConnected)

    slow.client.startReading()
    slow.read()
    #expect(slow.shown == bench.expected)
    // What its kernel had taken, the last of it cut off and completed now; then the latest, and nothing in
    // between.
    let early = slow.revisions.dropLast()
    #expect(early.elementsEqual((2...).prefix(early.count)) && early.count <= 2048 / 100 + 1)
    #expect(slow.revisions.last == 1001)
    #expect(Int(bench.hubCounters.conflated) + slow.revisions.count == 1000, "each was sent or counted")
    #expect(others.allSatisfy { $0.revisions == Array(2...1001) }, "everyone else had every single one")

    #expect(bench.counters.timedOut == 0 && bench.counters.clientsRefused == 0)
    #expect(!bench.takeLog().contains { $0.contains("disconnected") })
  }

  @Test func theNinthPageIsToldToTryLaterAndNobodyIsEvicted() throws {
    let bench = Bench()
    let pages = (0..<8).map { _ in Page(bench) }
    let ninth = bench.connect()
    let words = #"{"type":"error","error":"all places are taken","clients":8}"#
    #expect(ninth.frames() == [.text(words), .close(4013, "all places are taken")])
    ninth.send(Wire.close(4013))
    #expect(ninth.hasReachedEnd)
    let state = try JSON(#require(bench.ask("GET", "/api/state")).text)
    #expect(state.number("clients") == 8 && state.truth("full") == true)
    pages[0].toggle()
    expectInSync(pages, bench)
    #expect(bench.counters.clientsRefused == 1)
    #expect(bench.takeLog().count == 8, "eight have connected, and that is all there is to say")

    pages[3].client.send(Wire.close(1000))
    let tenth = Page(bench)
    #expect(tenth.shown == bench.expected)
  }

  @Test func aDeadPageIsFoundAndItsPlaceGivenToTheNext() {
    let bench = Bench()
    let pages = (0..<8).map { _ in Page(bench) }
    pages[0].client.stopReading()  // it neither reads nor answers
    for _ in 0..<26 {
      bench.advance(by: 1000)
      expectInSync(pages[1...], bench)
    }
    #expect(pages[0].client.isConnected, "it is asked once more, unless its place is needed")
    let next = Page(bench)
    #expect(next.closeCode == nil)
    #expect(pages[0].client.wasAborted)
    #expect(bench.counters.timedOut == 1)
    expectInSync(pages[1...] + [next], bench)
  }

  @Test func afterARebootEveryPageShowsTheNewDevice() {
    let before = Bench(boot: 1)
    let pages = (0..<8).map { _ in Page(before) }
    for page in pages.prefix(3) { page.toggle() }
    expectInSync(pages, before)
    #expect(before.isLit)
    for page in pages { page.client.breakOff() }

    let after = Bench(boot: 2, board: before.board)
    #expect(!after.isLit, "the board starts dark")
    for page in pages { page.reconnect(after) }
    expectInSync(pages, after)
    #expect(pages.allSatisfy { $0.shown.boot == "00000002" && $0.shown.revision == 1 && !$0.shown.isOn })
    #expect(after.takeLog().first == "WebSocket client #1 connected from 192.168.1.100")
    after.tap()
    expectInSync(pages, after)
    #expect(after.isLit)
  }

  @Test func anHourPassesAndNobodyIsLost() {
    let bench = Bench()
    let pages = (0..<8).map { _ in Page(bench) }
    for _ in 0..<360 {
      bench.advance(by: .seconds(10))
      for page in pages { page.read() }  // which answers the server's pings
    }
    bench.tap()
    expectInSync(pages, bench)
    #expect(bench.counters.timedOut == 0)
    #expect(pages.allSatisfy { $0.client.isConnected })
  }
}
