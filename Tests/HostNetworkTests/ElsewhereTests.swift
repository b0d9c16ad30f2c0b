// SPDX-License-Identifier: MIT

// Which addresses are printed for a phone.

import ConformanceSupport
import DeviceServer
import Testing

@testable import HostNetwork

@Suite struct ElsewhereTests {
  private func interface(_ name: String, _ addresses: [InterfaceAddress?], isLoopback: Bool = false, isRunning: Bool = true)
    -> InterfaceStatus
  {
    var status = InterfaceStatus(name: name, isLoopback: isLoopback, isRunning: isRunning)
    for address in addresses { status.add(address!) }
    return status
  }

  private func shown(_ interfaces: [InterfaceStatus], first: String? = nil) -> String {
    InterfaceStatus.addressesFromElsewhere(interfaces, first: first).map { address in
      var line: [UInt8] = []
      address.appendAddress(to: &line)
      return text(line)
    }.joined(separator: " ")
  }

  private let lan = InterfaceAddress(ipv4: 0xC0A8_0114)
  private let global = InterfaceAddress(high: 0x2001_0DB8_0000_0000, low: 1)
  private let local = InterfaceAddress(high: 0xFD00_0000_0000_0000, low: 2)

  @Test func thoseOfTheMainInterfaceComeFirstAndIPv4BeforeIPv6() {
    let docker = interface("docker0", [InterfaceAddress(ipv4: 0xAC11_0001)])
    let wlan = interface("wlan0", [local, global, lan])
    #expect(shown([docker, wlan], first: "wlan0") == "192.168.1.20 172.17.0.1 2001:db8::1 fd00::2")
    #expect(shown([docker, wlan]) == "172.17.0.1 192.168.1.20 2001:db8::1 fd00::2")
    #expect(shown([docker, wlan], first: "gone") == "172.17.0.1 192.168.1.20 2001:db8::1 fd00::2")
  }

  @Test func whatOnlyReachesThisMachineOrOneLinkIsLeftOut() {
    let links = [InterfaceAddress(ipv4: 0xA9FE_0708), InterfaceAddress(high: 0xFE80_0000_0000_0000, low: 1)]
    #expect(shown([interface("eth0", links)]) == "")
    #expect(shown([interface("lo", [InterfaceAddress(ipv4: 0x7F00_0001)], isLoopback: true)]) == "")
    #expect(shown([interface("eth0", [lan], isRunning: false)]) == "")
    #expect(shown([interface("eth0", [InterfaceAddress(high: 0xFEC0_0000_0000_0000, low: 1)])]) == "")
    #expect(shown([]) == "")
  }

  @Test func ofManyIPv6AddressesTwoAreEnough() {
    let temporary = (1...5).map { InterfaceAddress(high: 0x2001_0DB8_0000_0000, low: UInt64($0)) }
    #expect(shown([interface("eth0", temporary + [local, InterfaceAddress(high: 0xFC00_0000_0000_0000, low: 9)])])
      == "2001:db8::1 fd00::2")
  }
}
