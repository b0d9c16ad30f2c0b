// SPDX-License-Identifier: MIT

// Which of this machine's addresses another device of the network can use: what is printed for the phone.
// Source: RFC 4291 section 2.4 and RFC 4193 (fc00::/7); the global unicast addresses in use are 2000::/3.

public import DeviceServer

extension InterfaceStatus {
  /// The addresses that a phone in the network can open a page at, each with port 0: of all interfaces that are
  /// running, that of the name `first` before the others, IPv4 before IPv6.
  ///
  /// Loopback is left out, and so are addresses that reach one link only (169.254.0.0/16, fe80::/10): a browser would
  /// have to name the link, too. Of an interface's IPv6 addresses, one global and one local (fc00::/7) are enough:
  /// privacy extensions give it many, which come and go.
  public static func addressesFromElsewhere(_ interfaces: [InterfaceStatus], first: String?) -> [RemoteAddress] {
    let running = interfaces.filter { $0.isRunning && !$0.isLoopback }
    let ordered = running.filter { $0.name == first } + running.filter { $0.name != first }
    let addresses = ordered.flatMap { interface in
      interface.ranked.filter { $0.reach == .ipv4 }
        + interface.ranked.filter { $0.isGlobal }.prefix(1) + interface.ranked.filter { $0.isUniqueLocal }.prefix(1)
    }
    return (addresses.filter { $0.reach == .ipv4 } + addresses.filter { $0.reach != .ipv4 }).map(\.address)
  }

  /// The same for this machine at this moment: the interface with the default route first; empty if the interfaces cannot
  /// be read.
  public static func addressesFromElsewhere() -> [RemoteAddress] {
    addressesFromElsewhere((try? all()) ?? [], first: (try? ofDefaultRoute())??.name)
  }
}
