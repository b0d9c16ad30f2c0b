// SPDX-License-Identifier: MIT

// The head of a response: a status and field lines, kept as they go on the wire. What frames the body or ends
// the connection is the connection's to write, because only it knows the request; and no value can smuggle a
// line in (RFC 9110 section 5.5).

import Bytes

/// Status and fields of one response.
public struct ResponseHead: Sendable {
  /// The status.
  public var status: HTTPStatus
  #if !WITHOUT_REASON_PHRASES
    /// The words behind the status code (RFC 9112 section 4), which some clients show and nothing else; empty, the
    /// default, for those of the status. See `setReasonPhrase(_:)`.
    public private(set) var reasonPhrase: [UInt8] = []
  #endif
  /// The field lines in wire form, each ended by CRLF.
  public private(set) var fields: [UInt8] = []

  /// A head without fields.
  public init(_ status: HTTPStatus) { self.status = status }

  /// Gives the status line words of its own, unless they are longer than 64 bytes or not printable ASCII throughout:
  /// then, and for empty ones, the words of the status are sent.
  public mutating func setReasonPhrase(_ words: Span<UInt8>) {
    #if !WITHOUT_REASON_PHRASES
      reasonPhrase.removeAll()
      guard words.count <= 64 else { return }
      for index in words.indices where !(0x20...0x7E).contains(words[index]) { return }
      reasonPhrase.append(words)
    #endif
  }

  /// Adds a field line and says whether it did. That `name` is a token (RFC 9110 section 5.1) is not checked.
  ///
  /// It does not, and nothing of the line is ever sent, if the value holds a CR, an LF, a NUL or another
  /// control character than a tab, or if the field is Content-Length or Transfer-Encoding, which
  /// `HTTPConnection` writes. To end a connection call `HTTPConnection.close()`: `Connection: close` added
  /// here would say so and not do it.
  @discardableResult
  public mutating func add(_ name: StaticString, _ value: Span<UInt8>) -> Bool {
    guard value.isFieldValue, addName(name) else { return false }
    fields.append(value)
    fields.append("\r\n")
    return true
  }

  /// Adds a field line with a fixed value, by the rule of `add(_:_:)` for a span.
  @discardableResult
  public mutating func add(_ name: StaticString, _ value: StaticString) -> Bool {
    add(name, value.span)
  }

  /// Adds a field line whose value is a number; false only for a field that `HTTPConnection` writes.
  @discardableResult
  public mutating func add(_ name: StaticString, decimal value: UInt64) -> Bool {
    guard addName(name) else { return false }
    fields.append(decimal: value)
    fields.append("\r\n")
    return true
  }

  /// The value of the first field line of this name, or nil.
  @_lifetime(borrow self)
  public func field(_ name: StaticString) -> Span<UInt8>? {
    let fields = fields.span
    var start = 0
    while let end = fields.firstIndex(of: 0x0D, from: start) {  // no value holds a CR
      let line = fields.extracting(start..<end)
      if let colon = line.firstIndex(of: UInt8(ascii: ":")), line.extracting(first: colon).equalsIgnoringCase(name) {
        return line.extracting(droppingFirst: colon + 1).trimmed
      }
      start = end + 2
    }
    return nil
  }

  /// Removes all field lines of this name.
  public mutating func remove(_ name: StaticString) {
    var start = 0
    while let end = fields.span.firstIndex(of: 0x0D, from: start) {
      let colon = fields.span.firstIndex(of: UInt8(ascii: ":"), from: start) ?? end
      let isNamed = fields.span.extracting(start..<colon).equalsIgnoringCase(name)
      if isNamed {
        fields.removeSubrange(start..<end + 2)
      } else {
        start = end + 2
      }
    }
  }

  private mutating func addName(_ name: StaticString) -> Bool {
    #if !hasFeature(Embedded)  // nearly all heads fit: one allocation
      if fields.isEmpty { fields.reserveCapacity(512) }
    #endif
    let start = fields.count
    fields.append(name)
    guard Self.isForHandlers(fields.span.extracting(droppingFirst: start)) else {
      fields.removeSubrange(start...)
      return false
    }
    fields.append(": ")
    return true
  }

  private static func isForHandlers(_ name: Span<UInt8>) -> Bool {
    !name.equalsIgnoringCase("Content-Length") && !name.equalsIgnoringCase("Transfer-Encoding")
  }
}
