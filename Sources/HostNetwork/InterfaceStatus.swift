// SPDX-License-Identifier: MIT

// How this machine is on the network: its interfaces, their hardware addresses and the addresses they are reached at.
// Rule: everything is read anew and nothing is kept, so two results can be compared to see a change.

public import DeviceServer

/// A network interface as it is at one time.
public struct InterfaceStatus: Sendable {
  /// What the system calls it: `eth0`, `wlan0`, `en0`.
  public let name: String
  /// The hardware address; zero for loopback, and for an interface that has none of six bytes.
  public internal(set) var hardwareAddress = InlineArray<6, UInt8>(repeating: 0)
  /// Whether it only reaches this machine.
  public let isLoopback: Bool
  /// Whether it is switched on and has a carrier: the cable is plugged in, the radio is associated.
  public let isRunning: Bool
  /// Its addresses, best first, each with port 0.
  private(set) var ranked: [InterfaceAddress] = []

  init(name: String, isLoopback: Bool, isRunning: Bool) {
    self.name = name
    self.isLoopback = isLoopback
    self.isRunning = isRunning
  }

  /// Its addresses whether it is running or not, best first: IPv4, IPv6, and then those that reach only its own link;
  /// each with port 0.
  public var addresses: [RemoteAddress] { ranked.map(\.address) }

  /// The address that the machine is reached at through it, with port 0; nil while there is none or it is not running.
  public var address: RemoteAddress? { isRunning ? ranked.first?.address : nil }

  /// Whether `address` reaches its own link only (`169.254.0.0/16`, `fe80::/10`). An interface that has just come up
  /// often has such an address first and a better one a moment later.
  public var isLinkLocal: Bool { isRunning && ranked.first.map { $0.reach >= .linkIPv4 } ?? false }

  /// Adds an address behind those that are as good or better.
  mutating func add(_ address: InterfaceAddress) {
    let place = ranked.firstIndex { $0.reach > address.reach } ?? ranked.endIndex
    ranked.insert(address, at: place)
  }
}

extension InterfaceStatus: Equatable {
  public static func == (left: InterfaceStatus, right: InterfaceStatus) -> Bool {
    left.name == right.name && left.isLoopback == right.isLoopback && left.isRunning == right.isRunning
      && left.ranked == right.ranked
      && left.hardwareAddress.indices.allSatisfy { left.hardwareAddress[$0] == right.hardwareAddress[$0] }
  }
}

extension InterfaceStatus {
  /// The interface that has the default route, which is the one that leads to the internet; nil if there is none.
  ///
  /// Elsewhere than on Linux it is the first that is running, is not loopback and has an IPv4 address.
  public static func ofDefaultRoute() throws(HostNetworkError) -> InterfaceStatus? {
    #if os(Linux)
      guard let name = try DefaultRoute.interface() else { return nil }
      return try all().first { $0.name == name }
    #else
      return try all().first { $0.isRunning && !$0.isLoopback && $0.ranked.first?.reach == .ipv4 }
    #endif
  }

  /// The interface of that name; if there is none, the error says which there are.
  public static func named(_ name: String) throws(HostNetworkError) -> InterfaceStatus {
    let interfaces = try all()
    guard let interface = interfaces.first(where: { $0.name == name }) else {
      throw .noSuchInterface(name: name, available: interfaces.map(\.name))
    }
    return interface
  }
}
