// SPDX-License-Identifier: MIT

// What a server needs in order to agree to permessage-deflate: what it prefers, and what makes the codecs. Without it,
// and so always in a firmware, offers are not taken up, which the absence of the field in the 101 says. RFC 7692
// section 5.

public import HTTPCore

/// What becomes of a client's offer to compress.
public enum CompressionAnswer: Sendable {
  /// There is no offer, or none that can be met.
  case none
  /// The codec would take more memory than there is; the client is served without.
  case noMemory
  /// The answer names it, and both sides use it from the first frame on.
  case agreed(AnyMessageCodec)
}

#if hasFeature(Embedded)
  /// No compression: a value of this type does not exist.
  public enum DeflateSupport: Sendable {
    /// Never asked.
    public func answer(
      to head: RequestHead, memory: Int, announcedIn response: inout ResponseHead
    ) -> CompressionAnswer { .none }
  }
#else
  /// A server's readiness to compress.
  public struct DeflateSupport: Sendable {
    /// The largest windows, and whether contexts are kept from message to message.
    public var preferences: PermessageDeflate
    private let memorySize: @Sendable (PermessageDeflate) -> Int
    private let makeCodec: @Sendable (PermessageDeflate) -> AnyMessageCodec?

    /// Support by the codecs that `makeCodec` makes, one for each connection; nil if it can make no more. `memorySize`
    /// is asked first: how many bytes such a codec will take.
    public init(
      preferring preferences: PermessageDeflate = .init(),
      memorySize: @escaping @Sendable (PermessageDeflate) -> Int,
      makeCodec: @escaping @Sendable (PermessageDeflate) -> AnyMessageCodec?
    ) {
      self.preferences = preferences
      self.memorySize = memorySize
      self.makeCodec = makeCodec
    }

    /// Answers the client that sent `head`: if its codec fits into `memory` bytes it is made, and the agreed parameters
    /// are added to the 101.
    public func answer(
      to head: RequestHead, memory: Int, announcedIn response: inout ResponseHead
    ) -> CompressionAnswer {
      guard let agreement = PermessageDeflate.agreement(with: head, preferring: preferences) else { return .none }
      guard memorySize(agreement) <= memory, let codec = makeCodec(agreement) else { return .noMemory }
      agreement.add(to: &response)
      return .agreed(codec)
    }
  }
#endif
