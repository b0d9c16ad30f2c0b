// SPDX-License-Identifier: MIT

// The one door to this module, open or not: zlib's header must be there only if the package's trait `Deflate` is on, so
// without it `swift build` needs nothing installed, and nobody who asks gets support.

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
