// SPDX-License-Identifier: MIT

// What an input reads, as people write it. Nothing here asks the kernel, so a description can be checked on any
// machine.

/// What can be read: a GPIO line, or a sensor.
public enum InputAddress: Hashable, Sendable {
  /// A line: `26`, `GPIO26`, `gpiochip1:5`, `pinctrl-rp1:26`.
  case line(LineAddress)
  /// A sensor, such as `w1:28-0000075b1c2d`.
  case sensor(SensorSource)

  /// Understands `text`.
  ///
  /// - Throws: What the text lacks, or that it means an output.
  public init(_ text: String) throws(AddressError) {
    if let source = try SensorSource(text) {
      self = .sensor(source)
    } else if text.hasPrefix("led:") {
      throw .notAnInput(text)
    } else if case .pwm? = try? OutputAddress(text) {
      throw .notAnInput(text)
    } else {
      self = .line(try LineAddress(text))
    }
  }
}

extension InputAddress: CustomStringConvertible {
  /// As it would be written.
  public var description: String {
    switch self {
    case .line(let line): line.description
    case .sensor(let source): source.description
    }
  }
}

/// Something that the kernel measures, by the interface that it offers it with; or a file with a number in it.
///
/// A reading is in °C, V, A, %, W, J or Pa, whatever fractions of these the kernel counts in; any other unit is the
/// kernel's own.
public enum SensorSource: Hashable, Sendable {
  /// A channel of a device of the Industrial I/O subsystem, which is known by its name or as `iio:device0`:
  /// `iio:bmp280:temp`, `iio:ads1015:voltage0`.
  case iio(device: String, channel: String)
  /// A channel of a hardware monitor, which is known by its name or as `hwmon0`: `hwmon:lm75:temp1`.
  case hwmon(device: String, channel: String)
  /// A thermometer on a 1-Wire bus, by its number: `w1:28-0000075b1c2d`.
  case w1(String)
  /// A thermal zone, by its type or as `thermal_zone0`: `thermal:cpu-thermal`, `thermal0`.
  case thermal(String)
  /// A file that begins with a number as JSON writes it, which is read as it is: `file:/run/power`.
  case file(String)

  /// Understands `text`; nil if it is not about a sensor.
  init?(_ text: String) throws(AddressError) {
    guard let prefix = Self.prefix(of: text) else { return nil }
    let rest = text.dropFirst(prefix.count)
    switch prefix {
    case "iio:": self = try Self.iio(rest, of: text)
    case "hwmon:":
      let (device, channel) = try Self.channel(rest, of: text)
      self = .hwmon(device: device, channel: channel)
    case "w1:":
      guard Self.isFileName(rest), rest.contains("-") else { throw .no1WireDevice(text) }
      self = .w1(String(rest))
    case "thermal:":
      guard Self.isFileName(rest) else { throw .noThermalZone(text) }
      self = .thermal(String(rest))
    case "file:":
      guard !rest.isEmpty, !rest.utf8.contains(0) else { throw .noPath(text) }
      self = .file(String(rest))
    default:
      self = .thermal("thermal_zone\(rest)")  // `thermal0`, with the digits left
    }
  }

  private static func iio(_ rest: Substring, of text: String) throws(AddressError) -> SensorSource {
    let (device, channel) = try self.channel(rest, of: text)
    // `iio:device0:temp` is what `iio:iio:device0:temp` would be.
    let isNumbered = device.hasPrefix("device") && channelNumber(device.dropFirst(6)) != nil && device.count > 6
    return .iio(device: isNumbered ? "iio:\(device)" : device, channel: channel)
  }

  /// The text before the last colon, and the channel after it.
  private static func channel(
    _ rest: Substring, of text: String
  ) throws(AddressError) -> (device: String, channel: String) {
    guard let colon = rest.lastIndex(of: ":"), isFileName(rest[..<colon]), isFileName(rest[rest.index(after: colon)...])
    else { throw .noSensorChannel(text) }
    return (String(rest[..<colon]), String(rest[rest.index(after: colon)...]))
  }

  private static func prefix(of text: String) -> String? {
    let prefixes = ["iio:", "hwmon:", "w1:", "thermal:", "file:"]
    if let prefix = prefixes.first(where: text.hasPrefix) { return prefix }
    for prefix in ["thermal_zone", "thermal"] where text.hasPrefix(prefix) {
      if text.count > prefix.count, channelNumber(text.dropFirst(prefix.count)) != nil { return prefix }
    }
    return nil
  }

  static func isMeant(by text: String) -> Bool { prefix(of: text) != nil }

  /// Whether a file can have that name: it leads to no other folder.
  static func isFileName(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text != "." && text != ".." && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
  }
}

extension SensorSource: CustomStringConvertible {
  /// As it would be written.
  public var description: String {
    switch self {
    case .iio(let device, let channel): "iio:\(device):\(channel)"
    case .hwmon(let device, let channel): "hwmon:\(device):\(channel)"
    case .w1(let number): "w1:\(number)"
    case .thermal(let zone): "thermal:\(zone)"
    case .file(let path): "file:\(path)"
    }
  }
}
