// SPDX-License-Identifier: MIT

// How a static asset is sent: conditions (RFC 9110 section 13), content coding (section 12.5.3) and caching.
// The tags are made in EntityTag.swift.

import Bytes
import HTTPCore

enum AssetResponse {
  /// Fills `response` with `asset`, which is not a template.
  static func fill(_ response: inout Response, with asset: StaticAsset, for head: RequestHead) {
    if asset.gzipped != nil { response.head.add("Vary", "Accept-Encoding") }
    guard let (bytes, isCompressed) = representation(of: asset, for: head) else {
      response.status = .notAcceptable
      return response.send("This file is here compressed with gzip only.\n")
    }
    let tag = EntityTag.field(asset.entityTag, isCompressed: isCompressed)
    if !tag.isEmpty { response.head.add("ETag", tag.span) }
    response.head.add("Cache-Control", "no-cache")  // keep it, but ask: a 304 costs a hundred bytes
    if let status = Preconditions.failure(of: head, entityTag: tag.span) {
      response.status = status
      return
    }
    if isCompressed { response.head.add("Content-Encoding", "gzip") }
    response.head.add("Content-Type", asset.contentType)
    response.content = OutputQueue(bytes)
  }

  /// The form to send; nil if the client refuses the only one. A client that names no codings takes any (RFC
  /// 9110 section 12.5.3), but is given the plain form where there is one.
  private static func representation(
    of asset: StaticAsset, for head: RequestHead
  ) -> (bytes: SharedBytes, isCompressed: Bool)? {
    if let gzipped = asset.gzipped, acceptsGzip(head) ?? (asset.bytes == nil) { return (gzipped, true) }
    return asset.bytes.map { ($0, false) }
  }

  /// Whether `Accept-Encoding` names gzip (or, if it does not, `*`) with a weight above zero; nil if there is no such
  /// field.
  private static func acceptsGzip(_ head: RequestHead) -> Bool? {
    guard head.field("Accept-Encoding") != nil else { return nil }
    var byName: Bool?
    var byStar = false
    head.forEachElement(of: "Accept-Encoding") { element in
      let semicolon = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
      let coding = element.extracting(0..<semicolon).trimmed
      let isWanted = !isWeightZero(element.extracting(semicolon..<element.count))
      if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") {
        byName = byName ?? isWanted
      } else if coding.equals("*") {
        byStar = isWanted
      }
    }
    return byName ?? byStar
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
