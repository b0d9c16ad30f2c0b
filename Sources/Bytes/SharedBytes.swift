// SPDX-License-Identifier: MIT

// Bytes that one connection after another sends without copying them: an array that is held by reference, or memory
// that never goes away, such as a microcontroller's flash.

/// Immutable bytes that any number of holders share.
public struct SharedBytes: Sendable {
  private enum Storage: @unchecked Sendable {  // nobody writes to either
    case array([UInt8])
    case memory(UnsafeBufferPointer<UInt8>)
  }

  private let storage: Storage

  /// The bytes of an array, which is not copied.
  public init(_ array: [UInt8]) { storage = .array(array) }

  /// Bytes in memory that is never written to or given back while the program runs: of flash, of a mapped file.
  public init(permanent memory: UnsafeBufferPointer<UInt8>) { storage = .memory(memory) }

  /// How many there are.
  public var count: Int {
    switch storage {
    case .array(let array): array.count
    case .memory(let memory): memory.count
    }
  }

  /// The bytes where they lie.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      switch storage {
      case .array(let array): _overrideLifetime(array.span, borrowing: self)
      case .memory(let memory): _overrideLifetime(memory.span, borrowing: self)
      }
    }
  }
}

extension SharedBytes: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

extension SharedBytes: Equatable {
  /// Whether both hold the same bytes, wherever they lie.
  public static func == (left: SharedBytes, right: SharedBytes) -> Bool {
    left.span.equals(right.span)
  }
}
