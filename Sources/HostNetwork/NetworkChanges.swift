// SPDX-License-Identifier: MIT

// A hint that something about the network has changed, for an event loop to wait for: nothing polls.
// Rule: the content of a message is ignored. It means "look again", so it does not matter if some get lost. Source:
// netlink(7), rtnetlink(7), linux/netlink.h, linux/rtnetlink.h.

public import SystemCalls

#if canImport(Musl)
#elseif canImport(Glibc)
#endif

/// The kernel's messages about interfaces, addresses and routes.
public enum NetworkChanges {
  /// A descriptor that can be read when an interface, an address or a route has come, gone or changed; nil where there
  /// is no netlink, which only Linux has.
  ///
  /// Reading never blocks. The reader takes everything and looks at the interfaces afterwards, not before: then no
  /// change is missed, not even one whose message found the socket full. The kernel is told not to
  /// report such a loss; if a read fails with `ENOBUFS` even so, that means "look again", too.
  public static func open() throws(SystemError) -> Descriptor? {
    #if os(Linux)
      let changes = Descriptor(owning: try SystemError.check { socket(AF_NETLINK, kind, routeProtocol) })
      var yes: Int32 = 1
      // Since Linux 2.6.30; without it there is ENOBUFS, no more.
      _ = setsockopt(changes.number, netlinkLevel, noLossReports, &yes, socklen_t(MemoryLayout<Int32>.size))
      var address = Address(groups: links | addresses | routes)
      try SystemError.check {
        withUnsafeBytes(of: &address) {
          bind(changes.number, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
      }
      return changes
    #else
      return nil
    #endif
  }
}

#if os(Linux)
  extension NetworkChanges {
    /// `struct sockaddr_nl`, which is in no module of the C library's.
    private struct Address {
      var family = UInt16(AF_NETLINK)
      var padding: UInt16 = 0
      /// Zero: the kernel chooses.
      var port: UInt32 = 0
      var groups: UInt32
    }

    #if canImport(Musl)
      private static let kind = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC
    #else
      private static let kind = Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    #endif
    private static let routeProtocol: Int32 = 0  // NETLINK_ROUTE
    private static let netlinkLevel: Int32 = 270  // SOL_NETLINK
    private static let noLossReports: Int32 = 5  // NETLINK_NO_ENOBUFS

    // The groups, as bits: those of IPv4 and of IPv6.
    private static let links: UInt32 = 0x1  // RTMGRP_LINK
    private static let addresses: UInt32 = 0x10 | 0x100  // RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
    private static let routes: UInt32 = 0x40 | 0x400  // RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_ROUTE
  }
#endif
