// SPDX-License-Identifier: MIT

// Which address an interface is shown with, and that a status is what changed and nothing else.

import ConformanceSupport
import DeviceServer
import Testing

@testable import HostNetwork

@Suite struct InterfaceStatusTests {
  static let ipv4 = InterfaceAddress(ipv4: 0xC0A8_0120)
  static let linkIPv4 = InterfaceAddress(ipv4: 0xA9FE_0708)
  static let ipv6 = InterfaceAddress(high: 0xFD00_0000_0000_0000, low: 2)
  static let linkIPv6 = InterfaceAddress(high: 0xFE80_0000_0000_0000, low: 1)

  /// The addresses in the order in which the system lists them, and as they are shown.
  static let preferences: [(given: [InterfaceAddress?], shown: String, isLinkLocal: Bool)] = [
    ([], "none", false),
    ([ipv4], "192.168.1.32", false),
    ([linkIPv6, ipv6, linkIPv4, ipv4], "192.168.1.32 fd00::2 169.254.7.8 fe80::1", false),
    ([linkIPv4, ipv6], "fd00::2 169.254.7.8", false),
    ([linkIPv6], "fe80::1", true),
    ([linkIPv6, linkIPv4], "169.254.7.8 fe80::1", true),
    ([ipv4, InterfaceAddress(ipv4: 0x0A00_0001)], "192.168.1.32 10.0.0.1", false),
    ([InterfaceAddress(ipv4: 0), InterfaceAddress(high: 0, low: 0)], "none", false),
    ([InterfaceAddress(high: 0xFEBF_0000_0000_0000, low: 1)], "febf::1", true),
    ([InterfaceAddress(high: 0xFEC0_0000_0000_0000, low: 1)], "fec0::1", false),
  ]

  @Test(arguments: preferences)
  func theBestAddressComesFirst(_ given: [InterfaceAddress?], _ shown: String, _ isLinkLocal: Bool) {
    let status = Self.status(given)
    #expect(Self.shown(status.addresses) == shown)
    #expect(status.address == status.addresses.first)
    #expect(status.isLinkLocal == isLinkLocal)
  }

  @Test func anInterfaceWithoutACarrierIsNotReachedThoughItHasAnAddress() {
    let status = Self.status([Self.ipv4], isRunning: false)
    #expect(status.address == nil)
    #expect(!status.isLinkLocal)
    #expect(Self.shown(status.addresses) == "192.168.1.32")
  }

  @Test func aStatusEqualsAnotherUntilSomethingChanges() {
    let status = Self.status([Self.ipv4])
    #expect(status == Self.status([Self.ipv4]))
    #expect(status != Self.status([Self.ipv4], isRunning: false))
    #expect(status != Self.status([Self.ipv4, Self.ipv6]))
    var other = status
    other.hardwareAddress[5] = 1
    #expect(status != other)
  }

  @Test func anErrorSaysWhichInterfacesThereAre() {
    #expect(
      HostNetworkError.noSuchInterface(name: "wlan7", available: ["lo", "eth0"]).description
        == "there is no network interface wlan7; available: lo, eth0")
    #expect(
      HostNetworkError.noSuchInterface(name: "wlan7", available: []).description
        == "there is no network interface wlan7, nor any other")
  }

  static func status(_ addresses: [InterfaceAddress?], isRunning: Bool = true) -> InterfaceStatus {
    var status = InterfaceStatus(name: "eth0", isLoopback: false, isRunning: isRunning)
    for address in addresses { if let address { status.add(address) } }
    return status
  }

  static func shown(_ addresses: [RemoteAddress]) -> String {
    addresses.isEmpty ? "none" : addresses.map(\.text).joined(separator: " ")
  }
}

extension RemoteAddress {
  /// The address without its port.
  var text: String {
    var text: [UInt8] = []
    appendAddress(to: &text)
    return ConformanceSupport.text(text)
  }
}
