// SPDX-License-Identifier: MIT

// Which interface the default route leads through, by the tables that the Linux kernel prints.
// Rule: a line that does not read as it should is passed over; without an end of line it is not whole.
// Source: Linux, net/ipv4/fib_trie.c (fib_route_seq_show), net/ipv6/route.c (rt6_info_route) and linux/route.h.

import SystemCalls

/// The route to every address for which there is no other.
enum DefaultRoute {
  /// The interface of the best default route of IPv4, or else of IPv6; nil if there is neither.
  ///
  /// The tables are those of the network that the calling thread is in, as are the sockets that it opens.
  static func interface(folder: String = "/proc/thread-self/net") throws(HostNetworkError) -> String? {
    if let interface = ipv4(try table("\(folder)/route") ?? []) { return interface }
    // Not there where IPv6 is switched off.
    return ipv6(try table("\(folder)/ipv6_route") ?? [])
  }

  /// The content of a table; nil if there is no such file. Of a very long one only the beginning is looked at, some
  /// thousand routes: the kernel sorts the table of IPv4 so that the default route comes first.
  private static func table(_ path: String) throws(HostNetworkError) -> [UInt8]? {
    do throws(SystemError) {
      return try Descriptor(opening: path, O_RDONLY).bytes(count: 1 << 20)
    } catch {
      if error == .noSuchEntry { return nil }
      throw .cannotReadRoutes(path: path, code: error.code)
    }
  }

  /// The interface of the best default route in a `/proc/net/route`. Its columns, hexadecimal but for the metric:
  ///
  ///     Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
  static func ipv4(_ table: [UInt8]) -> String? {
    best(in: table, columns: 8) { fields in
      guard isZero(fields[1], digits: 8), isZero(fields[7], digits: 8), isUsable(fields[3]),
        let metric = number(fields[6], radix: 10)
      else { return nil }
      return (fields[0], metric)
    }
  }

  /// The interface of the best default route in a `/proc/net/ipv6_route`. Its columns, all hexadecimal:
  ///
  ///     destination prefix source prefix next-hop metric references uses flags interface
  static func ipv6(_ table: [UInt8]) -> String? {
    best(in: table, columns: 10) { fields in
      guard isZero(fields[0], digits: 32), isZero(fields[1], digits: 2), isUsable(fields[8]),
        let metric = number(fields[5], radix: 16)
      else { return nil }
      return (fields[9], metric)
    }
  }

  private typealias Field = ArraySlice<UInt8>

  /// The interface that `route` finds in the line with the lowest metric; of equal ones the first, as the kernel does.
  private static func best(
    in table: [UInt8], columns: Int, _ route: ([Field]) -> (interface: Field, metric: UInt32)?
  ) -> String? {
    var best: (interface: Field, metric: UInt32)?
    for line in table.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard fields.count >= columns, let found = route(fields) else { continue }
      if let best, best.metric <= found.metric { continue }
      best = found
    }
    return best.map { String(decoding: $0.interface, as: UTF8.self) }
  }

  private static func isZero(_ field: Field, digits: Int) -> Bool {
    field.count == digits && field.allSatisfy { $0 == UInt8(ascii: "0") }
  }

  /// Whether a route is up, and neither refuses what is sent nor leads to this machine itself.
  private static func isUsable(_ flags: Field) -> Bool {
    let (up, reject, local): (UInt32, UInt32, UInt32) = (0x0001, 0x0200, 0x8000_0000)
    guard let flags = number(flags, radix: 16) else { return false }
    return flags & (up | reject | local) == up
  }

  private static func number(_ field: Field, radix: Int) -> UInt32? {
    UInt32(String(decoding: field, as: UTF8.self), radix: radix)
  }
}
