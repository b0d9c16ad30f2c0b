// SPDX-License-Identifier: MIT

// The `%NAME%` templates of the tutorial, with their faults fixed: one pass, so a value is never scanned again; values
// are escaped for HTML; an unknown name, and every percent sign that is not part of a name, stays as it is. The text
// between the names is sent from where it is.

public import Bytes

/// The template processor.
public enum Template {
  /// The longest name that is looked up, in bytes.
  public static let longestName = 32

  /// The text that replaces a name.
  public enum Value: Sendable {
    /// Text, which is escaped.
    case text
    /// Markup, which is not: the processor has escaped the text in it.
    case html
  }

  /// Gives the value of a name: appends it to the output and says what it is, or returns nil for a name that it does
  /// not know.
  public typealias Processor = (_ name: Span<UInt8>, _ value: inout [UInt8]) -> Value?

  /// Appends `file` to `output` with each known `%NAME%` replaced by its value, escaped for HTML.
  ///
  /// A name is 1 to 32 of `A`–`Z`, `0`–`9` and `_`. Of the page, only small parts are copied.
  public static func append(_ file: SharedBytes, to output: inout OutputQueue, processor: Processor) {
    let page = file.span
    var done = 0
    var index = 0
    var value: [UInt8] = []
    var escaped: [UInt8] = []
    while let start = page.firstIndex(of: UInt8(ascii: "%"), from: index) {
      let end = endOfName(in: page, from: start + 1)
      guard end > start + 1, end < page.count, page[end] == UInt8(ascii: "%") else {
        index = max(end, start + 1)
        continue
      }
      value.clear()
      if let kind = processor(page.extracting(start + 1..<end), &value) {
        output.append(file, done..<start)
        if kind == .text {
          escaped.clear()
          appendEscaped(value.span, to: &escaped)
          swap(&escaped, &value)
        }
        output.append(value.span)
        done = end + 1
        index = done
      } else {
        index = end  // the closing sign may open the next name
      }
    }
    output.append(file, done..<page.count)
  }

  private static func endOfName(in page: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < page.count, end - start < longestName {
      switch page[end] {
      case 0x41...0x5A, 0x30...0x39, 0x5F: end += 1
      default: return end
      }
    }
    return end
  }

  /// Appends `text` escaped for HTML, between tags or in a quoted attribute.
  public static func appendEscaped(_ text: Span<UInt8>, to html: inout [UInt8]) {
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "&"): html.append("&amp;")
      case UInt8(ascii: "<"): html.append("&lt;")
      case UInt8(ascii: ">"): html.append("&gt;")
      case UInt8(ascii: "\""): html.append("&quot;")
      case UInt8(ascii: "'"): html.append("&#39;")
      case let byte: html.append(byte)
      }
    }
  }
}
