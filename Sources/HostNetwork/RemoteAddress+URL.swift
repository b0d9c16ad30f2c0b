// SPDX-License-Identifier: MIT

// Addresses and names as people read them, and as they stand in a URL.

public import DeviceServer

extension RemoteAddress {
  /// The address without the port, as people write it.
  public var string: String { String(decoding: addressText, as: UTF8.self) }
}

extension MachineNames {
  /// A name or an address as the host of a URL: an IPv6 address in brackets (RFC 3986 section 3.2.2).
  public static func inURL(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
