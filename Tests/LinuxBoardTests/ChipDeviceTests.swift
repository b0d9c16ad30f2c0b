// SPDX-License-Identifier: MIT

// A device with several names is one device: on devices that every system has, under names of chips.

#if os(Linux)
  import ConformanceSupport
  import Testing

  @testable import LinuxBoard

  @Suite struct ChipDeviceTests {
    @Test func aDeviceIsCountedOnceAndItsLinksAreNamed() throws {
      let folder = try TemporaryFolder()
      try folder.link("gpiochip10", to: "/dev/zero")
      try folder.link("gpiochip0", to: "/dev/null")
      try folder.link("gpiochip4", to: "gpiochip0")
      try folder.link("gpiochip5", to: "/dev/gone")
      try folder.link("gpiochip", to: "/dev/null")
      try folder.link("gpiochipA", to: "/dev/null")
      #expect(
        ChipDevice.all(in: folder.path) == [
          ChipDevice(name: "gpiochip0", links: ["gpiochip4"]), ChipDevice(name: "gpiochip10", links: []),
        ])
      #expect(ChipDevice.all(in: folder.path + "/none").isEmpty)
    }

    @Test func theDeviceItselfIsTheNameAndNotALinkWithALowerNumber() throws {
      let folder = try TemporaryFolder()
      try folder.write("gpiochip3", "")
      try folder.link("gpiochip1", to: "gpiochip3")
      try folder.write("gpiochip2", "")
      #expect(
        ChipDevice.all(in: folder.path) == [
          ChipDevice(name: "gpiochip3", links: ["gpiochip1"]), ChipDevice(name: "gpiochip2", links: []),
        ])
    }
  }
#endif
