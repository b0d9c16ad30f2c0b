// SPDX-License-Identifier: MIT

// How a test hands bytes to a machine. A parser must give the same answer however the network cut its input, so
// every vector runs in each of these ways; random cuts come on top, with a seed that the failure prints.

public import Testing

/// A way to cut input into pieces.
public enum Delivery: CaseIterable, Sendable, CustomTestStringConvertible {
  /// All at once.
  case whole
  /// One byte at a time.
  case byteByByte
  /// All at once, with bytes of what comes next behind it.
  case withTrailingBytes

  /// The pieces of `bytes`; only `.withTrailingBytes` adds `trailing`.
  public func pieces(of bytes: [UInt8], trailing: [UInt8] = []) -> [[UInt8]] {
    switch self {
    case .whole: [bytes]
    case .byteByByte: bytes.map { [$0] }
    case .withTrailingBytes: [bytes + trailing]
    }
  }

  public var testDescription: String {
    switch self {
    case .whole: "whole"
    case .byteByByte: "byte by byte"
    case .withTrailingBytes: "with trailing bytes"
    }
  }
}

/// `bytes` cut at random places into pieces of at least one byte.
public func randomPieces(of bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
  var pieces: [[UInt8]] = []
  var start = 0
  while start < bytes.count {
    let longest = Bool.random(using: &generator) ? 4 : bytes.count - start
    let length = Int.random(in: 1...max(1, min(longest, bytes.count - start)), using: &generator)
    pieces.append(Array(bytes[start..<start + length]))
    start += length
  }
  return pieces
}
