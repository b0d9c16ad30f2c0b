// SPDX-License-Identifier: MIT

// The template processor, beside a second one that is written for clarity alone and must give the same page.

import Bytes
import DeviceServer

extension FuzzTarget {
  /// A page: any bytes.
  static let template = FuzzTarget("template", longestInput: 1024) { page throws(BrokenInvariant) in
    var output = OutputQueue()
    var names: [[UInt8]] = []
    Template.append(SharedBytes(page), to: &output) { name, value in
      names.append([UInt8](name))
      guard let known = TemplateModel.value(of: [UInt8](name)) else { return nil }
      value += known
      return .text
    }
    try check(output.content == TemplateModel.fill(page), "known names, and nothing else, are replaced")
    for name in names {
      try check(1...Template.longestName ~= name.count, "a name has 1 to 32 bytes")
      try check(name.allSatisfy(TemplateModel.isNameByte), "a name consists of A to Z, 0 to 9 and _")
    }

    var untouched = OutputQueue()
    Template.append(SharedBytes(page), to: &untouched) { _, _ in nil }
    try check(untouched.content == page, "a page without known names stays as it is")

    var escaped: [UInt8] = []
    Template.appendEscaped(page.span, to: &escaped)
    try check(!escaped.contains { TemplateModel.markup.contains($0) }, "escaped text holds no markup")
    try check(TemplateModel.unescape(escaped) == page, "escaping loses nothing")
  }
}

extension OutputQueue {
  /// What a transport would be given.
  fileprivate var content: [UInt8] {
    var (queue, all) = (self, [UInt8]())
    queue.write { span in
      all.append(span)
      return span.count
    }
    return all
  }
}

/// The rules of `Template` once more.
private enum TemplateModel {
  /// What has a meaning in HTML; the ampersand begins an escape.
  static let markup = Array("<>\"'".utf8)

  private static let escapes: [(byte: UInt8, text: [UInt8])] = [
    ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
  ].map { (Array($0.utf8)[0], Array($1.utf8)) }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// Names that start with K are known. A value holds markup, and a name that must not be filled in again.
  static func value(of name: [UInt8]) -> [UInt8]? {
    switch name.first {
    case UInt8(ascii: "K"): Array("<%K%&\"'>".utf8) + name
    case UInt8(ascii: "E"): []
    default: nil
    }
  }

  static func fill(_ page: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var rest = page[...]
    while let byte = rest.first {
      let name = Array(rest.dropFirst().prefix(while: isNameByte))
      let isName = byte == UInt8(ascii: "%") && 1...32 ~= name.count
      if isName, rest.dropFirst(1 + name.count).first == byte, let value = value(of: name) {
        for byte in value { output += escapes.first { $0.byte == byte }?.text ?? [byte] }
        rest = rest.dropFirst(name.count + 2)
      } else {
        output.append(byte)
        rest = rest.dropFirst()
      }
    }
    return output
  }

  static func unescape(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var rest = text[...]
    while let byte = rest.first {
      let escape = escapes.first { rest.starts(with: $0.text) }
      output.append(escape?.byte ?? byte)
      rest = rest.dropFirst(escape?.text.count ?? 1)
    }
    return output
  }
}
