// SPDX-License-Identifier: MIT

// The header of 40 pins that every Raspberry Pi since the Model B+ has, drawn as it lies: odd pins on the left, even
// ones on the right. What a pin is called and what uses it come from the kernel; what is where, and what else a pin can
// do, from the pinout that Raspberry Pi publishes (the manuals of the BCM2835 and the RP1 have all functions).

/// Which line of a chip, or which supply, is at each pin of the header.
struct RaspberryPiHeader {
  /// What is at a pin.
  private enum Pin {
    case supply(String)
    /// A line by its number, and what else it can be, beside an input or an output; empty if it is nothing of wide use.
    case line(UInt32, String)
  }

  private let lines: [UInt32: LineInfo]

  /// The header of the machine that has such a chip; nil if its lines are not those of a Raspberry Pi with 40 pins,
  /// whose first two are for the memory of a board on top.
  init?(_ lines: [LineInfo]) {
    self.lines = Dictionary(lines.map { ($0.offset, $0) }) { first, _ in first }
    guard self.lines[0]?.name == "ID_SDA", self.lines[1]?.name == "ID_SCL", self.lines[27] != nil else { return nil }
  }

  /// Four columns on each side, mirrored: what uses a pin, what else it can be, what it is called, and its number.
  var rows: [[String]] {
    let pins = Self.pins.enumerated().map { number, pin in cells(of: pin) + ["\(number + 1)"] }
    let header = ["USED BY", "CAN BE", "NAME", "PIN"]
    let pairs = stride(from: 0, to: pins.count, by: 2).map { pins[$0] + pins[$0 + 1].reversed() }
    return [header + header.reversed()] + pairs
  }

  /// How many columns are left of the middle; their cells end at it.
  static let rightAligned = 4

  private func cells(of pin: Pin) -> [String] {
    switch pin {
    case .supply(let words): return ["", "", words]
    case .line(let offset, let function):
      guard let line = lines[offset] else { return ["", function, "\(offset)"] }
      let user = line.consumer.isEmpty && line.flags.contains(.used) ? "the kernel" : line.consumer
      let isPlain = line.name == "GPIO\(offset)"
      return [user, function, isPlain ? line.name : "\(line.name) (\(offset))"]
    }
  }

  private static let ground = Pin.supply("ground")

  /// By their numbers, from 1.
  private static let pins: [Pin] = [
    .supply("3.3 V"), .supply("5 V"),
    .line(2, "I2C1 SDA"), .supply("5 V"),
    .line(3, "I2C1 SCL"), ground,
    .line(4, "1-wire"), .line(14, "UART TX"),
    ground, .line(15, "UART RX"),
    .line(17, "SPI1 CE1"), .line(18, "PWM, SPI1 CE0"),
    .line(27, ""), ground,
    .line(22, ""), .line(23, ""),
    .supply("3.3 V"), .line(24, ""),
    .line(10, "SPI0 MOSI"), ground,
    .line(9, "SPI0 MISO"), .line(25, ""),
    .line(11, "SPI0 SCLK"), .line(8, "SPI0 CE0"),
    ground, .line(7, "SPI0 CE1"),
    .line(0, "HAT's memory"), .line(1, "HAT's memory"),
    .line(5, ""), ground,
    .line(6, ""), .line(12, "PWM"),
    .line(13, "PWM"), ground,
    .line(19, "PWM, SPI1 MISO"), .line(16, "SPI1 CE2"),
    .line(26, ""), .line(20, "SPI1 MOSI"),
    ground, .line(21, "SPI1 SCLK"),
  ]
}
