// SPDX-License-Identifier: MIT

// A QR code in a terminal: two modules in each character, with the light ones and their margin drawn, too, so that it
// is read on a dark background as well as on a light one. Source: ECMA-48 section 8.3.117 (SGR); 38;5 and 48;5 are
// xterm's 256 colors, of which 16 is black and 231 white in every palette.

extension QRCode {
  /// Light modules on each side (ISO/IEC 18004:2015, section 5.3.8).
  private static var margin: Int { 4 }

  /// How many columns it takes in a terminal.
  public var columns: Int { size + 2 * Self.margin }
  /// How many rows it takes in a terminal.
  public var rows: Int { (columns + 1) / 2 }

  /// The lines that draw it in a terminal that knows UTF-8 and colors.
  public var terminalLines: [String] {
    stride(from: -Self.margin, to: size + Self.margin, by: 2).map { row in
      let cells = (-Self.margin..<size + Self.margin).map { column in
        switch (self[row, column], self[row + 1, column]) {
        case (false, false): " "
        case (true, false): "▀"
        case (false, true): "▄"
        case (true, true): "█"
        }
      }
      return "\u{1B}[38;5;16;48;5;231m\(cells.joined())\u{1B}[0m"
    }
  }
}
