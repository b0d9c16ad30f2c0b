// SPDX-License-Identifier: MIT

// Lines of one chip that this program holds. An output gets its level in the very call that makes it an output, so
// there is no moment in which the pin shows something else.
// Source: Linux uAPI, linux/gpio.h, GPIO_V2_GET_LINE_IOCTL and what its descriptor understands.

#if os(Linux)
  import CLinuxGPIO
  import SystemCalls

  /// Lines as the kernel hands them out.
  final class LineRequest: HeldLines {
    let chip: String
    let offsets: [UInt32]
    let isDebounced: Bool
    private let descriptor: Descriptor

    /// How many events the kernel keeps until they are read: as many as it allows.
    private static var eventBufferSize: UInt32 { 1024 }

    /// Takes the lines of `chip`; a debounce that its driver does not support is done without.
    init(_ settings: [LineSetting], of chip: borrowing Chip) throws(BoardError) {
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
        // A read never waits.
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
      let kept = settings.mask(\.keepsLevel)
      if kept != 0 {
        guard let levels = try? Self.levels(kept, in: descriptor) else { return nil }
        for index in settings.indices where settings[index].keepsLevel {
          settings[index].isHigh = levels & 1 << UInt64(index) != 0
        }
      }
      var config = settings.config
      isDebounced = gpio_configure_lines(descriptor.number, &config) == 0
      if !isDebounced {
        config = settings.map(\.withoutDebounce).config
        guard gpio_configure_lines(descriptor.number, &config) == 0 else { return nil }
      }
      self.descriptor = descriptor
    }

    var number: Int32 { descriptor.number }

    func duplicate() throws(SystemError) -> Descriptor { try descriptor.duplicate() }

    func drive(_ index: Int, high isHigh: Bool) throws(BoardError) {
      let bit: UInt64 = 1 << UInt64(index)
      var values = gpio_v2_line_values(bits: isHigh ? bit : 0, mask: bit)
      guard gpio_set_values(number, &values) == 0 else { throw BoardError(using: chip, .last) }
    }

    func levels(_ mask: UInt64) throws(BoardError) -> UInt64 {
      do throws(SystemError) {
        return try Self.levels(mask, in: descriptor)
      } catch {
        throw BoardError(using: chip, error)
      }
    }

    private static func levels(_ mask: UInt64, in lines: borrowing Descriptor) throws(SystemError) -> UInt64 {
      var values = gpio_v2_line_values(bits: 0, mask: mask)
      guard gpio_get_values(lines.number, &values) == 0 else { throw .last }
      return values.bits & mask
    }

    func hasEdges() throws(BoardError) -> Bool {
      var state = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, 0) > 0 else { return false }
      if state.revents & Int16(POLLERR | POLLHUP) != 0 { throw .gone(chip) }
      return state.revents & Int16(POLLIN) != 0
    }

    func forgetEdges() throws(BoardError) {
      var buffer = [UInt8](repeating: 0, count: 64 * LineEvent.size)
      do throws(SystemError) {
        while try SystemError.check({ read(number, &buffer, buffer.count) }) > 0 {}
      } catch {
        if error.code != EAGAIN { throw BoardError(using: chip, error) }
      }
    }

    // MARK: The request to the kernel

    private static func request(
      _ settings: [LineSetting], of chip: borrowing Chip
    ) throws(SystemError) -> Descriptor {
      var request = gpio_v2_line_request()
      withUnsafeMutableBytes(of: &request.offsets) { raw in
        for (index, offset) in settings.map(\.offset).prefix(Int(GPIO_V2_LINES_MAX)).enumerated() {
          raw.storeBytes(of: offset, toByteOffset: index * 4, as: UInt32.self)
        }
      }
      withUnsafeMutableBytes(of: &request.consumer) { raw in raw.copyBytes(from: BoardError.consumer.utf8) }
      request.config = settings.config
      request.num_lines = UInt32(settings.count)
      request.event_buffer_size = eventBufferSize
      // (Not in a closure that may run twice: the kernel fills the request in.)
      guard gpio_get_lines(chip.descriptor.number, &request) == 0 else { throw .last }
      return Descriptor(owning: request.fd)
    }

    private static func explain(
      _ error: SystemError, _ settings: [LineSetting], _ chip: borrowing Chip
    ) -> BoardError {
      let lines = settings.compactMap { setting in try? chip.line(setting.offset) }
      switch error.code {
      case EBUSY:
        let taken = lines.first { $0.flags.contains(.used) }
        return .busy(line: taken?.words ?? "", chip: chip.info.name, consumer: taken?.consumer ?? "")
      case ENXIO:
        let inputs = settings.filter { $0.flags.contains(.risingEdge) }
        // The kernel does not say which of them it is.
        let deaf = inputs.count == 1 ? inputs.first : inputs.first { (try? request([$0], of: chip)) == nil }
        let line = lines.first { $0.offset == deaf?.offset }
        return line.map { .noEdges(line: $0.words, chip: chip.info.name) } ?? .gone(chip.info.name)
      default: return BoardError(using: chip.info.name, error)
      }
    }
  }

  extension SystemError {
    /// What drivers answer to a setting that they do not know; the kernel's own ENOTSUPP is 524.
    fileprivate var isAboutSettings: Bool { [EINVAL, EOPNOTSUPP, 524].contains(code) }
  }
#endif
