// SPDX-License-Identifier: MIT

// What happens when all places are taken. First goes a connection to which all is said, then one that has long waited
// for its peer, then one of the address that holds most (AddressShares.swift); if none is there, the newcomer is
// refused. So nobody who has a place in fair share loses it, and nobody who holds many can keep others out.

import Timebase
import WebSocketCore

extension Server where Context: ~Copyable {
  /// Ends a connection to make room for one from `remote`; false if that would not be fair.
  ///
  /// One that is ended goes as soon as the transport has heard of it. Connections that are told that there is no room
  /// stay longer; so that they cannot be in the way, they have only half of the places beyond the limit.
  mutating func makeRoom(for remote: RemoteAddress, now: MonotonicTime) -> Bool {
    guard table.refusedCount < 2 * limits.refusals, let index = connectionToEnd(for: remote, now: now) else {
      return false
    }
    counters.displaced.count()
    table.displace(index)
    table[index].deadline = .distantFuture
    table.demand(.abort, index)
    return true
  }

  #if WITHOUT_FAIRNESS
    /// The connection that has waited longest for a request, for the rest of one's head, or for the peer's end; nil if
    /// none waits for these.
    private func connectionToEnd(for remote: RemoteAddress, now: MonotonicTime) -> Int? {
      let (idle, head, linger) = (limits.timeouts.idle, limits.timeouts.head, limits.timeouts.linger)
      var found: (index: Int, time: MonotonicTime)?
      for index in table.indices where !table[index].isRefused {
        let time: MonotonicTime  // when the wait began, and the same three limits added to each
        switch (table[index].phase, table[index].stage) {
        case (.http, .idle): time = table[index].deadline + head + linger
        case (.http, .head): time = table[index].deadline + idle + linger
        case (.lingering, _): time = table[index].deadline + idle + head
        default: continue
        }
        if let found, found.time <= time { continue }
        found = (index, time)
      }
      return found?.index
    }
  #else
    /// How long a connection whose address holds no more than its share may wait for its peer before it goes to make
    /// room for another: time for a request, or the last of an answer, to arrive.
    private static var arrival: Milliseconds { .seconds(1) }

    /// The connection to end for one more from `remote`, in this order:
    ///
    /// 1. the longest of the lingering ones, whose peer need only end them;
    /// 2. the longest of the waiting ones (for a request, for the rest of a head), of the address with most of these,
    ///    if the wait has been long, and the address holds no less than the newcomer's;
    /// 3. of the address that holds most, if it holds more than its share: the longest of its waiting ones, or else its
    ///    youngest;
    /// 4. the longest of the waiting ones of the newcomer's own address;
    /// 5. that of 2, however short the wait has been, if its address holds more than the newcomer's.
    private func connectionToEnd(for remote: RemoteAddress, now: MonotonicTime) -> Int? {
      let newcomer = holder(of: remote)
      let own = table.shares.number(of: newcomer)
      let ownCount = own.map { table.shares.held.count(of: $0) } ?? 0
      if let index = lingeringConnection(own, ownCount, now: now) { return index }
      var waiting: Int?
      if let other = table.shares.resting.largest, other != own, let index = table.shares.resting.oldest(of: other) {
        let count = table.shares.held.count(of: other)
        if count >= ownCount, hasWaitedLong(index, now: now) { return index }
        if count > ownCount { waiting = index }
      }
      if let most = table.shares.holder(overShareOf: newcomer) {
        return table.shares.resting.oldest(of: most) ?? table.shares.held.youngest(of: most)
      }
      return own.flatMap { table.shares.resting.oldest(of: $0) } ?? waiting
    }

    private func hasWaitedLong(_ index: Int, now: MonotonicTime) -> Bool {
      now >= table[index].restingSince + Self.arrival
    }

    /// The longest lingering connection of the address with most of these, if that holds no less than the newcomer's or
    /// what was said has arrived by now; else that of the newcomer's own address. So nobody cuts off the answers to
    /// others by coming often.
    private func lingeringConnection(_ own: Int32?, _ ownCount: Int, now: MonotonicTime) -> Int? {
      let lingering = table.shares.lingering
      if let other = lingering.largest, let index = lingering.oldest(of: other) {
        let isFair = table.shares.held.count(of: other) >= ownCount
        if isFair || hasWaitedLong(index, now: now) { return index }
      }
      return own.flatMap { lingering.oldest(of: $0) }
    }

    /// The address that a connection from `remote` counts for. Behind a proxy that is trusted there are many, so each
    /// of its connections counts by itself until a request has come, and from then on for the client of that.
    func holder(of remote: RemoteAddress) -> AddressHolder {
      #if !WITHOUT_PROXIES
        if trustedProxies.contains(remote) { return AddressHolder(single: remote) }
      #endif
      return AddressHolder(remote)
    }

    /// Sees that one more client from `remote` fits into a hub, if that is fair: clients that missed a ping's deadline
    /// go first, then the youngest of the address that holds most.
    mutating func makeRoom(in hub: Int, for remote: RemoteAddress, now: MonotonicTime, _ context: inout Context) {
      let client = hubs[hub].shares.place(for: AddressHolder(remote))
      guard let client, let index = table.index(of: hubs[hub].clients[client].connection) else { return }
      counters.clientsDisplaced.count()
      router.report(Refusal(.displacedClient, nil, table[index], now), &context)
      hubs[hub].now = now
      hubs[hub].giveAway(client, "others have fewer places")
      announceEnd(index, as: .placeTaken, now: now, &context)
    }

    /// The same for event streams: one that is ended ends like any that the server ends.
    mutating func makeRoomForEvents(for remote: RemoteAddress, now: MonotonicTime) {
      guard let stream = eventShares.place(for: AddressHolder(remote)),
        let index = eventStreams[stream].connection
      else { return }
      counters.eventStreamsDisplaced.count()
      router.eventStreams?.end(&self, index, now)
    }
  #endif
}
