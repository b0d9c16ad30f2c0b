// SPDX-License-Identifier: MIT

// A whole request as a handler sees it: head, body and the sender, all in memory and all read-only.

public import HTTPCore
public import Timebase

/// A complete HTTP request.
public struct Request: Sendable {
  /// The request line and the fields.
  public let head: RequestHead
  /// The address of its sender: that of the client if a trusted proxy has passed it on.
  public let remote: RemoteAddress
  #if WITHOUT_TLS && WITHOUT_PROXIES
    /// How it came: on a board without TLS always in the open.
    public var scheme: Scheme { .http }
  #else
    /// How its sender sent it: in the open, or over TLS.
    public let scheme: Scheme
  #endif
  #if WITHOUT_PROXIES
    /// The path under which a proxy shows the server: none here.
    public var prefix: Span<UInt8> { @_lifetime(borrow self) get { Span() } }
  #else
    let prefixBytes: [UInt8]

    /// The path under which a proxy shows the server, `/devices/lamp`; empty for `/`.
    ///
    /// The path that the sender knows is this and `path`: for the `Path` of a cookie, and for a `Location` that is not
    /// relative.
    public var prefix: Span<UInt8> { @_lifetime(borrow self) get { prefixBytes.span } }
  #endif
  /// When it was complete.
  public let now: MonotonicTime
  /// The connection that it came on; with it `Server.retry` finds a request that waits.
  public let connection: ConnectionID
  /// For whom it is carried out; while it is judged, nobody.
  public internal(set) var principal = Principal.nobody
  let decodedPath: [UInt8]
  let pattern: StaticString
  let content: [UInt8]

  init(
    head: RequestHead, from connection: borrowing Connection, now: MonotonicTime, decodedPath: [UInt8],
    pattern: StaticString, content: [UInt8]
  ) {
    self.head = head
    remote = connection.remote
    self.connection = connection.id
    #if !WITHOUT_TLS || !WITHOUT_PROXIES
      scheme = connection.scheme
    #endif
    #if !WITHOUT_PROXIES
      prefixBytes = connection.proxied.prefix
    #endif
    self.now = now
    self.decodedPath = decodedPath
    self.pattern = pattern
    self.content = content
  }

  /// The body, empty if there is none; at most `HTTPConnection.Limits.bodySize` bytes.
  public var body: Span<UInt8> { @_lifetime(borrow self) get { content.span } }

  /// The path, percent-decoded except for `%2F`.
  public var path: Span<UInt8> { @_lifetime(borrow self) get { decodedPath.span } }

  #if !WITHOUT_REFUSAL_PAGES
    /// Whether the sender would rather have a page than JSON, as a browser that opens an address.
    public var prefersHTML: Bool { MediaRanges.prefersHTML(head) }
  #endif

  /// The part of the path that matches `:name` in the route's pattern; for a last `*` the name is `*`.
  @_lifetime(borrow self)
  public func parameter(_ name: StaticString) -> Span<UInt8>? {
    let path = decodedPath.span
    guard let range = RequestPath.parameter(name, in: path, pattern) else { return nil }
    return path.extracting(range)
  }
}
