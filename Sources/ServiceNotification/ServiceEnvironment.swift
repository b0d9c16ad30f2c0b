// SPDX-License-Identifier: MIT

// What a manager's environment variables say. They may be set to anything: a value that does not make sense, or is
// meant for another process, is ignored. Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds_with_names(3),
// "Environment".

import SystemCalls
import Timebase

/// What the environment says about a service manager.
struct ServiceEnvironment: Equatable, Sendable {
  /// Where the manager listens (`NOTIFY_SOCKET`).
  var socket: String?
  /// Half the time after which the manager gives up (`WATCHDOG_USEC`).
  var watchdogInterval: Milliseconds?
  /// The names of the descriptors that it hands over, in their order (`LISTEN_FDS`, `LISTEN_FDNAMES`).
  var descriptorNames: [String] = []

  /// More than any kernel lets a process have open by default; a larger count is nonsense.
  static let descriptorLimit: UInt64 = 1 << 20

  /// What the variables say to the process with this number; `take` gives the value of each of them, once.
  init(process: Int32, taking take: (String) -> String?) {
    socket = take("NOTIFY_SOCKET")
    watchdogInterval = Self.watchdogInterval(
      microseconds: take("WATCHDOG_USEC"), isMine: Self.isMine(take("WATCHDOG_PID"), process, orAnyones: true))
    descriptorNames = Self.descriptorNames(
      count: take("LISTEN_FDS"), names: take("LISTEN_FDNAMES"),
      isMine: Self.isMine(take("LISTEN_PID"), process, orAnyones: false))
  }

  /// Takes a variable out of the environment of this program.
  static func takeVariable(_ name: String) -> String? {
    guard let value = getenv(name).map({ String(cString: $0) }) else { return nil }
    unsetenv(name)
    return value
  }

  private static func isMine(_ text: String?, _ process: Int32, orAnyones isEnough: Bool) -> Bool {
    guard let text else { return isEnough }
    return number(text) == UInt64(process)
  }

  private static func watchdogInterval(microseconds text: String?, isMine: Bool) -> Milliseconds? {
    guard isMine, let text, let microseconds = number(text), microseconds > 0, microseconds < .max else { return nil }
    return Milliseconds(max(1, UInt32(clamping: microseconds / 2000)))
  }

  private static func descriptorNames(count text: String?, names: String?, isMine: Bool) -> [String] {
    guard isMine, let text, let count = number(text), count <= descriptorLimit else { return [] }
    let names = names?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
    return names.count == Int(count) ? names : [String](repeating: "unknown", count: Int(count))
  }

  /// The number that `text` writes with decimal digits and nothing else.
  private static func number(_ text: String) -> UInt64? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
  }
}
