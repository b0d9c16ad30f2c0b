// SPDX-License-Identifier: MIT

// This machine's interfaces, as another program sees them: `ip` of iproute2, where it is installed.

import ConformanceSupport
import DeviceServer
import Foundation
import Testing

@testable import HostNetwork

@Suite(.timeLimit(.minutes(1))) struct SystemTests {
  @Test func thereIsLoopback() throws {
    let loopback = try #require(try InterfaceStatus.all().first { $0.isLoopback })
    #expect(loopback.isRunning)
    #expect(loopback.address == .ipv4(0x7F00_0001, port: 0))
    #expect(hardwareAddress(loopback) == "00:00:00:00:00:00")
    #expect(try InterfaceStatus.named(loopback.name) == loopback)
  }

  @Test(arguments: ["", "no-such-interface", "lo:1", "eth0\u{0}", "../lo"])
  func anUnknownNameIsAnError(_ name: String) throws {
    let names = try InterfaceStatus.all().map(\.name)
    #expect(throws: HostNetworkError.noSuchInterface(name: name, available: names)) {
      try InterfaceStatus.named(name)
    }
  }

  @Test(.enabled(if: IPCommand.isInstalled, "ip of iproute2 is needed"))
  func ipSeesTheSameInterfaces() throws {
    let interfaces = try InterfaceStatus.all()
    let others = try IPCommand.json("address", as: [IPCommand.Interface].self)
    #expect(Set(interfaces.map(\.name)) == Set(others.map(\.ifname)))
    for other in others {
      let interface = try InterfaceStatus.named(other.ifname)
      #expect(interface.isRunning == (other.flags.contains("UP") && !other.flags.contains("NO-CARRIER")))
      #expect(interface.isLoopback == other.flags.contains("LOOPBACK"))
      #expect(Set(interface.addresses.map(\.text)) == Set(other.addr_info.compactMap(\.local)))
      if let address = other.address, address.count == 17 { #expect(hardwareAddress(interface) == address) }
    }
  }

  @Test(.enabled(if: IPCommand.isInstalled, "ip of iproute2 is needed"))
  func ipSeesTheSameDefaultRoute() throws {
    let routes = try IPCommand.json("-4", "route", "show", "default", as: [IPCommand.Route].self)
    guard let best = routes.min(by: { $0.metric ?? 0 < $1.metric ?? 0 })?.dev else { return }
    #expect(try InterfaceStatus.ofDefaultRoute()?.name == best)
  }

  private func hardwareAddress(_ interface: InterfaceStatus) -> String {
    interface.hardwareAddress.indices.map { String(format: "%02x", interface.hardwareAddress[$0]) }
      .joined(separator: ":")
  }
}
