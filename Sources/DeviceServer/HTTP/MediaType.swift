// SPDX-License-Identifier: MIT

// Media types by file name, because a type chosen by hand is sooner or later the wrong one.

import Bytes

/// Media types (RFC 9110 section 8.3.1) of the files that a device's page is made of.
public enum MediaType {
  /// A page in HTML, in UTF-8.
  public static let html: StaticString = "text/html; charset=utf-8"
  /// Plain text in UTF-8.
  public static let text: StaticString = "text/plain; charset=utf-8"
  /// JSON, which is always in UTF-8 (RFC 8259 section 8.1).
  public static let json: StaticString = "application/json"

  private static let unknown: StaticString = "application/octet-stream"

  /// What is not known, then a line for each type: the extensions of its files, and the type. In one text, since a
  /// comparison in the program for each extension takes three times the flash.
  private static let table: StaticString = """
    application/octet-stream
    html htm=text/html; charset=utf-8
    css=text/css; charset=utf-8
    js mjs=text/javascript; charset=utf-8
    json map=application/json
    webmanifest=application/manifest+json
    txt md log=text/plain; charset=utf-8
    svg=image/svg+xml
    png=image/png
    ico=image/x-icon
    jpg jpeg=image/jpeg
    gif=image/gif
    webp=image/webp
    avif=image/avif
    woff2=font/woff2
    woff=font/woff
    ttf=font/ttf
    wasm=application/wasm
    xml=application/xml
    csv=text/csv; charset=utf-8
    pdf=application/pdf
    mp3=audio/mpeg
    mp4=video/mp4
    webm=video/webm

    """

  /// The type of a file of that name, by its extension; `application/octet-stream` if that is unknown.
  @_lifetime(immortal)
  static func forName(_ name: Span<UInt8>) -> Span<UInt8> { at(place(for: name)) }

  @_lifetime(immortal)
  static func at(_ place: Range<Int>) -> Span<UInt8> { table.span.extracting(place) }

  /// Where that type is in `table`.
  static func place(for name: Span<UInt8>) -> Range<Int> {
    var dot = name.count
    while dot > 0, name[dot - 1] != UInt8(ascii: "."), name[dot - 1] != UInt8(ascii: "/") { dot -= 1 }
    let suffix = name.extracting(dot..<name.count)
    var isNamed = dot == 0 || name[dot - 1] != UInt8(ascii: ".")  // without an extension it is the first
    let table = table.span
    var start = 0
    var isType = true  // behind the `=` of a line
    for index in table.indices {
      switch table[index] {
      case UInt8(ascii: "\n"):
        if isNamed { return start..<index }
        isType = false
      case UInt8(ascii: " ") where !isType, UInt8(ascii: "=") where !isType:
        isNamed = isNamed || suffix.equalsIgnoringCase(table.extracting(start..<index))
        isType = table[index] == UInt8(ascii: "=")
      default: continue
      }
      start = index + 1
    }
    return 0..<unknown.utf8CodeUnitCount
  }
}
