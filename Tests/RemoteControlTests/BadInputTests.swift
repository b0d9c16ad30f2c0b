// SPDX-License-Identifier: MIT

// What a client sends cannot hurt: each refusal is an answer to its sender; the state and everyone else are untouched.

import ConformanceSupport
import DeviceServer
import RemoteControl
import Testing

@Suite struct BadInputTests {
  /// Sends with one of two clients and expects `answers` for it and silence for the other.
  private func expect(
    _ answers: [ReceivedFrame], to message: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) -> (bench: Bench, sender: BenchClient) {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.send(message)
    #expect(sender.frames() == answers, sourceLocation: sourceLocation)
    #expect(other.frames() == [], sourceLocation: sourceLocation)
    #expect(bench.revision == 1 && !bench.isLit, sourceLocation: sourceLocation)
    #expect(other.isConnected, sourceLocation: sourceLocation)
    return (bench, sender)
  }

  @Test(arguments: [
    ("{}", #"{"type":"error","error":"missing type","status":"off"}"#),
    (#"{"id":4}"#, #"{"type":"ack","id":4,"error":"missing type"}"#),
    (#"{"type":"set","id":17,"part":"lamp","on":true}"#, #"{"type":"ack","id":17,"error":"unknown part"}"#),
    (#"{"type":"toggle","id":18}"#, #"{"type":"ack","id":18,"error":"unknown part"}"#),
    (#"{"type":"dance","id":1}"#, #"{"type":"ack","id":1,"error":"unknown type"}"#),
    (#"{"action":"dance"}"#, #"{"type":"error","error":"unknown action","status":"off"}"#),
    (
      #"{"type":"set","id":19,"part":"button","on":true}"#,
      #"{"type":"ack","id":19,"error":"this kind of part does not do that"}"#
    ),
    (
      #"{"type":"click","id":20,"part":"led"}"#,
      #"{"type":"ack","id":20,"error":"this kind of part does not do that"}"#
    ),
    (
      #"{"type":"click","id":21,"part":"button"}"#,
      #"{"type":"ack","id":21,"error":"this button can only be pressed on the device"}"#
    ),
    (#"{"type":"set","id":2,"part":"led"}"#, #"{"type":"ack","id":2,"error":"malformed value"}"#),
    (#"{"type":"set","id":2,"part":"led","on":"yes"}"#, #"{"type":"ack","id":2,"error":"malformed value"}"#),
    (#"{"type":"toggle","part":"led","id":"two"}"#, #"{"type":"error","error":"malformed id","status":"off"}"#),
    (#"{"action":"toggle""#, #"{"type":"error","error":"malformed JSON","status":"off"}"#),
    ("Toggle", #"{"type":"error","error":"malformed JSON","status":"off"}"#),
    ("", #"{"type":"error","error":"malformed JSON","status":"off"}"#),
    (#"["toggle"]"#, #"{"type":"error","error":"not an object","status":"off"}"#),
  ])
  func aWrongMessageIsAnsweredAndNothingElseHappens(_ message: String, _ answer: String) throws {
    _ = try JSON(answer)
    let (bench, sender) = expect([.text(answer)], to: Wire.frame(1, bytes(message)))
    #expect(bench.refusedMessages == 1)
    sender.sendText("toggle")
    #expect(bench.isLit, "the client goes on as before")
  }

  @Test func aBinaryMessageIsAnsweredAndNothingElseHappens() {
    let answer = #"{"type":"error","error":"messages are text","status":"off"}"#
    let (bench, sender) = expect([.text(answer)], to: Wire.frame(2, bytes("toggle")))
    #expect(bench.refusedMessages == 1)
    sender.sendText("toggle")
    #expect(bench.isLit)
  }

  @Test func theLargestMessageIsReadAndOneByteMoreIsTooBig() {
    let padded = #"{"action":"toggle","pad":""#
    let largest = padded + String(repeating: "x", count: 4096 - padded.count - 2) + "\"}"
    let bench = Bench()
    let client = bench.connectGreeted()
    client.sendText(largest)
    #expect(bench.isLit)
    _ = expect([.close(1009)], to: Wire.frame(1, bytes(largest + " ")))
  }

  @Test func aMessageTooLargeInManyFragmentsIsTooBig() {
    let fragment = [UInt8](repeating: 0x20, count: 1000)
    let fragments = (0..<5).flatMap { Wire.frame($0 == 0 ? 1 : 0, fragment, isFinal: false) }
    _ = expect([.close(1009)], to: fragments)
  }

  @Test(arguments: [
    (1007, Wire.frame(1, [0xFF, 0xFE])), (1002, [0x81, 0x02, 0x6F, 0x6E]), (1002, Wire.frame(3, [])),
    (1002, Wire.frame(8, [0])),
  ] as [(UInt16, [UInt8])])
  func aBreachOfTheProtocolEndsOnlyItsSender(_ code: UInt16, _ message: [UInt8]) {
    let (bench, _) = expect([.close(code)], to: message)
    #expect(bench.counters.clientsFailed == 1)
  }

  @Test func anotherSitesPageGetsNoSocket() {
    let bench = Bench()
    let client = BenchClient(bench.network)
    client.send(Wire.upgrade("/ws", ["Origin: http://evil.example"]))
    #expect(client.reply()?.status == 403)
    #expect(bench.takeLog() == [])
  }

  @Test func aNameThatIsNotOursIsRefused() {
    let bench = Bench()
    #expect(bench.ask("GET", "/", ["Host: evil.example"])?.status == 403)
  }

  /// Requests, handshakes and frames with random damage, by the hundred, beside a page that goes on as ever.
  @Test(arguments: (0..<4).map { _ in SeededGenerator.freshSeed() })
  func noiseHurtsNobody(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bench = Bench()
    let page = Page(bench)
    let samples = [
      Wire.request("GET", "/api/state"), Wire.request("PUT", "/api/led", body: #"{"on":true}"#),
      Wire.request("PUT", "/api/parts/led", body: #"{"on":true}"#), Wire.request("POST", "/api/parts/led/toggle"),
      Wire.request("POST", "/api/led/toggle", body: "{}"), Wire.upgrade() + Wire.frame(1, bytes("toggle")),
      Wire.upgrade() + Wire.frame(1, bytes(#"{"type":"set","id":1,"part":"led","on":true}"#))
        + Wire.close(1000),
    ]
    for _ in 0..<300 {
      var noise = samples[Int.random(in: 0..<samples.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        noise[Int.random(in: 0..<noise.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      let client = BenchClient(bench.network)
      for piece in randomPieces(of: noise, using: &generator) { client.send(piece) }
      client.breakOff()
      page.read()
      #expect(page.shown == bench.expected, "seed \(seed)")
    }
    #expect(page.client.isConnected, "seed \(seed)")
    #expect(bench.network.application.server.connectionCount == 1, "seed \(seed)")
  }
}
