// SPDX-License-Identifier: MIT

// Lines that outlive the program. A line keeps its level only while somebody holds it; some drivers make a line that is
// let go an input at once. So a service manager holds the descriptors while the program is started anew, and hands them
// back by name.

#if os(Linux)
  public import SystemCalls

  /// Lines that an earlier run of the program held, by name.
  public struct StoredLines: ~Copyable, Sendable {
    /// The names of those that nobody has taken.
    public private(set) var names: [String] = []
    private var numbers: [Int32] = []

    /// No lines.
    public init() {}

    deinit { for number in numbers { _ = Descriptor(owning: number) } }

    /// Adds lines that were handed over under `name`.
    public mutating func add(_ name: String, _ descriptor: consuming Descriptor) {
      names.append(name)
      numbers.append(descriptor.release())
    }

    mutating func take(_ chip: String, _ offsets: [UInt32]) -> Descriptor? {
      guard let index = names.firstIndex(of: Self.name(of: chip, offsets)) else { return nil }
      names.remove(at: index)
      return Descriptor(owning: numbers.remove(at: index))
    }

    /// What lines are stored as: `gpiochip0-26-22`.
    static func name(of chip: String, _ offsets: [UInt32]) -> String {
      ([chip] + offsets.map(String.init)).joined(separator: "-")
    }
  }
#endif
