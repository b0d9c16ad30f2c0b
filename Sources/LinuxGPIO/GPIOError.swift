// SPDX-License-Identifier: MIT

// What can go wrong with chips and lines, in one line each that says what to do about it.

import SystemCalls

#if os(Linux)
  import Glibc
#endif

/// Why a line cannot be used.
public enum GPIOError: Error, Equatable, CustomStringConvertible {
  /// There is no chip of that name; `available` are those that there are.
  case noSuchChip(name: String, available: [ChipInfo])
  /// The device is there and is no GPIO chip.
  case notAChip(name: String)
  /// The device may not be opened; `group` may, if there is such a group and it is not root's.
  case permissionDenied(name: String, group: String?)
  /// The chip has fewer lines.
  case noSuchLine(offset: UInt32, chip: ChipInfo)
  /// No chip, or not the one that was named, has a line of that name.
  case unknownName(String, chip: String?)
  /// Several lines have that name.
  case ambiguousName(String, places: [String])
  /// Somebody else has the line.
  case busy(line: String, chip: String, consumer: String)
  /// The line cannot report edges: its chip has no interrupt for it.
  case noEdges(line: String, chip: String)
  /// Two parts were to have the same line.
  case sameLine(String, chip: String)
  /// The kernel lacks the second version of the interface.
  case kernelTooOld(release: String)
  /// The chip was there and is not any more.
  case gone(chip: String)
  /// It was to show the status, and is neither an LED of the system's, which are `available`, nor the name of a line.
  case neitherLEDNorLine(String, available: [String])
  /// A file of the LED may not be written.
  case cannotDriveLED(name: String, code: Int32)
  /// The kernel refused for another reason.
  case refused(chip: String, code: Int32)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .noSuchChip(let name, let available):
      available.isEmpty
        ? "there is no \(name), nor any other GPIO chip on this machine"
        : "there is no \(name); there is \(Self.list(available))"
    case .notAChip(let name): "/dev/\(name) is not a GPIO chip"
    case .permissionDenied(let name, let group?):
      "no permission to use /dev/\(name): join the group \(group) (sudo usermod -aG \(group) $USER, then log in again)"
    case .permissionDenied(let name, nil):
      "no permission to use /dev/\(name), which only root has: give it to a group with a udev rule (see packaging/)"
    case .noSuchLine(let offset, let chip):
      "there is no line \(offset) on \(chip.name), which has \(chip.lineCount) lines from 0 on"
    case .unknownName(let name, let chip):
      "no line \(chip.map { "of \($0) " } ?? "")is called \(name); heliograph pins lists those that there are"
    case .ambiguousName(let name, let places):
      "\(places.count) lines are called \(name): choose one of \(places.joined(separator: ", "))"
    case .busy(let line, let chip, let consumer):
      "line \(line) of \(chip) is in use by \(consumer.isEmpty ? "somebody who gives no name" : consumer)"
        + ": end that, or choose another line (heliograph pins)"
    case .noEdges(let line, let chip):
      "line \(line) of \(chip) cannot report edges, for it has no interrupt: choose another line for the button"
    case .sameLine(let line, let chip): "line \(line) of \(chip) cannot be two things at once"
    case .kernelTooOld(let release): "Linux 5.10 or newer is needed for GPIO; this is \(release)"
    case .gone(let chip): "\(chip) is gone"
    case .neitherLEDNorLine(let name, let available):
      "\(name) is neither an LED in /sys/class/leds ("
        + (available.isEmpty ? "there is none" : "there is \(available.joined(separator: ", "))")
        + ") nor a line; heliograph pins lists the lines"
    case .cannotDriveLED(let name, let code):
      "cannot drive the LED \(name): \(SystemError(code: code)) (its file brightness must be writable; see packaging/)"
    case .refused(let chip, let code): "\(chip) refuses: \(SystemError(code: code))"
    }
  }

  /// What the lines of this program are held as, for `heliograph pins` and everybody else who asks.
  static var consumer: String { "heliograph" }

  /// Whether the line is held by a run of this program: this one's predecessor, perhaps.
  public var isBusyWithUs: Bool {
    if case .busy(_, _, Self.consumer) = self { true } else { false }
  }

  private static func list(_ chips: [ChipInfo]) -> String {
    chips.map { "\($0.name) (\($0.label), \($0.lineCount) lines)" }.joined(separator: ", ")
  }
}

#if os(Linux)
  extension GPIOError {
    /// What `error` means when the device of a chip was opened.
    init(opening chip: String, _ error: SystemError) {
      switch error {
      case .noSuchEntry, SystemError(code: ENODEV), SystemError(code: ENXIO):
        self = .noSuchChip(name: chip, available: Self.availableChips())
      case .accessDenied, .notPermitted:
        self = .permissionDenied(name: chip, group: Self.group(of: "/dev/\(chip)"))
      default: self = .refused(chip: chip, code: error.code)
      }
    }

    /// What `error` means when a chip was asked about a line that it has: older kernels do not know the question.
    init(asking chip: String, _ error: SystemError) {
      switch error.code {
      case ENOTTY, EINVAL: self = .kernelTooOld(release: Self.kernelRelease)
      case ENODEV, ENXIO: self = .gone(chip: chip)
      default: self = .refused(chip: chip, code: error.code)
      }
    }

    /// What `error` means when lines that were held are read or driven.
    init(using chip: String, _ error: SystemError) {
      self = error.code == ENODEV || error.code == ENXIO ? .gone(chip: chip) : .refused(chip: chip, code: error.code)
    }

    private static func availableChips() -> [ChipInfo] {
      Chip.names().compactMap { name in try? Chip(named: name).info }
    }

    /// The group that may read and write the file; nil if that is only root.
    private static func group(of path: String) -> String? {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & 0o060 == 0o060, status.st_gid != 0 else { return nil }
      // (Not by getgrgid, for which a static program needs the C library of the machine that it was built on.)
      let lines = (try? Descriptor(opening: "/etc/group", O_RDONLY).bytes(count: 1 << 20)) ?? []
      let groups = lines.split(separator: UInt8(ascii: "\n")).map { $0.split(separator: UInt8(ascii: ":")) }
      let number = Array("\(status.st_gid)".utf8)
      guard let group = groups.first(where: { $0.count > 2 && $0[2].elementsEqual(number) }) else { return nil }
      return String(decoding: group[0], as: UTF8.self)
    }

    private static var kernelRelease: String {
      var name = utsname()
      uname(&name)
      return withUnsafeBytes(of: name.release, text)
    }
  }
#endif
