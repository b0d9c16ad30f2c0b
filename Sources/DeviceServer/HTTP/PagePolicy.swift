// SPDX-License-Identifier: MIT

// The fields that keep what a browser shows to itself: scripts, styles and images from this server only, frames for
// nobody or for those who are invited, nothing sent elsewhere (Content Security Policy level 3), and no use of any
// answer by another site (`Cross-Origin-Resource-Policy`, Fetch section 3.7). A browser may show any answer as a page
// of its own, an SVG or an error, so all of them carry a policy.
//
// Rule: what does not depend on the request is put together once for each server.

import Bytes
import HTTPCore

/// What a browser may do with the answers of a server.
public struct PagePolicy: Sendable {
  #if WITHOUT_PAGE_POLICIES
    init() {}

    /// Adds what every response carries; of a page, `host` is where its sockets may go.
    func add(to response: inout Response, host: Span<UInt8>) { add(to: &response.head, host: host) }

    @inline(never)
    func add(to head: inout ResponseHead, host: Span<UInt8> = Span()) {
      Self.addCommon(to: &head)
      head.add("Referrer-Policy", "same-origin")
      var policy = [UInt8](Self.documentStart)
      Self.appendSockets(host, to: &policy)
      policy.append(Self.documentEnd)
      policy.append(" 'none'")
      head.add("Content-Security-Policy", policy.span)
    }
  #else
    /// What kind of answer it is.
    enum Kind {
      /// A page of HTML, which may have scripts and styles in files of their own.
      case document
      /// Anything else. A browser that shows it (SVG, XML, PDF) runs no script of it, but takes its inline styles.
      case file
      /// A page of `RefusalPage`, whose one style is in it.
      case refusal
    }

    /// What of a page's own may be in the page itself.
    public enum Inline: Sendable {
      /// Nothing: scripts and styles are files of this server's, so none that a stranger puts into a page is run.
      case forbidden
      /// Scripts, styles, handlers such as `onclick`, and `style` attributes; images, fonts and media as `data:` and
      /// `blob:`; workers; frames of this server's pages; `base`. Not `eval`, and nothing from another server.
      case allowed
    }

    private let inline: Inline
    /// `frame-ancestors` and the origins behind it.
    private let frames: [UInt8]
    private let file: [UInt8]
    private let refusal: [UInt8]

    /// The policy that pages keep to themselves.
    ///
    /// - Parameter frameAncestors: The origins whose pages may show this server's in a frame, each written
    ///   `scheme://host[:port]`; none by default. They are sent as they are.
    /// - Parameter inline: What of a page's own may be in the page itself.
    public init(frameAncestors: [[UInt8]] = [], inline: Inline = .forbidden) {
      self.inline = inline
      var frames = [UInt8](inline == .allowed ? " 'self'" : "")
      for origin in frameAncestors {
        frames.append(UInt8(ascii: " "))
        frames.append(origin.span)
      }
      if frames.isEmpty { frames.append(" 'none'") }
      self.frames = frames
      file = [UInt8](Self.fileStart) + frames
      refusal = [UInt8](RefusalPage.policyStart) + frames
    }

    /// Adds what a response carries beside its own fields; of a page, `host` is where its sockets may go. A policy that
    /// a handler has set stays.
    func add(to response: inout Response, host: Span<UInt8>) {
      let kind: Kind = response.isRefusalPage ? .refusal : Self.isHTML(response.head) ? .document : .file
      add(to: &response.head, as: kind, host: host)
    }

    func add(to head: inout ResponseHead, as kind: Kind = .file, host: Span<UInt8> = Span()) {
      Self.addCommon(to: &head)
      // Without a body there is nothing to show; with 304 the policy that came with the body goes on.
      guard head.status.allowsBody, head.field("Content-Security-Policy") == nil else { return }
      switch kind {
      case .file: head.add("Content-Security-Policy", file.span)
      case .refusal: head.add("Content-Security-Policy", refusal.span)
      case .document:
        // With no-referrer a form of the page itself would come with `Origin: null` (Fetch, section 3.2).
        if head.field("Referrer-Policy") == nil { head.add("Referrer-Policy", "same-origin") }
        var policy: [UInt8] = []
        policy.reserveCapacity(480)
        policy.append(inline == .allowed ? Self.relaxedStart : Self.documentStart)
        Self.appendSockets(host, to: &policy)
        policy.append(inline == .allowed ? Self.relaxedEnd : Self.documentFiles)
        if inline == .forbidden { policy.append(Self.documentEnd) }
        policy.append(frames.span)
        head.add("Content-Security-Policy", policy.span)
      }
    }

    private static func isHTML(_ head: ResponseHead) -> Bool {
      guard let type = head.field("Content-Type") else { return false }
      return type.starts(with: "text/html") || type.starts(with: "application/xhtml+xml")
    }

    /// Fonts and media in files of the server's own, which a page of the firmware has none of.
    private static var documentFiles: StaticString { "; font-src 'self'; media-src 'self'" }

    private static var relaxedStart: StaticString {
      """
      default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
      img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; \
      frame-src 'self'; manifest-src 'self'; connect-src 'self'
      """
    }

    private static var relaxedEnd: StaticString { "; base-uri 'self'; form-action 'self'; frame-ancestors" }

    private static var fileStart: StaticString {
      """
      default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; media-src 'self'; \
      base-uri 'none'; form-action 'none'; frame-ancestors
      """
    }
  #endif

  private static func addCommon(to head: inout ResponseHead) {
    head.add("X-Content-Type-Options", "nosniff")
    head.add("Cross-Origin-Resource-Policy", "same-origin")
  }

  private static var documentStart: StaticString {
    """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; \
    connect-src 'self'
    """
  }

  private static var documentEnd: StaticString { "; base-uri 'none'; form-action 'self'; frame-ancestors" }

  /// Older versions of Safari do not take 'self' to include WebSockets, hence the host by name; it was checked before
  /// it gets here. The grammar of a policy has no IPv6 address (CSP level 3, section 2.3.1): browsers would warn.
  private static func appendSockets(_ host: Span<UInt8>, to policy: inout [UInt8]) {
    guard host.count > 0, host[0] != UInt8(ascii: "[") else { return }
    policy.append(" ws://")
    policy.append(host)
    policy.append(" wss://")
    policy.append(host)
  }
}
