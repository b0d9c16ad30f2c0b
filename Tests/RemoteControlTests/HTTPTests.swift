// SPDX-License-Identifier: MIT

// The HTTP API, for scripts and for the page without JavaScript.

import ConformanceSupport
import RemoteControl
import Testing

@Suite struct HTTPTests {
  @Test func theStateIsWhatTheGreetingSays() throws {
    let bench = Bench()
    bench.tap()
    let hello = try #require(bench.connect().texts().first)
    let reply = try #require(bench.ask("GET", "/api/state"))
    #expect(reply.status == 200)
    #expect(reply.text == hello)
    #expect(reply["content-type"] == "application/json")
    #expect(reply["cache-control"] == "no-store")
  }

  @Test func puttingIsIdempotent() throws {
    let bench = Bench()
    let client = bench.connectGreeted()
    for _ in 0..<3 {
      let reply = try #require(bench.ask("PUT", "/api/led", body: #"{"on":true}"#))
      #expect(reply.status == 200)
      #expect(try JSON(reply.text).truth("parts", "led", "on") == true)
      #expect(try JSON(reply.text).string("parts", "led", "by") == "http")
      #expect(try JSON(reply.text).number("rev") == 2)
    }
    #expect(bench.isLit)
    #expect(client.texts().count == 1, "a state for the one change")
    #expect(bench.ask("PUT", "/api/led", body: #"{ "on" : false }"#)?.status == 200)
    #expect(!bench.isLit)
    #expect(try client.texts().map { try JSON($0).string("parts", "led", "by") } == ["http"])
  }

  @Test(arguments: [
    "", "on", "true", "[]", "{}", #"{"on":1}"#, #"{"on":"true"}"#, #"{"on":true"#, #"{"on":true}x"#, "\u{0}",
  ])
  func aBodyThatSaysNothingIsABadRequest(_ body: String) throws {
    let bench = Bench()
    let client = bench.connectGreeted()
    let reply = try #require(bench.ask("PUT", "/api/led", body: body))
    #expect(reply.status == 400)
    #expect(try JSON(reply.text).string("error")?.isEmpty == false)
    #expect(bench.revision == 1 && !bench.isLit)
    #expect(client.frames() == [])
  }

  @Test func postingToggles() throws {
    let bench = Bench()
    let client = bench.connectGreeted()
    let json = "Content-Type: application/json"
    let reply = try #require(bench.ask("POST", "/api/led/toggle", [json], body: "{}"))
    #expect(reply.status == 200)
    #expect(try JSON(reply.text).string("status") == "on")
    #expect(bench.ask("POST", "/api/led/toggle")?.status == 200, "curl -X POST, with nothing else")
    #expect(!bench.isLit)
    #expect(try client.texts().map { try JSON($0).string("status") } == ["on", "off"])
  }

  private let form = "Content-Type: application/x-www-form-urlencoded"

  @Test func theFormOfThePageGoesBackToThePage() throws {
    let bench = Bench()
    let reply = try #require(
      bench.ask("POST", "/api/led/toggle", [form, "Origin: http://192.168.1.32"], body: ""))
    #expect(reply.status == 303)
    #expect(reply["location"] == "../../", "relative: the page may stand under a prefix")
    #expect(bench.isLit)
    #expect(bench.ask("GET", "/")?.text.contains(#"class="on"></div>"#) == true)
  }

  @Test(arguments: [
    ["Origin: http://evil.example"], ["Origin: null"], ["Origin: http://192.168.1.32:8080"], [],
  ])
  func aFormFromElsewhereIsRefused(_ origin: [String]) {
    let bench = Bench()
    #expect(bench.ask("POST", "/api/led/toggle", [form] + origin, body: "")?.status == 403)
    #expect(bench.revision == 1 && !bench.isLit)
  }

  @Test(arguments: ["PUT", "POST"])
  func anotherSitesScriptIsRefused(_ method: String) {
    let bench = Bench()
    let target = method == "PUT" ? "/api/led" : "/api/led/toggle"
    let fields = ["Content-Type: application/json", "Origin: https://evil.example"]
    #expect(bench.ask(method, target, fields, body: #"{"on":true}"#)?.status == 403)
    #expect(!bench.isLit)
  }

  @Test(arguments: [
    ("POST", "/api/state", "GET, HEAD, OPTIONS"), ("GET", "/api/led", "PUT, OPTIONS"),
    ("GET", "/api/led/toggle", "POST, OPTIONS"),
    ("POST", "/", "GET, HEAD, OPTIONS"), ("DELETE", "/index.css", "GET, HEAD, OPTIONS"),
  ])
  func anotherMethodIsToldWhichAreAllowed(_ method: String, _ target: String, _ allowed: String) throws {
    let bench = Bench()
    let reply = try #require(bench.ask(method, target))
    #expect(reply.status == 405)
    #expect(reply["allow"] == allowed)
    #expect(bench.revision == 1)
  }

  @Test(arguments: ["/api", "/api/led/", "/api/state/x", "/favicon.ico", "/index.htm"])
  func whatIsNotThereIsNotFound(_ target: String) {
    #expect(Bench().ask("GET", target)?.status == 404)
  }

  @Test func theSocketsPathIsNoPage() throws {
    let reply = try #require(Bench().ask("GET", "/ws"))
    #expect(reply.status == 426)
    #expect(reply["upgrade"]?.lowercased() == "websocket")
  }
}
