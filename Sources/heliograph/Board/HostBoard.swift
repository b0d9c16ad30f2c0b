// SPDX-License-Identifier: MIT

// The boards that this program can drive, as one type: which one is chosen when the program starts, so what runs on
// them is compiled once. Each case forwards to a board's own pins.

import DeviceComponents
import SimulatedBoard

#if os(Linux)
  import LinuxGPIO
#endif

/// The board under the remote control.
enum HostBoard {
  case simulated(SimulatedBoard)
  #if os(Linux)
    case gpio(LinuxBoard)
  #endif

  /// What the LED's line has been given; nil if that is yet to come.
  var ledLevel: Level? {
    switch self {
    case .simulated: nil
    #if os(Linux)
      case .gpio(let board): board.ledLevel
    #endif
    }
  }

  var led: HostOutputPin {
    switch self {
    case .simulated(let board): .simulated(board.led)
    #if os(Linux)
      case .gpio(let board): .gpio(board.led)
    #endif
    }
  }

  var statusLed: HostOutputPin {
    switch self {
    case .simulated(let board): .simulated(board.statusLed)
    #if os(Linux)
      case .gpio(let board): .gpio(board.statusLed)
    #endif
    }
  }

  var button: HostInputPin {
    switch self {
    case .simulated(let board): .simulated(board.button)
    #if os(Linux)
      case .gpio(let board): .gpio(board.button)
    #endif
    }
  }
}

/// An output pin of whichever board there is.
enum HostOutputPin: OutputPin, ~Copyable {
  case simulated(SimulatedOutputPin)
  #if os(Linux)
    case gpio(LinuxOutputPin)
  #endif

  mutating func write(_ level: Level) {
    switch consume self {
    case .simulated(var pin):
      pin.write(level)
      self = .simulated(pin)
    #if os(Linux)
      case .gpio(var pin):
        pin.write(level)
        self = .gpio(pin)
    #endif
    }
  }
}

/// An input pin of whichever board there is.
enum HostInputPin: InputPin, ~Copyable {
  case simulated(SimulatedInputPin)
  #if os(Linux)
    case gpio(LinuxInputPin)
  #endif

  mutating func read() -> Level {
    let level: Level
    switch consume self {
    case .simulated(var pin):
      level = pin.read()
      self = .simulated(pin)
    #if os(Linux)
      case .gpio(var pin):
        level = pin.read()
        self = .gpio(pin)
    #endif
    }
    return level
  }
}
