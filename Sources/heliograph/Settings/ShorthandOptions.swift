// SPDX-License-Identifier: MIT

// The options that stand for a file of two parts: an LED and a button that toggles it.

public import ArgumentParser
public import DeviceDescription
public import Parts
import RemoteControl
import Timebase

/// An LED and a button by options alone.
struct ShorthandOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The line of a switch called led, instead of a file: 26, GPIO26, gpiochip1:5.",
      discussion: "heliograph pins lists the lines.", valueName: "line"))
  var led: String?

  @Option(help: ArgumentHelp("The line of a button called button; pressing it toggles the LED.", valueName: "line"))
  var button: String?

  @Option(
    help: ArgumentHelp(
      "Where to show the heartbeat: an LED of /sys/class/leds as led:ACT, or a line.", valueName: "led|line"))
  var statusLed: String?

  @Option(help: "The level that lights the LED. (default: high)")
  var ledActive: Polarity?

  @Option(help: "The level of the button's line while it is pressed. (default: low)")
  var buttonActive: Polarity?

  @Option(
    name: [.long, .customLong("bias")],
    help: ArgumentHelp(
      "What pulls the button's line while the button is up.",
      discussion: "By default the opposite of --button-active: up for low."))
  var pull: Pull?

  @Option(
    help: ArgumentHelp(
      """
      How long the button's level must be steady before it counts, in milliseconds (1 to 1000). \
      (default: \(Defaults.debounce.count))
      """, valueName: "ms"))
  var debounce: UInt32?

  @Option(
    help: ArgumentHelp(
      "The kernel's debounce time in milliseconds (0 to 1000); 0 turns it off. (default: 0)",
      valueName: "ms"))
  var kernelDebounce: UInt32?

  @Option(
    help: ArgumentHelp(
      "What the LED shows after a start.",
      discussion: """
        The last two restore the saved state; if there is none, the LED is off, or on. (default: \
        \(Defaults.restore.name))
        """,
      valueName: "mode"))
  var restore: RestoreMode?

  /// A level as an option.
  enum Polarity: String, ExpressibleByArgument, CaseIterable { case high, low }

  func validate() throws {
    if let debounce, !(1...1000).contains(debounce) {
      throw ValidationError("--debounce: it must be between 1 and 1000 ms")
    }
    if let kernelDebounce, kernelDebounce > 1000 {
      throw ValidationError("--kernel-debounce: it must be at most 1000 ms")
    }
  }

  /// Whether some option says where on a real board something is.
  var namesLines: Bool { led != nil || button != nil || statusLed != nil }

  /// The first option that was given; nil if none was.
  var firstGiven: String? {
    let options: [(name: String, isGiven: Bool)] = [
      ("--led", led != nil), ("--button", button != nil), ("--status-led", statusLed != nil),
      ("--led-active", ledActive != nil), ("--button-active", buttonActive != nil), ("--pull", pull != nil),
      ("--debounce", debounce != nil), ("--kernel-debounce", kernelDebounce != nil), ("--restore", restore != nil),
    ]
    return options.first { $0.isGiven }?.name
  }
}

extension ShorthandOptions {
  /// The device of an LED and a button that the options mean; on a simulated board their lines need not be given.
  func device(name: String, isSimulated: Bool) throws -> DescribedDevice {
    if !isSimulated, led == nil || button == nil {
      throw ValidationError("without a file, --board linux needs --led and --button; heliograph pins lists the lines")
    }
    var timing = Button.Timing()
    if let debounce { timing.debounce = Milliseconds(debounce) }
    let device = Device.demonstration(
      Array(name.utf8), restore: restore ?? Defaults.restore, timing: timing,
      hasStatusLED: statusLed != nil || isSimulated)
    return DescribedDevice(device: device, outputs: outputs, inputs: [input])
  }

  private var outputs: [Channel] {
    let isLow = ledActive == .low
    var outputs = [Channel(part: "led", role: .switch, address: led ?? "", isActiveLow: isLow)]
    if let statusLed {
      outputs.append(Channel(part: "", role: .statusLED, address: statusLed, isActiveLow: isLow))
    }
    return outputs
  }

  private var input: Channel {
    let isLow = buttonActive != .high
    return Channel(
      part: "button", role: .button, address: button ?? "", isActiveLow: isLow,
      pull: pull ?? Pull.standard(for: .button, isActiveLow: isLow), kernelDebounce: Milliseconds(kernelDebounce ?? 0))
  }
}

extension Pull: ExpressibleByArgument {
  /// The words of a file; `pull-up` and `pull-down`, which --bias had, are understood as well.
  public init?(argument: String) {
    self.init(rawValue: argument.hasPrefix("pull-") ? String(argument.dropFirst(5)) : argument)
  }
}

extension RestoreMode: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
  public static var allValueStrings: [String] { allCases.map(\.name) }
}
