// SPDX-License-Identifier: MIT

// What the device says, byte for byte as the protocol's description writes it, and read back by another parser.

import Bytes
import ConformanceSupport
import DeviceServer
import Parts
import Testing
import Timebase

@testable import RemoteControl

@Suite struct AnswerTests {
  /// A context without a server around it.
  private func context(_ device: Device = .demo(), clients: Int = 3, clientLimit: Int = 8) -> RemoteControlContext {
    var router = Router<RemoteControlContext>()
    let endpoint = Routes.add(to: &router)
    var context = RemoteControlContext(
      device, identity: Identity(boot: 0x9f3a, board: "test"), log: SerialLog(), endpoint: endpoint,
      clientLimit: clientLimit)
    context.clients = clients
    return context
  }

  private func written(_ write: (inout [UInt8]) -> Void) throws -> (text: String, json: JSON) {
    var answer: [UInt8] = []
    write(&answer)
    return (text(answer), try JSON(text(answer)))
  }

  @Test func helloSaysEverything() throws {
    let (text, json) = try written { ServerMessages.appendHello(context(), to: &$0) }
    #expect(
      text == #"{"type":"hello","proto":2,"boot":"00009f3a","rev":1,"status":"off","clients":3,"name":"Kitchen","#
        + #""board":"test","version":"\#(Identity.version)","uptime":0,"parts":{"#
        + #""led":{"kind":"switch","label":"LED","on":false},"#
        + #""button":{"kind":"button","label":"Button","pressed":false,"presses":0}}}"#)
    let members = ["type", "proto", "boot", "rev", "status", "clients", "name", "board", "version", "uptime", "parts"]
    #expect(json.names == Set(members))
    #expect(json.truth("parts", "led", "on") == false)
    #expect(json.truth("parts", "button", "pressed") == false)
    #expect(json.number("proto") == 2)
  }

  @Test func helloSaysWhenThereIsNoPlaceForAnother() throws {
    let full = try written { ServerMessages.appendHello(context(clients: 8), to: &$0) }
    #expect(full.json.truth("full") == true)
    let free = try written { ServerMessages.appendHello(context(clients: 7), to: &$0) }
    #expect(!free.json.has("full"))
  }

  @Test func uptimeIsCountedFromTheStartOfTheParts() throws {
    var context = context()
    context.setup(now: MonotonicTime(milliseconds: 5000))
    context.device.now = MonotonicTime(milliseconds: 128_456)
    let (_, json) = try written { ServerMessages.appendHello(context, to: &$0) }
    #expect(json.number("uptime") == 123_456)
  }

  @Test(arguments: [
    (Author.button, "button"), (.http, "http"), (.mqtt, "mqtt"), (.client(4_294_967_295), "#4294967295"),
  ])
  func aStateSaysWhoChangedAPart(_ author: Author, _ name: String) throws {
    var context = context()
    try context.device.perform(.toggle, on: 0, by: author, now: .zero)
    let (text, json) = try written { ServerMessages.appendState(context, since: 1, to: &$0) }
    #expect(
      text == #"{"type":"state","boot":"00009f3a","rev":2,"status":"on","clients":3,"#
        + #""parts":{"led":{"on":true,"by":"\#(name)"}}}"#)
    #expect(json.string("parts", "led", "by") == name)
  }

  @Test func aStateHoldsOnlyWhatChangedSinceAndThatWhole() throws {
    var context = context(.kitchen())
    let (desk, target) = (3, 10)
    try context.device.perform(.set(PartValues(brightness: 128)), on: desk, by: .http, now: .zero)
    let between = context.device.revision
    try context.device.perform(.set(PartValues(value: Decimal(215, exponent: -1))), on: target, by: .http, now: .zero)
    let both = try written { ServerMessages.appendState(context, since: 1, to: &$0) }
    #expect(both.json.names(of: "parts") == ["desk", "target"])
    #expect(both.json.names(of: "parts", "desk") == ["on", "brightness", "by"])
    let one = try written { ServerMessages.appendState(context, since: between, to: &$0) }
    #expect(one.text.hasSuffix(#""parts":{"target":{"value":21.5,"by":"http"}}}"#))
    let none = try written { ServerMessages.appendState(context, since: context.device.revision, to: &$0) }
    #expect(none.text.hasSuffix(#""parts":{}}"#))
  }

  @Test func aDeviceWithoutSwitchOrLightHasNoStatus() throws {
    let sensor = Part.sensor("celsius", input: 0)
    let (_, json) = try written { ServerMessages.appendHello(context(try! Device(parts: [sensor])), to: &$0) }
    #expect(!json.has("status"))
    #expect(json.has("parts", "celsius", "value"))
  }

  @Test func acknowledgements() throws {
    let done = try written { ServerMessages.appendAcknowledgement(17, revision: 42, to: &$0) }
    #expect(done.text == #"{"type":"ack","id":17,"rev":42}"#)
    let refused = try written { ServerMessages.appendError(.refused(.unknownPart), id: 17, .demo(), to: &$0) }
    #expect(refused.text == #"{"type":"ack","id":17,"error":"unknown part"}"#)
  }

  @Test(arguments: [
    (UInt64.max, (1 << 32) - 1), (0, 1 << 32), (1, (1 << 32) + 1), (1 << 53, (1 << 53) - 1),
  ] as [(UInt64, UInt64)])
  func largeNumbersAreWrittenDigitByDigit(_ id: UInt64, _ revision: UInt64) throws {
    let (text, json) = try written { ServerMessages.appendAcknowledgement(id, revision: revision, to: &$0) }
    #expect(text == #"{"type":"ack","id":\#(id),"rev":\#(revision)}"#)
    #expect(json.number("rev") == revision)
  }

  @Test func whoGaveNoNumberGetsNoAcknowledgementButTheTutorialsStatus() throws {
    let (text, _) = try written { ServerMessages.appendError(.missingType, id: nil, .demo(), to: &$0) }
    #expect(text == #"{"type":"error","error":"missing type","status":"off"}"#)
  }

  @Test func aPongSaysHowManyWatch() throws {
    let (text, _) = try written { ServerMessages.appendPong(5, clients: 3, to: &$0) }
    #expect(text == #"{"type":"pong","n":5,"clients":3}"#)
  }

  @Test(arguments: [#"K"i\t"#, "</script>", "line\nfeed\u{0}", "Küche 🔥", "%STATE%"])
  func anyNameComesBackAsItWas(_ name: String) throws {
    let (_, json) = try written { ServerMessages.appendHello(context(.demo(name: name)), to: &$0) }
    #expect(json.string("name") == name)
  }

  @Test func aNameThatIsNoTextStillMakesJSON() throws {
    let device = try Device([0x41, 0xFF, 0x42], parts: [])
    let (_, json) = try written { ServerMessages.appendHello(context(device), to: &$0) }
    #expect(json.string("name") == "A\u{FFFD}B")
  }

  @Test func everyErrorHasWordsOfItsOwn() {
    let refusals: [CommandError] = [.unknownPart, .unsuitableCommand, .malformedValue, .partFault, .notRemote]
    let errors: [MessageError] = [
      .malformedJSON, .notAnObject, .missingType, .unknownType, .unknownAction, .malformedID, .binaryMessage,
    ] + refusals.map { .refused($0) }
    let words = errors.map { error in
      var text: [UInt8] = []
      text.append(error.words)
      return text
    }
    #expect(Set(words).count == errors.count)
    #expect(!words.contains([]))
    #expect(words.last == Array("this button can only be pressed on the device".utf8), "the last line is the last case")
    #expect(words[6] == Array("messages are text".utf8), "the last line is the last case")
  }
}
