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
// What is kept for a client that goes is dropped. A broker is one more client, who is told nothing. A firmware may
// leave all this out (WITHOUT_COMMAND_LIMITS).

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
  /// How many commands one client may give: each WebSocket client, each address over HTTP, and the broker.
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

  /// What one client may give now, and what is kept for it.
  struct PacedCommands: Sendable {
    /// What becomes of a command that may not be done yet.
    enum Outcome: Equatable {
      /// It waits. `overtaken`: the number of the one whose place it took, if that had one.
      case kept(overtaken: UInt64?)
      /// It and the one that waited, with this number, undo each other.
      case cancelled(with: UInt64?)
    }

    var bucket = CommandBucket()
    /// At most one for each part, in the order in which they came.
    private(set) var kept: [KeptCommand] = []

    /// Whether this may be done now. What is kept comes first.
    mutating func allows(_ command: Command, _ rate: CommandRate, now: MonotonicTime) -> Bool {
      command == .release || kept.isEmpty && bucket.take(rate, now: now)
    }

    /// Takes back a press that is kept.
    mutating func takeBackPress(of part: Int) -> KeptCommand? {
      guard let place = kept.firstIndex(where: { $0.part == part }), kept[place].command == .press else { return nil }
      return kept.remove(at: place)
    }

    /// Keeps a command that is not allowed yet.
    mutating func keep(_ new: KeptCommand, counters: inout CommandCounters) -> Outcome {
      guard let place = kept.firstIndex(where: { $0.part == new.part }) else {
        counters.kept &+= 1
        kept.append(new)
        return .kept(overtaken: nil)
      }
      let old = kept[place]
      counters.overtaken &+= 1
      guard let command = new.command.following(old.command) else {
        return .cancelled(with: kept.remove(at: place).id)
      }
      kept[place].command = command
      kept[place].id = new.id
      return .kept(overtaken: old.id)
    }

    /// When the next of what is kept may be done.
    func nextDue(_ rate: CommandRate) -> MonotonicTime { kept.isEmpty ? .distantFuture : bucket.next(rate) }

    /// The next of what is kept, if it may be done now.
    mutating func next(_ rate: CommandRate, now: MonotonicTime) -> KeptCommand? {
      kept.isEmpty || !bucket.take(rate, now: now) ? nil : kept.removeFirst()
    }

    /// Drops what is kept; what was given stays given.
    mutating func drop() { kept.removeAll() }
  }

  /// The buckets of all clients, and what is kept for them.
  ///
  /// Each client has a bucket of its own, so that no page holds up another behind the same proxy or in the same house.
  /// That of a client that goes is its address's from then on, and the next one from there begins with it: so nobody
  /// gets more by coming anew.
  struct CommandPacer: Sendable {
    private struct Client: Sendable {
      var number: UInt32 = 0
      var holder: AddressHolder?
      var commands = PacedCommands()
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

    /// Takes in a client, with what those before it have left.
    mutating func welcome(_ client: ClientID, from remote: RemoteAddress) {
      while clients.count <= client.index { clients.append(Client()) }
      let holder = AddressHolder(remote)
      clients[client.index] = Client(number: client.number, holder: holder)
      for address in addresses where address.holder == holder { clients[client.index].commands.bucket = address.bucket }
    }

    /// Whether a client may have this done now. What is kept for it comes first.
    mutating func allows(_ command: Command, of client: ClientID, now: MonotonicTime) -> Bool {
      guard let index = index(of: client) else { return false }
      return clients[index].commands.allows(command, rate, now: now)
    }

    /// Takes back a press that is kept; returns its number if it has one.
    mutating func takeBackPress(of part: Int, by client: ClientID) -> UInt64? {
      guard let index = index(of: client), let press = clients[index].commands.takeBackPress(of: part) else {
        return nil
      }
      counters.overtaken &+= 1
      noteWhetherWaiting(index)
      return press.id
    }

    /// Keeps a command that is not allowed yet.
    mutating func keep(_ new: KeptCommand, of client: ClientID) -> PacedCommands.Outcome {
      guard let index = index(of: client) else { return .kept(overtaken: nil) }
      let outcome = clients[index].commands.keep(new, counters: &counters)
      noteWhetherWaiting(index)
      nextDue = min(nextDue, clients[index].commands.nextDue(rate))
      return outcome
    }

    /// The next command that may be done now, with its client's number and place.
    mutating func nextKept(now: MonotonicTime) -> (KeptCommand, index: Int, number: UInt32)? {
      guard now >= nextDue else { return nil }
      nextDue = .distantFuture
      for index in waiting {
        if let kept = clients[index].commands.next(rate, now: now) {
          noteWhetherWaiting(index)
          nextDue = now  // there may be more
          return (kept, index, clients[index].number)
        }
        nextDue = min(nextDue, clients[index].commands.nextDue(rate))
      }
      return nil
    }

    /// Drops what is kept for a client that has gone, and keeps what it has used for the next one from its address.
    mutating func forget(_ client: ClientID) {
      guard let index = index(of: client) else { return }
      clients[index].commands.drop()
      noteWhetherWaiting(index)
      let bucket = clients[index].commands.bucket
      if let holder = clients[index].holder, bucket.fullAgain > .zero {
        let place = place(of: holder)
        if bucket.fullAgain > addresses[place].bucket.fullAgain { addresses[place].bucket = bucket }
      }
      clients[index] = Client()
    }

    private func index(of client: ClientID) -> Int? {
      guard clients.indices.contains(client.index), clients[client.index].number == client.number else { return nil }
      return client.index
    }

    private mutating func noteWhetherWaiting(_ index: Int) {
      let isWaiting = !clients[index].commands.kept.isEmpty
      if isWaiting == waiting.contains(index) { return }
      if isWaiting { waiting.append(index) } else { waiting.removeAll { $0 == index } }
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
