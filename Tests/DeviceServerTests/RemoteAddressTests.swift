// SPDX-License-Identifier: MIT

// How addresses are written: the examples and rules of RFC 5952 section 4.

import ConformanceSupport
import DeviceServer
import Testing

@Suite struct RemoteAddressTests {
  @Test(arguments: [
    (0x2001_0db8_0000_0000 as UInt64, 0x0000_0000_0002_0001 as UInt64, "2001:db8::2:1"),  // 4.2.1
    (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),  // 4.2.2: one group is not shortened
    (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1"),  // 4.2.3: the longest run
    (0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),  // 4.2.3: of equal runs the first
    (0x2001_0db8_aaaa_bbbb, 0xcccc_dddd_eeee_aaaa, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),  // 4.3: lower case
    (0xfe80_0000_0000_0000, 0x0000_0000_0000_0001, "fe80::1"),
    (0, 1, "::1"),
    (0, 0, "::"),
    (0x0001_0000_0000_0000, 0, "1::"),
    (0, 0x0000_ffff_c000_0201, "192.0.2.1"),  // section 5 would write ::ffff:192.0.2.1; mapped is IPv4 to us
  ])
  func anIPv6AddressIsWrittenAsRFC5952Says(high: UInt64, low: UInt64, written: String) {
    #expect(text(RemoteAddress.ipv6(high: high, low: low, port: 80).addressText) == written)
  }

  @Test(arguments: [(0 as UInt32, "0.0.0.0"), (0xC0A8_0164, "192.168.1.100"), (0xFFFF_FFFF, "255.255.255.255")])
  func anIPv4AddressIsFourNumbers(address: UInt32, written: String) {
    #expect(text(RemoteAddress.ipv4(address, port: 1).addressText) == written)
  }

  @Test func theOctetsAreInNetworkByteOrder() {
    #expect(RemoteAddress.ipv4(0xC0A8_0164, port: 1).octets == [192, 168, 1, 100])
    #expect(
      RemoteAddress.ipv6(high: 0x2001_0db8_aaaa_bbbb, low: 0xcccc_dddd_eeee_1234, port: 1).octets
        == bytes(hex: "20 01 0d b8 aa aa bb bb cc cc dd dd ee ee 12 34"))
    #expect(RemoteAddress.unknown.octets.isEmpty)
  }

  /// RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3; a mapped address is IPv4.
  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("::ffff:127.0.0.1", true), ("0:0:0:0:0:0:0:1", true),
    ("128.0.0.1", false), ("0.0.0.0", false), ("::", false), ("::2", false), ("1::1", false), ("192.168.1.5", false),
  ])
  func thisMachinesOwnAddressesAreKnown(_ written: String, _ isLoopback: Bool) {
    let address = RemoteAddress(parsing: bytes(written).span)
    #expect(address?.isLoopback == isLoopback)
  }

  @Test func aPeerWithoutAnAddressIsUnknown() {
    #expect(text(RemoteAddress.unknown.addressText) == "unknown")
    #expect(RemoteAddress.unknown.port == 0)
  }
}
