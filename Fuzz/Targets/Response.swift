// SPDX-License-Identifier: MIT

// What a client reads: responses, by RFC 9112, strictly. It shares no code with what it reads from.

/// A response as it came over the wire.
struct WireResponse: Equatable {
  struct Field: Equatable {
    /// In lower case.
    var name: String
    var value: String
  }

  var status = 0
  var fields: [Field] = []
  var body: [UInt8] = []
  /// Whether its end has come; false only for the last thing on a connection.
  var isWhole = true

  /// The values of the fields of this name, which is given in lower case.
  func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// Whether this is the last response on its connection, in its own words.
  var saysClose: Bool { values("connection").contains("close") }

  /// What a response to this request may be like.
  enum Expectation {
    /// An answer to HEAD: no body, whatever the fields say.
    case noBody
    case body
    /// It may be either; no body that comes begins like a response.
    case unknown
  }

  /// Takes one response off the front of `bytes`; nil until its head is whole.
  ///
  /// One whose body is cut short is taken too, and says so.
  static func take(
    from bytes: inout ArraySlice<UInt8>, expecting expectation: Expectation
  ) throws(BrokenInvariant) -> WireResponse? {
    var response = WireResponse()
    var rest = bytes
    guard let statusLine = takeLine(from: &rest) else { return nil }
    try response.parse(statusLine: statusLine)
    while true {
      guard let line = takeLine(from: &rest) else { return nil }
      if line.isEmpty { break }
      try response.parse(fieldLine: line)
    }
    try response.takeBody(from: &rest, expecting: expectation)
    bytes = rest
    return response
  }

  private mutating func parse(statusLine line: ArraySlice<UInt8>) throws(BrokenInvariant) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    let isStatusLine = parts.count == 3 && parts[0].elementsEqual("HTTP/1.1".utf8) && parts[1].count == 3
    try check(isStatusLine, "a response begins with a status line, not \(text(line))")
    status = Int(text(parts[1])) ?? 0
    try check(100...599 ~= status, "a status is a number from 100 to 599")
    try check(isPrintable(parts[2]), "a reason phrase is printable")
  }

  private mutating func parse(fieldLine line: ArraySlice<UInt8>) throws(BrokenInvariant) {
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    try check(!name.isEmpty && name.allSatisfy(isTokenByte), "a field name is a token, not \(text(line))")
    let value = line.dropFirst(name.count + 1)
    try check(value.first == UInt8(ascii: " ") && isPrintable(value), "a field value is printable: \(text(line))")
    fields.append(Field(name: text(name).lowercased(), value: text(value.dropFirst())))
  }

  private mutating func takeBody(
    from rest: inout ArraySlice<UInt8>, expecting expectation: Expectation
  ) throws(BrokenInvariant) {
    let lengths = values("content-length")
    let codings = values("transfer-encoding")
    try check(lengths.count + codings.count <= 1, "at most one field frames a body")
    if status < 200 || status == 204 || status == 304 {
      return try check(status == 304 || lengths + codings == [], "a status without a body frames none")
    }
    if expectation == .noBody { return }
    if codings.count == 1 {
      try check(codings[0] == "chunked", "chunked is the only coding")
      isWhole = takeChunks(from: &rest)
    } else if let text = lengths.first {
      guard let length = Int(text), length >= 0 else {
        throw BrokenInvariant(description: "a length is a number, not \(text)")
      }
      if expectation == .unknown, rest.isEmpty || rest.starts(with: "HTTP/1.1 ".utf8) { return }
      body = Array(rest.prefix(length))
      isWhole = body.count == length
      rest = rest.dropFirst(length)
    } else {
      try check(saysClose, "a body without a length is ended by the connection")
      body = Array(rest)
      rest = []
    }
  }

  private mutating func takeChunks(from rest: inout ArraySlice<UInt8>) -> Bool {
    while let line = Self.takeLine(from: &rest), let size = Int(text(line), radix: 16) {
      guard rest.count >= size + 2, rest.dropFirst(size).starts(with: "\r\n".utf8) else {
        body += rest.prefix(size)
        rest = []
        return false
      }
      body += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
      if size == 0 { return true }
    }
    rest = []
    return false
  }

  private static func takeLine(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var index = rest.startIndex
    while index + 1 < rest.endIndex {
      if rest[index] == UInt8(ascii: "\r"), rest[index + 1] == UInt8(ascii: "\n") {
        let line = rest[..<index]
        rest = rest[(index + 2)...]
        return line
      }
      index += 1
    }
    return nil
  }
}

/// The bytes as text, for a message or a comparison.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Whether a field value or a reason may have these bytes (RFC 9110 section 5.5).
func isPrintable(_ bytes: some Collection<UInt8>) -> Bool {
  bytes.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }
}

/// Whether a token may have this byte (RFC 9110 section 5.6.2).
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"):
    true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
