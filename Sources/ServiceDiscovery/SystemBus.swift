// SPDX-License-Identifier: MIT

// The socket of the system's bus. Source: D-Bus Specification 0.43, "Well-known Message Bus Instances" and "Server
// Addresses"; unix(7).

public import SystemCalls

/// Where the system's bus listens.
public enum SystemBus {
  /// Where the environment says that it listens (DBUS_SYSTEM_BUS_ADDRESS); nil if it says nothing.
  public static var givenAddress: String? { getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) } }

  /// A connection to the bus at `address`, or else at the well-known one.
  ///
  /// - Throws: Why there is none; `SystemError.noSuchEntry` where no bus runs.
  public static func connect(to address: String? = givenAddress) throws(SystemError) -> Descriptor {
    let path = try path(in: address ?? "unix:path=/run/dbus/system_bus_socket")
    var place = sockaddr_un()
    place.sun_family = sa_family_t(AF_UNIX)
    let isSet = withUnsafeMutableBytes(of: &place.sun_path) { target in
      guard path.utf8.count < target.count else { return false }
      target.copyBytes(from: path.utf8)
      return true
    }
    guard isSet else { throw SystemError(code: ENAMETOOLONG) }
    let bus = Descriptor(owning: try SystemError.check { socket(AF_UNIX, kind, 0) })
    _ = fcntl(bus.number, F_SETFD, FD_CLOEXEC)
    try SystemError.check {
      withUnsafeBytes(of: &place) {
        systemConnect(
          bus.number, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return bus
  }

  /// The first address of a list that is a path.
  private static func path(in addresses: String) throws(SystemError) -> String {
    for address in addresses.split(separator: ";") where address.hasPrefix("unix:") {
      for pair in address.dropFirst(5).split(separator: ",") where pair.hasPrefix("path=") {
        return String(pair.dropFirst(5))
      }
    }
    throw SystemError(code: EADDRNOTAVAIL)
  }

  #if canImport(Darwin) || canImport(Musl)
    private static let kind = SOCK_STREAM
  #else
    private static let kind = Int32(SOCK_STREAM.rawValue)
  #endif
}

// The type has a method of this name.
private func systemConnect(_ descriptor: Int32, _ name: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
  connect(descriptor, name, length)
}
