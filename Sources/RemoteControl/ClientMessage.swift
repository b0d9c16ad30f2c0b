// SPDX-License-Identifier: MIT

// What a client of the WebSocket may say: this version's JSON, and the messages of the tutorial's two last
// chapters, `toggle`, `on`, `off`, `{"action":"toggle"}` and `{"status":"on"}`, which mean the first switch or light.
// Anything else is an error with a name, and changes nothing.

import Bytes
import Parts

/// What a client wants.
enum Wish: Equatable {
  case perform(Command, part: Int)
  case ping(UInt64)
}

/// Why a message is not understood, or not obeyed.
enum MessageError: Error, Equatable {
  case notUnderstood(Mistake)
  case refused(CommandError)

  /// What is wrong with a message.
  enum Mistake: UInt8 {
    case malformedJSON, notAnObject, missingType, unknownType, unknownAction, malformedID, binaryMessage
  }

  static var malformedJSON: MessageError { .notUnderstood(.malformedJSON) }
  static var notAnObject: MessageError { .notUnderstood(.notAnObject) }
  static var missingType: MessageError { .notUnderstood(.missingType) }
  static var unknownType: MessageError { .notUnderstood(.unknownType) }
  static var unknownAction: MessageError { .notUnderstood(.unknownAction) }
  static var malformedID: MessageError { .notUnderstood(.malformedID) }
  static var binaryMessage: MessageError { .notUnderstood(.binaryMessage) }
  static var malformedValue: MessageError { .refused(.malformedValue) }

  /// The words in the answer.
  var words: Span<UInt8> {
    @_lifetime(immortal) get {
      switch self {
      case .notUnderstood(let mistake): Self.mistakes.line(Int(mistake.rawValue))
      case .refused(let error): error.words
      }
    }
  }

  /// A line for each mistake, in their order.
  private static let mistakes: StaticString = """
    malformed JSON
    not an object
    missing type
    unknown type
    unknown action
    malformed id
    messages are text
    """
}

/// A message as understood: what is wanted, and the number by which to acknowledge it, if it has one.
struct ClientMessage {
  var id: UInt64?
  var wish: Result<Wish, MessageError>

  init(_ text: Span<UInt8>, for device: borrowing Device) {
    if let command = ClientMessage.command(word: text.trimmedOfWhitespace) {
      self.init(wish: ClientMessage.main(command, device))
      return
    }
    do throws(JSONError) {
      self.init(try JSONValue(parsing: text), device)
    } catch {
      self.init(wish: .failure(.malformedJSON))
    }
  }

  /// Any binary message.
  static var binary: ClientMessage { ClientMessage(wish: .failure(.binaryMessage)) }

  private init(wish: Result<Wish, MessageError>) { self.wish = wish }

  private init(_ json: borrowing JSONValue, _ device: borrowing Device) {
    guard json.kind == .object else {
      wish = .failure(.notAnObject)
      return
    }
    if let member = json["id"] {
      guard let number = member.uint64 else {
        wish = .failure(.malformedID)
        return
      }
      id = number
    }
    do throws(MessageError) {
      wish = .success(try ClientMessage.wish(json, device))
    } catch {
      wish = .failure(error)
    }
  }

  private static func wish(_ json: borrowing JSONValue, _ device: borrowing Device) throws(MessageError) -> Wish {
    guard let type = json["type"] else { return try tutorialWish(json, device) }
    if type.equals("ping") {
      guard let number = json["n"]?.uint64 else { throw .malformedValue }
      return .ping(number)
    }
    guard let verb = Verb(type) else { throw .unknownType }
    guard let member = json["part"], let part = device.index(of: member) else { throw .refused(.unknownPart) }
    do throws(CommandError) {
      return .perform(try verb.command(json), part: part)
    } catch {
      throw .refused(error)
    }
  }

  // MARK: The tutorial's messages

  private static func command(word: Span<UInt8>) -> Command? {
    if word.equals("toggle") { return .toggle }
    if word.equals("on") { return .set(PartValues(isOn: true)) }
    if word.equals("off") { return .set(PartValues(isOn: false)) }
    return nil
  }

  private static func tutorialWish(
    _ json: borrowing JSONValue, _ device: borrowing Device
  ) throws(MessageError) -> Wish {
    if let action = json["action"] {
      guard action.equals("toggle") else { throw .unknownAction }
      return try main(.toggle, device).get()
    }
    guard let status = json["status"] else { throw .missingType }
    guard status.equals("on") || status.equals("off") else { throw .malformedValue }
    return try main(.set(PartValues(isOn: status.equals("on"))), device).get()
  }

  private static func main(_ command: Command, _ device: borrowing Device) -> Result<Wish, MessageError> {
    guard let part = device.mainPart else { return .failure(.refused(.unknownPart)) }
    return .success(.perform(command, part: part))
  }
}

/// What a part can be asked to do by name: the `type` of a message, and the last segment of a path.
enum Verb: UInt8, CaseIterable {
  case set, toggle, click, double, long, press, release

  /// In one text, in the order of the cases.
  private static let names: StaticString = "set\ntoggle\nclick\ndouble\nlong\npress\nrelease"

  var name: Span<UInt8> {
    @_lifetime(immortal) get { Self.names.line(Int(rawValue)) }
  }

  init?(_ name: borrowing JSONValue) {
    for verb in Verb.allCases where name.equals(verb.name) {
      self = verb
      return
    }
    return nil
  }

  init?(_ name: Span<UInt8>) {
    for verb in Verb.allCases where name.equals(verb.name) {
      self = verb
      return
    }
    return nil
  }

  /// The command that a message with these members gives.
  func command(_ json: borrowing JSONValue) throws(CommandError) -> Command {
    if self == .set { return .set(try PartValues(json)) }
    return simpleCommand ?? .toggle
  }

  /// The command that needs no values; nil for `set`.
  var simpleCommand: Command? {
    switch self {
    case .set: nil
    case .toggle: .toggle
    case .click: .gesture(.click)
    case .double: .gesture(.double)
    case .long: .gesture(.long)
    case .press: .press
    case .release: .release
    }
  }
}

extension Device {
  /// The part that a JSON string names, or nil.
  fileprivate func index(of name: borrowing JSONValue) -> Int? {
    let parts = parts.span  // an element of the array itself would be copied, with its texts
    for index in parts.indices where name.equals(parts[index].name.span) { return index }
    return nil
  }
}
