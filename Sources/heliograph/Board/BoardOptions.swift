// SPDX-License-Identifier: MIT

// The options that say which board there is and what is soldered to it.

import ArgumentParser
import DeviceComponents
import RemoteControl
import SimulatedBoard
import Timebase

#if os(Linux)
  import LinuxGPIO
#endif

/// The board, and its wiring.
struct BoardOptions: ParsableArguments {
  enum Board: String, ExpressibleByArgument, CaseIterable { case simulated, gpio }
  enum BiasOption: String, ExpressibleByArgument, CaseIterable {
    case pullUp = "pull-up"
    case pullDown = "pull-down"
    case none
    case asIs = "as-is"
  }

  @Option(help: "The board: simulated in this terminal, or the GPIO lines of this Linux machine.")
  var board = Board.simulated

  @Option(
    help: ArgumentHelp(
      "The LED's line, by its number or name: 26, GPIO26, gpiochip1:5.",
      discussion: "heliograph pins lists the lines.", valueName: "line"))
  var led: String?

  @Option(help: ArgumentHelp("The button's line.", valueName: "line"))
  var button: String?

  @Option(
    help: ArgumentHelp(
      "Where to show the heartbeat: an LED of /sys/class/leds by its name, or a line. Off if absent.",
      valueName: "led|line"))
  var statusLed: String?

  @Option(help: ArgumentHelp("The GPIO chip of lines that are given by number alone.", valueName: "chip"))
  var chip = "gpiochip0"

  @Option(help: "The level that lights the LED (high, low).")
  var ledActive = Polarity.high

  @Option(help: "The level of the button's pin while it is pressed (low, high).")
  var buttonActive = Polarity.low

  @Option(
    help: ArgumentHelp(
      "What pulls the button's line while it is up (pull-up, pull-down, none, as-is).",
      discussion: "By default the opposite of --button-active: pull-up for low."))
  var bias: BiasOption?

  @Option(
    help: ArgumentHelp("How long the button must be at rest to count, in milliseconds (1 to 1000).", valueName: "ms"))
  var debounce: UInt32 = 10

  @Option(
    help: ArgumentHelp(
      "How long the kernel waits before it reports an edge, in milliseconds (0 to 1000); 0 is exact.", valueName: "ms"))
  var kernelDebounce: UInt32 = 0

  func validate() throws {
    guard (1...1000).contains(debounce) else { throw ValidationError("The debounce must be between 1 and 1000 ms.") }
    guard kernelDebounce <= 1000 else { throw ValidationError("The kernel's debounce must be at most 1000 ms.") }
    switch board {
    case .simulated:
      guard led == nil, button == nil, statusLed == nil else {
        throw ValidationError("--led, --button and --status-led name lines of a real board: add --board gpio.")
      }
    case .gpio:
      #if os(Linux)
        _ = try wiring()
      #else
        throw ValidationError("GPIO lines need Linux; on this system there is --board simulated.")
      #endif
    }
  }
}

#if os(Linux)
  extension BoardOptions {
    /// What is soldered where.
    func wiring() throws -> BoardWiring {
      guard let led, let button else {
        throw ValidationError("--board gpio needs --led and --button; heliograph pins lists the lines.")
      }
      guard let chip = ChipName(chip) else { throw ValidationError("'\(chip)' is not a GPIO chip, such as gpiochip0.") }
      var wiring = BoardWiring(
        led: try line(led), button: try line(button), defaultChip: chip.text, bias: lineBias,
        kernelDebounce: Milliseconds(kernelDebounce))
      if let statusLed {
        guard let place = BoardWiring.StatusLED(statusLed) else { throw Self.noLine(statusLed) }
        wiring.statusLed = place
      }
      return wiring
    }

    private func line(_ text: String) throws -> LineAddress {
      guard let line = LineAddress(text) else { throw Self.noLine(text) }
      return line
    }

    private static func noLine(_ text: String) -> ValidationError {
      ValidationError("'\(text)' is not a line: write its number or name, as 26, GPIO26 or gpiochip1:5.")
    }

    private var lineBias: Bias {
      switch bias ?? (buttonActive == .low ? .pullUp : .pullDown) {
      case .pullUp: .pullUp
      case .pullDown: .pullDown
      case .none: .disabled
      case .asIs: .asIs
      }
    }
  }
#endif

/// A level as an option.
enum Polarity: String, ExpressibleByArgument, CaseIterable {
  case high, low

  var level: Level { self == .high ? .high : .low }
}
