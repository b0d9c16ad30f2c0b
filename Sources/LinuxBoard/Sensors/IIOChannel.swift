// SPDX-License-Identifier: MIT

// A channel of the Industrial I/O subsystem. A driver gives either a processed value (`in_temp_input`), or a raw one
// that is worked out by value = (raw + offset) × scale; offset and scale may be the channel's own, or be shared by all
// channels of the type (`in_voltage_scale` for `in_voltage0_raw`).
// Source: Linux, Documentation/ABI/testing/sysfs-bus-iio.

#if os(Linux)
  import Bytes

  /// A channel, and the folder of its device.
  struct IIOChannel {
    /// What the sensor is called.
    let name: String
    /// The part of the file's name between `in_` and `_raw` or `_input`: `temp`, `voltage0`, `accel_x`.
    let channel: String
    let folder: SystemFolder

    /// Reads the value, in the base unit.
    func read() throws(BoardError) -> Decimal {
      let value: Decimal
      if folder.has("in_\(channel)_input") {
        value = try folder.number("in_\(channel)_input", of: name)
      } else if folder.has("in_\(channel)_raw") {
        let raw = try folder.number("in_\(channel)_raw", of: name)
        let offset = try shared("offset") ?? .zero
        let scale = try shared("scale") ?? 1
        guard let sum = raw + offset, let product = sum * scale else { throw tooLarge }
        value = product
      } else {
        throw .noSuchSensor(
          name: name, available: Self.names(in: folder).map { "\(name.dropLast(channel.utf8.count))\($0)" })
      }
      guard let converted = value * Decimal(1, exponent: Self.exponent(of: channel)) else { throw tooLarge }
      return converted
    }

    /// The channels of a device that can be read.
    static func names(in folder: SystemFolder) -> [String] {
      var channels: [String] = []
      for file in folder.names where file.hasPrefix("in_") {
        for suffix in ["_input", "_raw"] where file.hasSuffix(suffix) {
          let channel = String(file.dropFirst(3).dropLast(suffix.count))
          if !channels.contains(channel) { channels.append(channel) }
        }
      }
      return channels
    }

    /// The power of ten of the kernel's unit: thousandths of °C, V, A, % and W; thousands of Pa.
    private static func exponent(of channel: String) -> Int8 {
      switch channel.prefix(while: \.isLetter) {
      case "temp", "voltage", "altvoltage", "current", "altcurrent", "humidityrelative", "power": -3
      case "pressure": 3
      default: 0
      }
    }

    /// The channel's own offset or scale, or that of its type; nil if there is none.
    private func shared(_ what: String) throws(BoardError) -> Decimal? {
      for owner in owners {
        let file = owner.isEmpty ? "in_\(what)" : "in_\(owner)_\(what)"
        if folder.has(file) { return try folder.number(file, of: name) }
      }
      return nil
    }

    /// Whose attributes hold for the channel, the closest first: of `voltage0-voltage1` itself, `voltage-voltage`,
    /// `voltage`; of `accel_x` itself, `accel`; and all channels together.
    private var owners: [String] {
      var owners = [channel]
      func add(_ owner: String) { if !owners.contains(owner) { owners.append(owner) } }
      add(channel.filter { !("0"..."9" ~= $0) })
      let type = channel.prefix { $0 != "_" && $0 != "-" }
      add(String(type))
      add(type.filter { !("0"..."9" ~= $0) })
      add("")
      return owners
    }

    private var tooLarge: BoardError { .notANumber(name: name, file: "in_\(channel)_scale") }
  }
#endif
