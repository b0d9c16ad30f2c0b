// SPDX-License-Identifier: MIT

// A server knows the names that its machine has now. The router's domains come after the address, and change with the
// network; the name in multicast DNS changes when another machine has it; the administrator may change the system's.
// None of them is told to a program, so they are looked at now and then.

public import DeviceServer

/// Looks after the names of a server.
public struct HostNamesKeeper: Sendable {
  private let interval: Duration
  private let names: @Sendable () -> [[UInt8]]

  /// Looks at what `names` gives, anew after each `interval`.
  public init(every interval: Duration = .seconds(5), _ names: @escaping @Sendable () -> [[UInt8]]) {
    (self.interval, self.names) = (interval, names)
  }

  /// Gives `apply` the names, and again whenever they have changed, until the task is cancelled.
  public func run(_ apply: @Sendable (HostNames) async -> Void) async {
    var last: [[UInt8]]?
    while !Task.isCancelled {
      let names = names()
      if names != last {
        last = names
        await apply(HostNames(names))
      }
      try? await Task.sleep(for: interval, tolerance: interval / 5)
    }
  }
}
