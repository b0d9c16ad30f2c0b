// SPDX-License-Identifier: MIT

// Conditional requests for an asset (RFC 9110 section 13): `If-Match`, then `If-None-Match`, in the order of section
// 13.2.2. There are no dates to compare, so `If-Modified-Since` and `If-Unmodified-Since` are ignored, as they must be
// (sections 13.1.3 and 13.1.4); what a route's handler does with conditions is up to it.

import Bytes
import HTTPCore

enum Preconditions {
  /// The status that answers a GET or HEAD in place of the representation, or nil if all conditions hold.
  ///
  /// - Parameter tag: the entity tag of the selected representation with its quotation marks; empty if it has none.
  static func failure(of head: RequestHead, entityTag tag: Span<UInt8>) -> HTTPStatus? {
    if head.fieldCount("If-Match") > 0, !names(head, "If-Match", tag, weakly: false) { return .preconditionFailed }
    if head.fieldCount("If-None-Match") > 0, names(head, "If-None-Match", tag, weakly: true) { return .notModified }
    return nil
  }

  /// Whether a field's list has the tag or `*`; a strong comparison finds no weak tag (RFC 9110 section 8.8.3.2).
  @inline(never)
  private static func names(
    _ head: RequestHead, _ field: StaticString, _ tag: Span<UInt8>, weakly: Bool
  ) -> Bool {
    var isNamed = false
    // Our tags contain no comma, so cutting at commas cannot make a false match.
    head.forEachElement(of: field) { element in
      let isWeak = weakly && element.starts(with: "W/")
      let candidate = isWeak ? element.extracting(droppingFirst: 2) : element
      if candidate.equals("*") || (tag.count > 0 && candidate.equals(tag)) { isNamed = true }
    }
    return isNamed
  }
}
