// SPDX-License-Identifier: MIT

// Whom a gateway speaks with: a broker that answers as MQTT 3.1.1 wants it, and pages that read what they are sent.
// Both are strict and share no code with the gateway.

import Bytes

/// A broker.
struct FleetPeer {
  var isConnected = false
  var acknowledges = true
  private var rest: [UInt8] = []

  init(isConnected: Bool = false, acknowledges: Bool = true) {
    self.isConnected = isConnected
    self.acknowledges = acknowledges
  }

  /// A message of which the words are `a/led/state ON`.
  static func message(_ words: ArraySlice<UInt8>, isRetained: Bool) -> [UInt8] {
    let topic = Array("f/".utf8) + words.prefix { $0 != UInt8(ascii: " ") }.prefix(200)
    let payload = words.drop { $0 != UInt8(ascii: " ") }.dropFirst()
    let body = [0, UInt8(topic.count)] + topic + payload
    var packet: [UInt8] = [isRetained ? 0x31 : 0x30]
    if body.count > 127 { packet.append(UInt8(body.count & 0x7F) | 0x80) }
    packet.append(UInt8(body.count > 127 ? body.count >> 7 : body.count))
    return packet + body
  }

  /// What it answers to packets of the gateway, which are whole.
  mutating func answer(_ output: [UInt8]) throws(BrokenInvariant) -> [UInt8] {
    rest += output
    var answer: [UInt8] = []
    while let (first, body) = try takePacket() {
      switch first {
      case 0x10: answer += [0x20, 2, 0, 0]
      case 0x82:
        let filters = try Self.count(ofFilters: body.dropFirst(2))
        answer += [0x90, UInt8(2 + filters)] + body.prefix(2) + [UInt8](repeating: 0, count: filters)
      case 0x32, 0x3A: answer += try Self.acknowledge(body, acknowledges)
      case 0xC0: answer += [0xD0, 0]
      case 0x40, 0xE0: break
      default: throw BrokenInvariant(description: "a gateway sends no packet that begins with \(first)")
      }
    }
    return answer
  }

  private mutating func takePacket() throws(BrokenInvariant) -> (UInt8, [UInt8])? {
    guard rest.count >= 2 else { return nil }
    var (length, place) = (0, 1)
    while true {
      guard place < rest.count else { return nil }
      length |= Int(rest[place] & 0x7F) << (7 * (place - 1))
      place += 1
      if rest[place - 1] < 0x80 { break }
      try check(place < 5, "a length has four bytes at most")
    }
    guard rest.count >= place + length else { return nil }
    let packet = (rest[0], Array(rest[place..<place + length]))
    rest.removeFirst(place + length)
    return packet
  }

  private static func count(ofFilters body: ArraySlice<UInt8>) throws(BrokenInvariant) -> Int {
    var (rest, count) = (body, 0)
    while rest.count > 2 {
      let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      rest = rest.dropFirst(2 + length + 1)
      count += 1
    }
    try check(rest.isEmpty, "filters are whole")
    return count
  }

  /// It is told the wish, or a command to one part of one device: nothing that is kept.
  private static func acknowledge(_ body: [UInt8], _ acknowledges: Bool) throws(BrokenInvariant) -> [UInt8] {
    let length = Int(body[0]) << 8 | Int(body[1])
    let topic = text(body[2..<2 + length])
    let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
    if topic != "f/all/ask" {
      let isCommand = levels.count == 4 && levels[0] == "f" && levels[3] == "set"
        && levels[1] != "all" && levels[1] != "group"
      try check(isCommand, "a gateway asks and commands, and does not publish \(topic)")
      let names = levels[1...2].allSatisfy { name in
        !name.isEmpty && name.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F || $0 == 0x2D }
      }
      try check(names, "a command has the names of a device and a part, not \(topic)")
      try check(1...256 ~= body.count - length - 4, "a command says something, and is not long")
    }
    return acknowledges ? [0x40, 2] + body[(2 + length)..<(4 + length)] : []
  }
}

/// An open page, or one that was fetched.
struct FleetReader {
  /// The identifiers of its rows, from the top.
  private(set) var order: [String] = []
  /// Each without its age, which grows by itself.
  private(set) var rows: [String: [UInt8]] = [:]
  var isOver = false
  private(set) var isOpen = false
  private var rest: [UInt8] = []

  /// A client's frame, masked with nothing.
  static func frame(_ payload: [UInt8], opcode: UInt8 = 1) -> [UInt8] {
    let length = payload.count < 126 ? [0x80 | UInt8(payload.count)]
      : [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    return [0x80 | opcode] + length + [0, 0, 0, 0] + payload
  }

  /// Reads what has come, and returns what it answers.
  mutating func read(_ bytes: [UInt8]) throws(BrokenInvariant) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var (left, answer) = ((rest + bytes)[...], [UInt8]())
    if !isOpen {
      guard let response = try WireResponse.take(from: &left, expecting: .unknown) else { return [] }
      try check(response.status == 101, "a page may open its socket")
      isOpen = true
    }
    while let frame = try WireFrame.take(from: &left, mayBeCompressed: false) {
      try check(!isOver, "nothing follows a Close")
      if frame.opcode == 8 { isOver = true }
      if frame.opcode == 9 { answer += Self.frame(frame.payload, opcode: 10) }
      if frame.opcode == 1 { try take(frame.payload) }
    }
    rest = Array(left)
    return answer
  }

  private mutating func take(_ message: [UInt8]) throws(BrokenInvariant) {
    try check(String(validating: message, as: UTF8.self) != nil, "a message is UTF-8")
    let head = Array(message.prefix { $0 != UInt8(ascii: "\n") })
    let html = Array(message.dropFirst(head.count + 1))
    guard let json = try? JSONValue(parsing: head.span), let type = json["type"] else {
      throw BrokenInvariant(description: "a message begins with a line of JSON: \(text(head))")
    }
    let isList = type.equals("list")
    try check(isList || type.equals("rows") || html.isEmpty, "only lists and news have rows")
    let news = try Self.rows(in: html)
    if isList {
      order = news.map(\.identifier)
      rows = [:]
    }
    for (identifier, row) in news {
      try check(order.contains(identifier), "news are of rows that a page shows, not of \(identifier)")
      rows[identifier] = row
    }
  }

  /// Takes the rows of a whole page over.
  mutating func readPage(_ page: [UInt8]) throws(BrokenInvariant) {
    guard let start = Self.place(behind: "<ul id='rows'", in: page[...]),
      let first = Self.place(behind: ">", in: page[start...]),
      let end = Self.place(behind: "</ul><nav", in: page[first...])
    else { throw BrokenInvariant(description: "a page has its rows") }
    let found = try Self.rows(in: Array(page[first..<end - "</ul><nav".utf8.count]))
    order = found.map(\.identifier)
    rows = Dictionary(found.map { ($0.identifier, $0.row) }) { $1 }
  }

  private static func place(behind words: String, in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: words.utf8) }.map { $0 + words.utf8.count }
  }

  static func isAbsent(_ row: [UInt8]) -> Bool {
    let head = text(row.prefix { $0 != UInt8(ascii: ">") })
    return head.hasSuffix("class='silent'") || head.hasSuffix("class='offline'")
  }

  /// The rows, each with its identifier; what is no markup of rows breaks off.
  private static func rows(in html: [UInt8]) throws(BrokenInvariant) -> [(identifier: String, row: [UInt8])] {
    var rows: [(identifier: String, row: [UInt8])] = []
    var open: [String] = []
    var (row, isAge) = ([UInt8](), false)
    var rest = html[...]
    while let byte = rest.first {
      guard byte == UInt8(ascii: "<") else {
        let words = rest.prefix { $0 != UInt8(ascii: "<") }
        try check(isEscaped(words) && !open.isEmpty, "a stranger's words are escaped, not \(text(words))")
        if !isAge { row += words }
        rest = rest.dropFirst(words.count)
        continue
      }
      let tag = rest.dropFirst().prefix { $0 != UInt8(ascii: ">") }
      let source = rest.prefix(tag.count + 2)
      rest = rest.dropFirst(source.count)
      let attributes = try Self.attributes(of: tag)
      let name = attributes.name
      if name.hasPrefix("/") {
        try check(open.popLast() == String(name.dropFirst()), "what is opened is closed in turn")
      } else if name != "input" {
        if open.isEmpty {
          try check(name == "li" && attributes.first == "data-id", "rows follow each other")
          rows.append((attributes.value, []))
          row = []
        }
        open.append(name)
      }
      isAge = name == "em"
      if !isAge { row += source }
      if open.isEmpty, !rows.isEmpty { rows[rows.count - 1].row = row }
    }
    try check(open.isEmpty, "rows are whole")
    return rows
  }

  private static let names: Set<String> = ["li", "div", "input", "span", "small", "a", "em", "ul", "button", "b", "i"]
  private static let attributes: Set<String> = [
    "data-id", "class", "type", "name", "value", "aria-labelledby", "id", "rel", "href", "data-age", "aria-disabled",
    "role", "aria-checked",
  ]

  /// The name of a tag, and its first attribute; others than a row has break off.
  private static func attributes(
    of tag: ArraySlice<UInt8>
  ) throws(BrokenInvariant) -> (name: String, first: String, value: String) {
    var rest = tag.drop { $0 != UInt8(ascii: " ") }
    let name = text(tag.prefix(tag.count - rest.count))
    try check(names.contains(name) || name.hasPrefix("/") && names.contains(String(name.dropFirst())), "no tag is \(name)")
    var first: (String, String)?
    while rest.first == UInt8(ascii: " ") {
      let attribute = text(rest.dropFirst().prefix { $0 != UInt8(ascii: "=") })
      rest = rest.dropFirst(attribute.utf8.count + 2)
      try check(rest.first == UInt8(ascii: "'") && attributes.contains(attribute), "no attribute is \(attribute)")
      let value = rest.dropFirst().prefix { $0 != UInt8(ascii: "'") }
      try check(isEscaped(value), "an attribute is escaped, not \(text(value))")
      if attribute == "href" { try check(text(value).hasPrefix("http"), "a link leads to a page, not to \(text(value))") }
      if first == nil { first = (attribute, text(value)) }
      rest = rest.dropFirst(value.count + 2)
    }
    try check(rest.isEmpty, "a tag is made of attributes: \(text(tag))")
    return (name, first?.0 ?? "", first?.1 ?? "")
  }

  /// Whether a text has no markup, and `&` only where it begins a character.
  private static func isEscaped(_ words: ArraySlice<UInt8>) -> Bool {
    var rest = words
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\"") { return false }
      guard byte == UInt8(ascii: "&") else { continue }
      guard ["amp;", "lt;", "gt;", "quot;", "#39;"].contains(where: { rest.starts(with: $0.utf8) }) else { return false }
    }
    return true
  }
}
