// SPDX-License-Identifier: MIT

// Which address to use while an interface comes up. A link-local address is often there first, until DHCP has brought a
// better one; in a network without DHCP it is the one that stays. Source: RFC 3927 section 1.9: a host should prefer a
// routable address, and go on to look for one.

public import DeviceServer
public import Timebase

/// The wait for an address to go by.
public struct AddressSettling: Sendable {
  /// The address that reaches its own link only, and since when it has been there.
  private var candidate: (address: RemoteAddress, since: MonotonicTime)?

  /// How long such an address must have existed.
  private static var patience: Milliseconds { .seconds(10) }

  /// A wait that begins.
  public init() {}

  /// The address of an interface whose status is this at `now`; nil while it has none to go by.
  public mutating func poll(_ status: InterfaceStatus?, now: MonotonicTime) -> RemoteAddress? {
    guard let status, status.isLinkLocal, let address = status.address else {
      candidate = nil
      return status?.address
    }
    if candidate?.address != address { candidate = (address, now) }
    guard let candidate, now - candidate.since >= Self.patience else { return nil }
    return address
  }
}
