// SPDX-License-Identifier: MIT

// The one entry to this module: zlib's header is needed only if the package's trait `Deflate` is on. Without the trait
// `swift build` needs nothing installed, and this gives no support for compression.

public import WebSocketCore

extension DeflateSupport {
  /// Support by the system's zlib; nil if the package was built without its trait `Deflate`.
  public static func zlib(preferring preferences: PermessageDeflate = .init()) -> DeflateSupport? {
    #if Deflate
      DeflateSupport(preferring: preferences, memorySize: ZlibCodec.memorySize) { ZlibCodec($0) }
    #else
      nil
    #endif
  }
}
