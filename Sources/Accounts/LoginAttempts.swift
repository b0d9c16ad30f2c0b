// SPDX-License-Identifier: MIT

// How often passwords may be tried. Each try costs a third of a second of a processor, and each wrong one brings
// whoever guesses a little nearer.
//
// Per address (an IPv6 /64 is one) three mistakes are free; each further one doubles a delay, from 1 to 30 s, which is
// forgotten 15 minutes after the last. One try at a time.
//
// In all, addresses stand in two lines: newcomers, which have made no mistake yet, get a turn every 2 s, the others
// every 4 s, and less often while many fail. An address that must wait is told when its turn is, and keeps it.
// Newcomers are slowed down only by more first mistakes than a home network has addresses.
//
// Nobody can lock the owner out:
// - a session, a token, and a password that has been verified within ten minutes are never limited;
// - an address from which somebody has logged in stands in no line, nor does this machine itself: what others do does
//   not delay it at all, and its own mistakes by 30 s at most. Of IPv6 that is the whole address: what its neighbours in
//   the /64 do delays it only once it has made three mistakes itself;
// - an attacker with every address of a home network gets one turn with each as a newcomer, and is behind all
//   newcomers from then on: a new device of the owner's waits nine minutes in the worst case, and no time in most.
//   Only somebody with new addresses without end can keep *new* addresses waiting, and those alone.
// An account that guesses at another gains nothing by logging in between: mistakes are forgotten only if all were made
// with the name that succeeds.

public import DeviceServer
public import Timebase

/// Decides who may try a password now. It reads no clock.
public struct LoginAttempts: Sendable {
  /// How many mistakes are free.
  static let freeMistakes = 3
  /// The longest delay of an address for its own mistakes, and for its turn.
  static let longestDelay: Milliseconds = .seconds(30)
  static let longestWait: Milliseconds = .seconds(60)
  /// How long mistakes are remembered.
  static let memory: Milliseconds = .minutes(15)
  /// The most addresses that are remembered for mistakes, and for success.
  static let rowLimit = 512
  static let knownLimit = 64
  /// The most tries at a time from one address: a stranger's, or a known one's, behind which a household may be.
  static let triesOfStranger = 1
  static let triesOfKnown = 4

  /// An address that has tried.
  fileprivate struct Row {
    let network: RemoteAddress
    var mistakes = 0
    /// Whether it is no newcomer any more, which it is not again when its mistakes are forgotten.
    var hasFailed = false
    /// The name that all mistakes were made with; nil if there were several.
    var name: AccountName?
    var isOneName = true
    var delayedUntil = MonotonicTime.zero
    var lastMistake = MonotonicTime.zero
    var turn: MonotonicTime?
    var tries = 0
    var lastUse: MonotonicTime

    mutating func forget() {
      mistakes = 0
      name = nil
      isOneName = true
      delayedUntil = .zero
    }
  }

  /// Turns at a pace, and some at once after a quiet time.
  private struct Line {
    let interval: Milliseconds
    /// So many mistakes of late double the interval, up to eight times.
    let doubling: Int
    let atOnce: UInt64 = 10
    /// When the turns that have been given away end.
    var end = MonotonicTime.zero
    /// Mistakes of late; halved every 15 minutes.
    var mistakes = 0
    var halvedAt = MonotonicTime.zero

    init(interval: Milliseconds, doubling: Int) {
      self.interval = interval
      self.doubling = doubling
    }

    private var stretch: UInt64 { 1 << UInt64(min(mistakes / doubling, 3)) }

    mutating func ease(now: MonotonicTime) {
      while mistakes > 0, now - halvedAt >= LoginAttempts.memory {
        mistakes /= 2
        halvedAt = halvedAt + LoginAttempts.memory
      }
      if mistakes == 0 { halvedAt = now }
    }

    mutating func addMistake(now: MonotonicTime) {
      ease(now: now)
      mistakes = min(mistakes + 1, 1 << 20)
    }

    /// When the next turn is.
    func next(now: MonotonicTime) -> MonotonicTime {
      let early = UInt64(interval.count) * stretch * (atOnce - 1)
      return max(now, MonotonicTime(milliseconds: end.milliseconds > early ? end.milliseconds - early : 0))
    }

    mutating func take(now: MonotonicTime) {
      end = max(end, now) + Milliseconds(UInt32(clamping: UInt64(interval.count) * stretch))
    }
  }

  private var rows: [Row] = []
  /// An address from which somebody has logged in.
  private struct Known {
    let host: RemoteAddress
    private var mistakes = 0
    private var lastMistake = MonotonicTime.zero

    init(host: RemoteAddress) { self.host = host }

    func recentMistakes(now: MonotonicTime) -> Int { now - lastMistake >= LoginAttempts.memory ? 0 : mistakes }

    mutating func addMistake(now: MonotonicTime) {
      mistakes = min(recentMistakes(now: now) + 1, 100)
      lastMistake = now
    }

    mutating func forget() { mistakes = 0 }
  }

  /// Those, the latest last.
  private var known: [Known] = []
  private var newcomers = Line(interval: .seconds(2), doubling: 256)
  private var failing = Line(interval: .seconds(4), doubling: 64)

  /// Nobody has tried yet.
  public init() {}

  /// How long whoever is at `address` must wait before a try; zero means that they may now, and that the try has begun.
  ///
  /// A try that has begun ends with `succeeded`, `failed` or `gaveUp`.
  public mutating func mayTry(from address: RemoteAddress, now: MonotonicTime) -> Milliseconds {
    let network = address.network
    let isKnown = isKnown(address)
    let index = row(of: network, now: now)
    rows[index].lastUse = now
    if rows[index].mistakes > 0, now - rows[index].lastMistake >= Self.memory { rows[index].forget() }
    if rows[index].delayedUntil > now, !isTrusted(address, now: now) { return rows[index].delayedUntil - now }
    guard rows[index].tries < (isKnown ? Self.triesOfKnown : Self.triesOfStranger) else { return .seconds(1) }
    if !isKnown {
      let wait = waitForTurn(index, now: now)
      if wait > 0 { return wait }
    }
    rows[index].tries += 1
    return 0
  }

  /// A try has succeeded.
  public mutating func succeeded(from address: RemoteAddress, as name: AccountName, now: MonotonicTime) {
    endTry(from: address)
    remember(address)
    guard let index = rows.firstIndex(where: { $0.network == address.network }) else { return }
    if rows[index].isOneName, rows[index].name == name {
      rows[index].forget()
      rows[index].hasFailed = false
      if let place = placeOfKnown(address) { known[place].forget() }
    }
  }

  /// A try has failed: the password was wrong, or there is no such user.
  public mutating func failed(from address: RemoteAddress, as name: AccountName, now: MonotonicTime) {
    endTry(from: address)
    let index = row(of: address.network, now: now)
    if !isKnown(address) {
      if rows[index].hasFailed { failing.addMistake(now: now) } else { newcomers.addMistake(now: now) }
    }
    if let place = placeOfKnown(address) { known[place].addMistake(now: now) }
    rows[index].hasFailed = true
    if rows[index].mistakes == 0 { rows[index].name = name }
    if rows[index].name != name { rows[index].isOneName = false }
    rows[index].mistakes = min(rows[index].mistakes + 1, 100)
    rows[index].lastMistake = now
    rows[index].lastUse = now
    let charged = rows[index].mistakes - Self.freeMistakes
    if charged >= 0 {
      rows[index].delayedUntil = now + min(.seconds(1 << UInt32(min(charged, 8))), Self.longestDelay)
    }
  }

  /// A try has ended, and nobody knows how it would have come out.
  public mutating func gaveUp(from address: RemoteAddress) { endTry(from: address) }

  /// Somebody is logged in at this address, so it stands in no line from now on.
  public mutating func remember(_ address: RemoteAddress) {
    guard let place = placeOfKnown(address) else {
      if known.count >= Self.knownLimit { known.removeFirst() }
      return known.append(Known(host: address.host))
    }
    if place < known.count - 1 { known.append(known.remove(at: place)) }
  }

  /// Whether somebody has logged in from this address, or it is this machine.
  func isKnown(_ address: RemoteAddress) -> Bool { address.isLoopback || placeOfKnown(address) != nil }

  private func placeOfKnown(_ address: RemoteAddress) -> Int? { known.lastIndex { $0.host.isSameHost(as: address) } }

  /// Whether somebody has logged in from this address, and no more mistakes of late came from there than are free: what
  /// others of its network do does not count.
  private func isTrusted(_ address: RemoteAddress, now: MonotonicTime) -> Bool {
    placeOfKnown(address).map { known[$0].recentMistakes(now: now) < Self.freeMistakes } ?? false
  }

  private mutating func endTry(from address: RemoteAddress) {
    guard let index = rows.firstIndex(where: { $0.network == address.network }) else { return }
    rows[index].tries = max(rows[index].tries - 1, 0)
  }

  /// How long until the turn of this stranger, who gets one if there is one in sight; zero takes it.
  private mutating func waitForTurn(_ index: Int, now: MonotonicTime) -> Milliseconds {
    if let turn = rows[index].turn {
      if turn > now { return turn - now }
      rows[index].turn = nil
      if now - turn < Self.longestWait { return 0 }  // a turn that was let pass for longer is over
    }
    let next = rows[index].hasFailed ? Self.turn(&failing, now: now) : Self.turn(&newcomers, now: now)
    guard let next else { return Self.longestWait }
    if next > now { rows[index].turn = next }
    return next - now
  }

  /// The next turn of a line, which is taken; nil if there is none in sight.
  private static func turn(_ line: inout Line, now: MonotonicTime) -> MonotonicTime? {
    line.ease(now: now)
    let next = line.next(now: now)
    guard next - now <= longestWait else { return nil }
    line.take(now: now)
    return next
  }

  /// The row of a network, which is made if there is none; those that have been quiet for longest make room, and among
  /// these the ones without mistakes first.
  private mutating func row(of network: RemoteAddress, now: MonotonicTime) -> Int {
    if let index = rows.firstIndex(where: { $0.network == network }) { return index }
    if rows.count >= Self.rowLimit {
      let oldest = rows.indices.min { (rows[$0].rank, rows[$0].lastUse) < (rows[$1].rank, rows[$1].lastUse) }
      if let oldest { rows.remove(at: oldest) }
    }
    rows.append(Row(network: network, lastUse: now))
    return rows.count - 1
  }
}

extension LoginAttempts.Row {
  /// What makes room first: neither mistakes nor a try, then mistakes, then a try.
  fileprivate var rank: Int { tries > 0 ? 2 : hasFailed ? 1 : 0 }
}
