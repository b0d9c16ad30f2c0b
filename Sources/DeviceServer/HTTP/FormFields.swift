// SPDX-License-Identifier: MIT

// What a form sends, and a query: `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).

import Bytes

/// The fields of a form.
public struct FormFields: Sendable {
  private var fields: [(name: [UInt8], value: [UInt8])] = []

  /// Reads a body or a query; of more than `limit` fields the rest is left out. A percent sign that begins no escape
  /// stands for itself, as the standard wants.
  public init(_ text: Span<UInt8>, limit: Int = 16) {
    var start = 0
    while start < text.count, fields.count < limit {
      let end = text.firstIndex(of: UInt8(ascii: "&"), from: start) ?? text.count
      let field = text.extracting(start..<end)
      start = end + 1
      guard !field.isEmpty else { continue }
      let sign = field.firstIndex(of: UInt8(ascii: "=")) ?? field.count
      fields.append(
        (Self.decoded(field.extracting(first: sign)), Self.decoded(field.extracting(droppingFirst: sign + 1))))
    }
  }

  /// The value of the first field of this name; empty if there is none.
  public subscript(_ name: StaticString) -> [UInt8] {
    fields.first { $0.name.span.equals(name) }?.value ?? []
  }

  /// The values of all fields of this name, in order.
  public func all(_ name: StaticString) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for field in fields where field.name.span.equals(name) { values.append(field.value) }
    return values
  }

  private static func decoded(_ text: Span<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: "+") {
        decoded.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), text.count - index >= 2, let high = text[index].hexadecimalValue,
        let low = text[index + 1].hexadecimalValue
      {
        decoded.append(high << 4 | low)
        index += 2
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }
}
