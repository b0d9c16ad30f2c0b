// SPDX-License-Identifier: MIT

// An LED that the kernel drives, such as the green one on a Raspberry Pi. It usually shows something else, the activity
// of the SD card for instance: that is stopped, and resumes when the program ends. An LED of several colors has an
// intensity for each of them, and a brightness for all.
// Source: Linux, Documentation/leds/leds-class.rst and leds-class-multicolor.rst.

#if os(Linux)
  import SystemCalls

  /// An LED in `/sys/class/leds`.
  final class SystemLED {
    /// Its colors, in the kernel's order; none of an LED that has only one.
    let colors: [String]

    private let name: String
    private let folder: SystemFolder
    private let brightest: UInt64
    /// How strong each of `colors` is.
    private var intensities: [UInt64]
    /// What it showed before.
    private let trigger: String?

    /// Takes the LED over from its trigger. It is dark from then on; if only its colors are wanted, they are
    /// dark and it is bright.
    init(_ name: String, onlyColors: Bool, in system: SystemFolder) throws(BoardError) {
      self.name = name
      let leds = system.folder("class/leds")
      guard leds.folder(name).has("brightness") else { throw .noSuchLED(name: name, available: leds.names) }
      folder = leds.folder(name)
      brightest = max(1, folder.number("max_brightness") ?? 1)
      colors = (folder.text("multi_index") ?? "").split(separator: " ").map(String.init)
      intensities = colors.map { [brightest] _ in onlyColors ? 0 : brightest }
      trigger = Self.trigger(of: folder)
      do throws(SystemError) {
        if trigger != nil { try folder.write("trigger", "none") }
        if !colors.isEmpty { try writeIntensities() }
        try folder.write("brightness", onlyColors ? "\(brightest)" : "0")
      } catch {
        throw .cannotDriveLED(name: name, code: error.code)
      }
    }

    /// Shows a level from 0 to 65,535, of one of its colors if it is given.
    func drive(_ level: UInt16, color: Int?) throws(BoardError) {
      // What is not off is lit, however few steps the LED has.
      let value = level == 0 ? 0 : max(1, (UInt64(level) * min(brightest, 1 << 32) + 32_767) / 65_535)
      do throws(SystemError) {
        if let color, intensities.indices.contains(color) {
          intensities[color] = value
          try writeIntensities()
        } else {
          try folder.write("brightness", "\(value)")
        }
      } catch {
        throw error.meansGone ? .gone("led:\(name)") : .cannotDriveLED(name: name, code: error.code)
      }
    }

    /// The place of a color among its colors.
    func index(ofColor color: String) throws(BoardError) -> Int {
      guard let index = colors.firstIndex(of: color) else {
        throw .noSuchColor(color, led: name, available: colors)
      }
      return index
    }

    /// Gives the LED back to what it showed before.
    func giveBack() {
      try? folder.write("brightness", "0")
      if let trigger { try? folder.write("trigger", trigger) }
    }

    private func writeIntensities() throws(SystemError) {
      try folder.write("multi_intensity", intensities.map(String.init).joined(separator: " "))
    }

    /// The trigger in brackets among all that exist: `none [mmc0] timer`; nil if that is `none`.
    private static func trigger(of folder: SystemFolder) -> String? {
      guard let all = folder.text("trigger"), let open = all.firstIndex(of: "["),
        let close = all[open...].firstIndex(of: "]")
      else { return nil }
      let name = String(all[all.index(after: open)..<close])
      return name == "none" ? nil : name
    }
  }

  extension OutputAddress {
    /// The meaning of `text` for an LED that shows the device's state: `ACT` is an LED of this machine
    /// if there is one of that name, otherwise a line.
    ///
    /// - Throws: As `OutputAddress.init(_:)` does.
    public init(statusLED text: String, systemFolder: String = "/sys") throws(AddressError) {
      let leds = SystemFolder(path: systemFolder).folder("class/leds")
      if SensorSource.isFileName(text), leds.folder(text).has("brightness") {
        self = .led(name: text, color: nil)
      } else {
        try self.init(text)
      }
    }
  }
#endif
