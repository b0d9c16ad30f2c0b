// SPDX-License-Identifier: MIT

// What a connection remembers of a frame that a read cut: the bytes of its header if the cut went through
// that, otherwise what of the header still matters. Both lie inline, so a cut costs no allocation.

/// The first bytes, 13 at most, of a frame header whose rest has not come.
struct CutHeader: Sendable {
  private var storage = InlineArray<14, UInt8>(repeating: 0)
  private var count: UInt8 = 0

  var isEmpty: Bool { count == 0 }

  /// The bytes so far.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { storage.span.extracting(first: Int(count)) }
  }

  /// Appends a byte; there is room, because 14 bytes are a whole header.
  mutating func append(_ byte: UInt8) {
    storage[Int(count)] = byte
    count &+= 1
  }
}

/// A frame whose header has come and whose payload has not.
struct PartialFrame: Sendable {
  /// What the frame is for.
  var opcode = Opcode.continuation
  /// Whether its message ends with it.
  var isFinal = true
  /// The mask of the next byte and those after it.
  var key = MaskingKey(0, 0, 0, 0)
  /// How many bytes of payload are still to come; 0 means that no frame is under way.
  var remaining = 0
}
