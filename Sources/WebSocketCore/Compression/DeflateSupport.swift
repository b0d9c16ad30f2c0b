// SPDX-License-Identifier: MIT

// What a server needs in order to agree to permessage-deflate: what it prefers, and who makes the codecs. Without it, and
// so always in a firmware, offers are not taken up, which the absence of the field in the 101 says. RFC 7692 section 5.

public import HTTPCore

#if hasFeature(Embedded)
  /// No compression: a value of this type does not exist.
  public enum DeflateSupport: Sendable {
    /// Never asked.
    public func codec(for head: RequestHead, announcedIn response: inout ResponseHead) -> AnyMessageCodec? { nil }
  }
#else
  /// A server's readiness to compress.
  public struct DeflateSupport: Sendable {
    /// The largest windows, and whether contexts are kept from message to message.
    public var preferences: PermessageDeflate
    private let makeCodec: @Sendable (PermessageDeflate) -> AnyMessageCodec?

    /// Support by the codecs that `makeCodec` makes, one for each connection; nil if it can make no more.
    public init(
      preferring preferences: PermessageDeflate = .init(),
      makeCodec: @escaping @Sendable (PermessageDeflate) -> AnyMessageCodec?
    ) {
      self.preferences = preferences
      self.makeCodec = makeCodec
    }

    /// The codec for the client that sent `head`, whose parameters are added to the 101; nil if there is no offer that can
    /// be met.
    public func codec(for head: RequestHead, announcedIn response: inout ResponseHead) -> AnyMessageCodec? {
      guard let agreement = PermessageDeflate.agreement(with: head, preferring: preferences) else { return nil }
      guard let codec = makeCodec(agreement) else { return nil }
      agreement.add(to: &response)
      return codec
    }
  }
#endif
