// SPDX-License-Identifier: MIT

// A register of a peripheral, so that drivers read like the data sheet.

import _Volatile

/// A 32-bit register in memory. Each `load` is one load, and each `store` one store, in the order of the program.
public struct Register {
  private let address: UInt

  /// The register at `address`, a multiple of four.
  public init(_ address: UInt) { self.address = address }

  /// Reads it.
  public func load() -> UInt32 { VolatileMappedRegister<UInt32>(unsafeBitPattern: address).load() }

  /// Writes it.
  public func store(_ value: UInt32) { VolatileMappedRegister<UInt32>(unsafeBitPattern: address).store(value) }

  /// Sets the bits of `mask` and leaves the others: a load and a store.
  public func set(_ mask: UInt32) { store(load() | mask) }

  /// Clears the bits of `mask` and leaves the others: a load and a store.
  public func clear(_ mask: UInt32) { store(load() & ~mask) }
}
