// SPDX-License-Identifier: MIT

// One measured value of a sensor, by the kernel's own interface to it, in the base unit: °C and not thousandths of one.
// Rule: which folder a sensor has is looked up each time, for numbers change when a device is plugged in again.
// Source: Linux, Documentation/hwmon/sysfs-interface.rst, Documentation/w1/slaves/w1_therm.rst,
// Documentation/driver-api/thermal/sysfs-api.rst; for IIO see IIOChannel.

#if os(Linux)
  import Bytes
  import SystemCalls

  extension SensorSource {
    /// Reads the sensor, which may take long: 750 ms on a 1-Wire bus.
    func read(in system: SystemFolder) throws(BoardError) -> Decimal {
      let value: Decimal
      switch self {
      case .iio(let device, let channel):
        value = try IIOChannel(name: description, channel: channel, folder: try iio(device, in: system)).read()
      case .hwmon(let device, let channel):
        let folder = try hwmon(device, channel, in: system)
        value = try number("\(channel)_input", in: folder, times: Self.hwmonExponent(of: channel))
      case .w1(let id):
        let devices = system.folder("bus/w1/devices")
        guard devices.folder(id).has("temperature") else {
          let others = devices.names.filter { devices.folder($0).has("temperature") }
          throw .noSuchSensor(name: description, available: others.map { "w1:\($0)" })
        }
        value = try number("temperature", in: devices.folder(id), times: -3)
      case .thermal(let zone):
        value = try number("temp", in: try thermal(zone, in: system), times: -3)
      case .file(let path):
        value = try firstLine(of: path)
      }
      return value
    }

    // MARK: Where it is

    private func iio(_ device: String, in system: SystemFolder) throws(BoardError) -> SystemFolder {
      let folders = system.folder("bus/iio/devices")
      return try find(
        device, among: folders.names.filter { $0.hasPrefix("iio:device") }, of: folders, nameIn: "name"
      ) { folder, name in IIOChannel.names(in: folder).map { "iio:\(name):\($0)" } }
    }

    private func hwmon(
      _ device: String, _ channel: String, in system: SystemFolder
    ) throws(BoardError) -> SystemFolder {
      let folders = system.folder("class/hwmon")
      let folder = try find(device, among: folders.names, of: folders, nameIn: "name") { folder, name in
        Self.hwmonChannels(in: folder).map { "hwmon:\(name):\($0)" }
      }
      guard folder.has("\(channel)_input") else {
        throw .noSuchSensor(
          name: description, available: Self.hwmonChannels(in: folder).map { "hwmon:\(device):\($0)" })
      }
      return folder
    }

    private func thermal(_ zone: String, in system: SystemFolder) throws(BoardError) -> SystemFolder {
      let folders = system.folder("class/thermal")
      return try find(
        zone, among: folders.names.filter { $0.hasPrefix("thermal_zone") }, of: folders, nameIn: "type"
      ) { _, name in ["thermal:\(name)"] }
    }

    /// The folder that is called `name`, or whose attribute `nameIn` says so; `sensors` are those of a folder.
    private func find(
      _ name: String, among names: [String], of folders: SystemFolder, nameIn attribute: String,
      sensors: (SystemFolder, String) -> [String]
    ) throws(BoardError) -> SystemFolder {
      if names.contains(name) { return folders.folder(name) }
      let found = names.filter { folders.folder($0).text(attribute) == name }
      guard found.count <= 1 else { throw .ambiguousSensor(name: description, places: found) }
      if let folder = found.first { return folders.folder(folder) }
      let available = names.flatMap { sensors(folders.folder($0), folders.folder($0).text(attribute) ?? $0) }
      throw .noSuchSensor(name: description, available: available)
    }

    /// The sensors that the kernel knows.
    static func all(in system: SystemFolder) -> [SensorSource] {
      var sensors: [SensorSource] = []
      let devices = system.folder("bus/iio/devices")
      for name in devices.names where name.hasPrefix("iio:device") {
        let device = devices.folder(name)
        sensors += IIOChannel.names(in: device).map { .iio(device: device.text("name") ?? name, channel: $0) }
      }
      let monitors = system.folder("class/hwmon")
      for name in monitors.names {
        let monitor = monitors.folder(name)
        sensors += hwmonChannels(in: monitor).map { .hwmon(device: monitor.text("name") ?? name, channel: $0) }
      }
      let bus = system.folder("bus/w1/devices")
      sensors += bus.names.filter { bus.folder($0).has("temperature") }.map { .w1($0) }
      let zones = system.folder("class/thermal")
      for name in zones.names where name.hasPrefix("thermal_zone") {
        sensors.append(.thermal(zones.folder(name).text("type") ?? name))
      }
      return sensors
    }

    static func hwmonChannels(in folder: SystemFolder) -> [String] {
      folder.names.filter { $0.hasSuffix("_input") }.map { String($0.dropLast(6)) }
    }

    // MARK: What it says

    /// The power of ten of a hardware monitor's unit: thousandths of °C, V, A and %; millionths of W and J.
    private static func hwmonExponent(of channel: String) -> Int8 {
      switch channel.prefix(while: \.isLetter) {
      case "temp", "in", "curr", "humidity": -3
      case "power", "energy": -6
      default: 0
      }
    }

    private func number(
      _ file: String, in folder: SystemFolder, times exponent: Int8
    ) throws(BoardError) -> Decimal {
      let number = try folder.number(file, of: description)
      guard let value = number * Decimal(1, exponent: exponent) else {
        throw .notANumber(name: description, file: file)
      }
      return value
    }

    /// The number on the first line of a file; it may have words behind it.
    private func firstLine(of path: String) throws(BoardError) -> Decimal {
      let content: [UInt8]
      do throws(SystemError) {
        content = try SystemFolder.content(of: path)
      } catch {
        throw .cannotReadSensor(name: description, file: path, code: error.code)
      }
      let word = content.split(maxSplits: 1, omittingEmptySubsequences: true) { $0 <= 0x20 }.first ?? []
      guard let number = Decimal(Array(word).span) else { throw .notANumber(name: description, file: path) }
      return number
    }
  }

  extension SystemFolder {
    /// The number in a file of the sensor that is called `name`.
    func number(_ file: String, of name: String) throws(BoardError) -> Decimal {
      let content: [UInt8]
      do throws(SystemError) {
        content = try read(file)
      } catch {
        throw .cannotReadSensor(name: name, file: file, code: error.code)
      }
      guard let number = Decimal(content.span) else { throw .notANumber(name: name, file: file) }
      return number
    }
  }
#endif
