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
}
