// SPDX-License-Identifier: MIT

// What the kernel's errors mean where chips and lines are concerned.

#if os(Linux)
  import SystemCalls

  extension BoardError {
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

    /// The meaning of `error` from a query about a line that the chip has: older kernels do not know the query.
    init(asking chip: String, _ error: SystemError) {
      switch error.code {
      case ENOTTY, EINVAL: self = .kernelTooOld(release: Self.kernelRelease)
      case ENODEV, ENXIO: self = .gone(chip)
      default: self = .refused(chip: chip, code: error.code)
      }
    }

    /// What `error` means when lines that were held are read or driven.
    init(using chip: String, _ error: SystemError) {
      self = error.code == ENODEV || error.code == ENXIO ? .gone(chip) : .refused(chip: chip, code: error.code)
    }

    static func availableChips() -> [ChipInfo] {
      ChipDevice.all().compactMap { device in try? Chip(named: device.name).info }
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
      return withUnsafeBytes(of: name.release, fieldText)
    }
  }
#endif
