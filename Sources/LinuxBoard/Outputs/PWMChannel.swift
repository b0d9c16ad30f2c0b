// SPDX-License-Identifier: MIT

// A channel that switches a pin so fast that only its share of "on" is seen: the brightness of an LED strip, for
// instance. The kernel switches; here its share is set.
// Rule: a channel that was on is not switched off to be set up, so that nothing flickers when the program is started
// anew; except for its polarity, which the kernel changes only while the channel is off.
// Source: Linux, Documentation/driver-api/pwm.rst, "Using PWMs with the sysfs interface".

#if os(Linux)
  import SystemCalls

  /// A channel in `/sys/class/pwm`.
  final class PWMChannel {
    private let name: String
    private let chip: SystemFolder
    private let channel: UInt32
    private let folder: SystemFolder
    private let period: UInt32
    /// Whether "on" is the rest of the period: the pin is low while the channel is on, and the chip does not invert.
    private var isInverted = false
    private var isSetUp = false

    /// Takes the channel, and gives it `level` from the start.
    ///
    /// `isExported` becomes true if the channel was exported here: it must be given back at the end.
    init(
      _ output: LinuxWiring.Output, chip number: UInt32, channel: UInt32, level: UInt16, in system: SystemFolder,
      isExported: inout Bool
    ) throws(BoardError) {
      name = output.address.description
      chip = system.folder("class/pwm/pwmchip\(number)")
      self.channel = channel
      folder = chip.folder("pwm\(channel)")
      period = output.pwmPeriod
      try export(in: system, &isExported)
      try setPolarity(isActiveLow: output.isActiveLow)
      try setPeriod()
      try drive(level)
      try write("enable", "1")
      isSetUp = true
    }

    /// Shows a level from 0 to 65,535.
    func drive(_ level: UInt16) throws(BoardError) {
      let share = UInt64(isInverted ? .max - level : level) * UInt64(period) / UInt64(UInt16.max)  // below 2⁴⁸
      try write("duty_cycle", "\(share)")
    }

    /// Gives a channel back that the kernel handed out.
    static func giveBack(chip: UInt32, channel: UInt32, in system: SystemFolder) {
      try? system.folder("class/pwm/pwmchip\(chip)").write("unexport", "\(channel)")
    }

    private func export(in system: SystemFolder, _ isExported: inout Bool) throws(BoardError) {
      guard !chip.has("pwm\(channel)") else { return }
      guard let count = chip.number("npwm"), UInt64(channel) < count else {
        throw .noSuchPWM(name: name, available: Self.available(in: system))
      }
      do throws(SystemError) {
        try chip.write("export", "\(channel)")
      } catch {
        throw error.code == EBUSY ? .pwmBusy(name: name) : failure("export", error)
      }
      isExported = true
    }

    private func setPolarity(isActiveLow: Bool) throws(BoardError) {
      let wanted = isActiveLow ? "inversed" : "normal"
      if let polarity = folder.text("polarity"), polarity != wanted {
        let isOn = folder.number("enable") == 1
        if isOn { try write("enable", "0") }
        try? folder.write("polarity", wanted)  // where the chip cannot, we can
      }
      isInverted = (folder.text("polarity") == "inversed") != isActiveLow
    }

    private func setPeriod() throws(BoardError) {
      guard folder.number("period") != UInt64(period) else { return }
      // The kernel takes no period that is shorter than what is on of it.
      if let share = folder.number("duty_cycle"), share > UInt64(period) { try write("duty_cycle", "0") }
      try write("period", "\(period)")
    }

    private func write(_ file: String, _ value: String) throws(BoardError) {
      do throws(SystemError) {
        try folder.write(file, value)
      } catch {
        throw failure(file, error)
      }
    }

    private func failure(_ file: String, _ error: SystemError) -> BoardError {
      isSetUp && error.meansGone ? .gone(name) : .cannotDrivePWM(name: name, file: file, code: error.code)
    }

    /// `pwm0:0 to pwm0:3` for each chip.
    static func available(in system: SystemFolder) -> [String] {
      let chips = system.folder("class/pwm")
      return chips.names.compactMap { chip in
        guard chip.hasPrefix("pwmchip"), let count = chips.folder(chip).number("npwm"), count > 0 else { return nil }
        let name = "pwm\(chip.dropFirst(7))"
        return count == 1 ? "\(name):0" : "\(name):0 to \(name):\(count - 1)"
      }
    }
  }
#endif
