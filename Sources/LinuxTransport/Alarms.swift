// SPDX-License-Identifier: MIT

// Times of the transport's own: the rest of a port, an attempt to connect, the end of a shutdown. There are few and
// most often none, so they are in no order.

#if os(Linux)
  import DeviceServer
  import Timebase

  /// What is to be done later.
  struct Alarms<App: Application & ~Copyable> {
    typealias Body = (inout Loop<App>) -> Void

    private var alarms: [(deadline: MonotonicTime, number: Int, body: Body)] = []
    private var last = 0

    /// Has `body` done at `deadline`; gives the number by which it can be cancelled.
    mutating func add(_ deadline: MonotonicTime, _ body: @escaping Body) -> Int {
      last += 1
      alarms.append((deadline, last, body))
      return last
    }

    mutating func cancel(_ number: Int) { alarms.removeAll { $0.number == number } }

    /// Takes one that is due.
    mutating func due(_ now: MonotonicTime) -> Body? {
      guard !alarms.isEmpty, let index = alarms.firstIndex(where: { $0.deadline <= now }) else { return nil }
      return alarms.remove(at: index).body
    }

    /// The earliest, or `other` if that is earlier.
    func next(_ other: MonotonicTime?) -> MonotonicTime? {
      var next = other
      for alarm in alarms { next = min(next ?? .distantFuture, alarm.deadline) }
      return next
    }
  }
#endif
