// SPDX-License-Identifier: MIT

// The form of a table in its file: JSON that a person can read, each user, token and session in a line of its own.
//
//     {"heliograph-accounts":1,
//      "users":[
//       {"name":"anna","role":"admin","number":"5f0c…","password":"$scrypt$ln=15,r=8,p=3$…"}],
//      "tokens":[
//       {"name":"backup","role":"view","created":1764453600,"sha256":"…"}],
//      "sessions":[
//       {"user":"anna","created":1764453600,"seen":1764453600,"client":"Firefox on Linux","address":"192.168.1.7",
//        "sha256":"…"}],
//      "link":{"made":1764453600,"sha256":"…"}}
//
// Rule: what is read is wholly understood, or refused; for what is not understood would be lost at the next change.

import Bytes

/// Why a file does not hold accounts.
public enum AccountFileFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  /// It is longer than `AccountTable.sizeLimit`.
  case tooLong
  /// It is not JSON, or was cut off.
  case notJSON
  /// It is JSON of something else, or of another version.
  case unknownVersion
  /// This piece of it is not as it should be.
  case malformed(String)

  /// What is wrong with the file, to follow its name in a sentence.
  public var description: String {
    switch self {
    case .tooLong: "is longer than \(AccountTable.sizeLimit) bytes"
    case .notJSON: "is damaged: it is not JSON, or was cut off"
    case .unknownVersion: "does not hold accounts, or those of another version of this program"
    case .malformed(let what): "is damaged: it has \(what) that cannot be read"
    }
  }
}

extension AccountTable {
  /// The most bytes of a file.
  static let sizeLimit = 262_144

  /// The content of a file with these accounts.
  var encoded: [UInt8] {
    var text = [UInt8](#"{"heliograph-accounts":1"#)
    Self.append("users", users, to: &text) { user, json in
      json.member("name", user.name.bytes.span)
      json.member("role", Array(user.role.rawValue.utf8).span)
      json.member("number", Array(String(user.number, radix: 16).utf8).span)
      json.member("password", Array(user.password.description.utf8).span)
    }
    Self.append("tokens", tokens, to: &text) { token, json in
      json.member("name", token.name.bytes.span)
      json.member("role", Array(token.role.rawValue.utf8).span)
      json.member("created", token.created)
      json.member("sha256", Array(token.digest.hexadecimal.utf8).span)
    }
    Self.append("sessions", sessions, to: &text) { session, json in
      json.member("user", session.user.bytes.span)
      json.member("created", session.created)
      json.member("seen", session.lastSeen)
      json.member("client", Array(session.client.utf8).span)
      json.member("address", Array(session.address.utf8).span)
      json.member("sha256", Array(session.digest.hexadecimal.utf8).span)
    }
    if let link {
      text.append(",\n \"link\":")
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        json.member("made", link.made)
        json.member("sha256", Array(link.digest.hexadecimal.utf8).span)
        json.endObject()
      }
    }
    text.append("}\n")
    return text
  }

  private static func append<Element>(
    _ name: StaticString, _ elements: [Element], to text: inout [UInt8],
    _ members: (Element, inout JSONWriter) -> Void
  ) {
    text.append(",\n \"")
    text.append(name)
    text.append("\":[")
    for (index, element) in elements.enumerated() {
      text.append(index == 0 ? "\n  " : ",\n  ")
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        members(element, &json)
        json.endObject()
      }
    }
    text.append("]")
  }

  /// The accounts that the content of a file says.
  init(decoding bytes: [UInt8]) throws(AccountFileFlaw) {
    guard bytes.count <= Self.sizeLimit else { throw .tooLong }
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: bytes.span) } catch { throw .notJSON }
    guard json["heliograph-accounts"]?.uint32 == 1 else { throw .unknownVersion }
    guard json.hasNoMembers(but: ["heliograph-accounts", "users", "tokens", "sessions", "link"]) else {
      throw .malformed("a member")
    }
    users = try Self.list(json["users"], "a user", limit: Self.userLimit) { User($0) }
    tokens = try Self.list(json["tokens"], "a token", limit: Self.tokenLimit) { Token($0) }
    sessions = try Self.list(json["sessions"], "a session", limit: Self.sessionLimit) { Session($0) }
    if let json = json["link"] {
      guard let link = Link(json) else { throw .malformed("a link") }
      self.link = link
    }
    try checkWhole()
  }

  /// Each name and number is there once, and each session has its user.
  private mutating func checkWhole() throws(AccountFileFlaw) {
    users.sort { $0.name < $1.name }
    tokens.sort { $0.name < $1.name }
    guard Set(users.map(\.name) + tokens.map(\.name)).count == users.count + tokens.count else {
      throw .malformed("a name twice, or one")
    }
    let numbers = users.map(\.number) + tokens.map(\.number) + sessions.map(\.number)
    guard Set(numbers).count == numbers.count else { throw .malformed("a number twice, or one") }
    for session in sessions where user(session.user) == nil { throw .malformed("a session without a user, or one") }
  }

  private static func list<Element>(
    _ json: JSONValue?, _ what: String, limit: Int, _ element: (JSONValue) -> Element?
  ) throws(AccountFileFlaw) -> [Element] {
    guard let json else { throw .malformed("no list with \(what), or one") }
    var elements: [Element] = []
    var isGood = true
    let isList = json.forEachElement { value in
      if let next = element(value), elements.count < limit { elements.append(next) } else { isGood = false }
      return isGood
    }
    guard isList, isGood else { throw .malformed(what) }
    return elements
  }
}

extension AccountTable.User {
  fileprivate init?(_ json: JSONValue) {
    guard json.hasNoMembers(but: ["name", "role", "number", "password"]), let name = json["name"]?.accountName,
      let role = json["role"]?.string.flatMap(AccountRole.init(rawValue:)), let digits = json["number"]?.string,
      let number = UInt64(digits, radix: 16), number != 0,
      let password = json["password"]?.string.flatMap({ PasswordHash($0) })
    else { return nil }
    self.init(name: name, role: role, password: password, number: number)
  }
}

extension AccountTable.Token {
  fileprivate init?(_ json: JSONValue) {
    guard json.hasNoMembers(but: ["name", "role", "created", "sha256"]), let name = json["name"]?.accountName,
      let role = json["role"]?.string.flatMap(AccountRole.init(rawValue:)), let created = json["created"]?.uint64,
      let digest = json["sha256"]?.digest
    else { return nil }
    self.init(name: name, role: role, digest: digest, created: created)
  }
}

extension AccountTable.Session {
  fileprivate init?(_ json: JSONValue) {
    guard json.hasNoMembers(but: ["user", "created", "seen", "client", "address", "sha256"]),
      let user = json["user"]?.accountName, let created = json["created"]?.uint64, let seen = json["seen"]?.uint64,
      let client = json["client"]?.string, client.utf8.count <= ClientDescription.limit,
      let address = json["address"]?.string, address.utf8.count <= 64, let digest = json["sha256"]?.digest
    else { return nil }
    self.init(digest: digest, user: user, created: created, lastSeen: seen, client: client, address: address)
  }
}

extension AccountTable.Link {
  fileprivate init?(_ json: JSONValue) {
    guard json.hasNoMembers(but: ["made", "sha256"]), let made = json["made"]?.uint64,
      let digest = json["sha256"]?.digest
    else { return nil }
    self.init(digest: digest, made: made)
  }
}

extension JSONValue {
  fileprivate var string: String? {
    var bytes: [UInt8] = []
    return appendString(to: &bytes) ? String(decoding: bytes, as: UTF8.self) : nil
  }

  fileprivate var accountName: AccountName? {
    guard let string, let name = try? AccountName(string), name.description == string else { return nil }
    return name
  }

  fileprivate var digest: SecretDigest? { string.flatMap { SecretDigest(hexadecimal: $0) } }

  /// Whether this is an object that has only members with these names, each at most once.
  fileprivate func hasNoMembers(but names: [StaticString]) -> Bool {
    var seen = [Bool](repeating: false, count: names.count)
    var isGood = true
    let isObject = forEachMember { name, _ in
      let index = names.indices.first { name.equals(names[$0]) }
      if let index, !seen[index] { seen[index] = true } else { isGood = false }
      return isGood
    }
    return isObject && isGood
  }
}
