// SPDX-License-Identifier: MIT

// The wiring, as the user gave it. Names of lines and sensors are looked up each time they are taken: a
// chip that was unplugged may come back under another name.

public import Timebase

/// Which channel of the machine each output and each input of a device is.
public struct LinuxWiring: Equatable, Sendable {
  /// What one output drives.
  public struct Output: Equatable, Sendable {
    /// Where it is.
    public var address: OutputAddress
    /// Whether it is on while its pin is low.
    public var isActiveLow: Bool
    /// Whether a line that was held for this program keeps its level, whatever the initial level is.
    public var keepsHeldLevel: Bool
    /// How long a period of a PWM channel is, in nanoseconds, at least 1; 0 counts as 1 in `init`.
    public var pwmPeriod: UInt32

    /// The default period of a PWM channel: 1 ms, too fast for the eye to see flicker.
    public static let defaultPWMPeriod: UInt32 = 1_000_000

    /// An output that is on while its pin is high, and the rest as users expect.
    public init(
      _ address: OutputAddress, isActiveLow: Bool = false, keepsHeldLevel: Bool = false,
      pwmPeriod: UInt32 = defaultPWMPeriod
    ) {
      self.address = address
      self.isActiveLow = isActiveLow
      self.keepsHeldLevel = keepsHeldLevel
      self.pwmPeriod = max(1, pwmPeriod)
    }
  }

  /// What one input reads.
  public struct Input: Equatable, Sendable {
    /// Where it is.
    public var address: InputAddress
    /// Whether a line is active while it is low.
    public var isActiveLow: Bool
    /// What pulls a line while nothing drives it; nil for what makes it inactive.
    public var bias: Bias?
    /// The kernel's debounce time of a line; 0 for none, at most a second, which `init` makes sure of.
    ///
    /// Kernels count this in ticks of up to 10 ms where the hardware does not do it, and stamp an edge only when it has
    /// come to rest: a long time costs exactness, none at all costs an interrupt for each bounce.
    public var kernelDebounce: Milliseconds
    /// The time from one reading of a sensor to the next, at least 100 ms, which `init` makes sure of.
    public var every: Milliseconds

    /// The default time from one reading of a sensor to the next: 10 s.
    public static let defaultPeriod = Milliseconds.seconds(10)

    /// An input with what users expect.
    public init(
      _ address: InputAddress, isActiveLow: Bool = false, bias: Bias? = nil, kernelDebounce: Milliseconds = 0,
      every: Milliseconds = defaultPeriod
    ) {
      self.address = address
      self.isActiveLow = isActiveLow
      self.bias = bias
      self.kernelDebounce = min(kernelDebounce, .seconds(1))
      self.every = max(every, 100)
    }
  }

  /// The outputs, by the numbers that the device gives them.
  public var outputs: [Output]
  /// The inputs, by the numbers that the device gives them.
  public var inputs: [Input]
  /// The chip of lines that are given by number alone: its name or its label.
  public var defaultChip: String

  /// A board with these channels.
  public init(outputs: [Output] = [], inputs: [Input] = [], defaultChip: String = "gpiochip0") {
    self.outputs = outputs
    self.inputs = inputs
    self.defaultChip = defaultChip
  }
}
