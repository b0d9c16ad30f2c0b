// SPDX-License-Identifier: MIT

// The search list of the resolver, by resolv.conf(5).

import ConformanceSupport
import HostNetwork
import Testing

@Suite struct SearchDomainsTests {
  @Test(arguments: [
    ("", []), ("nameserver 192.168.1.1\n", []), ("search fritz.box\n", ["fritz.box"]),
    ("search lan home.arpa\nnameserver 10.0.0.1\n", ["lan", "home.arpa"]), ("domain example.org", ["example.org"]),
    ("search a b\ndomain c\n", ["c"]), ("domain c\nsearch a b\n", ["a", "b"]), ("search\n", []),
    ("search\ta  b\t\r\n", ["a", "b"]), ("# search x\n;search y\n  search z\n", ["z"]), ("searches x\n", []),
    ("search .\n", ["."]),
  ])
  func theLastLineCounts(file: String, domains: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("resolv.conf", file)
    #expect(SearchDomains.current(file: folder.path(of: "resolv.conf")) == domains)
  }

  @Test func aListHasNoMoreThanThirtyTwoAndNoFileHasNone() throws {
    let folder = try TemporaryFolder()
    try folder.write("many", "search " + (0..<100).map { "d\($0)" }.joined(separator: " "))
    #expect(SearchDomains.current(file: folder.path(of: "many")).count == 32)
    #expect(SearchDomains.current(file: folder.path(of: "none")).isEmpty)
    #expect(SearchDomains.current(file: folder.path).isEmpty)
  }
}
