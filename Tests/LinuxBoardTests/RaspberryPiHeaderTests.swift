// SPDX-License-Identifier: MIT

// The header of a Raspberry Pi, as `heliograph pins` draws it. What is where comes from gpiozero 2.0.1, one set of the
// lines' names from kernel.org's bcm2711-rpi-4-b.dts; the other is what Raspberry Pi OS is known for, not read there.

import Testing

@testable import LinuxBoard

@Suite struct RaspberryPiHeaderTests {
  static let chip = ChipInfo(name: "gpiochip0", label: "pinctrl-bcm2711", lineCount: 58)

  /// The pins 1 to 40, by gpiozero's names.
  static let pinout = """
    3V3 5V GPIO2 5V GPIO3 GND GPIO4 GPIO14 GND GPIO15 GPIO17 GPIO18 GPIO27 GND GPIO22 GPIO23 3V3 GPIO24 GPIO10 GND \
    GPIO9 GPIO25 GPIO11 GPIO8 GND GPIO7 GPIO0 GPIO1 GPIO5 GND GPIO6 GPIO12 GPIO13 GND GPIO19 GPIO16 GPIO26 GPIO20 GND \
    GPIO21
    """.split(separator: " ").map(String.init)

  /// Lines 0 to 27 of kernel.org.
  static let upstream = """
    ID_SDA ID_SCL SDA1 SCL1 GPIO_GCLK GPIO5 GPIO6 SPI_CE1_N SPI_CE0_N SPI_MISO SPI_MOSI SPI_SCLK GPIO12 GPIO13 TXD1 \
    RXD1 GPIO16 GPIO17 GPIO18 GPIO19 GPIO20 GPIO21 GPIO22 GPIO23 GPIO24 GPIO25 GPIO26 GPIO27 RGMII_MDIO
    """.split(separator: " ").map(String.init)

  /// As on Raspberry Pi OS.
  static let names = ["ID_SDA", "ID_SCL"] + (2...27).map { "GPIO\($0)" } + ["RGMII_MDIO"]

  private func lines(_ names: [String], users: [Int: String] = [:]) -> [LineInfo] {
    names.enumerated().map { offset, name in
      let isUsed = users[offset] != nil
      return LineInfo(
        offset: UInt32(offset), name: name, consumer: users[offset] ?? "", flags: isUsed ? [.used, .output] : .input)
    }
  }

  @Test func theHeaderIsDrawnAsItLies() throws {
    var table = PinTable()
    table.add(Self.chip, lines(Self.names, users: [26: "heliograph", 22: "heliograph", 4: "onewire@0", 11: ""]))
    let drawing = try #require(table.lines.split(separator: "").last)
    #expect(
      Array(drawing) == [
        "   USED BY          CAN BE        NAME  PIN  PIN  NAME        CAN BE         USED BY",
        "                                 3.3 V    1  2    5 V",
        "                  I2C1 SDA       GPIO2    3  4    5 V",
        "                  I2C1 SCL       GPIO3    5  6    ground",
        " onewire@0          1-wire       GPIO4    7  8    GPIO14      UART TX",
        "                                ground    9  10   GPIO15      UART RX",
        "                  SPI1 CE1      GPIO17   11  12   GPIO18      PWM, SPI1 CE0",
        "                                GPIO27   13  14   ground",
        "heliograph                      GPIO22   15  16   GPIO23",
        "                                 3.3 V   17  18   GPIO24",
        "                 SPI0 MOSI      GPIO10   19  20   ground",
        "                 SPI0 MISO       GPIO9   21  22   GPIO25",
        "the kernel       SPI0 SCLK      GPIO11   23  24   GPIO8       SPI0 CE0",
        "                                ground   25  26   GPIO7       SPI0 CE1",
        "              HAT's memory  ID_SDA (0)   27  28   ID_SCL (1)  HAT's memory",
        "                                 GPIO5   29  30   ground",
        "                                 GPIO6   31  32   GPIO12      PWM",
        "                       PWM      GPIO13   33  34   ground",
        "            PWM, SPI1 MISO      GPIO19   35  36   GPIO16      SPI1 CE2",
        "heliograph                      GPIO26   37  38   GPIO20      SPI1 MOSI",
        "                                ground   39  40   GPIO21      SPI1 SCLK",
      ])
  }

  /// A name of the kernel's own is what a description must have, or the number.
  @Test(arguments: [names, upstream])
  func eachPinHasItsLine(_ names: [String]) throws {
    let header = try #require(RaspberryPiHeader(lines(names)))
    let pins = header.rows.dropFirst().flatMap { [($0[3], $0[2]), ($0[4], $0[5])] }
    #expect(pins.map(\.0) == (1...40).map(String.init))
    for (pin, name) in zip(Self.pinout, pins.map(\.1)) {
      guard pin.hasPrefix("GPIO"), let line = Int(pin.dropFirst(4)) else {
        #expect(["3V3": "3.3 V", "5V": "5 V", "GND": "ground"][pin] == name)
        continue
      }
      #expect(name == (names[line] == pin ? pin : "\(names[line]) (\(line))"))
    }
  }

  @Test func otherMachinesHaveNoSuchHeader() {
    // The first Raspberry Pi, whose header has 26 pins; a board of another make; one of too few lines.
    let first = ["SDA0", "SCL0"] + Self.names.dropFirst(2)
    for names in [first, (0...39).map { "PA\($0)" }, Array(Self.names.prefix(20))] {
      var table = PinTable()
      table.add(Self.chip, lines(names))
      #expect(table.lines.count == names.count + 1)
    }
  }
}
