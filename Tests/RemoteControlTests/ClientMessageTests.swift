// SPDX-License-Identifier: MIT

// What a client may say: the messages of this version, those of the tutorial, and everything else.

import Bytes
import ConformanceSupport
import Parts
import Testing

@testable import RemoteControl

@Suite struct ClientMessageTests {
  private func message(_ text: String, _ device: Device = .demo()) -> ClientMessage {
    ClientMessage(bytes(text).span, for: device)
  }

  @Test(arguments: [
    (#"{"type":"set","id":17,"part":"led","on":true}"#, 17, Wish.perform(.set(PartValues(isOn: true)), part: 0)),
    (#"{"type":"set","id":17,"part":"led","on":false}"#, 17, .perform(.set(PartValues(isOn: false)), part: 0)),
    (#"{"type":"toggle","id":18,"part":"led"}"#, 18, .perform(.toggle, part: 0)),
    (#"{"type":"toggle","part":"led"}"#, nil, .perform(.toggle, part: 0)),
    (#"{"type":"ping","n":5}"#, nil, .ping(5)),
    (#"{"type":"ping","n":18446744073709551615}"#, nil, .ping(.max)),
    (#"{"on":true,"part":"led","id":0,"type":"set"}"#, 0, .perform(.set(PartValues(isOn: true)), part: 0)),
    (
      #" { "type" : "set" , "part" : "l\u0065d" , "on" : true , "more" : [1,{}] } "#, nil,
      .perform(.set(PartValues(isOn: true)), part: 0)
    ),
    (
      #"{"type":"set","part":"led","on":false,"on":true}"#, nil, .perform(.set(PartValues(isOn: true)), part: 0)
    ),
    (#"{"type":"click","part":"button"}"#, nil, .perform(.gesture(.click), part: 1)),
    (#"{"type":"double","part":"button"}"#, nil, .perform(.gesture(.double), part: 1)),
    (#"{"type":"long","part":"button"}"#, nil, .perform(.gesture(.long), part: 1)),
    (#"{"type":"press","id":3,"part":"button"}"#, 3, .perform(.press, part: 1)),
    (#"{"type":"release","id":4,"part":"button"}"#, 4, .perform(.release, part: 1)),
  ] as [(String, UInt64?, Wish)])
  func thisVersionsMessages(_ text: String, _ id: UInt64?, _ wish: Wish) {
    let message = message(text)
    #expect(message.id == id)
    #expect(message.wish == .success(wish))
  }

  @Test(arguments: [
    (#"{"type":"set","part":"desk","on":true,"brightness":128}"#, 3, PartValues(isOn: true, brightness: 128)),
    (#"{"type":"set","part":"desk","brightness":255}"#, 3, PartValues(brightness: 255)),
    (#"{"type":"set","part":"strip","color":[1,2,3]}"#, 4, PartValues(color: Color(red: 1, green: 2, blue: 3))),
    (
      #"{"type":"set","part":"wash","color":[1,2,3,255]}"#, 5,
      PartValues(color: Color(red: 1, green: 2, blue: 3, white: 255))
    ),
    (#"{"type":"set","part":"target","value":21.5}"#, 10, PartValues(value: Decimal(215, exponent: -1))),
    (#"{"type":"set","part":"target","value":-2e1}"#, 10, PartValues(value: Decimal(-20))),
  ])
  func valuesOfEachKind(_ text: String, _ part: Int, _ settings: PartValues) {
    #expect(message(text, .kitchen()).wish == .success(.perform(.set(settings), part: part)))
  }

  @Test(arguments: [
    ("toggle", Command.toggle), ("toggle\n", .toggle), ("toggle\r\n", .toggle), (" \t\u{C}\r\n toggle \t\u{C}\n", .toggle),
    ("\non", .set(PartValues(isOn: true))), ("off ", .set(PartValues(isOn: false))),
    ("on", .set(PartValues(isOn: true))), ("off", .set(PartValues(isOn: false))),
    (#"{"action":"toggle"}"#, .toggle),
    (#"{"status":"on"}"#, .set(PartValues(isOn: true))), (#"{"status":"off"}"#, .set(PartValues(isOn: false))),
  ])
  func theTutorialsMessagesMeanTheFirstSwitchOrLight(_ text: String, _ command: Command) throws {
    let message = message(text)
    #expect(message.id == nil)
    #expect(message.wish == .success(.perform(command, part: 0)))
    let button = Part.button("button", input: 0, .on(.press, "toggle desk"))
    let second = try Device(parts: [button, .light("desk", output: 0)])
    #expect(self.message(text, second).wish == .success(.perform(command, part: 1)))
    let neither = try Device(parts: [.contact("door", input: 0)])
    #expect(self.message(text, neither).wish == .failure(.refused(.unknownPart)))
  }

  @Test(arguments: [
    ("", MessageError.malformedJSON), (" ", .malformedJSON), ("tog gle", .malformedJSON), ("\u{A0}on", .malformedJSON),
    ("on\u{B}", .malformedJSON), ("\n", .malformedJSON), ("Toggle", .malformedJSON),
    (#"{"action":"toggle""#, .malformedJSON), (#"{"action":"toggle"}x"#, .malformedJSON),
    ("{'action':'toggle'}", .malformedJSON), ("\u{FEFF}{}", .malformedJSON),
    (String(repeating: "[", count: 4000), .malformedJSON),
    ("[]", .notAnObject), ("1", .notAnObject), ("null", .notAnObject), (#""toggle""#, .notAnObject),
    ("{}", .missingType), (#"{"type2":"set"}"#, .missingType), (#"{"part":"led","on":true}"#, .missingType),
    (#"{"type":"reset"}"#, .unknownType), (#"{"type":"dim","part":"led"}"#, .unknownType),
    (#"{"type":"repeat","part":"button"}"#, .unknownType),
    (#"{"type":null}"#, .unknownType), (#"{"type":"hello"}"#, .unknownType),
    (#"{"type":"Set","part":"led","on":true}"#, .unknownType),
    (#"{"action":"explode"}"#, .unknownAction), (#"{"action":null}"#, .unknownAction),
    (#"{"type":"set","on":true}"#, .refused(.unknownPart)),
    (#"{"type":"set","pin":"led","on":true}"#, .refused(.unknownPart)),
    (#"{"type":"set","part":"lamp","on":true}"#, .refused(.unknownPart)),
    (#"{"type":"toggle","part":["led"]}"#, .refused(.unknownPart)),
    (#"{"type":"toggle","part":""}"#, .refused(.unknownPart)),
    (#"{"type":"set","part":"led","on":1}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","on":"true"}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","brightness":0}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","brightness":256}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","brightness":1.5}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","color":[1,2]}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","color":[1,2,256]}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","color":"red"}"#, .refused(.malformedValue)),
    (#"{"type":"set","part":"led","value":"21"}"#, .refused(.malformedValue)),
    (#"{"type":"ping"}"#, .malformedValue), (#"{"type":"ping","n":-1}"#, .malformedValue),
    (#"{"status":"dim"}"#, .malformedValue),
    (#"{"type":"toggle","part":"led","id":-1}"#, .malformedID),
    (#"{"type":"toggle","part":"led","id":"7"}"#, .malformedID),
    (#"{"type":"toggle","part":"led","id":1.5}"#, .malformedID),
    (#"{"type":"toggle","part":"led","id":null}"#, .malformedID),
    (#"{"type":"toggle","part":"led","id":18446744073709551616}"#, .malformedID),
  ] as [(String, MessageError)])
  func whatIsNoCommandSaysWhy(_ text: String, _ error: MessageError) {
    let message = message(text)
    #expect(message.wish == .failure(error))
    #expect(message.id == nil)
  }

  @Test func anErrorKeepsTheNumberToAnswerTo() {
    let message = message(#"{"type":"set","id":17,"part":"lamp","on":true}"#)
    #expect(message.id == 17)
    #expect(message.wish == .failure(.refused(.unknownPart)))
  }

  @Test func bytesThatAreNoTextAreMalformed() {
    #expect(ClientMessage([UInt8]([0x7B, 0xFF, 0x7D]).span, for: .demo()).wish == .failure(.malformedJSON))
  }
}
