// SPDX-License-Identifier: MIT

// Text and spans into byte arrays, without String: on a microcontroller a String that is compared or
// interpolated costs 20 to 100 KB of flash. An array keeps its capacity, so a reused one stops allocating.

extension [UInt8] {
  /// Appends a copy of `bytes`.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inlinable
  #endif
  public mutating func append(_ bytes: Span<UInt8>) {
    // An array knows how to append a buffer in one step; a span has no such call yet.
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  #if hasFeature(Embedded)
    /// Appends a byte: what an array does in each place where one is appended takes 40 bytes of flash.
    @inline(never)
    public mutating func append(_ byte: UInt8) {
      withUnsafePointer(to: byte) { append(contentsOf: UnsafeBufferPointer(start: $0, count: 1)) }
    }
  #endif

  /// Appends the UTF-8 of a literal.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public mutating func append(_ text: StaticString) { append(text.span) }

  /// Appends `value` in decimal digits; of a type with more than 64 bits, what the lowest 64 write.
  public mutating func append(decimal value: some UnsignedInteger & FixedWidthInteger) {
    var digits = InlineArray<20, UInt8>(repeating: 0)  // UInt64.max has 20 digits
    var start = 20
    var rest = UInt64(truncatingIfNeeded: value)
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    append(digits.span.extracting(start..<20))
  }

  /// Appends `value` in lower-case hexadecimal; of a type with more than 64 bits, what the lowest 64 write.
  ///
  /// `width` digits are written at least, with zeros in front: 1 to 16. What is less counts as 1, what is more as 16.
  public mutating func append(hexadecimal value: some UnsignedInteger & FixedWidthInteger, width: Int = 1) {
    let value = UInt64(truncatingIfNeeded: value)
    var shift = 60
    var started = false
    while shift >= 0 {
      let nibble = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
      if nibble != 0 || shift / 4 < Swift.max(width, 1) { started = true }
      if started { append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10) }
      shift -= 4
    }
  }

  /// Removes all bytes, and keeps the memory.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public mutating func clear() { removeAll(keepingCapacity: true) }

  /// The UTF-8 of a literal.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public init(_ text: StaticString) {
    self.init()
    append(text)
  }

  /// A copy of `bytes`.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public init(_ bytes: Span<UInt8>) {
    self.init()
    append(bytes)
  }
}

extension StaticString {
  /// The UTF-8 of this literal, in place.
  public var span: Span<UInt8> {
    @_lifetime(immortal) get {
      let bytes = UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
      // A literal's bytes live as long as the program.
      return unsafe _overrideLifetime(Span(_unsafeElements: bytes), copying: ())
    }
  }
}
