// SPDX-License-Identifier: MIT

// What is soldered where, as the user gave it, and how that becomes lines of chips. Names are looked up each time the
// lines are taken: a chip that was unplugged may come back under another name.

public import Timebase

/// Which lines the parts of a board are on.
public struct BoardWiring: Equatable, Sendable {
  /// Where the status LED is.
  public enum StatusLED: Equatable, Sendable {
    /// There is none.
    case none
    /// On a line.
    case line(LineAddress)
    /// One that the kernel drives: a folder's name in `/sys/class/leds`.
    case system(String)
  }

  /// The LED's line.
  public var led: LineAddress
  /// The button's line.
  public var button: LineAddress
  /// Where the heartbeat is shown.
  public var statusLed: StatusLED
  /// The chip of lines that are given by number alone.
  public var defaultChip: String
  /// What pulls the button's line while the button is up.
  public var bias: Bias
  /// How long the kernel is to wait for the button's line to be at rest; 0 for not at all, at most a second.
  ///
  /// Kernels count this in ticks of up to 10 ms where the hardware does not do it, and stamp an edge only when it has
  /// come to rest: a long time costs exactness, none at all costs an interrupt for each bounce.
  public var kernelDebounce: Milliseconds

  /// A board with an LED and a button, and the rest as users expect.
  public init(
    led: LineAddress, button: LineAddress, statusLed: StatusLED = .none, defaultChip: String = "gpiochip0",
    bias: Bias = .pullUp, kernelDebounce: Milliseconds = 0
  ) {
    self.led = led
    self.button = button
    self.statusLed = statusLed
    self.defaultChip = defaultChip
    self.bias = bias
    self.kernelDebounce = min(kernelDebounce, .seconds(1))
  }
}

#if os(Linux)
  extension BoardWiring {
    /// A part on a line that was found.
    struct WiredPart {
      let part: LinuxBoard.Part
      let offset: UInt32
    }

    /// These parts on each chip, so that the lines of one chip are taken in one request; but for those on no line.
    func find(
      _ wanted: [LinuxBoard.Part], among lines: any LineSource
    ) throws(GPIOError) -> [(chip: String, parts: [WiredPart])] {
      var chips: [(chip: String, parts: [WiredPart])] = []
      for part in wanted {
        guard let address = address(of: part) else { continue }
        let (chip, line) = try find(address, of: part, among: lines)
        let index = chips.firstIndex { $0.chip == chip } ?? chips.endIndex
        if index == chips.endIndex { chips.append((chip, [])) }
        guard !chips[index].parts.contains(where: { $0.offset == line.offset }) else {
          throw .sameLine(line.words, chip: chip)
        }
        chips[index].parts.append(WiredPart(part: part, offset: line.offset))
      }
      return chips
    }

    private func find(
      _ address: LineAddress, of part: LinuxBoard.Part, among lines: any LineSource
    ) throws(GPIOError) -> (chip: String, line: LineInfo) {
      do throws(GPIOError) {
        return try lines.find(address, defaultChip: defaultChip)
      } catch .unknownName(let name, chip: nil) where part == .statusLed {
        throw .neitherLEDNorLine(name, available: SystemLED.names())  // a name alone may have been meant for one
      }
    }

    private func address(of part: LinuxBoard.Part) -> LineAddress? {
      switch part {
      case .led: led
      case .button: button
      case .statusLed: if case .line(let address) = statusLed { address } else { nil }
      }
    }
  }
#endif
