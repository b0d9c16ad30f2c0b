// SPDX-License-Identifier: MIT

// What `/metrics` and `/healthz` say, and to whom. The format is read line by line here, by a reader of its own;
// `promtool check metrics` reads what the program says in scripts/drive.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import Testing
import Timebase

@testable import RemoteControl

@Suite struct MetricsTests {
  private static let here = RemoteAddress.ipv4(0x7F00_0001, port: 50_000)

  private func ask(_ bench: Bench, _ target: String, _ fields: [String] = []) -> Reply? {
    let client = BenchClient(bench.network, from: Self.here)
    defer { client.finish() }
    let host = fields.contains { $0.hasPrefix("Host: ") } ? [] : ["Host: 127.0.0.1:8080"]
    return client.ask("GET", target, fields + host)
  }

  /// The samples, by name and labels.
  private func samples(_ text: String) throws -> [String: String] {
    var samples: [String: String] = [:]
    var types: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if line.hasPrefix("# HELP ") {
        #expect(words.count == 4 && types[words[2]] == nil, "\(line)")
      } else if line.hasPrefix("# TYPE ") {
        types[words[2]] = words[3]
      } else {
        let end = try #require(line.lastIndex(of: " "))
        let name = String(line[..<end])
        let bare = String(name.prefix { $0 != "{" })
        #expect(types[bare] != nil, "\(line) has no type")
        #expect((types[bare] == "counter") == bare.hasSuffix("_total"), "\(line)")
        #expect(Double(line[line.index(after: end)...])?.isFinite == true, "\(line)")
        #expect(samples[name] == nil, "\(line) comes twice")
        samples[name] = String(line[line.index(after: end)...])
      }
    }
    return samples
  }

  @Test func everythingThatIsCountedAndMeasuredIsThere() throws {
    let bench = Bench(.kitchen())
    bench.set(KitchenInput.celsius, .value(Decimal(-214, exponent: -1)))
    let page = bench.connect()
    page.sendText(#"{"type":"set","id":1,"part":"desk","brightness":128}"#)
    page.sendText("nonsense")
    _ = bench.ask("GET", "/nothing")
    bench.advance(by: .seconds(90))
    let reply = try #require(ask(bench, "/metrics"))
    #expect(reply.status == 200)
    #expect(reply["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    let samples = try samples(reply.text)
    #expect(samples[#"heliograph_part_value{part="celsius",unit="°C"}"#] == "-21.4")
    #expect(samples[#"heliograph_part_value{part="target",unit="°C"}"#] == "20")
    #expect(samples[#"heliograph_part_on{part="desk"}"#] == "1")
    #expect(samples[#"heliograph_part_on{part="lamp"}"#] == "0")
    #expect(samples[#"heliograph_light_brightness{part="desk"}"#] == "128")
    #expect(samples[#"heliograph_button_presses_total{part="wall"}"#] == "0")
    #expect(samples["heliograph_messages_refused_total"] == "1")
    #expect(samples["heliograph_requests_refused_total"] == "1")
    #expect(samples["heliograph_websocket_clients_connected_total"] == "1")
    #expect(samples["heliograph_uptime_seconds"] == "90")
    #expect(
      samples[#"heliograph_info{name="Kitchen",board="test",version="\#(Identity.version)"}"#] == "1")
  }

  @Test func aSensorWithoutAReadingHasNoValue() throws {
    let bench = Bench(.kitchen())
    let samples = try samples(try #require(ask(bench, "/metrics")).text)
    #expect(samples.keys.contains { $0.contains("celsius") && $0.contains("value") } == false)
  }

  @Test func aLabelCannotBreakTheText() throws {
    var metrics = MetricsText()
    metrics.begin("x", .gauge, "Help.")
    metrics.beginLabels()
    metrics.label("name", bytes("a\"b\\c\nd\r").span)
    #expect(text(metrics.text) == "# HELP x Help.\n# TYPE x gauge\nx{name=\"a\\\"b\\\\c\\nd\r\"")
    let bench = Bench(name: "two\nlines \"quoted\"")
    _ = try samples(try #require(ask(bench, "/metrics")).text)
  }

  @Test func thePartsThatADeviceLacksAreNotNamed() throws {
    let bench = Bench()
    let reply = try #require(ask(bench, "/metrics"))
    #expect(!reply.text.contains("heliograph_light_brightness"))
    #expect(!reply.text.contains("heliograph_part_value"))
  }

  @Test(arguments: ["/metrics", "/healthz"])
  func onlyTheMachineItselfMayAsk(_ path: String) throws {
    let bench = Bench()
    #expect(ask(bench, path)?.status == 200)
    let refused = try #require(bench.ask("GET", path))  // from elsewhere on the network
    #expect(refused.status == 403)
    #expect(refused.text == #"{"error":"this is for the machine itself: ask it on 127.0.0.1"}"#)
    // A proxy on the same machine asks for somebody else.
    #expect(ask(bench, path, ["X-Forwarded-For: 192.0.2.1"])?.status == 403)
    #expect(ask(bench, path, ["Forwarded: for=192.0.2.1"])?.status == 403)
    #expect(ask(bench, path, ["X-Forwarded-Proto: https"])?.status == 403)
    // One that says nothing of the kind still asks for the name that its client used.
    #expect(ask(bench, path, ["Host: 192.168.1.32"])?.status == 403)
    for name in ["localhost", "LOCALHOST.:8080", "127.0.0.53", "[::1]:8080"] {
      #expect(ask(bench, path, ["Host: \(name)"])?.status == 200)
    }
    let six = BenchClient(bench.network, from: .ipv6(high: 0, low: 1, port: 9))
    #expect(six.ask("GET", path, ["Host: [::1]:8080"])?.status == 200)
  }

  @Test func healthIsOkUntilSomethingFailsAndAgainAfterThat() throws {
    let bench = Bench()
    #expect(ask(bench, "/healthz")?.text == "ok\n")
    bench.network.application.context.problems.dataFolder = bytes("/web: no such folder")
    bench.network.application.context.problems.note(board: bytes("gpiochip0"), bytes("gpiochip0 is gone"))
    let reply = try #require(ask(bench, "/healthz"))
    #expect(reply.status == 503)
    #expect(reply.text == "board: gpiochip0 is gone\ndata folder: /web: no such folder\n")
    #expect(reply["cache-control"] == "no-store")
    bench.network.application.context.problems = Problems()
    #expect(ask(bench, "/healthz")?.status == 200)
  }

  /// Each unit of a board goes and comes by itself.
  @Test func healthNamesEachChipThatHasFailedUntilItWorksAgain() {
    let bench = Bench()
    func note(_ unit: String, _ words: String) {
      bench.network.application.context.problems.note(board: bytes(unit), bytes(words))
    }
    note("gpiochip0", "gpiochip0 is gone")
    note("gpiochip1", "gpiochip1 is gone")
    #expect(ask(bench, "/healthz")?.text == "board: gpiochip0 is gone\nboard: gpiochip1 is gone\n")
    note("gpiochip0", "")
    #expect(ask(bench, "/healthz")?.text == "board: gpiochip1 is gone\n")
    note("gpiochip1", "gpiochip1 is in use")
    note("gpiochip2", "")
    #expect(ask(bench, "/healthz")?.text == "board: gpiochip1 is in use\n")
    note("gpiochip1", "")
    #expect(ask(bench, "/healthz")?.text == "ok\n")
  }
}
