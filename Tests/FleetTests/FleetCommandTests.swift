// SPDX-License-Identifier: MIT

// Commands to one and to many, and what each device is found to have done.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@testable import Fleet

@Suite struct FleetCommandTests {
  private static func world(_ count: Int = 3) -> (FleetWorld, FleetClient) {
    let world = FleetWorld()
    for number in 1...count { world.introduce("lamp-\(number)") }
    let page = world.open()
    world.wait(500)
    _ = page.texts()
    _ = world.takePublished()
    return (world, page)
  }

  private static func results(_ page: FleetClient) -> [String] {
    page.texts().filter { $0.hasPrefix(#"{"type":"results""#) || $0.hasPrefix(#"{"type":"error""#) }
  }

  @Test func aCommandIsSentToEachAndEachAnswers() {
    let (world, page) = Self.world()
    page.sendText(#"{"type":"command","id":5,"part":"led","payload":"ON","devices":["lamp-1","lamp-3"]}"#)
    world.settle()
    #expect(
      world.takePublished() == [
        .init(topic: "heliograph/lamp-1/led/set", payload: "ON"), .init(topic: "heliograph/lamp-3/led/set", payload: "ON"),
      ])
    #expect(Self.results(page).isEmpty)
    world.say("lamp-3/led/state", "ON")
    world.wait(100)
    #expect(Self.results(page) == [#"{"type":"results","id":5,"command":1,"open":1,"results":[["lamp-3","done"]]}"#])
    world.wait(5000)
    #expect(Self.results(page) == [#"{"type":"results","id":5,"command":1,"open":0,"results":[["lamp-1","no answer"]]}"#])
  }

  @Test func whatADeviceAlreadyIsIsDoneWhenTheBrokerHasIt() {
    let (world, page) = Self.world()
    world.acknowledges = false
    page.sendText(#"{"type":"command","id":1,"part":"led","payload":"OFF","devices":["lamp-1"]}"#)
    world.settle()
    world.wait(100)
    #expect(Self.results(page).isEmpty)
    world.acknowledge()
    world.wait(100)
    #expect(Self.results(page).count == 1)
  }

  @Test func aStateThatIsRepeatedIsNoAnswerToAToggle() {
    let (world, page) = Self.world()
    page.sendText(#"{"type":"command","id":1,"part":"led","payload":"TOGGLE","devices":["lamp-1"]}"#)
    world.settle()
    world.say("lamp-1/led/state", "OFF")  // another gateway has asked
    world.wait(100)
    #expect(Self.results(page).isEmpty)
    world.say("lamp-1/led/state", "ON")
    world.wait(100)
    #expect(Self.results(page).count == 1)
  }

  @Test func aButtonAnswersWithAnEventAndANumberWithItsValue() {
    let (world, page) = Self.world()
    page.sendText(#"{"type":"command","id":1,"part":"bell","payload":"click","devices":["lamp-1"]}"#)
    page.sendText(#"{"type":"command","id":2,"part":"level","payload":"7.0","devices":["lamp-1"]}"#)
    world.settle()
    world.say("lamp-1/level/state", "3")
    world.wait(100)
    #expect(Self.results(page).isEmpty)
    world.say("lamp-1/level/state", "7")
    world.say("lamp-1/bell/event", #"{"event_type":"click"}"#)
    world.wait(100)
    #expect(Self.results(page).count == 2)
  }

  @Test func whatCannotBeSentIsSaidAtOnce() {
    let (world, page) = Self.world()
    world.say("lamp-2/availability", "offline")
    page.sendText(#"{"type":"command","id":1,"part":"led","payload":"ON","devices":["lamp-2","nobody"]}"#)
    page.sendText(#"{"type":"command","id":2,"part":"fan","payload":"ON","devices":["lamp-1"]}"#)
    page.sendText(#"{"type":"command","id":3,"part":"celsius","payload":"ON","devices":["lamp-1"]}"#)
    page.sendText(#"{"type":"command","id":4,"part":"led","payload":"7","devices":["lamp-1"]}"#)
    page.sendText(#"{"type":"command","id":5,"part":"led","payload":"ON","devices":[]}"#)
    page.sendText(#"{"type":"command","id":6,"part":"a/b","payload":"ON","devices":["lamp-1"]}"#)
    world.wait(100)
    #expect(world.takePublished().isEmpty)
    #expect(
      Self.results(page).sorted() == [
        #"{"type":"error","id":5,"error":"no device is selected"}"#,
        #"{"type":"error","id":6,"error":"a command needs the name of a part"}"#,
        #"{"type":"results","id":1,"command":1,"open":0,"results":[["lamp-2","not sent: it is silent"],"#
          + #"["nobody","not sent: there is no such device"]]}"#,
        #"{"type":"results","id":2,"command":2,"open":0,"results":[["lamp-1","not sent: it has no such part"]]}"#,
        #"{"type":"results","id":3,"command":3,"open":0,"results":[["lamp-1","not sent: its part cannot do that"]]}"#,
        #"{"type":"results","id":4,"command":4,"open":0,"results":[["lamp-1","not sent: its part cannot do that"]]}"#,
      ])
  }

  @Test func aCommandToAllThatMatchGoesOutInPiecesAndReportsEach() {
    let (world, page) = Self.world(300)
    world.acknowledges = false
    page.sendText(#"{"type":"command","id":9,"part":"led","payload":"ON","all":{"q":"lamp-1"}}"#)
    world.settle()
    var sent = 0
    while true {
      let published = world.takePublished()
      if published.isEmpty { break }
      #expect(published.count <= 256)
      sent += published.count
      world.acknowledge()
      world.settle()
    }
    #expect(sent == 111)
    for number in 1...300 { world.say("lamp-\(number)/led/state", "ON") }
    world.wait(200)
    let done = Self.results(page).joined().split(separator: #""done""#).count - 1
    #expect(done == 111)
  }

  @Test func nothingIsKeptForABrokerThatIsGone() {
    let (world, page) = Self.world()
    page.sendText(#"{"type":"command","id":1,"part":"led","payload":"ON","devices":["lamp-1"]}"#)
    world.settle()
    world.disconnect()
    page.sendText(#"{"type":"command","id":2,"part":"led","payload":"ON","devices":["lamp-1"]}"#)
    world.network.advance(by: 100)
    #expect(
      Self.results(page).sorted() == [
        #"{"type":"error","id":2,"error":"not sent: the broker is not connected"}"#,
        #"{"type":"results","id":1,"command":1,"open":0,"results":[["lamp-1","unknown: the broker was lost"]]}"#,
      ])
    _ = world.takePublished()
    world.wait(5000)
    #expect(world.takePublished().map(\.topic) == ["heliograph/all/ask"])
  }

  @Test func theFormWorksWithoutAScript() {
    let (world, _) = Self.world()
    let client = FleetClient(world.network)
    let form = ["Content-Type: application/x-www-form-urlencoded", "Origin: http://192.168.1.32"]
    let one = client.ask("POST", "/command", form, body: "d=lamp-2&do=lamp-1%2Fled%2FTOGGLE&q=lamp&part=led")
    #expect(one?.status == 303)
    #expect(one?["location"] == "./?command=1&q=lamp")
    let many = client.ask("POST", "/command", form, body: "d=lamp-2&d=lamp-3&part=led&set=ON&q=&value=")
    #expect(many?["location"] == "./?command=2")
    let every = client.ask("POST", "/command", form, body: "all=1&q=lamp&part=level&set=value&value=4")
    #expect(every?.status == 303)
    world.settle()
    #expect(
      world.takePublished().map { "\($0.topic.dropFirst("heliograph/".count)) \($0.payload)" }.sorted() == [
        "lamp-1/led/set TOGGLE", "lamp-1/level/set 4", "lamp-2/led/set ON", "lamp-2/level/set 4", "lamp-3/led/set ON",
        "lamp-3/level/set 4",
      ])
    world.say("lamp-2/led/state", "ON")
    let page = text(client.ask("GET", "/?command=2")?.body ?? [])
    #expect(page.contains("<b>lamp-2</b> <i>done</i>"))
    #expect(page.contains("<b>lamp-3</b> <i>waiting</i>"))
    #expect(client.ask("POST", "/command", form, body: "part=led&set=ON")?.status == 400)
  }

  @Test func scriptsGiveCommandsAndAskForTheResults() {
    let (world, _) = Self.world()
    let client = FleetClient(world.network)
    let reply = client.ask(
      "POST", "/api/commands", ["Content-Type: application/json"], body: #"{"part":"led","payload":"ON","all":{"group":"ground"}}"#)
    #expect(reply?.status == 202)
    world.settle()
    for number in 1...3 { world.say("lamp-\(number)/led/state", "ON") }
    #expect(
      text(client.ask("GET", "/api/commands/1")?.body ?? [])
        == #"{"command":1,"part":"led","payload":"ON","open":0,"results":[["lamp-1","done"],["lamp-2","done"],["lamp-3","done"]]}"#)
    #expect(client.ask("GET", "/api/commands/2")?.status == 404)
  }

  @Test func whatTheBrokerDoesNotTakeIsGivenUp() {
    let (world, page) = Self.world(300)
    world.acknowledges = false
    page.sendText(#"{"type":"command","id":1,"part":"led","payload":"ON","all":{}}"#)
    world.wait(16_000)
    let told = Self.results(page).joined()
    #expect(told.contains("not sent: the broker does not answer") && told.contains(#""open":0"#))
  }

  @Test func commandsOfScriptsAreForgottenInTheirTurn() {
    let (world, _) = Self.world(1)
    let client = FleetClient(world.network)
    let body = #"{"part":"led","payload":"ON","devices":["lamp-1","lamp-1"]}"#
    for _ in 1...100 {
      #expect(client.ask("POST", "/api/commands", ["Content-Type: application/json"], body: body)?.status == 202)
      world.settle()
      world.say("lamp-1/led/state", "ON")
    }
    #expect(client.ask("GET", "/api/commands/1")?.status == 404)
    #expect(
      text(client.ask("GET", "/api/commands/100")?.body ?? [])
        == #"{"command":100,"part":"led","payload":"ON","open":0,"results":[["lamp-1","done"]]}"#)
    world.disconnect()
    #expect(client.ask("POST", "/api/commands", ["Content-Type: application/json"], body: body)?.status == 503)
  }
}
