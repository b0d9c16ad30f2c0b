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
    func isNamed(_ candidate: StaticString) -> Bool { suffix.equalsIgnoringCase(candidate) }
    if dot == 0 || name[dot - 1] != UInt8(ascii: ".") { return "application/octet-stream" }
    if isNamed("html") || isNamed("htm") { return html }
    if isNamed("css") { return "text/css; charset=utf-8" }
    if isNamed("js") || isNamed("mjs") { return "text/javascript; charset=utf-8" }
    if isNamed("json") || isNamed("map") { return json }
    if isNamed("webmanifest") { return "application/manifest+json" }
    if isNamed("txt") || isNamed("md") || isNamed("log") { return text }
    if isNamed("svg") { return "image/svg+xml" }
    if isNamed("png") { return "image/png" }
    if isNamed("ico") { return "image/x-icon" }
    if isNamed("jpg") || isNamed("jpeg") { return "image/jpeg" }
    if isNamed("gif") { return "image/gif" }
    if isNamed("webp") { return "image/webp" }
    if isNamed("avif") { return "image/avif" }
    if isNamed("woff2") { return "font/woff2" }
    if isNamed("woff") { return "font/woff" }
    if isNamed("ttf") { return "font/ttf" }
    if isNamed("wasm") { return "application/wasm" }
    if isNamed("xml") { return "application/xml" }
    if isNamed("csv") { return "text/csv; charset=utf-8" }
    if isNamed("pdf") { return "application/pdf" }
    if isNamed("mp3") { return "audio/mpeg" }
    if isNamed("mp4") { return "video/mp4" }
    if isNamed("webm") { return "video/webm" }
    return "application/octet-stream"
  }
}
