// SPDX-License-Identifier: MIT

// How many commands one client may give. Rule: people are never held up; whoever sends faster than any person is told
// the truth about each command. Over the WebSocket the latest command for each part is kept and done, and only then
// acknowledged, when its client may give one again; what it overtakes is answered with an error. Over HTTP the answer
// is 429 (RFC 6585 section 4), since nothing is to be said later.
//
// What a later command means for the one that is kept for the same part:
// - two toggles cancel each other: both are acknowledged, and nothing changes;
// - a toggle after `set` with `on` turns that `on` over;
// - the values of a `set` that a later `set` leaves out stay;
// - `release` is always done at once, and takes back a `press` that is kept, so that no button stays pressed;
// - anything else takes the earlier one's place.
// What is kept for a client that goes is dropped. A firmware may leave all this out (WITHOUT_COMMAND_LIMITS).

import Bytes
import DeviceServer
import Parts
import Timebase

#if WITHOUT_COMMAND_LIMITS
  /// How many commands one client may give: in this build, as many as it likes.
  public struct CommandRate: Sendable {
    public init() {}
  }
#else
  /// How many commands one client may give: each WebSocket client, and each address over HTTP.
  public struct CommandRate: Equatable, Sendable {
    /// The time after which there may be another one; 0: there is no limit.
    let interval: Milliseconds
    /// How far ahead of that a client may be.
    let slack: Milliseconds

    /// Commands a second: twice as many as the fastest finger makes.
    public static var standard: UInt32 { 20 }

    /// A rate.
    ///
    /// - Parameters:
    ///   - perSecond: Commands a second for as long as one likes; 0, or more than 1000: no limit.
    ///   - burst: Commands that may come at once after a rest; nil: three times as many, three seconds' worth.
    public init(perSecond: UInt32 = standard, burst: UInt32? = nil) {
      interval = Milliseconds(perSecond == 0 ? 0 : 1000 / perSecond)
      let (more, overflow) = max(burst ?? perSecond &* 3, 1).subtractingReportingOverflow(1)
      let (product, isLarge) = (overflow ? 0 : more).multipliedReportingOverflow(by: interval.count)
      slack = Milliseconds(isLarge ? .max : product)
    }

    /// As many as come.
    public static var unlimited: CommandRate { CommandRate(perSecond: 0) }
  }

  /// What has been held back since the start; each wraps.
  public struct CommandCounters: Sendable {
    /// Commands that were kept for later.
    public internal(set) var kept: UInt32 = 0
    /// Commands that a later one of the same client for the same part overtook.
    public internal(set) var overtaken: UInt32 = 0
    /// Commands over HTTP that were answered with 429.
    public internal(set) var refused: UInt32 = 0
  }

  /// When a client may give its next command. (A token bucket, kept as the time at which it is full again.)
  struct CommandBucket: Sendable {
    private(set) var fullAgain = MonotonicTime.zero

    /// Takes a token, if there is one.
    mutating func take(_ rate: CommandRate, now: MonotonicTime) -> Bool {
      guard rate.interval > 0 else { return true }
      guard fullAgain - now <= rate.slack else { return false }
      fullAgain = max(fullAgain, now) + rate.interval
      return true
    }

    /// When there is one again.
    func next(_ rate: CommandRate) -> MonotonicTime {
      MonotonicTime(milliseconds: fullAgain.milliseconds - min(fullAgain.milliseconds, UInt64(rate.slack.count)))
    }
  }

  /// A command that waits until its client may give one.
  struct KeptCommand: Sendable {
    var command: Command
    let part: Int
    /// The number by which to acknowledge it, if it has one.
    var id: UInt64?
  }

  /// The buckets of all clients, and what is kept for them.
  struct CommandPacer: Sendable {
    /// What becomes of a command that may not be done yet.
    enum Outcome: Equatable {
      /// It waits. `overtaken`: the number of the one whose place it took, if that had one.
      case kept(overtaken: UInt64?)
      /// It and the one that waited, with this number, undo each other.
      case cancelled(with: UInt64?)
    }

    private struct Client: Sendable {
      var number: UInt32 = 0
      var bucket = CommandBucket()
      /// At most one for each part, in the order in which they came.
      var kept: [KeptCommand] = []
    }

    let rate: CommandRate
    var counters = CommandCounters()
    /// By `ClientID.index`.
    private var clients: [Client] = []
    /// The places of those for which something is kept.
    private var waiting: [Int] = []
    /// Nothing that is kept may be done before this.
    private(set) var nextDue = MonotonicTime.distantFuture
    private var addresses: [(holder: AddressHolder, bucket: CommandBucket)] = []

    /// Addresses that are remembered; of more, the one that has rested longest is forgotten.
    private static var addressLimit: Int { 64 }

    init(_ rate: CommandRate) { self.rate = rate }

    // MARK: Over HTTP

    /// Whether an address may give a command now; nil: yes, else how many seconds it has to wait.
    mutating func wait(of remote: RemoteAddress, now: MonotonicTime) -> UInt64? {
      let index = place(of: AddressHolder(remote))
      if addresses[index].bucket.take(rate, now: now) { return nil }
      counters.refused &+= 1
      return UInt64((addresses[index].bucket.next(rate) - now).count / 1000) + 1
    }

    private mutating func place(of holder: AddressHolder) -> Int {
      var oldest = 0
      for index in addresses.indices {
        if addresses[index].holder == holder { return index }
        if addresses[index].bucket.fullAgain < addresses[oldest].bucket.fullAgain { oldest = index }
      }
      if addresses.count == Self.addressLimit { addresses.remove(at: oldest) }  // the last come stand at the end
      addresses.append((holder, CommandBucket()))
      return addresses.count - 1
    }

    // MARK: Over the WebSocket

    /// Whether a client may have this done now. What is kept for it comes first.
    mutating func allows(_ command: Command, of client: ClientID, now: MonotonicTime) -> Bool {
      while clients.count <= client.index { clients.append(Client()) }
      if clients[client.index].number != client.number { clients[client.index].number = client.number }
      if command == .release { return true }
      return clients[client.index].kept.isEmpty && clients[client.index].bucket.take(rate, now: now)
    }

    /// Takes back a press that is kept; returns its number if it has one.
    mutating func takeBackPress(of part: Int, by client: ClientID) -> UInt64? {
      guard let place = place(of: part, client), clients[client.index].kept[place].command == .press else { return nil }
      counters.overtaken &+= 1
      return removeKept(place, client).id
    }

    /// Keeps a command that is not allowed yet.
    mutating func keep(_ new: KeptCommand, of client: ClientID) -> Outcome {
      nextDue = min(nextDue, clients[client.index].bucket.next(rate))
      guard let place = place(of: new.part, client) else {
        counters.kept &+= 1
        if clients[client.index].kept.isEmpty { waiting.append(client.index) }
        clients[client.index].kept.append(new)
        return .kept(overtaken: nil)
      }
      let old = clients[client.index].kept[place]
      counters.overtaken &+= 1
      guard let command = new.command.following(old.command) else {
        return .cancelled(with: removeKept(place, client).id)
      }
      clients[client.index].kept[place].command = command
      clients[client.index].kept[place].id = new.id
      return .kept(overtaken: old.id)
    }

    /// The next command that may be done now, with its client's number and place.
    mutating func nextKept(now: MonotonicTime) -> (KeptCommand, index: Int, number: UInt32)? {
      guard now >= nextDue else { return nil }
      nextDue = .distantFuture
      for index in waiting {
        if clients[index].bucket.take(rate, now: now) {
          let kept = clients[index].kept.removeFirst()
          if clients[index].kept.isEmpty { waiting.removeAll { $0 == index } }
          nextDue = now  // there may be more
          return (kept, index, clients[index].number)
        }
        nextDue = min(nextDue, clients[index].bucket.next(rate))
      }
      return nil
    }

    /// Drops what is kept for a client that has gone.
    mutating func forget(_ client: ClientID) {
      guard clients.indices.contains(client.index), clients[client.index].number == client.number else { return }
      if !clients[client.index].kept.isEmpty { waiting.removeAll { $0 == client.index } }
      clients[client.index] = Client()
    }

    private func place(of part: Int, _ client: ClientID) -> Int? {
      guard clients.indices.contains(client.index) else { return nil }
      return clients[client.index].kept.firstIndex { $0.part == part }
    }

    private mutating func removeKept(_ place: Int, _ client: ClientID) -> KeptCommand {
      let kept = clients[client.index].kept.remove(at: place)
      if clients[client.index].kept.isEmpty { waiting.removeAll { $0 == client.index } }
      return kept
    }
  }

  extension Command {
    /// What is left to do of `earlier` and then this; nil: nothing.
    fileprivate func following(_ earlier: Command) -> Command? {
      switch (earlier, self) {
      case (.toggle, .toggle): return nil
      case (.set(var values), .toggle):
        guard let isOn = values.isOn else { return self }
        values.isOn = !isOn
        return .set(values)
      case (.set(let before), .set(let values)):
        return .set(
          PartValues(
            isOn: values.isOn ?? before.isOn, brightness: values.brightness ?? before.brightness,
            color: values.color ?? before.color, value: values.value ?? before.value))
      default: return self
      }
    }
  }
#endif
