// SPDX-License-Identifier: MIT

// When an address of an interface that comes up is one to go by.

import DeviceServer
import Testing
import Timebase

@testable import HostNetwork

@Suite struct AddressSettlingTests {
  static let ipv4 = InterfaceAddress(ipv4: 0xC0A8_0120)
  static let link = InterfaceAddress(ipv4: 0xA9FE_0708)
  static let otherLink = InterfaceAddress(ipv4: 0xA9FE_0709)

  /// What the interface's address is from a time on, in seconds, and whether it is one to go by then.
  static let lives: [[(seconds: UInt64, address: InterfaceAddress?, isSettled: Bool)]] = [
    [(0, ipv4, true)],
    [(0, nil, false), (100, ipv4, true)],
    [(0, link, false), (9, link, false), (10, link, true)],
    [(0, nil, false), (60, link, false), (69, link, false), (70, link, true)],  // a cable that was plugged in late
    [(0, link, false), (3, ipv4, true)],
    [(0, link, false), (8, nil, false), (9, link, false), (18, link, false), (19, link, true)],
    [(0, link, false), (8, otherLink, false), (17, otherLink, false), (18, otherLink, true)],
  ]

  @Test(arguments: lives.indices)
  func anAddressOfTheLinkOnlyIsGoneByWhenItHasStoodForAWhile(_ row: Int) {
    var settling = AddressSettling()
    for (seconds, address, isSettled) in Self.lives[row] {
      var status = InterfaceStatus(name: "eth0", isLoopback: false, isRunning: true)
      if let address { status.add(address) }
      let now = MonotonicTime(milliseconds: 5000 + seconds * 1000)
      #expect(settling.poll(status, now: now) == (isSettled ? address?.address : nil), "at \(seconds) s")
    }
  }

  @Test func withoutAnInterfaceThereIsNone() {
    var settling = AddressSettling()
    #expect(settling.poll(nil, now: .zero) == nil)
  }
}
