// SPDX-License-Identifier: MIT

// Media types by file name, because a type chosen by hand is sooner or later the wrong one.

import Bytes

/// Media types (RFC 9110 section 8.3.1) of the files that a device's page is made of.
public enum MediaType {
  public static let html: StaticString = "text/html; charset=utf-8"
  public static let text: StaticString = "text/plain; charset=utf-8"
  public static let json: StaticString = "application/json"

  /// The type of a file of that name, by its extension; `application/octet-stream` if that says nothing.
  public static func forName(_ name: Span<UInt8>) -> StaticString {
    var dot = name.count
    while dot > 0, name[dot - 1] != UInt8(ascii: "."), name[dot - 1] != UInt8(ascii: "/") { dot -= 1 }
    let suffix = name.extracting(dot..<name.count)
    func isAny(_ candidates: StaticString...) -> Bool {
      for candidate in candidates where suffix.equalsIgnoringCase(candidate) { return true }
      return false
    }
    if dot == 0 || name[dot - 1] != UInt8(ascii: ".") { return "application/octet-stream" }
    if isAny("html", "htm") { return html }
    if isAny("css") { return "text/css; charset=utf-8" }
    if isAny("js", "mjs") { return "text/javascript; charset=utf-8" }
    if isAny("json", "map") { return json }
    if isAny("webmanifest") { return "application/manifest+json" }
    if isAny("txt", "md", "log") { return text }
    if isAny("svg") { return "image/svg+xml" }
    if isAny("png") { return "image/png" }
    if isAny("ico") { return "image/x-icon" }
    if isAny("jpg", "jpeg") { return "image/jpeg" }
    if isAny("gif") { return "image/gif" }
    if isAny("webp") { return "image/webp" }
    if isAny("avif") { return "image/avif" }
    if isAny("woff2") { return "font/woff2" }
    if isAny("woff") { return "font/woff" }
    if isAny("ttf") { return "font/ttf" }
    if isAny("wasm") { return "application/wasm" }
    if isAny("xml") { return "application/xml" }
    if isAny("csv") { return "text/csv; charset=utf-8" }
    if isAny("pdf") { return "application/pdf" }
    if isAny("mp3") { return "audio/mpeg" }
    if isAny("mp4") { return "video/mp4" }
    if isAny("webm") { return "video/webm" }
    return "application/octet-stream"
  }
}
