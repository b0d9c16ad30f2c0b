// SPDX-License-Identifier: MIT

// An LED that the kernel drives, such as the green one on a Raspberry Pi. It usually shows something else, the activity
// of the SD card for instance: that is stopped, and goes on when the program ends.
// Source: Linux, Documentation/leds/leds-class.rst.

#if os(Linux)
  import Glibc
  import SystemCalls

  /// An LED in `/sys/class/leds`.
  final class SystemLED {
    private let name: String
    private let brightness: Descriptor
    private let brightest: [UInt8]
    /// What it showed before.
    private let trigger: [UInt8]?

    private static var folder: String { "/sys/class/leds" }

    /// Takes the LED over from whatever triggered it.
    init(_ name: String) throws(GPIOError) {
      self.name = name
      let path = "\(Self.folder)/\(name)"
      do throws(SystemError) {
        brightness = try Descriptor(opening: "\(path)/brightness", O_WRONLY)
        brightest = (try? Self.content(of: "\(path)/max_brightness")) ?? Array("1".utf8)
        trigger = Self.trigger(of: path)
        if trigger != nil { try Self.set("\(path)/trigger", Array("none".utf8)) }
        try brightness.write(Array("0".utf8))
      } catch {
        throw .cannotDriveLED(name: name, code: error.code)
      }
    }

    deinit {
      try? brightness.write(Array("0".utf8))
      if let trigger { try? Self.set("\(Self.folder)/\(name)/trigger", trigger) }
    }

    /// Whether the LED is lit; one that has been unplugged is no reason to stop.
    var isLit = false {
      didSet { try? brightness.write(isLit ? brightest : Array("0".utf8)) }
    }

    /// Whether the system has an LED of that name.
    static func exists(_ name: String) -> Bool {
      !name.contains("/") && name != "." && name != ".." && access("\(folder)/\(name)/brightness", F_OK) == 0
    }

    /// The names of the LEDs that the system has.
    static func names() -> [String] {
      guard let folder = opendir(folder) else { return [] }
      defer { closedir(folder) }
      var names: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name, text)
        if !name.hasPrefix(".") { names.append(name) }
      }
      return names.sorted()
    }

    /// The trigger in brackets among all that there are: `none [mmc0] timer`; nil if that is none.
    private static func trigger(of path: String) -> [UInt8]? {
      guard let all = try? content(of: "\(path)/trigger"), let open = all.firstIndex(of: UInt8(ascii: "[")),
        let close = all[open...].firstIndex(of: UInt8(ascii: "]"))
      else { return nil }
      let name = Array(all[(open + 1)..<close])
      return name == Array("none".utf8) ? nil : name
    }

    private static func content(of path: String) throws(SystemError) -> [UInt8] {
      try Descriptor(opening: path, O_RDONLY).bytes(count: 4096)
    }

    private static func set(_ path: String, _ value: [UInt8]) throws(SystemError) {
      try Descriptor(opening: path, O_WRONLY).write(value)
    }
  }

  extension BoardWiring.StatusLED {
    /// Understands `text`: an LED of the system's if there is one of that name, otherwise a line; nil if it is neither.
    public init?(_ text: String) {
      if SystemLED.exists(text) {
        self = .system(text)
      } else if let line = LineAddress(text) {
        self = .line(line)
      } else {
        return nil
      }
    }
  }
#endif
