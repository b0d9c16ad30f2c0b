// SPDX-License-Identifier: MIT

// All six kinds through the web socket and the HTTP API: what each can be asked, what it answers, and that states hold
// only what has changed.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct KitchenTests {
  @Test func everyPartIsDescribedInTheGreeting() throws {
    let bench = Bench(.kitchen())
    bench.set(KitchenInput.celsius, .value(Decimal(214, exponent: -1)))
    let hello = try #require(bench.connect().texts().first)
    let parts = [
      #""lamp":{"kind":"switch","label":"Lamp","off_after":1800000,"on":false}"#,
      #""up":{"kind":"switch","label":"Up","group":"Blind","interlock":["down"],"on":false}"#,
      #""down":{"kind":"switch","label":"Down","group":"Blind","interlock":["up"],"on":false}"#,
      #""desk":{"kind":"light","label":"Desk","channels":1,"on":false,"brightness":255}"#,
      #""strip":{"kind":"light","label":"Strip","channels":3,"on":false,"brightness":255,"color":[255,255,255]}"#,
      #""wash":{"kind":"light","label":"Wash","channels":4,"on":false,"brightness":255,"color":[255,255,255,255]}"#,
      #""wall":{"kind":"button","label":"Wall","pressed":false,"presses":0}"#,
      #""bell":{"kind":"button","label":"Bell","remote":true,"pressed":false,"presses":0}"#,
      #""door":{"kind":"contact","label":"Door","device_class":"door","on":false}"#,
      #""celsius":{"kind":"sensor","label":"Celsius","device_class":"temperature","unit":"°C","value":21.4}"#,
      #""target":{"kind":"number","label":"Target","unit":"°C","min":5,"max":30,"step":0.5,"value":20}"#,
    ]
    #expect(hello.hasSuffix(#""parts":{\#(parts.joined(separator: ","))}}"#))
    #expect(bench.ask("GET", "/api/state")?.text == hello)
  }

  @Test(arguments: [
    (#""set","part":"lamp","on":true"#, ##""lamp":{"on":true,"left":1800000,"by":"#1"}"##),
    (#""toggle","part":"desk""#, ##""desk":{"on":true,"brightness":255,"by":"#1"}"##),
    (#""set","part":"desk","brightness":128"#, ##""desk":{"on":true,"brightness":128,"by":"#1"}"##),
    (
      #""set","part":"strip","color":[1,2,3],"brightness":9"#,
      ##""strip":{"on":true,"brightness":9,"color":[1,2,3],"by":"#1"}"##
    ),
    (
      #""set","part":"wash","color":[1,2,3,4],"on":false"#,
      ##""wash":{"on":false,"brightness":255,"color":[1,2,3,4],"by":"#1"}"##
    ),
    (#""set","part":"target","value":21.3"#, ##""target":{"value":21.5,"by":"#1"}"##),
    (#""set","part":"target","value":215e-1"#, ##""target":{"value":21.5,"by":"#1"}"##),
  ])
  func aCommandChangesItsPartAndTheStateHoldsThatAlone(_ command: String, _ part: String) {
    let bench = Bench(.kitchen())
    let (sender, other) = (bench.connectGreeted(), bench.connectGreeted())
    sender.sendText(#"{"type":\#(command),"id":1}"#)
    let state =
      #"{"type":"state","boot":"00009f3a","rev":2,"status":"\#(part.hasPrefix("\"lamp") ? "on" : "off")","#
      + #""clients":2,"parts":{\#(part)}}"#
    #expect(sender.texts() == [#"{"type":"ack","id":1,"rev":2}"#, state])
    #expect(other.texts() == [state])
  }

  @Test func aSwitchThatRestsIsWantedAndThenOn() throws {
    let bench = Bench(.kitchen())
    bench.advance(by: .seconds(1))
    let client = bench.connectGreeted()
    client.sendText(#"{"type":"set","part":"up","on":true}"#)
    #expect(client.texts().last?.hasSuffix(##""parts":{"up":{"on":true,"by":"#1"}}}"##) == true)
    client.sendText(#"{"type":"set","part":"down","on":true}"#)
    let parts =
      ##""parts":{"up":{"on":false,"by":"interlock"},"down":{"on":false,"wanted":true,"by":"#1"}}}"##
    #expect(client.texts().last?.hasSuffix(parts) == true)
    bench.advance(by: .seconds(1))
    #expect(client.texts().last?.hasSuffix(##""parts":{"down":{"on":true,"by":"#1"}}}"##) == true)
  }

  @Test func theTimeThatIsLeftIsSaidAsItIs() throws {
    let bench = Bench(.kitchen())
    bench.connectGreeted().sendText("on")
    bench.advance(by: .seconds(600))
    let state = try JSON(#require(bench.ask("GET", "/api/state")).text)
    #expect(state.number("parts", "lamp", "left") == 1_200_000)
    bench.advance(by: .seconds(1199))
    let client = bench.connectGreeted()
    bench.advance(by: .seconds(1))
    #expect(client.texts().last?.hasSuffix(#""parts":{"lamp":{"on":false,"by":"timer"}}}"#) == true)
  }

  @Test func readingsAreStates() {
    let bench = Bench(.kitchen())
    let client = bench.connectGreeted()
    bench.set(KitchenInput.door, .active)
    bench.set(KitchenInput.celsius, .value(Decimal(-5, exponent: -1)))
    let texts = client.texts()
    #expect(texts.first?.hasSuffix(#""rev":2,"status":"off","clients":1,"parts":{"door":{"on":true}}}"#) == true)
    #expect(texts.last?.hasSuffix(#""rev":3,"status":"off","clients":1,"parts":{"celsius":{"value":-0.5}}}"#) == true)
  }

  // MARK: Buttons from a page

  @Test func aButtonThatMayBeWorkedFromAPageDoesWhatItsGesturesDo() {
    let bench = Bench(.kitchen())
    let client = bench.connectGreeted()
    client.sendText(#"{"type":"click","id":1,"part":"bell"}"#)
    #expect(bench.part("lamp").isOn == true)
    #expect(bench.part("desk").isOn == true, "a click begins with a press")
    #expect(client.texts().last?.contains(#""bell":{"pressed":false,"presses":1,"gesture":"click","by":""#) == true)
    client.sendText(#"{"type":"click","id":2,"part":"wall"}"#)
    #expect(client.texts() == [#"{"type":"ack","id":2,"error":"this button can only be pressed on the device"}"#])
  }

  @Test func aButtonHeldFromAPageIsHeldUntilThePageLetsGo() {
    let bench = Bench(.kitchen())
    let client = bench.connectGreeted()
    client.sendText(#"{"type":"press","part":"bell"}"#)
    bench.advance(by: .seconds(5))
    #expect(bench.isPressed)
    client.sendText(#"{"type":"release","part":"bell"}"#)
    bench.advance(by: 50)
    #expect(!bench.isPressed)
    #expect(bench.part("lamp").isOn == true, "a click, however long")
  }

  @Test(arguments: [true, false])
  func aButtonHeldFromAPageIsReleasedWhenItGoes(_ isOrderly: Bool) {
    let bench = Bench(.kitchen())
    let (holder, other) = (bench.connectGreeted(), bench.connectGreeted())
    holder.sendText(#"{"type":"press","part":"bell"}"#)
    bench.advance(by: 50)
    #expect(bench.isPressed)
    other.send(Wire.close(1001))
    bench.advance(by: 50)
    #expect(bench.isPressed, "another page has gone")
    if isOrderly { holder.send(Wire.close(1001)) } else { holder.breakOff() }
    bench.advance(by: 50)
    #expect(!bench.isPressed)
  }

  @Test func aDeadPageDoesNotHoldAButtonForEver() {
    let bench = Bench(.kitchen())
    let holder = bench.connectGreeted()
    holder.sendText(#"{"type":"press","part":"bell"}"#)
    holder.stopReading()
    bench.advance(by: .seconds(60))
    #expect(holder.wasAborted)
    #expect(!bench.isPressed)
  }

  @Test func aButtonIsDownAsLongAsAnyPageHoldsIt() {
    let bench = Bench(.kitchen())
    let (first, second) = (bench.connectGreeted(), bench.connectGreeted())
    first.sendText(#"{"type":"press","part":"bell"}"#)
    second.sendText(#"{"type":"press","part":"bell"}"#)
    bench.advance(by: 50)
    first.breakOff()
    bench.advance(by: 50)
    #expect(bench.isPressed)
    second.breakOff()
    bench.advance(by: 50)
    #expect(!bench.isPressed)
  }
}
