// SPDX-License-Identifier: MIT

// A board of which something does not work: everyone is told which parts that takes, those alone refuse, and all is
// well when it is back.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct FaultTests {
  /// Breaks what the LED is wired to, or mends it.
  private func fail(_ bench: Bench, _ words: String) {
    bench.board.fail(output: 0, words)
    bench.network.settle()
  }

  @Test func everyPageIsToldAndSoIsOneThatComesLater() throws {
    let bench = Bench()
    let page = bench.connectGreeted()
    fail(bench, "gpiochip0 is gone")
    let told = try #require(page.texts().first)
    #expect(try JSON(told).names(of: "parts") == ["led"])
    #expect(try JSON(told).string("parts", "led", "fault") == "gpiochip0 is gone")
    let hello = try JSON(#require(bench.connect().texts().first))
    #expect(hello.string("parts", "led", "fault") == "gpiochip0 is gone")
    #expect(!hello.has("parts", "button", "fault"))
    let state = try JSON(#require(bench.ask("GET", "/api/state")).text)
    #expect(state.string("parts", "led", "fault") == "gpiochip0 is gone")
    #expect(bench.ask("GET", "/api/parts/led")?.text.contains(#""fault":"gpiochip0 is gone""#) == true)
  }

  @Test(arguments: [#"{"type":"toggle","id":1,"part":"led"}"#, #"{"type":"set","id":1,"part":"led","on":true}"#])
  func aCommandIsRefusedAndChangesNothing(_ command: String) {
    let bench = Bench()
    fail(bench, "gpiochip0 is gone")
    let page = bench.connectGreeted()
    let before = bench.revision
    page.sendText(command)
    #expect(page.texts() == [#"{"type":"ack","id":1,"error":"the part does not work at present"}"#])
    #expect(bench.revision == before)
    #expect(!bench.isLit)
  }

  @Test func aRequestIsRefusedWith503() {
    let bench = Bench()
    fail(bench, "gpiochip0 is gone")
    for (method, target, body) in [
      ("PUT", "/api/led", #"{"on":true}"#), ("POST", "/api/led/toggle", ""),
      ("PUT", "/api/parts/led", #"{"on":true}"#), ("POST", "/api/parts/led/toggle", ""),
    ] {
      let reply = bench.ask(method, target, body: body)
      #expect(reply?.status == 503)
      #expect(reply?.text == #"{"error":"the part does not work at present"}"#)
    }
    #expect(bench.ask("GET", "/api/parts/led")?.status == 200)
    #expect(!bench.isLit)
  }

  @Test func theOtherPartsWorkOn() {
    let bench = Bench(.kitchen())
    bench.board.fail(output: 0, "gpiochip1 is gone")
    bench.board.fail(input: KitchenInput.celsius, "no answer")
    bench.network.settle()
    let page = bench.connectGreeted()
    page.sendText(#"{"type":"set","id":1,"part":"desk","on":true}"#)
    #expect(page.texts().first?.contains(#""ack","id":1,"rev""#) == true)
    #expect(bench.board.isOn(3))
    bench.set(KitchenInput.door, .active)
    #expect(bench.part("door").isOn == true)
    #expect(bench.device.parts.filter { !$0.fault.isEmpty }.map { text($0.name) } == ["lamp", "celsius"])
  }

  @Test func aSensorThatIsGoneHasNoValue() throws {
    let bench = Bench(.kitchen())
    bench.set(KitchenInput.celsius, .value(21))
    #expect(bench.ask("GET", "/api/parts/celsius")?.text.contains(#""value":21"#) == true)
    bench.board.fail(input: KitchenInput.celsius, "no answer")
    bench.network.settle()
    #expect(bench.ask("GET", "/api/parts/celsius")?.text.hasSuffix(#""value":null,"fault":"no answer"}"#) == true)
  }

  @Test func aButtonThatIsGoneIsNotTakenForHeld() {
    let bench = Bench()
    bench.press()
    #expect(bench.isPressed)
    bench.board.fail(input: 0, "gpiochip0 is gone")
    bench.network.settle()
    #expect(!bench.isPressed)
    bench.board.fail(input: 0, "")
    bench.set(0, .inactive)
    bench.tap()
    #expect(!bench.isLit, "on by the first press, off by the second")
  }

  @Test func anOutputThatIsBackIsDrivenAnew() {
    let bench = Bench()
    bench.connectGreeted().sendText("on")
    fail(bench, "gpiochip0 is gone")
    let before = bench.board.drives.count
    fail(bench, "")
    #expect(bench.board.drives.dropFirst(before).contains(Drive(output: 0, level: .max)))
  }

  @Test func droppedEdgesCanBeReadWhenThereAreAny() {
    let bench = Bench()
    #expect(bench.ask("GET", "/api/state")?.text.contains("dropped_edges") == false)
    bench.network.change { control, _ in control.context.droppedEdges = 176 }
    #expect(bench.ask("GET", "/api/state")?.text.contains(#""dropped_edges":176"#) == true)
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
    let lit = {
      (0..<1000).count { _ in
        bench.advance(by: 1)
        return bench.isStatusLit
      }
    }
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
    #expect(bench.isLit)
  }
}
