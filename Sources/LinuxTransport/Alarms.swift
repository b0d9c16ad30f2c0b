// SPDX-License-Identifier: MIT

// Times of the transport's own: the rest of a port, an attempt to connect, the end of a shutdown. There are few and
// most often none, so they are in no order.

#if os(Linux)
  import DeviceServer
  import Timebase

  /// What is to be done later.
  struct Alarms<App: Application & ~Copyable> {
    typealias Body = (inout Loop<App>) -> Void

    /// The deadline of the first. Nearly every turn asks for no more, and this can be read without the metadata of this
    /// type, which depends on the application's and would be looked up each time.
    private(set) var earliest = MonotonicTime.distantFuture
    private var alarms: [(deadline: MonotonicTime, number: Int, body: Body)] = []
    private var last = 0

    /// Has `body` done at `deadline`; gives the number by which it can be cancelled.
    mutating func add(_ deadline: MonotonicTime, _ body: @escaping Body) -> Int {
      last += 1
      alarms.append((deadline, last, body))
      earliest = min(earliest, deadline)
      return last
    }

    mutating func cancel(_ number: Int) {
      alarms.removeAll { $0.number == number }
      lookAgain()
    }

    /// Takes one that is due.
    mutating func due(_ now: MonotonicTime) -> Body? {
      guard let index = alarms.firstIndex(where: { $0.deadline <= now }) else { return nil }
      defer { lookAgain() }
      return alarms.remove(at: index).body
    }

    private mutating func lookAgain() {
      earliest = .distantFuture
      for alarm in alarms { earliest = min(earliest, alarm.deadline) }
    }
  }
#endif
