// SPDX-License-Identifier: MIT

// A GPIO chip as the kernel shows it: a device that tells of its lines and hands them out.
// Rule: opening a chip and asking about it changes nothing on any pin.
// Source: Linux uAPI, linux/gpio.h, GPIO_GET_CHIPINFO_IOCTL and GPIO_V2_GET_LINEINFO_IOCTL (Linux 5.10).

#if os(Linux)
  import CLinuxGPIO
  import SystemCalls

  /// An open GPIO chip.
  struct Chip: ~Copyable {
    let info: ChipInfo
    let descriptor: Descriptor

    /// Opens the chip with this name, such as `gpiochip0`.
    init(named name: String) throws(BoardError) {
      let descriptor = try Self.open(name)
      var raw = gpiochip_info()
      guard gpio_get_chip_info(descriptor.number, &raw) == 0 else { throw .notAChip(name: name) }
      self.descriptor = descriptor
      info = ChipInfo(name: name, label: withUnsafeBytes(of: raw.label, fieldText), lineCount: raw.lines)
    }

    private static func open(_ name: String) throws(BoardError) -> Descriptor {
      do throws(SystemError) {
        return try Descriptor(opening: "/dev/\(name)", O_RDWR)
      } catch {
        throw BoardError(opening: name, error)
      }
    }

    /// What the kernel knows of the line at `offset`.
    func line(_ offset: UInt32) throws(BoardError) -> LineInfo {
      guard offset < info.lineCount else { throw .noSuchLine(offset: offset, chip: info) }
      var raw = gpio_v2_line_info()
      raw.offset = offset
      guard gpio_get_line_info(descriptor.number, &raw) == 0 else {
        throw BoardError(asking: info.name, .last)
      }
      return LineInfo(
        offset: offset, name: withUnsafeBytes(of: raw.name, fieldText),
        consumer: withUnsafeBytes(of: raw.consumer, fieldText), flags: LineFlags(rawValue: raw.flags))
    }

    /// All its lines, in order.
    func lines() throws(BoardError) -> [LineInfo] {
      var lines: [LineInfo] = []
      for offset in 0..<info.lineCount { lines.append(try line(offset)) }
      return lines
    }
  }

  /// The text in a field of fixed size, up to its end or the first NUL.
  func fieldText(_ field: UnsafeRawBufferPointer) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }
#endif
