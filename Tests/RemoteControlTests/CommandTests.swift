// SPDX-License-Identifier: MIT

// What a client may say: the messages of this version, those of the tutorial, and everything else.

import Testing

@testable import RemoteControl

@Suite struct CommandTests {
  @Test(arguments: [
    (#"{"type":"set","id":17,"pin":"led","on":true}"#, 17, Command.set(true)),
    (#"{"type":"set","id":17,"pin":"led","on":false}"#, 17, .set(false)),
    (#"{"type":"toggle","id":18,"pin":"led"}"#, 18, .toggle),
    (#"{"type":"toggle","pin":"led"}"#, nil, .toggle),
    (#"{"type":"ping","n":5}"#, nil, .ping(5)),
    (#"{"type":"ping","n":18446744073709551615}"#, nil, .ping(.max)),
    (#"{"on":true,"pin":"led","id":0,"type":"set"}"#, 0, .set(true)),
    (#" { "type" : "set" , "pin" : "l\u0065d" , "on" : true , "more" : [1,{}] } "#, nil, .set(true)),
    (#"{"type":"set","pin":"led","on":false,"on":true}"#, nil, .set(true)),
  ] as [(String, UInt64?, Command)])
  func thisVersionsMessages(_ text: String, _ id: UInt64?, _ command: Command) {
    let message = Message(Array(text.utf8).span)
    #expect(message.id == id)
    #expect(message.command == .success(command))
  }

  @Test(arguments: [
    ("toggle", Command.toggle), ("on", .set(true)), ("off", .set(false)),
    (#"{"action":"toggle"}"#, .toggle),
    (#"{"status":"on"}"#, .set(true)), (#"{"status":"off"}"#, .set(false)),
  ])
  func theTutorialsMessages(_ text: String, _ command: Command) {
    let message = Message(Array(text.utf8).span)
    #expect(message.id == nil)
    #expect(message.command == .success(command))
  }

  @Test(arguments: [
    ("", CommandError.malformedJSON), (" ", .malformedJSON),
    ("Toggle", .malformedJSON), ("toggle\n", .malformedJSON),
    (#"{"action":"toggle""#, .malformedJSON), (#"{"action":"toggle"}x"#, .malformedJSON),
    ("{'action':'toggle'}", .malformedJSON), ("\u{FEFF}{}", .malformedJSON),
    (String(repeating: "[", count: 4000), .malformedJSON),
    ("[]", .notAnObject), ("1", .notAnObject), ("null", .notAnObject), (#""toggle""#, .notAnObject),
    ("{}", .missingType), (#"{"type2":"set"}"#, .missingType), (#"{"pin":"led","on":true}"#, .missingType),
    (#"{"type":"reset"}"#, .unknownType),
    (#"{"type":null}"#, .unknownType), (#"{"type":"hello"}"#, .unknownType),
    (#"{"type":"Set","pin":"led","on":true}"#, .unknownType),
    (#"{"action":"explode"}"#, .unknownAction), (#"{"action":null}"#, .unknownAction),
    (#"{"type":"set","on":true}"#, .unknownPin), (#"{"type":"set","pin":"lamp","on":true}"#, .unknownPin),
    (#"{"type":"toggle","pin":"button"}"#, .unknownPin), (#"{"type":"toggle","pin":["led"]}"#, .unknownPin),
    (#"{"type":"set","pin":"led"}"#, .malformedValue),
    (#"{"type":"set","pin":"led","on":1}"#, .malformedValue),
    (#"{"type":"set","pin":"led","on":"true"}"#, .malformedValue), (#"{"type":"ping"}"#, .malformedValue),
    (#"{"type":"ping","n":-1}"#, .malformedValue), (#"{"status":"dim"}"#, .malformedValue),
    (#"{"type":"toggle","pin":"led","id":-1}"#, .malformedID),
    (#"{"type":"toggle","pin":"led","id":"7"}"#, .malformedID),
    (#"{"type":"toggle","pin":"led","id":1.5}"#, .malformedID),
    (#"{"type":"toggle","pin":"led","id":null}"#, .malformedID),
    (#"{"type":"toggle","pin":"led","id":18446744073709551616}"#, .malformedID),
  ] as [(String, CommandError)])
  func whatIsNoCommandSaysWhy(_ text: String, _ error: CommandError) {
    let message = Message(Array(text.utf8).span)
    #expect(message.command == .failure(error))
    #expect(message.id == nil)
  }

  @Test func anErrorKeepsTheNumberToAnswerTo() {
    let message = Message(Array(#"{"type":"set","id":17,"pin":"lamp","on":true}"#.utf8).span)
    #expect(message.id == 17)
    #expect(message.command == .failure(.unknownPin))
  }

  @Test func bytesThatAreNoTextAreMalformed() {
    let message = Message([UInt8]([0x7B, 0xFF, 0x7D]).span)
    #expect(message.command == .failure(.malformedJSON))
  }
}
