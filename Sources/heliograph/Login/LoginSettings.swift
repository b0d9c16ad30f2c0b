// SPDX-License-Identifier: MIT

// Whether people log in, and what those may do who do not.

import ArgumentParser
import DeviceDescription
import DeviceProgram
import DeviceServer

/// What the device is told of logins.
struct LoginSettings: Sendable {
  /// Whether people are asked who they are; nil: on a network yes, on this machine alone no.
  var isWanted: Bool?
  /// What those may do who are not logged in.
  var guests = GuestRole.none

  /// What guests may do.
  enum GuestRole: String, CaseIterable, ExpressibleByArgument {
    case none, view

    var role: Role { self == .view ? .view : .none }
  }

  init() {}

  init(_ given: SettingSources) throws {
    isWanted = try given.truth("login")
    guests = try given.text("guests").flatMap { GuestRole(rawValue: $0) } ?? guests
  }

  /// Whether people are asked who they are on a device that listens on `host`.
  func isOn(host: String) -> Bool { isWanted ?? !DeviceProgram.isLoopback(host) }

  /// What is to be said at the start where nobody has decided: behind a proxy this machine only is not who comes.
  func warning(host: String, _ proxies: ProxySettings) -> String? {
    guard isWanted == nil, !isOn(host: host), proxies.areExpected else { return nil }
    return "whoever reaches the proxy in front of this may use it: --login asks them who they are, --no-login says that "
      + "they all may"
  }
}
