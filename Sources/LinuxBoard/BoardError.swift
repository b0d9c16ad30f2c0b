// SPDX-License-Identifier: MIT

// What can go wrong with the channels of a machine, each in one line that says what to do about it.

import SystemCalls

/// Why a channel cannot be used.
public enum BoardError: Error, Equatable, Sendable, CustomStringConvertible {
  // Chips and lines.

  /// There is no chip of that name; `available` are those that exist.
  case noSuchChip(name: String, available: [ChipInfo])
  /// The device exists, but is not a GPIO chip.
  case notAChip(name: String)
  /// Several chips have that label.
  case ambiguousChip(label: String, names: [String])
  /// The device may not be opened; `group` may, if there is such a group and it is not root's.
  case permissionDenied(name: String, group: String?)
  /// The chip has fewer lines: `offset` counts from 0.
  case noSuchLine(offset: UInt32, chip: ChipInfo)
  /// No chip, or not the one that was named, has a line of that name.
  case unknownName(String, chip: String?)
  /// No line has that name, but an LED of the system's does.
  case meantForLED(String)
  /// Several lines have that name.
  case ambiguousName(String, places: [String])
  /// Another program, or the kernel, has the line: `consumer`, which is empty if it gives no name.
  case busy(line: String, chip: String, consumer: String)
  /// The line cannot report edges: its chip has no interrupt for it.
  case noEdges(line: String, chip: String)
  /// Two channels name the same line.
  case sameLine(String, chip: String)
  /// The kernel lacks the second version of the interface, which came with Linux 5.10.
  case kernelTooOld(release: String)
  /// The chip, PWM channel or LED has vanished.
  case gone(String)
  /// The kernel refused for another reason, with its `errno`.
  case refused(chip: String, code: Int32)

  // PWM and LEDs.

  /// Two outputs name the same channel.
  case sameOutput(String)
  /// There is no such PWM channel; `available` are those that exist.
  case noSuchPWM(name: String, available: [String])
  /// Another program, or the kernel, has the PWM channel.
  case pwmBusy(name: String)
  /// A file of the PWM channel may not be written, or the chip does not support what is written; with the kernel's
  /// `errno`.
  case cannotDrivePWM(name: String, file: String, code: Int32)
  /// There is no such LED; `available` are those that exist.
  case noSuchLED(name: String, available: [String])
  /// The LED does not have that color; `available` are those that it has.
  case noSuchColor(String, led: String, available: [String])
  /// A file of the LED may not be written; with the kernel's `errno`.
  case cannotDriveLED(name: String, code: Int32)

  // Sensors.

  /// There is no such sensor; `available` are those of its kind.
  case noSuchSensor(name: String, available: [String])
  /// Several sensors have that name.
  case ambiguousSensor(name: String, places: [String])
  /// The sensor's file cannot be read; with the kernel's `errno`.
  case cannotReadSensor(name: String, file: String, code: Int32)
  /// The content of the sensor's file is not a number, or one that `Decimal` cannot hold.
  case notANumber(name: String, file: String)
  /// The sensor has not answered for so many seconds.
  case noAnswer(name: String, seconds: UInt32)

  /// One line without an end of line.
  public var description: String {
    lineWords ?? outputWords ?? sensorWords ?? ""
  }

  private var lineWords: String? {
    switch self {
    case .noSuchChip(let name, let available):
      available.isEmpty
        ? "there is no \(name), nor any other GPIO chip on this machine"
        : "there is no \(name); available: \(Self.list(available))"
    case .notAChip(let name): "/dev/\(name) is not a GPIO chip"
    case .ambiguousChip(let label, let names):
      "\(names.count) chips are called \(label): choose one of \(Self.some(names))"
    case .permissionDenied(let name, let group?):
      "no permission to open /dev/\(name): join the group \(group) (sudo usermod -aG \(group) $USER, then log in again)"
    case .permissionDenied(let name, nil):
      "no permission to open /dev/\(name), which only root may: give it to a group with a udev rule (see packaging/)"
    case .noSuchLine(let offset, let chip):
      "there is no line \(offset) on \(chip.name), which has \(chip.lineCount) lines, numbered from 0"
    case .unknownName(let name, let chip):
      "no line \(chip.map { "of \($0) " } ?? "")is called \(name); heliograph pins lists the lines"
    case .meantForLED(let name): "no line is called \(name); for the LED of that name write led:\(name)"
    case .ambiguousName(let name, let places):
      "\(places.count) lines are called \(name): choose one of \(Self.some(places))"
    case .busy(let line, let chip, let consumer):
      "line \(line) of \(chip) is in use by \(consumer.isEmpty ? "a program that gives no name" : consumer)"
        + ": free it, or choose another line (heliograph pins)"
    case .noEdges(let line, let chip):
      "line \(line) of \(chip) cannot report edges, because it has no interrupt: choose another line for this input"
    case .sameLine(let line, let chip):
      "line \(line) of \(chip) is used twice: choose another line for one of the parts"
    case .kernelTooOld(let release): "Linux 5.10 or newer is needed for GPIO; this is \(release)"
    case .gone(let name): "\(name) is gone"
    case .refused(let chip, let code): "\(chip) refuses: \(SystemError(code: code))"
    default: nil
    }
  }

  private var outputWords: String? {
    switch self {
    case .sameOutput(let name): "\(name) is used twice: choose another output for one of the parts"
    case .noSuchPWM(let name, let available):
      "there is no \(name); "
        + (available.isEmpty
          ? "this machine has no PWM channels (a Raspberry Pi has some with dtoverlay=pwm-2chan)"
          : "available: \(Self.some(available))")
    case .pwmBusy(let name): "\(name) is in use by the kernel or another program: free it, or choose another channel"
    case .cannotDrivePWM(let name, let file, let code):
      "cannot drive \(name): \(file): \(SystemError(code: code))"
        + (Self.isAboutRights(code) ? " (its files must be writable; see packaging/)" : "")
    case .noSuchLED(let name, let available):
      available.isEmpty
        ? "there is no LED \(name), nor any other, in /sys/class/leds"
        : "there is no LED \(name) in /sys/class/leds; available: \(Self.some(available))"
    case .noSuchColor(let color, let led, let available):
      "the LED \(led) has no \(color); "
        + (available.isEmpty ? "it has one color" : "it has \(Self.some(available))")
    case .cannotDriveLED(let name, let code):
      "cannot drive the LED \(name): \(SystemError(code: code))"
        + (Self.isAboutRights(code) ? " (its files must be writable; see packaging/)" : "")
    default: nil
    }
  }

  private var sensorWords: String? {
    switch self {
    case .noSuchSensor(let name, let available):
      "there is no \(name)"
        + (available.isEmpty ? ", nor any other sensor of its kind" : "; available: \(Self.some(available))")
    case .ambiguousSensor(let name, let places):
      "\(places.count) sensors are called \(name): choose one of \(Self.some(places))"
    case .cannotReadSensor(let name, let file, let code): "cannot read \(name): \(file): \(SystemError(code: code))"
    case .notANumber(let name, let file): "cannot read \(name): \(file) has no number in it"
    case .noAnswer(let name, let seconds): "\(name) has not answered for \(seconds) seconds"
    default: nil
    }
  }

  /// The name under which this program holds lines, for `heliograph pins` and other tools.
  static var consumer: String { "heliograph" }

  /// Whether the line is held by a run of this program: this one's predecessor, perhaps.
  public var isBusyWithUs: Bool {
    if case .busy(_, _, Self.consumer) = self { true } else { false }
  }

  /// The first few; a machine may have dozens of sensors, and this is one line.
  private static func some(_ names: [String]) -> String {
    let first = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(first) and \(names.count - 8) more (heliograph pins)" : first
  }

  private static func list(_ chips: [ChipInfo]) -> String {
    chips.map { "\($0.name) (\($0.label), \($0.lineCount) lines)" }.joined(separator: ", ")
  }

  static func isAboutRights(_ code: Int32) -> Bool {
    [SystemError.accessDenied, .notPermitted].contains(SystemError(code: code))
  }
}
