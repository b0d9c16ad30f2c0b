// SPDX-License-Identifier: MIT

// `GET /api/events`: the messages of the WebSocket as server-sent events.

import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct EventStreamTests {
  /// The data of the events that have come; what is no event yet, or a comment, is left out.
  private func events(_ client: BenchClient) -> [String] {
    text(client.network.take(on: client.number)).matches(of: #/\ndata: ([^\n]*)\n/#).map { String($0.1) }
  }

  private func listen(_ bench: Bench) -> BenchClient {
    let client = BenchClient(bench.network)
    client.send(Wire.request("GET", "/api/events"))
    return client
  }

  @Test func aListenerIsSentTheStateAndThenWhatChanges() throws {
    let bench = Bench()
    let listener = listen(bench)
    let answer = text(listener.received)
    #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Content-Type: text/event-stream\r\n"))
    #expect(events(listener) == [try #require(bench.ask("GET", "/api/state")).text])

    let page = bench.connectGreeted()
    page.sendText(#"{"type":"toggle","part":"led"}"#)
    #expect(events(listener) == page.texts(), "the same messages as the web socket's")
    bench.tap()
    #expect(try events(listener).last.map { try JSON($0).string("parts", "button", "gesture") } == "click")
  }

  @Test func theGreetingIsOfTheMomentHoweverQuietTheDeviceWas() throws {
    let bench = Bench(.kitchen())
    bench.connectGreeted().sendText("on")
    bench.network.breakOff(0)
    bench.advance(by: .seconds(600))
    let hello = try JSON(#require(events(listen(bench)).first))
    #expect(hello.number("uptime") == 600_000)
    #expect(hello.number("parts", "lamp", "left") == 1_200_000)
  }

  @Test func aListenerIsNoScreen() throws {
    let bench = Bench()
    let listener = listen(bench)
    #expect(try JSON(#require(events(listener).first)).number("clients") == 0)
  }
}
