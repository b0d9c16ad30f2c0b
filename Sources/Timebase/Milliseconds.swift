// SPDX-License-Identifier: MIT

// A length of time. Thirty-two bits are enough for every timeout and keep the tables of a small board small.

/// A length of time in milliseconds, at most 49.7 days.
public struct Milliseconds: Comparable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// How many milliseconds.
  public var count: UInt32

  /// A length of `count` milliseconds.
  public init(_ count: UInt32) { self.count = count }

  public init(integerLiteral count: UInt32) { self.count = count }

  /// A length of whole seconds; what is longer than 49.7 days becomes 4,294,967,295 ms.
  public static func seconds(_ seconds: UInt32) -> Milliseconds {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return Milliseconds(overflow ? .max : product)
  }

  /// A length of whole minutes; what is longer than 49.7 days becomes 4,294,967,295 ms.
  public static func minutes(_ minutes: UInt32) -> Milliseconds {
    let (product, overflow) = minutes.multipliedReportingOverflow(by: 60)
    return seconds(overflow ? .max : product)
  }

  public static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }
}
