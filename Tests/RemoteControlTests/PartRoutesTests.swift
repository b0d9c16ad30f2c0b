// SPDX-License-Identifier: MIT

// One path for each part: what it answers to whom.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import Testing
import Timebase

@Suite struct PartRoutesTests {
  @Test func aPartIsShownWhole() throws {
    let bench = Bench(.kitchen())
    let reply = try #require(bench.ask("GET", "/api/parts/target"))
    #expect(reply.status == 200)
    #expect(reply["content-type"] == "application/json")
    #expect(reply["cache-control"] == "no-store")
    #expect(
      reply.text == #"{"name":"target","rev":1,"kind":"number","label":"Target","unit":"°C","min":5,"max":30,"#
        + #""step":0.5,"value":20}"#)
  }

  @Test func puttingAnswersWithThePart() throws {
    let bench = Bench(.kitchen())
    let client = bench.connectGreeted()
    for _ in 0..<2 {
      let reply = try #require(bench.ask("PUT", "/api/parts/desk", body: #"{"on":true,"brightness":128}"#))
      #expect(reply.status == 200)
      #expect(
        reply.text == #"{"name":"desk","rev":2,"kind":"light","label":"Desk","channels":1,"on":true,"#
          + #""brightness":128,"by":"http"}"#)
    }
    #expect(client.texts().count == 1, "a state for the one change")
  }

  @Test(arguments: ["toggle", "click", "double", "long"])
  func postingDoesIt(_ verb: String) throws {
    let bench = Bench(.kitchen())
    let part = verb == "toggle" ? "lamp" : "bell"
    let reply = try #require(bench.ask("POST", "/api/parts/\(part)/\(verb)"))
    #expect(reply.status == 200)
    let json = try JSON(reply.text)
    #expect(json.string("name") == part)
    if part == "lamp" { #expect(json.truth("on") == true) } else { #expect(json.string("gesture") == verb) }
  }

  @Test(arguments: [
    // no such part, no such verb
    ("GET", "/api/parts/nothing", "", 404, "unknown part"), ("PUT", "/api/parts/nothing", #"{"on":true}"#, 404, ""),
    ("POST", "/api/parts/nothing/toggle", "", 404, "unknown part"), ("GET", "/api/parts/Lamp", "", 404, ""),
    ("GET", "/api/parts/", "", 404, ""), ("GET", "/api/parts/lamp%00", "", 400, ""),
    ("POST", "/api/parts/lamp/dance", "", 404, "Not found"), ("POST", "/api/parts/lamp/set", "", 404, "Not found"),
    // another kind's
    ("POST", "/api/parts/lamp/click", "", 400, "this kind of part does not do that"),
    ("POST", "/api/parts/bell/toggle", "", 400, "this kind of part does not do that"),
    ("POST", "/api/parts/door/toggle", "", 400, "this kind of part does not do that"),
    ("PUT", "/api/parts/celsius", #"{"value":21}"#, 400, "this kind of part does not do that"),
    ("PUT", "/api/parts/bell", #"{"on":true}"#, 400, "this kind of part does not do that"),
    ("PUT", "/api/parts/lamp", #"{"brightness":1}"#, 400, "this kind of part does not do that"),
    ("PUT", "/api/parts/desk", #"{"color":[1,2,3]}"#, 400, "this kind of part does not do that"),
    ("POST", "/api/parts/bell/press", "", 400, "this kind of part does not do that"),
    // on the device only
    ("POST", "/api/parts/wall/click", "", 403, "this button can only be pressed on the device"),
    // malformed
    ("PUT", "/api/parts/lamp", "", 400, "malformed JSON"), ("PUT", "/api/parts/lamp", "on", 400, "malformed JSON"),
    ("PUT", "/api/parts/lamp", "{}", 400, "malformed value"), ("PUT", "/api/parts/lamp", "[]", 400, "malformed value"),
    ("PUT", "/api/parts/lamp", #"{"on":"true"}"#, 400, "malformed value"),
    ("PUT", "/api/parts/desk", #"{"brightness":0}"#, 400, "malformed value"),
    ("PUT", "/api/parts/target", #"{"value":31}"#, 400, "malformed value"),
    ("PUT", "/api/parts/target", #"{"value":1e400}"#, 400, "malformed value"),
  ])
  func whatCannotBeDoneSaysWhy(
    _ method: String, _ target: String, _ body: String, _ status: Int, _ words: String
  ) throws {
    let bench = Bench(.kitchen())
    let client = bench.connectGreeted()
    let reply = try #require(bench.ask(method, target, body: body))
    #expect(reply.status == status)
    let error = try JSON(reply.text).string("error")
    #expect(words.isEmpty ? error?.isEmpty == false : error == words)
    #expect(bench.revision == 1)
    #expect(client.frames() == [])
  }

  @Test(arguments: [
    ("POST", "/api/parts/lamp", "GET, HEAD, PUT, OPTIONS"), ("GET", "/api/parts/lamp/toggle", "POST, OPTIONS"),
  ])
  func anotherMethodIsToldWhichAreAllowed(_ method: String, _ target: String, _ allowed: String) throws {
    let reply = try #require(Bench(.kitchen()).ask(method, target))
    #expect(reply.status == 405)
    #expect(reply["allow"] == allowed)
  }

  @Test(arguments: ["PUT", "POST"])
  func theTutorialsPathsAreThereOnlyWithAPartOfThatName(_ method: String) throws {
    let target = method == "PUT" ? "/api/led" : "/api/led/toggle"
    let reply = try #require(Bench(.kitchen()).ask(method, target, body: #"{"on":true}"#))
    #expect(reply.status == 404)
  }

  @Test func anotherSitesScriptIsRefused() {
    let bench = Bench(.kitchen())
    let fields = ["Content-Type: application/json", "Origin: https://evil.example"]
    #expect(bench.ask("PUT", "/api/parts/lamp", fields, body: #"{"on":true}"#)?.status == 403)
    #expect(bench.ask("POST", "/api/parts/lamp/toggle", fields, body: "")?.status == 403)
    #expect(bench.part("lamp").isOn == false)
  }
}
