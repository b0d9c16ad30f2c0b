// SPDX-License-Identifier: MIT

// What the device says, byte for byte as the protocol's description writes it, and read back by another
// parser.

import ConformanceSupport
import Testing

@testable import RemoteControl

@Suite struct AnswerTests {
  let kitchen = Identity(name: bytes("Kitchen"), boot: 0x9f3a)

  private func written(_ write: (inout [UInt8]) -> Void) throws -> (text: String, json: JSON) {
    var answer: [UInt8] = []
    write(&answer)
    return (text(answer), try JSON(text(answer)))
  }

  @Test func helloSaysEverything() throws {
    let (text, json) = try written { Answers.appendHello(DeviceState(), kitchen, clients: 3, to: &$0) }
    #expect(
      text == #"{"type":"hello","proto":1,"boot":"00009f3a","rev":1,"status":"off","#
        + #""pins":{"led":{"on":false},"button":{"pressed":false}},"clients":3,"name":"Kitchen"}"#)
    #expect(json.names == ["type", "proto", "boot", "rev", "status", "pins", "clients", "name"])
    #expect(json.truth("pins", "led", "on") == false)
    #expect(json.truth("pins", "button", "pressed") == false)
    #expect(json.number("proto") == 1)
  }

  @Test(arguments: [(Author.button, "button"), (.http, "http"), (.client(4_294_967_295), "#4294967295")])
  func aStateSaysWhoChangedIt(_ author: Author, _ name: String) throws {
    var state = DeviceState()
    state.set(true, by: author)
    let (text, json) = try written { Answers.appendState(state, kitchen, clients: 1, to: &$0) }
    #expect(
      text == #"{"type":"state","boot":"00009f3a","rev":2,"status":"on","#
        + #""pins":{"led":{"on":true},"button":{"pressed":false}},"clients":1,"by":"\#(name)"}"#)
    #expect(json.string("by") == name)
    #expect(json.truth("pins", "led", "on") == true)
  }

  @Test func theButtonIsInTheState() throws {
    var state = DeviceState()
    state.noteButton(isPressed: true)
    let (_, json) = try written { Answers.appendState(state, kitchen, clients: 0, to: &$0) }
    #expect(json.truth("pins", "button", "pressed") == true)
    #expect(json.string("status") == "off")
  }

  @Test func acknowledgements() throws {
    let done = try written { Answers.appendAcknowledgement(17, revision: 42, to: &$0) }
    #expect(done.text == #"{"type":"ack","id":17,"rev":42}"#)
    let refused = try written { Answers.appendError(.unknownPin, id: 17, to: &$0) }
    #expect(refused.text == #"{"type":"ack","id":17,"error":"unknown pin"}"#)
    let largest = try written { Answers.appendAcknowledgement(.max, revision: .max, to: &$0) }
    #expect(largest.json.number("id") == .max)
  }

  @Test func whoGaveNoNumberGetsNoAcknowledgement() throws {
    let (text, _) = try written { Answers.appendError(.missingType, id: nil, to: &$0) }
    #expect(text == #"{"type":"error","error":"missing type"}"#)
  }

  @Test func aPongSaysHowManyWatch() throws {
    let (text, _) = try written { Answers.appendPong(5, clients: 3, to: &$0) }
    #expect(text == #"{"type":"pong","n":5,"clients":3}"#)
  }

  @Test(arguments: [
    #"K"i\t"#, "</script>", "line\nfeed\u{0}", "Küche 🔥", "%STATE%",
  ])
  func anyNameComesBackAsItWas(_ name: String) throws {
    let identity = Identity(name: bytes(name), boot: 1)
    let (_, json) = try written { Answers.appendHello(DeviceState(), identity, clients: 0, to: &$0) }
    #expect(json.string("name") == name)
  }

  @Test func aNameThatIsNoTextStillMakesJSON() throws {
    let identity = Identity(name: [0x41, 0xFF, 0x42], boot: 1)
    let (_, json) = try written { Answers.appendHello(DeviceState(), identity, clients: 0, to: &$0) }
    #expect(json.string("name") == "A\u{FFFD}B")
  }

  @Test func everyErrorHasWordsOfItsOwn() {
    let errors: [CommandError] = [
      .malformedJSON, .notAnObject, .missingType, .unknownType, .unknownAction, .unknownPin, .malformedValue,
      .malformedID, .binaryMessage,
    ]
    #expect(Set(errors.map { "\($0.words)" }).count == errors.count)
  }
}
