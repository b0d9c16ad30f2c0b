// SPDX-License-Identifier: MIT

// The devices of GPIO chips, each counted once. On current Raspberry Pi OS /dev/gpiochip4 is a link to gpiochip0, for
// programs that were written for older kernels: that is one chip with two names, and not two chips.

#if os(Linux)
  import SystemCalls

  /// A chip's device, by all the names that it has.
  struct ChipDevice: Equatable {
    /// The name by which it is used: that of the device itself, where the others are links to it.
    let name: String
    /// Its other names.
    let links: [String]

    /// The devices `gpiochip0`, `gpiochip1`, … in `folder`, in order of their numbers.
    static func all(in folder: String = "/dev") -> [ChipDevice] {
      var devices: [(id: DeviceID, names: [Name])] = []
      for name in names(in: folder) {
        guard let (id, isLink) = identify("\(folder)/\(name)") else { continue }
        let index = devices.firstIndex { $0.id == id } ?? devices.endIndex
        if index == devices.endIndex { devices.append((id, [])) }
        devices[index].names.append(Name(text: name, isLink: isLink))
      }
      return devices.map { device in
        let name = device.names.first { !$0.isLink } ?? device.names[0]  // one at least, or it would not be there
        return ChipDevice(name: name.text, links: device.names.map(\.text).filter { $0 != name.text })
      }
    }

    private struct Name {
      let text: String
      let isLink: Bool
    }

    private struct DeviceID: Equatable {
      let device: UInt64
      /// Two regular files, which are not chips, have the same device number.
      let file: UInt64
    }

    private static func names(in folder: String) -> [String] {
      SystemFolder.names(in: folder).compactMap { name in
        name.hasPrefix("gpiochip") && name.count > 8 ? channelNumber(name.dropFirst(8)) : nil
      }.sorted().map { "gpiochip\($0)" }
    }

    private static func identify(_ path: String) -> (DeviceID, isLink: Bool)? {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      let isDevice = status.st_mode & S_IFMT == S_IFCHR
      let id = DeviceID(device: UInt64(status.st_rdev), file: isDevice ? 0 : UInt64(status.st_ino))
      guard lstat(path, &status) == 0 else { return nil }
      return (id, status.st_mode & S_IFMT == S_IFLNK)
    }
  }
#endif
