// SPDX-License-Identifier: MIT

// A board that cannot be used: everyone is told, nothing is pretended, and all is well when it is back.

import ConformanceSupport
import DeviceComponents
import RemoteControl
import SimulatedBoard
import Testing
import Timebase

@Suite struct FaultTests {
  private func fail(_ bench: Bench, _ words: String) {
    bench.network.change { control, _ in control.device.state.noteFault(bytes(words)) }
    bench.network.settle()
  }

  @Test func everyPageIsToldAndSoIsOneThatComesLater() {
    let bench = Bench()
    let page = bench.connectGreeted()
    fail(bench, "gpiochip0 is gone")
    #expect(page.texts().map { $0.contains(#""fault":"gpiochip0 is gone""#) } == [true])
    #expect(bench.connect().texts().first?.contains(#""fault":"gpiochip0 is gone""#) == true)
    #expect(bench.ask("GET", "/api/state")?.text.contains(#""fault":"gpiochip0 is gone""#) == true)
  }

  @Test(arguments: [#"{"type":"toggle","id":1,"pin":"led"}"#, #"{"type":"set","id":1,"pin":"led","on":true}"#])
  func aCommandIsRefusedAndChangesNothing(_ command: String) {
    let bench = Bench()
    fail(bench, "gpiochip0 is gone")
    let page = bench.connectGreeted()
    let before = bench.state.revision
    page.sendText(command)
    #expect(page.texts() == [#"{"type":"ack","id":1,"error":"the board does not answer"}"#])
    #expect(bench.state.revision == before)
    #expect(!bench.state.isOn)
  }

  @Test func aRequestIsRefusedWith503() {
    let bench = Bench()
    fail(bench, "gpiochip0 is gone")
    for (method, target, body) in [("PUT", "/api/led", #"{"on":true}"#), ("POST", "/api/led/toggle", "")] {
      let reply = bench.ask(method, target, body: body)
      #expect(reply?.status == 503)
      #expect(reply?.text == #"{"error":"the board does not answer"}"#)
    }
    #expect(!bench.state.isOn)
  }

  @Test func droppedEdgesCanBeReadWhenThereAreAny() {
    let bench = Bench()
    #expect(bench.ask("GET", "/api/state")?.text.contains("droppedEdges") == false)
    bench.network.change { control, _ in control.device.state.droppedEdges = 176 }
    #expect(bench.ask("GET", "/api/state")?.text.contains(#""droppedEdges":176"#) == true)
  }

  @Test func aPingIsAnsweredAllTheSame() {
    let bench = Bench()
    fail(bench, "gpiochip0 is gone")
    let page = bench.connectGreeted()
    page.sendText(#"{"type":"ping","n":7}"#)
    #expect(page.texts() == [#"{"type":"pong","n":7,"clients":1}"#])
  }

  @Test func theStatusLedShowsTheFailureUntilTheBoardIsBack() {
    let bench = Bench()
    let lit = { (0..<1000).count { _ in
      bench.advance(by: 1)
      return bench.board.state.isStatusLedLit
    } }
    #expect(lit() == 50)
    fail(bench, "gpiochip0 is gone")
    #expect(lit() == 250)
    fail(bench, "")
    #expect(lit() == 50)
  }

  @Test func whenTheBoardIsBackEverythingWorksAsBefore() {
    let bench = Bench()
    let page = bench.connectGreeted()
    fail(bench, "gpiochip0 is gone")
    fail(bench, "")
    #expect(page.texts().last?.contains("fault") == false)
    page.sendText("toggle")
    #expect(bench.state.isOn)
  }
}
