// SPDX-License-Identifier: MIT

// What in a page the strict policy breaks, so that whoever puts a page into the folder reads it in the log, and not
// only in the browser's console. It is advice: what a script makes at run time is not seen. Source: Content Security
// Policy level 3, sections 6.1 and 6.7 (what each directive is asked), and 8 (inline).

import Bytes

/// What a page has that the strict page policy does not allow.
struct PageScan: OptionSet, Sendable {
  let rawValue: UInt16

  /// A script in the page itself, which the policy cannot tell from one that a stranger put there.
  static let script = PageScan(rawValue: 1)
  /// An attribute such as `onclick`.
  static let handler = PageScan(rawValue: 2)
  /// An address that is a script: `javascript:`.
  static let scriptAddress = PageScan(rawValue: 4)
  /// A style sheet in the page itself.
  static let style = PageScan(rawValue: 8)
  /// The attribute `style`.
  static let styleAttribute = PageScan(rawValue: 16)
  /// Something that comes from another server.
  static let foreign = PageScan(rawValue: 32)
  /// A page in a page, or a plug-in's.
  static let frame = PageScan(rawValue: 64)
  /// The element `base`.
  static let base = PageScan(rawValue: 128)
  /// It is compressed, and what it has is not seen.
  static let unseen = PageScan(rawValue: 256)

  private static let words: [(PageScan, String)] = [
    (.script, "inline script"), (.handler, "inline handler"), (.scriptAddress, "javascript: address"),
    (.style, "inline style sheet"), (.styleAttribute, "style attribute"), (.foreign, "something from another server"),
    (.frame, "frame"), (.base, "base address"), (.unseen, "perhaps: it is there only compressed"),
  ]

  /// The endings of what has tags.
  private static let documents = ["html", "htm", "xhtml", "svg"]

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// What the file `path`, with this content, has.
  init(_ path: [UInt8], _ content: Span<UInt8>) {
    self = []
    switch Self.ending(of: path) {
    case let ending where Self.documents.contains(ending):
      var reader = HTMLReader(content)
      while let tag = reader.next() { insert(tag) }
      // What is drawn may have its styles: it is mostly an image.
      if ending == "svg" { formIntersection([.script, .handler, .scriptAddress]) }
    case "css": if StyleSheet.namesAnotherServer(content) { insert(.foreign) }
    case "gz":
      let ending = Self.ending(of: path.dropLast(3))
      if ending == "css" || Self.documents.contains(ending) { insert(.unseen) }
    default: break
    }
  }

  /// A few words for the log, the path so that it does no harm there; nil if there is nothing to say.
  func line(for path: [UInt8]) -> String? {
    guard !isEmpty else { return nil }
    var name: [UInt8] = []
    name.append(printable: path.span)
    let words = Self.words.filter { contains($0.0) }.map(\.1)
    return "\(String(decoding: name, as: UTF8.self)) (\(words.joined(separator: ", ")))"
  }

  private static func ending(of path: some BidirectionalCollection<UInt8>) -> String {
    guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(decoding: path[path.index(after: dot)...], as: UTF8.self).lowercased()
  }

  // MARK: Tags

  private mutating func insert(_ tag: HTMLTag) {
    for (name, value) in tag.attributes { insert(attribute: name, value) }
    switch tag.name {
    case "script":
      if let source = tag["src"] ?? tag["href"] ?? tag["xlink:href"] {
        insert(source: source, isImage: false)
      } else if tag.hasContent, Self.isScript(tag["type"]) {
        insert(.script)
      }
    case "style": if ["", "text/css"].contains((tag["type"] ?? "").lowercased()) { insert(.style) }
    case "link": insert(link: tag)
    case "img", "input", "image", "feimage", "use":
      for name in ["src", "href", "xlink:href"] { insert(source: tag[name], isImage: true) }
      insert(set: tag["srcset"])
    case "source", "audio", "video", "track":
      insert(source: tag["src"], isImage: false)
      insert(set: tag["srcset"])
      insert(source: tag["poster"], isImage: true)
    case "iframe", "frame", "embed", "object":
      if tag["src"] ?? tag["srcdoc"] ?? tag["data"] != nil { insert(.frame) }
    case "form": insert(source: tag["action"], isImage: false)
    case "base": if tag["href"] != nil { insert(.base) }
    default: break
    }
  }

  private mutating func insert(attribute name: String, _ value: String) {
    // Those of later standards are recognized, too; an attribute of a framework has another character in its name.
    let isHandler = name.hasPrefix("on") && name.utf8.count > 4 && name.utf8.allSatisfy { 0x61...0x7A ~= $0 }
    if isHandler { insert(.handler) }
    if name == "style" { insert(.styleAttribute) }
    if ["href", "src", "action", "formaction", "data", "xlink:href"].contains(name),
      Address(value).scheme == "javascript"
    {
      insert(.scriptAddress)
    }
  }

  private mutating func insert(link tag: HTMLTag) {
    let relations = (tag["rel"] ?? "").lowercased().split { $0.isWhitespace }
    let loaded: Set<Substring> = [
      "stylesheet", "icon", "manifest", "preload", "modulepreload", "prefetch", "apple-touch-icon",
    ]
    if relations.contains(where: loaded.contains) {
      insert(source: tag["href"], isImage: relations.contains { $0.hasSuffix("icon") })
    }
  }

  private mutating func insert(source: String?, isImage: Bool) {
    guard let source else { return }
    switch Address(source).scheme {
    case nil, "javascript", "about": break
    case "data" where isImage: break
    default: insert(.foreign)
    }
  }

  /// Addresses of an image in several sizes, with commas between them.
  private mutating func insert(set: String?) {
    for part in (set ?? "").split(separator: ",") { insert(source: String(part), isImage: true) }
  }

  /// Whether a `type` is that of a script that is run, and not of data for one.
  private static func isScript(_ type: String?) -> Bool {
    let type = (type ?? "").lowercased()
    return ["", "module", "importmap", "speculationrules"].contains(type) || type.contains("javascript")
      || type.contains("ecmascript")
  }
}

/// Where an address in a page leads.
private struct Address {
  /// The scheme in lower case; `//` for an address that names another server and no scheme; nil for one on this server.
  let scheme: String?

  init(_ text: String) {
    // Browsers drop spaces at the ends, and tabs and line ends anywhere (URL standard, section 4.4).
    let text = text.unicodeScalars.filter { !["\t", "\n", "\r"].contains($0) }.drop { $0.value <= 0x20 }
    let start = text.prefix {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789+-.".unicodeScalars.contains($0))
    }
    if start.count < text.count, text[start.endIndex] == ":", start.first?.properties.isAlphabetic == true {
      scheme = String(String.UnicodeScalarView(start)).lowercased()
    } else {
      let slashes = text.prefix(2).map { $0 == "\\" ? "/" : $0 }
      scheme = slashes == ["/", "/"] ? "//" : nil
    }
  }
}

/// A style sheet, searched for the addresses in it.
private enum StyleSheet {
  /// Whether some `url(…)` or `@import` names another server.
  static func namesAnotherServer(_ content: Span<UInt8>) -> Bool {
    let text = String(decoding: [UInt8](content), as: UTF8.self)
    var rest = Substring(text)
    while let found = rest.firstRange(of: /\/\*|(?i:url\(|@import)\s*["']?/) {
      rest = rest[found.upperBound...]
      if text[found].hasPrefix("/*") {
        guard let end = rest.firstRange(of: "*/") else { return false }
        rest = rest[end.upperBound...]
      } else {
        let address = rest.prefix { !"\"')".contains($0) && !$0.isWhitespace }
        if let scheme = Address(String(address)).scheme, scheme != "data" { return true }
      }
    }
    return false
  }
}
