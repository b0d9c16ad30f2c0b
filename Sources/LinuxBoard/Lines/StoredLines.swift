// SPDX-License-Identifier: MIT

// Lines that outlive the program. A line keeps its level only while it is held; some drivers make a line that is
// let go an input at once. So a service manager holds the descriptors while the program is started anew, and hands them
// back by name.

#if os(Linux)
  public import SystemCalls

  /// Lines that an earlier run of the program held, by name.
  public struct StoredLines: ~Copyable, Sendable {
    /// The names of those that have not been taken.
    public private(set) var names: [String] = []
    private var numbers: [Int32] = []

    /// No lines.
    public init() {}

    deinit { for number in numbers { _ = Descriptor(owning: number) } }

    /// Adds lines that were handed over under `name`, which is one of those in `LinuxBoard.heldLines`.
    public mutating func add(_ name: String, _ descriptor: consuming Descriptor) {
      names.append(name)
      numbers.append(descriptor.release())
    }

    mutating func take(_ chip: String, _ offsets: [UInt32]) -> Descriptor? {
      guard let index = names.firstIndex(of: Self.name(of: chip, offsets)) else { return nil }
      names.remove(at: index)
      return Descriptor(owning: numbers.remove(at: index))
    }

    /// What lines are stored as: `gpiochip0-26-22`. A name that would be too long for systemd (255 bytes) has a sum of
    /// the numbers in place of them.
    static func name(of chip: String, _ offsets: [UInt32]) -> String {
      let name = ([chip] + offsets.map(String.init)).joined(separator: "-")
      guard name.utf8.count > 200 else { return name }
      var sum: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
      for byte in name.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
      return "\(chip)-\(offsets.count)x-\(String(sum, radix: 16))"
    }
  }
#endif
