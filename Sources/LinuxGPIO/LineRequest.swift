// SPDX-License-Identifier: MIT

// Lines of one chip that this program holds. An output gets its level in the very call that makes it an output, so
// there is no moment in which the pin shows something else.
// Source: Linux uAPI, linux/gpio.h, GPIO_V2_GET_LINE_IOCTL and what its descriptor understands.

#if os(Linux)
  import CLinuxGPIO
  import DeviceComponents
  import Glibc
  import SystemCalls

  /// How a line is to be used.
  struct LineSetting: Equatable {
    let offset: UInt32
    var flags: LineFlags
    /// What an output is driven to from the start.
    var level = Level.low
    /// Whether an output that somebody has held for this program stays as it is, whatever `level` says.
    var keepsLevel = false
    /// How long the kernel waits for an input to be at rest, in microseconds; 0 for not at all.
    var debouncePeriod: UInt32 = 0
  }

  /// Lines as the kernel hands them out.
  final class LineRequest: HeldLines {
    let chip: String
    let offsets: [UInt32]
    let isDebounced: Bool
    private let descriptor: Descriptor

    /// How many events the kernel keeps until they are read: as many as it allows.
    private static var eventBufferSize: UInt32 { 1024 }

    /// Takes the lines of `chip`; a debounce that its driver does not support is done without.
    init(_ settings: [LineSetting], of chip: borrowing Chip) throws(GPIOError) {
      self.chip = chip.info.name
      offsets = settings.map(\.offset)
      do throws(SystemError) {
        do throws(SystemError) {
          descriptor = try Self.request(settings, of: chip)
          isDebounced = true
        } catch where settings.contains(where: { $0.debouncePeriod > 0 }) && error.isAboutSettings {
          descriptor = try Self.request(settings.map(\.withoutDebounce), of: chip)
          isDebounced = false
        }
        // Whoever reads never waits.
        let flags = try SystemError.check { [number = descriptor.number] in fcntl(number, F_GETFL) }
        try SystemError.check { [number = descriptor.number] in fcntl(number, F_SETFL, flags | O_NONBLOCK) }
      } catch {
        throw Self.explain(error, settings, chip)
      }
    }

    /// Goes on with lines that an earlier run of the program held with these settings; nil if they do not answer to
    /// them.
    init?(adopting descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String) {
      self.chip = chip
      offsets = settings.map(\.offset)
      for index in settings.indices where settings[index].keepsLevel {
        guard let level = try? Self.level(of: index, in: descriptor) else { return nil }
        settings[index].level = level
      }
      var config = Self.config(settings)
      isDebounced = gpio_configure_lines(descriptor.number, &config) == 0
      if !isDebounced {
        config = Self.config(settings.map(\.withoutDebounce))
        guard gpio_configure_lines(descriptor.number, &config) == 0 else { return nil }
      }
      self.descriptor = descriptor
    }

    var number: Int32 { descriptor.number }

    func duplicate() throws(SystemError) -> Descriptor { try descriptor.duplicate() }

    func drive(_ index: Int, to level: Level) throws(GPIOError) {
      var values = gpio_v2_line_values(bits: level == .high ? 1 << UInt64(index) : 0, mask: 1 << UInt64(index))
      guard gpio_set_values(number, &values) == 0 else { throw GPIOError(using: chip, .last) }
    }

    func level(of index: Int) throws(GPIOError) -> Level {
      do throws(SystemError) {
        return try Self.level(of: index, in: descriptor)
      } catch {
        throw GPIOError(using: chip, error)
      }
    }

    private static func level(of index: Int, in lines: borrowing Descriptor) throws(SystemError) -> Level {
      var values = gpio_v2_line_values(bits: 0, mask: 1 << UInt64(index))
      guard gpio_get_values(lines.number, &values) == 0 else { throw .last }
      return values.bits & values.mask == 0 ? .low : .high
    }

    func hasEdges() throws(GPIOError) -> Bool {
      var state = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, 0) > 0 else { return false }
      if state.revents & Int16(POLLERR | POLLHUP) != 0 { throw .gone(chip: chip) }
      return state.revents & Int16(POLLIN) != 0
    }

    func forgetEdges() throws(GPIOError) {
      var buffer = [UInt8](repeating: 0, count: 64 * LineEvent.size)
      do throws(SystemError) {
        while try SystemError.check({ read(number, &buffer, buffer.count) }) > 0 {}
      } catch {
        if error.code != EAGAIN { throw GPIOError(using: chip, error) }
      }
    }

    // MARK: What the kernel is asked

    private static func request(
      _ settings: [LineSetting], of chip: borrowing Chip
    ) throws(SystemError) -> Descriptor {
      var request = gpio_v2_line_request()
      withUnsafeMutableBytes(of: &request.offsets) { raw in
        for (index, offset) in settings.map(\.offset).prefix(Int(GPIO_V2_LINES_MAX)).enumerated() {
          raw.storeBytes(of: offset, toByteOffset: index * 4, as: UInt32.self)
        }
      }
      withUnsafeMutableBytes(of: &request.consumer) { raw in raw.copyBytes(from: GPIOError.consumer.utf8) }
      request.config = config(settings)
      request.num_lines = UInt32(settings.count)
      request.event_buffer_size = eventBufferSize
      // (Not in a closure that may run twice: the kernel fills the request in.)
      guard gpio_get_lines(chip.descriptor.number, &request) == 0 else { throw .last }
      return Descriptor(owning: request.fd)
    }

    /// The flags, the levels of the outputs and the debounce of each line; a bit of a mask for each.
    private static func config(_ settings: [LineSetting]) -> gpio_v2_line_config {
      var attributes: [gpio_v2_line_config_attribute] = []
      func add(_ id: gpio_v2_line_attr_id, mask: UInt64, _ set: (inout gpio_v2_line_attribute) -> Void) {
        var attribute = gpio_v2_line_config_attribute()
        attribute.attr.id = id.rawValue
        attribute.mask = mask
        set(&attribute.attr)
        attributes.append(attribute)
      }
      var outputs: UInt64 = 0
      var levels: UInt64 = 0
      for (index, setting) in settings.enumerated() {
        let bit: UInt64 = 1 << UInt64(index)
        add(GPIO_V2_LINE_ATTR_ID_FLAGS, mask: bit) { $0.flags = setting.flags.rawValue }
        if setting.flags.contains(.output) { outputs |= bit }
        if setting.level == .high { levels |= bit }
        guard setting.debouncePeriod > 0 else { continue }
        add(GPIO_V2_LINE_ATTR_ID_DEBOUNCE, mask: bit) { $0.debounce_period_us = setting.debouncePeriod }
      }
      if outputs != 0 {
        add(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, mask: outputs) { $0.values = levels & outputs }
      }
      var config = gpio_v2_line_config()
      config.num_attrs = UInt32(attributes.count)
      withUnsafeMutableBytes(of: &config.attrs) { raw in
        attributes.withUnsafeBytes { raw.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(raw.count))) }
      }
      return config
    }

    private static func explain(
      _ error: SystemError, _ settings: [LineSetting], _ chip: borrowing Chip
    ) -> GPIOError {
      let lines = settings.compactMap { setting in try? chip.line(setting.offset) }
      switch error.code {
      case EBUSY:
        let taken = lines.first { $0.flags.contains(.used) }
        return .busy(line: taken?.words ?? "", chip: chip.info.name, consumer: taken?.consumer ?? "")
      case ENXIO:
        let inputs = settings.filter { $0.flags.contains(.risingEdge) }.map(\.offset)
        let deaf = lines.first { inputs.contains($0.offset) }
        return deaf.map { .noEdges(line: $0.words, chip: chip.info.name) } ?? .gone(chip: chip.info.name)
      default: return GPIOError(using: chip.info.name, error)
      }
    }
  }

  extension LineSetting {
    fileprivate var withoutDebounce: LineSetting {
      var setting = self
      setting.debouncePeriod = 0
      return setting
    }
  }

  extension SystemError {
    /// What drivers answer to a setting that they do not know; the kernel's own ENOTSUPP is 524.
    fileprivate var isAboutSettings: Bool { [EINVAL, EOPNOTSUPP, 524].contains(code) }
  }
#endif
