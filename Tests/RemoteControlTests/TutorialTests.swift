// SPDX-License-Identifier: MIT

// The tutorial's own pages against our device. Its last one (v1.0) works unchanged, and the messages
// of the one before (v0.8) are understood.

import ConformanceSupport
import RemoteControl
import Testing

@Suite struct TutorialTests {
  /// What the script of v1.0 does: `JSON.parse`, `className = data.status`, and `{"action":"toggle"}` on a
  /// click.
  private struct TutorialPage {
    let client: BenchClient
    /// Each class that the LED got, in order.
    var classNames: [String] = []

    mutating func onMessage() throws {
      for message in client.texts() { classNames.append(try JSON(message).string("status") ?? "undefined") }
    }

    func onToggle() { client.sendText(#"{"action":"toggle"}"#) }
  }

  @Test func theTutorialsLastPageWorksUnchanged() throws {
    let bench = Bench()
    var one = TutorialPage(client: bench.connect(100))
    try one.onMessage()
    #expect(one.classNames == ["off"])
    one.onToggle()
    try one.onMessage()
    #expect(one.classNames == ["off", "on"], "the sender hears of its own change by the state alone")

    var two = TutorialPage(client: bench.connect(101))
    try two.onMessage()
    #expect(two.classNames == ["on"], "a page that comes later does not show the old state")
    bench.tap()
    two.onToggle()
    two.onToggle()
    try one.onMessage()
    try two.onMessage()
    #expect(one.classNames.last == "off" && two.classNames.last == "off")
    #expect(!(one.classNames + two.classNames).contains("undefined"))
    #expect(!bench.isLit)
  }

  @Test(arguments: ["toggle", "on", #"{"action":"toggle"}"#, #"{"status":"on"}"#])
  func eachOfItsMessagesTurnsADarkLedOn(_ message: String) throws {
    let bench = Bench()
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.sendText(message)
    #expect(bench.isLit)
    for client in [sender, other] {
      #expect(try client.texts().map { try JSON($0).string("status") } == ["on"])
    }
  }

  @Test(arguments: ["toggle", "off", #"{"action":"toggle"}"#, #"{"status":"off"}"#])
  func eachOfItsMessagesTurnsALitLedOff(_ message: String) {
    let bench = Bench()
    let client = bench.connectGreeted()
    client.sendText("on")
    client.sendText(message)
    #expect(!bench.isLit)
  }

  @Test func whatItsDeviceCrashedOnIsOnlyAnError() {
    let bench = Bench()
    let client = bench.connectGreeted()
    client.sendText(#"{"volume":11}"#)  // without an action
    #expect(client.texts() == [#"{"type":"error","error":"missing type","status":"off"}"#])
    client.sendText(#"{"action":"toggle","volume":11}"#)  // two members were too many
    #expect(bench.isLit)
  }
}
