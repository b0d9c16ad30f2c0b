// SPDX-License-Identifier: MIT

// Where scheme and host are in an origin as clients write it: browsers `http://host:port` (RFC 6454 section 6.2), some
// libraries `ws://host:port`, or with a slash at the end. No page can make a browser write these, so they mean the same.

import Bytes

enum OriginText {
  /// The scheme that `text` begins with, and where the host and port behind it are, without one final slash; nil if there
  /// is no such scheme. A WebSocket's is that of its page.
  static func parts(of text: Span<UInt8>) -> (scheme: Scheme, authority: Range<Int>)? {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
      text.extracting(colon..<text.count).starts(with: "://"), let scheme = scheme(text.extracting(0..<colon))
    else { return nil }
    let start = colon + 3
    let hasSlash = text.count > start && text[text.count - 1] == UInt8(ascii: "/")
    return (scheme, start..<(hasSlash ? text.count - 1 : text.count))
  }

  private static func scheme(_ name: Span<UInt8>) -> Scheme? {
    if name.equalsIgnoringCase("http") || name.equalsIgnoringCase("ws") { return .http }
    if name.equalsIgnoringCase("https") || name.equalsIgnoringCase("wss") { return .https }
    return nil
  }
}
