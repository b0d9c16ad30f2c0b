// SPDX-License-Identifier: MIT

// Where a compression library plugs in. The protocol machine knows when a message is compressed and how large it may
// become; the codec, above the Embedded line, knows how to compress. A firmware has no compression: there the type of a
// codec has no values, and the compiler drops every branch that would use one. RFC 7692 section 7.2.

#if hasFeature(Embedded)
  /// No compression: a value of this type does not exist.
  public enum AnyMessageCodec: Sendable {
    /// Never asked.
    public var memorySize: Int { 0 }
  }
#else
  /// The codec of one connection, with the parameters that were agreed on.
  public typealias AnyMessageCodec = any MessageCodec

  /// Compresses and decompresses the messages of one connection, in order (RFC 7692 section 7.2).
  ///
  /// One connection uses it, never two threads at a time; its contexts go from message to message where the parameters
  /// let them.
  public protocol MessageCodec: AnyObject, Sendable {
    /// How much memory the codec takes once both directions are in use, in bytes.
    var memorySize: Int { get }

    /// Appends to `output` what `input`, the next part of a compressed message, inflates to; `isLast` ends the message.
    ///
    /// - Throws: `messageTooBig` as soon as `output` would hold more than `limit` bytes, before it does;
    ///   `invalidCompressedData` if this is no DEFLATE stream that ends where the message does.
    func inflate(
      _ input: Span<UInt8>, isLast: Bool, to output: inout [UInt8], limit: Int
    ) throws(WebSocketError)

    /// Compresses a whole message and lets `use` have the result, which is valid for the time of that call.
    func deflate(_ message: Span<UInt8>, _ use: (Span<UInt8>) -> Void)
  }
#endif
