// SPDX-License-Identifier: MIT

// Addresses, networks, origins and prefixes as a person writes them: what they mean, and the words for what they
// cannot mean.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
    ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"), ("0:0:0:0:0:0:0:1", "::1"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:1.2.3.4", "1.2.3.4"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("::ffff:102:304", "1.2.3.4"),
    ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ("", nil), ("1.2.3", nil), ("1.2.3.4.5", nil), ("01.2.3.4", nil), ("1.2.3.256", nil), ("1.2.3.4 ", nil),
    (":", nil), (":1", nil), ("1:", nil), (":::", nil), ("1::2::3", nil), ("1:2:3:4:5:6:7", nil),
    ("1:2:3:4:5:6:7:8:9", nil), ("1:2:3:4:5:6:7:8::", nil), ("::1:2:3:4:5:6:7:8", nil), ("12345::", nil), ("g::", nil),
    ("1.2.3.4::", nil), ("::1.2.3.4:5", nil), ("1:2:3:4:5:6:7:1.2.3.4", nil), ("fe80::1%eth0", nil), ("[::1]", nil),
    ("localhost", nil),
  ] as [(String, String?)])
  func anAddressIsReadAsItIsWritten(written: String, expected: String?) {
    let address = RemoteAddress(parsing: bytes(written).span).map { address in
      var line: [UInt8] = []
      address.appendAddress(to: &line)
      return text(line)
    }
    #expect(address == expected)
  }

  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("127.0.0.1", "::1", false),
    ("192.168.1.0/24", "192.168.1.255", true), ("192.168.1.0/24", "192.168.2.0", false),
    ("128.0.0.0/1", "255.0.0.1", true), ("128.0.0.0/1", "127.255.255.255", false), ("10.0.0.1/32", "10.0.0.1", true),
    ("10.0.0.1/32", "10.0.0.0", false), ("192.168.1.0/24", "::ffff:192.168.1.7", true),
    ("::ffff:192.168.1.0/120", "192.168.1.7", true), ("::ffff:192.168.1.0/120", "192.168.2.7", false),
    ("::1", "::1", true), ("::1", "::2", false), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fc00::1", false),
    ("2001:db8::/64", "2001:db8::ffff", true), ("2001:db8::/64", "2001:db8:0:1::", false),
    ("2001:db8::8000/113", "2001:db8::ffff", true), ("2001:db8::8000/113", "2001:db8::7fff", false),
    ("::/1", "7fff::", true), ("::/1", "127.0.0.1", false),
  ])
  func aNetworkHasTheAddressesOfItsPrefix(network: String, address: String, isIn: Bool) throws {
    let range = try AddressRange(parsing: bytes(network).span)
    let address = RemoteAddress(parsing: bytes(address).span)
    #expect(address.map { range.contains($0) } == isIn)
    #expect(!range.contains(.unknown))
  }

  @Test(arguments: [
    ("nginx", AddressRangeError.malformedAddress), ("", .malformedAddress), ("192.168.1", .malformedAddress),
    ("http://127.0.0.1", .malformedAddress), ("127.0.0.1:8080", .malformedAddress), ("192.168.1.0/33", .malformedLength),
    ("::/129", .malformedLength), ("192.168.1.0/", .malformedLength), ("192.168.1.0/x", .malformedLength),
    ("192.168.1.0/0024", .malformedLength), ("::ffff:1.2.3.0/24", .malformedLength),
    ("192.168.1.7/24", .bitsBeyondLength), ("fd00::1/64", .bitsBeyondLength), ("0.0.0.0/0", .everyone), ("::/0", .everyone),
  ])
  func whatIsNoNetworkIsAnError(text: String, error: AddressRangeError) {
    #expect(throws: error) { try AddressRange(parsing: bytes(text).span) }
  }

  @Test(arguments: [
    ("https://home.example.org", "home.example.org"), ("https://home.example.org/", "home.example.org"),
    ("HTTPS://Home.Example.ORG:443", "home.example.org"), ("http://192.168.1.5:08080", "192.168.1.5"),
    ("wss://home.example.org", "home.example.org"), ("http://[2001:DB8:0:0::1]:80/", "[2001:db8::1]"),
    ("http://lamp_1", "lamp_1"),
  ])
  func anOriginKnowsItsHost(written: String, host: String) throws {
    let origin = try Origin(parsing: bytes(written).span)
    #expect(text(origin.host) == host)
  }

  @Test func twoWaysToWriteAnOriginAreOne() throws {
    func origin(_ text: String) throws -> Origin { try Origin(parsing: bytes(text).span) }
    #expect(try origin("https://Home.example:443/") == origin("wss://home.example"))
    #expect(try origin("http://[::0:1]") == origin("http://[::1]:80"))
    #expect(try origin("http://home.example:443") != origin("https://home.example"))
    #expect(try origin("https://home.example") != origin("https://home.example:8443"))
  }

  @Test(arguments: [
    ("home.example.org", OriginError.missingScheme), ("home.example.org:8443", .missingScheme), ("", .missingScheme),
    ("https:home", .missingScheme), ("null", .missingScheme), ("*", .missingScheme), ("ftp://home", .unknownScheme),
    ("https://home.example/lamp", .path), ("https://home.example//", .path), ("https://home.example?x", .path),
    ("https://home#x", .path), ("https://me@home.example", .userInformation), ("https://*.example.org", .wildcard),
    ("https://Küche.local", .notASCII), ("https://", .malformedHost), ("https:///", .malformedHost),
    ("https://:8443", .malformedHost), ("https://a b", .malformedHost), ("https://fd00::5", .malformedHost),
    ("https://[1.2.3.4]", .malformedHost), ("https://[::1", .malformedHost), ("https://home:", .malformedPort),
    ("https://home:0", .malformedPort), ("https://home:65536", .malformedPort),
  ])
  func whatIsNoOriginIsAnError(text: String, error: OriginError) {
    #expect(throws: error) { try Origin(parsing: bytes(text).span) }
    #expect(!self.text(error.words).isEmpty)
  }

  private func text(_ words: StaticString) -> String { "\(words)" }
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
