// SPDX-License-Identifier: MIT

// `/api/openapi.json` describes what is there: each path answers, and each answer fits its schema.

import Bytes
import ConformanceSupport
import DeviceServer
import Foundation
import Parts
import Testing
import Timebase

@Suite struct APIDescriptionTests {
  private func description(_ bench: Bench) throws -> [String: Any] {
    let reply = try #require(bench.ask("GET", "/api/openapi.json"))
    #expect(reply.status == 200)
    #expect(reply["content-type"] == "application/json")
    return try JSON(reply.text).members
  }

  private func member(_ object: [String: Any], _ path: String...) -> [String: Any]? {
    path.reduce(object) { ($0?[$1] as? [String: Any]) }
  }

  @Test func everyRouteIsDescribed() throws {
    let description = try description(Bench(.kitchen()))
    #expect(description["openapi"] as? String == "3.1.1")
    #expect(member(description, "info")?["title"] as? String == "Kitchen")
    let paths = try #require(member(description, "paths"))
    let operations = paths.flatMap { path, item in
      ((item as? [String: Any])?.keys ?? [:].keys).map { "\($0) \(path)" }
    }
    #expect(
      Set(operations) == [
        "get /api/state", "get /api/parts/{part}", "put /api/parts/{part}", "post /api/parts/{part}/{verb}",
        "get /api/parts/{part}/history", "put /api/led", "post /api/led/toggle", "get /api/events",
        "get /api/openapi.json", "get /metrics", "get /healthz",
      ])
  }

  /// By RFC 3986 section 5, as clients do it; they drop the slash at the end before they add a path.
  @Test(arguments: ["http://192.168.1.32:8080", "https://lamp.local:8443", "https://home.example/devices/lamp"])
  func itsServerIsWhereTheDescriptionIs(_ root: String) throws {
    let servers = try description(Bench())["servers"] as? [[String: Any]]
    let url = try #require(servers?.first?["url"] as? String)
    let location = try #require(URL(string: root + "/api/openapi.json"))
    #expect(URL(string: url, relativeTo: location)?.absoluteString == root + "/")
    #expect(servers?.count == 1)
  }

  @Test func itNamesThePartsAndVerbsThatThereAre() throws {
    let description = try description(Bench())
    #expect(member(description, "components", "schemas", "PartName")?["enum"] as? [String] == ["led", "button"])
    let verbs = member(description, "components", "schemas", "Verb")?["enum"] as? [String]
    #expect(verbs == ["toggle", "click", "double", "long", "press", "release"])
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let bench = Bench(.kitchen())
    let schemas = try #require(member(try description(bench), "components", "schemas"))
    let text = try #require(bench.ask("GET", "/api/openapi.json")).text
    let names = text.matches(of: /"#\/components\/schemas\/([A-Za-z]+)"/).map { String($0.1) }
    #expect(Set(names).isSubset(of: Set(schemas.keys)))
    #expect(Set(schemas.keys).isSubset(of: Set(names)), "and every schema is used")
  }

  /// What `method` on `target` answers fits what the description says about `path`.
  private func check(
    _ bench: Bench, _ description: [String: Any], _ method: String, _ target: String, _ path: String,
    body: String? = nil, status: Int = 200, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let reply = try #require(bench.ask(method, target, body: body))
    #expect(reply.status == status, sourceLocation: sourceLocation)
    let responses = member(description, "paths", path, method.lowercased(), "responses")
    let response = try #require(
      responses?["\(status)"] as? [String: Any], "\(method) \(path): no \(status)", sourceLocation: sourceLocation)
    let schema = try #require(member(response, "content", "application/json", "schema"), sourceLocation: sourceLocation)
    let value = try JSONSerialization.jsonObject(with: Data(reply.body))
    #expect(JSONSchema(schema, in: description).mistake(in: value) == nil, sourceLocation: sourceLocation)
  }

  @Test func everyAnswerFitsItsSchema() throws {
    let bench = Bench(.kitchen())
    let description = try description(bench)
    let (one, verb) = ("/api/parts/{part}", "/api/parts/{part}/{verb}")
    for round in 0..<3 {
      try check(bench, description, "GET", "/api/state", "/api/state")
      for part in bench.device.parts { try check(bench, description, "GET", "/api/parts/\(text(part.name))", one) }
      try check(bench, description, "GET", "/api/parts/celsius/history", "/api/parts/{part}/history")
      try check(bench, description, "GET", "/api/openapi.json", "/api/openapi.json")
      if round == 1 {
        bench.board.fail(input: KitchenInput.celsius, "no answer")
        bench.board.fail(output: 0, "gone")
      } else {
        bench.set(KitchenInput.celsius, .value(Decimal(-214, exponent: -1)))
        bench.set(KitchenInput.door, .active)
        bench.board.tap(KitchenInput.wall)
        try check(bench, description, "PUT", "/api/parts/strip", one, body: #"{"color":[1,2,3]}"#)
        try check(bench, description, "PUT", "/api/parts/target", one, body: #"{"value":-1}"#, status: 400)
        try check(bench, description, "PUT", "/api/parts/none", one, body: #"{"on":true}"#, status: 404)
        let status = round == 0 ? 200 : 503
        try check(bench, description, "PUT", "/api/parts/lamp", one, body: #"{"on":true}"#, status: status)
        try check(bench, description, "POST", "/api/parts/bell/double", verb)
        try check(bench, description, "POST", "/api/parts/wall/click", verb, status: 403)
        try check(bench, description, "POST", "/api/parts/up/toggle", verb)
        try check(bench, description, "POST", "/api/parts/down/toggle", verb)
      }
      try check(bench, description, "PUT", "/api/led", "/api/led", body: #"{"on":true}"#, status: 404)
      bench.advance(by: .seconds(70))
    }
    let demo = Bench()
    try check(demo, try self.description(demo), "PUT", "/api/led", "/api/led", body: #"{"on":true}"#)
    try check(demo, try self.description(demo), "POST", "/api/led/toggle", "/api/led/toggle")
  }

  @Test func aSchemaTellsARightAnswerFromAWrongOne() throws {
    let description = try description(Bench(.kitchen()))
    let part = JSONSchema(["$ref": "#/components/schemas/Part"], in: description)
    func mistake(_ text: String) throws -> String? { part.mistake(in: try JSON(text).members) }
    let right = #"{"name":"lamp","rev":1,"kind":"switch","label":"Lamp","on":true}"#
    #expect(try mistake(right) == nil)
    #expect(try mistake(right.replacing("true", with: "1")) != nil)
    #expect(try mistake(right.replacing("lamp", with: "lump")) != nil)
    #expect(try mistake(right.replacing("switch", with: "light")) != nil)
    #expect(try mistake(right.replacing(#","label":"Lamp""#, with: "")) != nil)
  }
}
