// SPDX-License-Identifier: MIT

// Why the state of the network is unknown, in words for the person who started the program.

import SystemCalls

/// Why the state of the network is unknown.
public enum HostNetworkError: Error, Equatable, CustomStringConvertible {
  /// There is no interface of that name; `available` are those that exist.
  case noSuchInterface(name: String, available: [String])
  /// The system did not list the interfaces, with its `errno`.
  case cannotListInterfaces(code: Int32)
  /// The kernel's routes cannot be read, with the `errno`.
  case cannotReadRoutes(path: String, code: Int32)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .noSuchInterface(let name, let available):
      available.isEmpty
        ? "there is no network interface \(name), nor any other"
        : "there is no network interface \(name); available: \(available.joined(separator: ", "))"
    case .cannotListInterfaces(let code):
      "cannot list the network interfaces: \(SystemError(code: code))"
        + " (on Linux a service needs the address family AF_NETLINK for it)"
    case .cannotReadRoutes(let path, let code): "cannot read \(path): \(SystemError(code: code))"
    }
  }
}
