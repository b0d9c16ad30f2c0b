// SPDX-License-Identifier: MIT

// The web socket of the whole application: the greeting, commands with their acknowledgements, states to everyone,
// and the order of all these.

import ConformanceSupport
import DeviceServer
import RemoteControl
import Testing
import Timebase

@Suite struct SocketTests {
  /// The greeting of the tutorial's device; `by` is the author of the LED's last change.
  private func hello(rev: Int, clients: Int, isOn: Bool, by: String? = nil) -> String {
    let author = by.map { #","by":"\#($0)""# } ?? ""
    return #"{"type":"hello","proto":2,"boot":"00009f3a","rev":\#(rev),"status":"\#(isOn ? "on" : "off")","#
      + #""clients":\#(clients),"name":"Kitchen","board":"test","version":"\#(Identity.version)","uptime":0,"#
      + #""parts":{"led":{"kind":"switch","label":"LED","on":\#(isOn)\#(author)},"#
      + #""button":{"kind":"button","label":"Button","pressed":false,"presses":0}}}"#
  }

  @Test func everyoneIsGreetedWithTheStateAsItIs() {
    let bench = Bench()
    let first = bench.connect()
    #expect(first.texts() == [hello(rev: 1, clients: 1, isOn: false)])
    first.sendText("toggle")
    let second = bench.connect()
    #expect(second.texts() == [hello(rev: 2, clients: 2, isOn: true, by: "#1")])
  }

  @Test func aCommandIsAcknowledgedToItsSenderAndSeenByAll() {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.sendText(#"{"type":"set","id":17,"part":"led","on":true}"#)
    let state =
      #"{"type":"state","boot":"00009f3a","rev":2,"status":"on","clients":2,"#
      + ##""parts":{"led":{"on":true,"by":"#1"}}}"##
    #expect(sender.texts() == [#"{"type":"ack","id":17,"rev":2}"#, state])
    #expect(other.texts() == [state])
    #expect(bench.isLit)
  }

  @Test func settingWhatIsSoIsAcknowledgedAndNotAnnounced() {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.sendText(#"{"type":"set","id":1,"part":"led","on":false}"#)
    #expect(sender.texts() == [#"{"type":"ack","id":1,"rev":1}"#])
    #expect(other.texts() == [])
  }

  @Test func aCommandWithoutANumberIsNotAcknowledged() {
    let bench = Bench()
    let client = bench.connectGreeted()
    client.sendText(#"{"type":"toggle","part":"led"}"#)
    let texts = client.texts()
    #expect(texts.count == 1)
    #expect(texts.first?.contains(#""type":"state""#) == true)
  }

  @Test func aPingIsAnsweredToItsSenderOnly() {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.sendText(#"{"type":"ping","n":5}"#)
    #expect(sender.texts() == [#"{"type":"pong","n":5,"clients":2}"#])
    #expect(other.texts() == [])
  }

  @Test func theCountOfScreensFollowsThemComingAndGoing() throws {
    let bench = Bench()
    let clients = (0..<3).map { _ in bench.connectGreeted() }
    clients[0].breakOff()
    clients[1].send(Wire.close(1000))
    #expect(try JSON(#require(bench.ask("GET", "/api/state")).text).number("clients") == 1)
    clients[2].sendText(#"{"type":"ping","n":0}"#)
    #expect(clients[2].texts() == [#"{"type":"pong","n":0,"clients":1}"#])
  }

  @Test func theButtonIsSeenGoingDownAndComingUp() {
    let bench = Bench()
    let client = bench.connectGreeted()
    bench.press()
    #expect(
      client.texts() == [
        #"{"type":"state","boot":"00009f3a","rev":3,"status":"on","clients":1,"parts":{"#
          + #""led":{"on":true,"by":"button"},"button":{"pressed":true,"presses":1,"by":"button"}}}"#
      ])
    bench.advance(by: 100)
    #expect(client.texts() == [])
    bench.release()
    #expect(
      client.texts() == [
        #"{"type":"state","boot":"00009f3a","rev":5,"status":"on","clients":1,"parts":{"#
          + #""button":{"pressed":false,"presses":1,"gesture":"click","by":"button"}}}"#
      ])
  }

  /// Several commands in one segment: each has its own revision, and one state says how it ended.
  @Test func acknowledgementsCarryTheirRevisionAndComeBeforeTheState() throws {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.send(
      (1...5).flatMap { Wire.frame(1, bytes(#"{"type":"toggle","id":\#($0),"part":"led"}"#)) })
    let heard = try sender.texts().map { try JSON($0) }
    #expect(heard.map { $0.number("id") } == [1, 2, 3, 4, 5, nil])
    #expect(heard.map { $0.number("rev") } == [2, 3, 4, 5, 6, 6])
    #expect(try other.texts().map { try JSON($0).number("rev") } == [6])
  }

  @Test func theFirstCommandMayComeWithTheHandshake() throws {
    let bench = Bench()
    let client = BenchClient(bench.network)
    client.send(Wire.upgrade() + Wire.frame(1, bytes(#"{"type":"toggle","id":1,"part":"led"}"#)))
    client.expectUpgraded()
    let heard = try client.texts().map { try JSON($0) }
    #expect(heard.map { $0.string("type") } == ["hello", "ack", "state"])
    #expect(heard.map { $0.number("rev") } == [1, 2, 2])
  }

  @Test func aRebootHasAnotherBoot() throws {
    let before = try JSON(#require(Bench(boot: 1).connect().texts().first))
    let after = try JSON(#require(Bench(boot: 2).connect().texts().first))
    #expect(before.string("boot") != after.string("boot"))
    #expect(before.number("rev") == after.number("rev"))
  }

  /// The server stops reading before any answer is dropped.
  @Test func whoCommandsFasterThanItReadsLosesNoAnswer() {
    let bench = Bench(commandRate: .unlimited)
    let page = Page(bench, capacity: 512)
    page.client.stopReading()
    for _ in 0..<3000 { page.toggle() }
    #expect(bench.network.heldInput(on: page.client.number) > 0)
    page.client.startReading()
    page.read()
    #expect(page.acknowledged == page.sent)
    #expect(page.shown == bench.expected)
    #expect(bench.revision == 3001)
    #expect(bench.hubCounters.discarded == 0)
  }

  @Test func shutdownClosesEveryoneWithGoingAway() {
    let bench = Bench()
    let clients = [bench.connectGreeted(), bench.connectGreeted()]
    bench.network.change { control, now in control.shutdown(now: now) }
    for client in clients {
      #expect(client.frames() == [.close(1001, "shutting down")])
      client.send(Wire.close(1001))
      #expect(client.hasReachedEnd && !client.wasAborted)
    }
  }
}
