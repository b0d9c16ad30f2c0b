// SPDX-License-Identifier: MIT

// The fields that keep a page to itself: scripts, styles and images from this server only, no framing, nothing sent
// elsewhere (Content Security Policy level 3). Older versions of Safari do not take 'self' to include WebSockets, hence
// the host by name; it was checked before it gets here.

import Bytes
import HTTPCore

enum PagePolicy {
  /// Adds what every response carries, and for a document its Content-Security-Policy.
  @inline(never)
  static func add(to head: inout ResponseHead, isDocument: Bool, host: Span<UInt8>) {
    head.add("X-Content-Type-Options", "nosniff")
    guard isDocument else { return }
    // With no-referrer a form of the page itself would come with `Origin: null` (Fetch, section 3.2).
    head.add("Referrer-Policy", "same-origin")
    var policy = [UInt8]("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; ")
    policy.append("manifest-src 'self'; connect-src 'self'")
    if host.count > 0 {
      policy.append(" ws://")
      policy.append(host)
      policy.append(" wss://")
      policy.append(host)
    }
    policy.append("; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
    head.add("Content-Security-Policy", policy.span)
  }
}
