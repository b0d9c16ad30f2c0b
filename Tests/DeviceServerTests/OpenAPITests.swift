// SPDX-License-Identifier: MIT

// The description of the routes (OpenAPI 3.1.1), read by Foundation's JSON, not by ours.

import Bytes
import ConformanceSupport
import DeviceServer
import Foundation
import HTTPCore
import Testing

@Suite struct OpenAPITests {
  private static func makeRouter() -> Router<Void> {
    var router = Router<Void>()
    let endpoint = router.webSocket("/ws") { _, _, _ in }
    router.on(.put, "/api/parts/:part", { _, _, _ in }, documented: Operation(
      "Change a part", parameters: [
        .path("part", "Its name", .json("{\"type\":\"string\",\"maxLength\":32}")),
        .query("quiet", "Answer with less", .json("{\"type\":\"boolean\"}")),
      ],
      request: [.json(.named("Command")), .form(.json("{\"type\":\"object\"}"))],
      answers: [
        .json(.ok, "The part as it is now", .named("Part")), .fail(.notFound, "No part is called \"that\""),
      ]))
    router.on(.put, "/api/parts/:part", { _, _, _ in }, documented: Operation("Never reached", answers: []))
    router.on(.get, "/api/parts/:part", { _, _, _ in }, documented: Operation(
      "Say how a part is", answers: [.json(.ok, "The part", .named("Part"))]))
    router.on(.post, "/api/parts/:part/:verb", { _, _, _ in }, documented: Operation(
      "Do something", answers: [Answer204.noContent]))
    router.on(.get, "/files/*", { _, _, _ in }, documented: Operation("A file", answers: []))
    router.get("/undocumented") { _, _, _ in }
    router.events("/api/events", of: endpoint, documented: Operation(
      "All changes", answers: [.init(.ok, "Events", [.init("text/event-stream", .string)])]))
    return router
  }

  private enum Answer204 {
    static let noContent = Operation.Answer(.noContent, "It was done")
  }

  private func description() throws -> [String: Any] {
    var text: [UInt8] = []
    Self.makeRouter().appendOpenAPI(
      title: bytes("The \"lamp\"").span, version: bytes("1.2").span,
      components: bytes("{\"schemas\":{\"Part\":{\"type\":\"object\"},\"Command\":{\"type\":\"object\"}}}").span,
      to: &text)
    let object = try JSONSerialization.jsonObject(with: Data(text))
    return try #require(object as? [String: Any])
  }

  @Test func everyDescribedRouteIsThereAndNoOther() throws {
    let description = try description()
    #expect(description["openapi"] as? String == "3.1.1")
    #expect((description["info"] as? [String: String]) == ["title": "The \"lamp\"", "version": "1.2"])
    let paths = try #require(description["paths"] as? [String: [String: Any]])
    let operations = paths.flatMap { path, item in item.keys.map { "\($0) \(path)" } }
    #expect(
      operations.sorted() == [
        "get /api/events", "get /api/parts/{part}", "get /files/{rest}", "post /api/parts/{part}/{verb}",
        "put /api/parts/{part}",
      ])
    let components = description["components"] as? [String: [String: Any]]
    #expect(components?["schemas"]?.keys.sorted() == ["Command", "Part"])
  }

  @Test func anOperationSaysWhatItTakesAndGives() throws {
    let paths = try #require(try description()["paths"] as? [String: [String: [String: Any]]])
    let put = try #require(paths["/api/parts/{part}"]?["put"])
    #expect(put["summary"] as? String == "Change a part")
    #expect(put["operationId"] as? String == "put_api_parts_part")
    let parameters = try #require(put["parameters"] as? [[String: Any]])
    #expect(parameters.map { $0["name"] as? String } == ["part", "quiet"])
    #expect(parameters.map { $0["in"] as? String } == ["path", "query"])
    #expect(parameters.map { $0["required"] as? Bool } == [true, false])
    #expect((parameters[0]["schema"] as? [String: Any])?["maxLength"] as? Int == 32)
    let request = try #require(put["requestBody"] as? [String: Any])
    #expect(request["required"] as? Bool == true)
    let bodies = try #require(request["content"] as? [String: [String: [String: String]]])
    #expect(bodies["application/json"]?["schema"] == ["$ref": "#/components/schemas/Command"])
    #expect(bodies["application/x-www-form-urlencoded"]?["schema"] == ["type": "object"])
    let responses = try #require(put["responses"] as? [String: [String: Any]])
    #expect(responses.keys.sorted() == ["200", "404", "default"])
    #expect(responses["404"]?["description"] as? String == "No part is called \"that\"")
  }

  @Test func everyNameInAPathIsAParameterWhetherOrNotItIsDescribed() throws {
    let paths = try #require(try description()["paths"] as? [String: [String: [String: Any]]])
    let post = try #require(paths["/api/parts/{part}/{verb}"]?["post"])
    let parameters = try #require(post["parameters"] as? [[String: Any]])
    #expect(parameters.map { $0["name"] as? String } == ["part", "verb"])
    #expect(parameters.allSatisfy { $0["in"] as? String == "path" && $0["required"] as? Bool == true })
    let responses = try #require(post["responses"] as? [String: [String: Any]])
    #expect(responses["204"]?["content"] == nil)
    let events = try #require(paths["/api/events"]?["get"]?["responses"] as? [String: [String: Any]])
    #expect((events["200"]?["content"] as? [String: Any])?.keys.sorted() == ["text/event-stream"])
  }

  @Test func aRouterWithoutRoutesHasADescriptionToo() throws {
    var text = bytes("before")
    Router<Void>().appendOpenAPI(title: bytes("x").span, version: bytes("y").span, to: &text)
    #expect(
      String(decoding: text, as: UTF8.self)
        == "before{\"openapi\":\"3.1.1\",\"info\":{\"title\":\"x\",\"version\":\"y\"},\"paths\":{}}")
  }
}
