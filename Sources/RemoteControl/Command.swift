// SPDX-License-Identifier: MIT

// What a client of the web socket may say: this version's JSON, and the messages of the tutorial's two last
// chapters, `toggle`, `on`, `off`, `{"action":"toggle"}` and `{"status":"on"}`. Anything else is an error
// with a name, and changes nothing.

import Bytes

/// A client's wish.
enum Command: Equatable {
  case set(Bool)
  case toggle
  case ping(UInt64)
}

/// Why a message is not a command.
enum CommandError: Error, Equatable {
  case malformedJSON, notAnObject, missingType, unknownType, unknownAction, unknownPin
  case malformedValue, malformedID, binaryMessage
  /// The board cannot be used at present: `DeviceState.fault`.
  case boardFault

  /// The words in the answer.
  var words: StaticString {
    switch self {
    case .malformedJSON: "malformed JSON"
    case .notAnObject: "not an object"
    case .missingType: "missing type"
    case .unknownType: "unknown type"
    case .unknownAction: "unknown action"
    case .unknownPin: "unknown pin"
    case .malformedValue: "malformed value"
    case .malformedID: "malformed id"
    case .binaryMessage: "messages are text"
    case .boardFault: "the board does not answer"
    }
  }
}

/// A message as understood: what is wanted, and the number by which to acknowledge it, if it has one.
struct Message {
  var id: UInt64?
  var command: Result<Command, CommandError>

  init(_ text: Span<UInt8>) {
    if text.equals("toggle") {
      self.init(command: .success(.toggle))
    } else if text.equals("on") || text.equals("off") {
      self.init(command: .success(.set(text.equals("on"))))
    } else {
      do throws(JSONError) {
        self.init(try JSONValue(parsing: text))
      } catch {
        self.init(command: .failure(.malformedJSON))
      }
    }
  }

  /// What is to be done: while the board has a fault, nothing that needs it.
  func command(while state: DeviceState) -> Result<Command, CommandError> {
    switch command {
    case .success(.set), .success(.toggle): state.fault.isEmpty ? command : .failure(.boardFault)
    case .success(.ping), .failure: command
    }
  }

  /// Any binary message.
  static var binary: Message { Message(command: .failure(.binaryMessage)) }

  private init(command: Result<Command, CommandError>) { self.command = command }

  private init(_ json: borrowing JSONValue) {
    guard json.kind == .object else {
      command = .failure(.notAnObject)
      return
    }
    if let member = json["id"] {
      guard let number = member.uint64 else {
        command = .failure(.malformedID)
        return
      }
      id = number
    }
    do throws(CommandError) {
      command = .success(try Message.command(json))
    } catch {
      command = .failure(error)
    }
  }

  private static func command(_ json: borrowing JSONValue) throws(CommandError) -> Command {
    guard let type = json["type"] else { return try tutorialCommand(json) }
    if type.equals("ping") {
      guard let number = json["n"]?.uint64 else { throw .malformedValue }
      return .ping(number)
    }
    guard type.equals("set") || type.equals("toggle") else { throw .unknownType }
    guard let pin = json["pin"], pin.equals("led") else { throw .unknownPin }
    if type.equals("toggle") { return .toggle }
    guard let isOn = json["on"]?.bool else { throw .malformedValue }
    return .set(isOn)
  }

  private static func tutorialCommand(_ json: borrowing JSONValue) throws(CommandError) -> Command {
    if let action = json["action"] {
      guard action.equals("toggle") else { throw .unknownAction }
      return .toggle
    }
    guard let status = json["status"] else { throw .missingType }
    guard status.equals("on") || status.equals("off") else { throw .malformedValue }
    return .set(status.equals("on"))
  }
}
