// SPDX-License-Identifier: MIT

// The kernel's tables say which interface has the default route. The columns are those that Linux prints; the last case
// of each kind is what a damaged table may hold.

import ConformanceSupport
import Testing

@testable import HostNetwork

@Suite struct DefaultRouteTests {
  static let header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

  /// A line of `/proc/net/route`, filled up to 127 columns as the kernel does.
  static func ipv4(
    _ interface: String, _ destination: String = "00000000", gateway: String = "0101A8C0", flags: String = "0003",
    metric: String = "0", mask: String = "00000000"
  ) -> String {
    let line = "\(interface)\t\(destination)\t\(gateway)\t\(flags)\t0\t0\t\(metric)\t\(mask)\t0\t0\t0"
    return line + String(repeating: " ", count: max(0, 127 - line.count)) + "\n"
  }

  /// A line of `/proc/net/ipv6_route`.
  static func ipv6(
    _ interface: String, _ destination: String = zero, prefix: String = "00", metric: String = "00000400",
    flags: String = "00000003"
  ) -> String {
    "\(destination) \(prefix) \(zero) 00 fe800000000000000000000000000001 \(metric) 00000001 00000000 \(flags)"
      + " \(String(repeating: " ", count: max(0, 8 - interface.count)))\(interface)\n"
  }

  static let zero = String(repeating: "0", count: 32)
  static let local = "fe80000000000000021122fffe334455"

  static let ipv4Tables: [(what: String, table: String, interface: String?)] = [
    ("an empty file", "", nil),
    ("a header alone", header, nil),
    ("a gateway", header + ipv4("eth0") + ipv4("eth0", "0001A8C0", flags: "0001", mask: "00FFFFFF"), "eth0"),
    ("after the network", header + ipv4("eth0", "0001A8C0", flags: "0001", mask: "00FFFFFF") + ipv4("eth0"), "eth0"),
    ("no gateway: a modem", header + ipv4("ppp0", gateway: "00000000", flags: "0001"), "ppp0"),
    ("the network alone", header + ipv4("eth0", "0001A8C0", flags: "0001", mask: "00FFFFFF"), nil),
    ("the lowest metric", header + ipv4("wlan0", metric: "600") + ipv4("eth0", metric: "100"), "eth0"),
    ("a metric is decimal", header + ipv4("wlan0", metric: "600") + ipv4("eth0", metric: "1024"), "wlan0"),
    ("the first of equals", header + ipv4("eth1", metric: "100") + ipv4("eth0", metric: "100"), "eth1"),
    ("half of all addresses", header + ipv4("tun0", mask: "00000080"), nil),
    ("down", header + ipv4("eth0", flags: "0002"), nil),
    ("refused", header + ipv4("*", gateway: "00000000", flags: "0201") + ipv4("eth0", metric: "9"), "eth0"),
    ("a long name with other letters", header + ipv4("enx-0.ü_b827ebc"), "enx-0.ü_b827ebc"),
    ("a line that is cut off", header + String(ipv4("eth0").dropLast()), nil),
    ("a metric of too many digits", header + ipv4("eth0", metric: "4294967296") + ipv4("eth1", metric: "7"), "eth1"),
    ("letters for flags", header + ipv4("eth0", flags: "up"), nil),
    ("a mask too short", header + ipv4("eth0", mask: "0"), nil),
    ("too few columns", header + "eth0\t00000000\t0101A8C0\t0003\n\n\t\n", nil),
  ]

  @Test(arguments: ipv4Tables)
  func theTableOfIPv4(_ what: String, _ table: String, _ interface: String?) {
    #expect(DefaultRoute.ipv4(bytes(table)) == interface, "\(what)")
  }

  static let ipv6Tables: [(what: String, table: String, interface: String?)] = [
    ("an empty file", "", nil),
    ("a gateway", ipv6("eth0", local, prefix: "80", flags: "80200001") + ipv6("eth0", flags: "00450003"), "eth0"),
    ("no default", ipv6("eth0", "fd" + zero.dropFirst(2), prefix: "40", flags: "00000001"), nil),
    ("refused, as the kernel always lists it", ipv6("lo", metric: "ffffffff", flags: "00200200"), nil),
    ("to this machine itself", ipv6("lo", metric: "00000001", flags: "80200001") + ipv6("eth0"), "eth0"),
    ("the lowest metric", ipv6("wlan0", metric: "00000258") + ipv6("eth0", metric: "00000064"), "eth0"),
    ("a metric is hexadecimal", ipv6("wlan0", metric: "00000258") + ipv6("eth0", metric: "00000a00"), "wlan0"),
    ("the first of equals", ipv6("eth1") + ipv6("eth0"), "eth1"),
    ("a longer prefix", ipv6("eth0", prefix: "03"), nil),
    ("a cut line", String(ipv6("eth0").dropLast(3)), nil),
    ("a destination too short", ipv6("eth0", "0"), nil),
  ]

  @Test(arguments: ipv6Tables)
  func theTableOfIPv6(_ what: String, _ table: String, _ interface: String?) {
    #expect(DefaultRoute.ipv6(bytes(table)) == interface, "\(what)")
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func noTableTraps(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = bytes(Self.header + Self.ipv4("eth0") + Self.ipv6("eth0"))
    for _ in 0..<20 { table[Int.random(in: table.indices, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    for end in [table.count, Int.random(in: table.indices, using: &random)] {
      _ = DefaultRoute.ipv4(Array(table[..<end]))
      _ = DefaultRoute.ipv6(Array(table[..<end]))
    }
  }
}
