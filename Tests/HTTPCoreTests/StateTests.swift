// SPDX-License-Identifier: MIT

// The table of states: what may happen where, and that from everywhere there is a way to the end.

import Testing

@testable import HTTPCore

@Suite struct StateTests {
  /// Every state that the table reaches from the beginning, with the ways out of it.
  static let reachable: [ConnectionStates: [ConnectionStates.Input: ConnectionStates]] = {
    var found: [ConnectionStates: [ConnectionStates.Input: ConnectionStates]] = [:]
    var open = [ConnectionStates()]
    while let states = open.popLast() {
      guard found[states] == nil else { continue }
      found[states] = [:]
      for input in ConnectionStates.Input.allCases {
        guard let next = states.after(input) else { continue }
        found[states]?[input] = next
        open.append(next)
      }
    }
    return found
  }()

  @Test func oneExchangeGoesRoundAndBack() throws {
    var states = ConnectionStates()
    for _ in 1...2 {
      for input: ConnectionStates.Input in [
        .requestHead, .requestEnd, .responseHead, .responseEnd, .nextCycle,
      ] {
        try states.apply(input)
      }
      #expect(states == ConnectionStates())
    }
  }

  @Test func onlyThesePairsOfStatesExist() {
    let pairs = Set(Self.reachable.keys.map { "\($0.request) \($0.response)" })
    #expect(
      pairs == [
        "idle idle", "body due", "body body", "done due", "done body", "done done", "failed due",
        "failed body",
        "closed mustClose", "switched switched",
      ])
  }

  @Test func aConnectionThatDoesNotPersistNeverGetsAnotherRequest() {
    for (states, ways) in Self.reachable where !states.persists && states.request != .idle {
      #expect(ways[.nextCycle] == nil, "\(states)")
      for next in ways.values { #expect(!next.persists, "\(states)") }
    }
  }

  @Test func anAnswerIsGivenOnlyWhereOneIsDue() {
    for (states, ways) in Self.reachable {
      #expect((ways[.responseHead] != nil) == (states.response == .due), "\(states)")
      #expect((ways[.responseEnd] != nil) == (states.response == .body), "\(states)")
      #expect(
        (ways[.nextCycle] != nil) == (states.request == .done && states.response == .done && states.persists))
    }
  }

  @Test func fromEverywhereButAnotherProtocolThereIsAWayToTheEnd() {
    for start in Self.reachable.keys where start.request != .switched {
      var seen: Set<ConnectionStates> = []
      var open = [start]
      while let states = open.popLast() {
        guard seen.insert(states).inserted, let ways = Self.reachable[states] else { continue }
        open += ways.values
      }
      #expect(seen.contains { $0.response == .mustClose }, "\(start)")
    }
  }

  @Test func theEndIsTheEnd() {
    for (states, ways) in Self.reachable where states.response == .mustClose {
      #expect(ways.values.allSatisfy { $0 == states }, "\(states)")
    }
  }
}
