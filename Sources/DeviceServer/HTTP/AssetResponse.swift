// SPDX-License-Identifier: MIT

// How a static asset is sent: conditions (RFC 9110 section 13), content coding (section 12.5.3), ranges (section 14)
// and caching.
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
    #if WITHOUT_RANGES
      response.content = OutputQueue(bytes)
    #else
      response.head.add("Accept-Ranges", "bytes")
      switch ByteRange.wish(of: head, count: bytes.count, entityTag: tag.span) {
      case .whole: response.content = OutputQueue(bytes)
      case .part(let part):
        response.status = .partialContent
        ByteRange.addContentRange(part, of: bytes.count, to: &response.head)
        response.content.append(bytes, part)
      case .unsatisfiable:
        response.status = .rangeNotSatisfiable
        ByteRange.addContentRange(nil, of: bytes.count, to: &response.head)
        return response.send("The file ends before that range.\n")
      }
    #endif
    if isCompressed { response.head.add("Content-Encoding", "gzip") }
    response.head.add("Content-Type", asset.contentType)
  }

  #if !WITHOUT_FOLDERS
    /// Sends the browser from a folder's name to the folder, `/docs` to `/docs/`: only from there do the relative links
    /// in its index lead into it.
    ///
    /// The location is relative, so it holds under a path prefix, too, and cannot name another server. 301 is what
    /// every client knows; only GET and HEAD come here, so nothing depends on the method that the client goes on with.
    /// It is not kept: a file may take the folder's place.
    static func redirectToFolder(_ response: inout Response, for head: RequestHead) {
      var start = head.path.count
      while start > 0, head.path[start - 1] != UInt8(ascii: "/") { start -= 1 }
      var location = [UInt8]("./")  // without it a name with a colon would be a scheme
      location.append(head.path.extracting(droppingFirst: start))
      location.append("/")
      if head.query.count > 0 {
        location.append("?")
        location.append(head.query)
      }
      response.status = .movedPermanently
      response.head.add("Location", location.span)
      response.head.add("Cache-Control", "no-cache")
    }
  #endif

  /// The form to send; nil if the client refuses the only one. A client that names no codings takes any (RFC
  /// 9110 section 12.5.3), but is given the plain form where there is one.
  ///
  /// So is a client that asks for a range: it means bytes of the file. Those of a compressed form are of use only to
  /// who has all before them, yet many clients accept gzip in every request and would be given a piece that they cannot
  /// read.
  private static func representation(
    of asset: StaticAsset, for head: RequestHead
  ) -> (bytes: SharedBytes, isCompressed: Bool)? {
    #if !WITHOUT_RANGES
      if let bytes = asset.bytes, head.method == .get, head.field("Range") != nil { return (bytes, false) }
    #endif
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
