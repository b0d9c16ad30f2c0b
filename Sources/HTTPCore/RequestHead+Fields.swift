// SPDX-License-Identifier: MIT

// Looking fields up. Names are compared without regard to ASCII case (RFC 9110 section 5.1); a field may come
// in several lines, which mean the same as one line with commas between them (section 5.3).

import Bytes

extension RequestHead {
  /// The trimmed value of the first field line of this name, or nil.
  @_lifetime(borrow self)
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func field(_ name: StaticString) -> Span<UInt8>? {
    guard let range = nextValue(of: name, from: fieldsStart)?.value else { return nil }
    return bytes.span.extracting(range)
  }

  /// How many field lines have this name.
  public func fieldCount(_ name: StaticString) -> Int {
    var count = 0
    var position = fieldsStart
    while let record = nextValue(of: name, from: position) {
      count += 1
      position = record.value.upperBound
    }
    return count
  }

  /// Whether the comma-separated list in all lines of this name has `token`, ASCII case ignored.
  public func field(_ name: StaticString, contains token: StaticString) -> Bool {
    var isThere = false
    forEachElement(of: name) { element in
      if element.equalsIgnoringCase(token) { isThere = true }
    }
    return isThere
  }

  /// Calls `body` with each element, trimmed, of the comma-separated list in all lines of this name; empty ones are
  /// passed over (RFC 9110 section 5.6.1.2).
  ///
  /// A comma inside a quoted string cuts, too: for lists whose quoted strings have none that matters.
  @inline(never)
  public func forEachElement(of name: StaticString, _ body: (Span<UInt8>) -> Void) {
    var line = fieldsStart
    while let record = nextValue(of: name, from: line) {
      let list = bytes.span.extracting(record.value)
      var position = 0
      while let element = list.nextListElement(&position) {
        if !element.isEmpty { body(element) }
      }
      line = record.value.upperBound
    }
  }

  /// Calls `body` with the name and the trimmed value of each field line, in the order of arrival.
  public func forEachField(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
    var position = fieldsStart
    while let record = record(at: position) {
      body(bytes.span.extracting(record.name), bytes.span.extracting(record.value))
      position = record.value.upperBound
    }
  }

  /// Where one field's name and value lie in `bytes`; the next record begins where the value ends.
  struct FieldRecord {
    var name: Range<Int>
    var value: Range<Int>
  }

  func record(at position: Int) -> FieldRecord? {
    guard position < bytes.count else { return nil }
    let nameStart = position + 4
    let nameEnd = nameStart + (Int(bytes[position]) << 8 | Int(bytes[position + 1]))
    let valueEnd = nameEnd + (Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
    return FieldRecord(name: nameStart..<nameEnd, value: nameEnd..<valueEnd)
  }

  func nextValue(of name: StaticString, from start: Int) -> FieldRecord? {
    var position = start
    while let record = record(at: position) {
      if bytes.span.extracting(record.name).equalsIgnoringCase(name) { return record }
      position = record.value.upperBound
    }
    return nil
  }

  /// Adds a field; name and value are each shorter than 64 KB because `Limits.headSize` is.
  mutating func append(_ field: borrowing FieldLine) {
    bytes.append(UInt8(truncatingIfNeeded: field.name.count >> 8))
    bytes.append(UInt8(truncatingIfNeeded: field.name.count))
    bytes.append(UInt8(truncatingIfNeeded: field.value.count >> 8))
    bytes.append(UInt8(truncatingIfNeeded: field.value.count))
    bytes.append(field.name)
    bytes.append(field.value)
  }
}

extension Span<UInt8> {
  /// The element of this comma-separated list that begins at `position`, trimmed, or nil behind the last (RFC
  /// 9110 section 5.6.1); moves `position` to the next. Elements may be empty.
  @_lifetime(copy self)
  @inline(never)
  func nextListElement(_ position: inout Int) -> Span<UInt8>? {
    guard position <= count else { return nil }
    let end = firstIndex(of: UInt8(ascii: ","), from: position) ?? count
    let element = extracting(position..<end).trimmed
    position = end + 1
    return element
  }
}
