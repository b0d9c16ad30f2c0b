// SPDX-License-Identifier: MIT

// How a static asset is sent: conditional requests (RFC 9110 section 13.1.2), content coding (section 12.5.3) and
// caching. Compressed and plain bytes are two representations, so each has a strong tag of its own.

import Bytes
import HTTPCore

enum AssetResponse {
  /// Fills `response` with `asset`, which is not a template.
  static func fill(_ response: inout Response, with asset: StaticAsset, for head: RequestHead) {
    let isCompressed = !asset.gzipped.isEmpty && acceptsGzip(head)
    var tag: [UInt8] = []
    if !asset.entityTag.isEmpty {
      tag.append("\"")
      tag.append(asset.entityTag.span)
      tag.append(isCompressed ? "-gzip\"" : "\"")
      response.head.add("ETag", tag.span)
    }
    response.head.add("Cache-Control", "no-cache")  // keep it, but ask: a 304 costs a hundred bytes
    if !asset.gzipped.isEmpty { response.head.add("Vary", "Accept-Encoding") }
    if !tag.isEmpty, matches(head, tag.span) {
      response.status = .notModified
      return
    }
    if isCompressed { response.head.add("Content-Encoding", "gzip") }
    response.send(shared: isCompressed ? asset.gzipped : asset.bytes, type: asset.contentType)
  }

  /// Whether one of the `If-None-Match` tags is `tag`, by weak comparison, or `*`.
  private static func matches(_ head: RequestHead, _ tag: Span<UInt8>) -> Bool {
    guard let list = head.field("If-None-Match") else { return false }
    var start = 0
    while start <= list.count {
      // Our tags contain no comma, so cutting at commas cannot make a false match.
      let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
      var candidate = list.extracting(start..<end).trimmed
      if candidate.equals("*") { return true }
      if candidate.starts(with: "W/") { candidate = candidate.extracting(2..<candidate.count) }
      if candidate.equals(tag) { return true }
      start = end + 1
    }
    return false
  }

  /// Whether `Accept-Encoding` names gzip (or, if it does not, `*`) with a weight above zero.
  private static func acceptsGzip(_ head: RequestHead) -> Bool {
    guard let list = head.field("Accept-Encoding") else { return false }
    var byStar = false
    var start = 0
    while start <= list.count {
      let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
      let element = list.extracting(start..<end)
      let semicolon = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
      let coding = element.extracting(0..<semicolon).trimmed
      let isWanted = !isWeightZero(element.extracting(semicolon..<element.count))
      if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") { return isWanted }
      if coding.equals("*") { byStar = isWanted }
      start = end + 1
    }
    return byStar
  }

  /// Whether `;q=0`, `;q=0.0`, `;q=0.00` or `;q=0.000` is all that these parameters say.
  private static func isWeightZero(_ parameters: Span<UInt8>) -> Bool {
    var sawZero = false
    var index = 0
    while index < parameters.count {
      switch parameters[index] {
      case UInt8(ascii: "1")...UInt8(ascii: "9"): return false
      case UInt8(ascii: "0"): sawZero = true
      default: break
      }
      index += 1
    }
    return sawZero
  }
}
