// SPDX-License-Identifier: MIT

// A host may be held up. Readings that it reports late, in any batches, do what they would have done at once.

import Bytes
import ConformanceSupport
import Testing
import Timebase

@testable import Parts

@Suite struct LateReadingTests {
  /// Three buttons that pull at the same parts, so that the order of their gestures can be seen.
  private var parts: [Part] {
    var parts: [Part] = []
    for number in 0..<3 {
      parts.append(
        .button(
          Text(bytes("b\(number)")), input: number, .on(.press, "toggle p\(number)", "set n value=\(number)"),
          .on(.release, "toggle last"), .on(.click, "toggle c\(number)", "on last"),
          .on(.double, "toggle d\(number)", "off last"), .on(.long, "toggle l\(number)"),
          .on(.repeat, "toggle r\(number)")))
      for (place, name) in ["p", "c", "d", "l", "r"].enumerated() {
        parts.append(.switch(Text(bytes("\(name)\(number)")), output: number * 5 + place))
      }
    }
    parts.append(.switch("last", output: 20))
    parts.append(.number("n", minimum: 0, maximum: 10))
    parts.append(.contact("door", input: 3, onAfter: 50, offAfter: 200))
    return parts
  }

  private struct Edge {
    var input: Int
    var isActive: Bool
    var time: UInt64
  }

  private func edges(_ generator: inout SeededGenerator) -> [Edge] {
    var levels = [false, false, false, false]
    var time: UInt64 = 0
    return (0..<120).map { _ in
      time += .random(in: 0...(Bool.random(using: &generator) ? 15 : 400), using: &generator)
      let input = Int.random(in: 0..<4, using: &generator)
      levels[input].toggle()
      return Edge(input: input, isActive: levels[input], time: time)
    }
  }

  /// What all parts show, without revisions.
  private func values(_ bench: Bench) -> [Part.Kind] { bench.device.parts.map(\.kind) }

  private func promptly(_ edges: [Edge], end: UInt64) -> Bench {
    var bench = Bench(parts)
    for edge in edges { bench.sense(edge.input, edge.isActive, edge.time) }
    bench.run(until: end)
    return bench
  }

  /// Everything is compared but the times at which outputs moved: those are times of calls.
  private func isSame(_ left: Bench, _ right: Bench) -> Bool {
    zip(values(left), values(right)).allSatisfy { pair in
      switch pair {
      case (.switch(let a), .switch(let b)): a.isOn == b.isOn && a.isWantedOn == b.isWantedOn
      case (let a, let b): a == b
      }
    }
  }

  @Test func anyBatchesGiveTheSameAsReadingsAtOnce() {
    for _ in 0..<200 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      let edges = edges(&generator)
      let end = edges.last!.time + 2000
      let prompt = promptly(edges, end: end)
      var late = Bench(parts)
      var number = 0
      while number < edges.count {
        let count = Int.random(in: 1...60, using: &generator)
        let batch = edges[number..<min(number + count, edges.count)]
        number += batch.count
        // The next loop comes before the next edge, and sometimes long after the last.
        let next = number < edges.count ? edges[number].time : end
        for edge in batch { late.device.sense(edge.input, edge.isActive ? .active : .inactive, at: at(edge.time)) }
        late.poll(.random(in: batch.last!.time...max(next, batch.last!.time), using: &generator))
      }
      late.run(until: end)
      #expect(isSame(prompt, late), "seed \(seed)")
    }
  }

  @Test func readingsOfTwoChipsComeOneChipAfterTheOther() {
    for _ in 0..<200 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      // Two edges of one millisecond have no order.
      var edges = edges(&generator)
      for number in edges.indices { edges[number].time += UInt64(number) }
      let end = edges.last!.time + 2000
      var late = Bench(parts)
      for input in [2, 0, 3, 1] {
        for edge in edges where edge.input == input {
          late.device.sense(edge.input, edge.isActive ? .active : .inactive, at: at(edge.time))
        }
      }
      late.run(until: end)
      #expect(isSame(promptly(edges, end: end), late), "seed \(seed)")
    }
  }

  @Test func fiveHundredBouncingPressesOnEachOfFourButtonsAreTwoThousand() {
    var device = try! Device(parts: (0..<4).map { .button(Text(bytes("b\($0)")), input: $0) })
    var time: UInt64 = 0
    for _ in 0..<500 {
      for isActive in [true, false] {
        for bounce in 0..<5 as Range<UInt64> {
          for input in 0..<4 { device.sense(input, isActive == (bounce % 2 == 0) ? .active : .inactive, at: at(time)) }
          time += 1 + bounce
        }
        time += 15
      }
    }
    _ = device.poll(now: at(time + 1000))  // heard of 20,000 readings in one go
    #expect(device.parts.map { $0.asButton!.presses } == [500, 500, 500, 500])
  }

  @Test func theActionsOfTwoButtonsComeInTheOrderOfTheirEdges() {
    var bench = Bench([
      .switch("lamp", output: 0), .button("a", input: 0, .on(.press, "on lamp")),
      .button("b", input: 1, .on(.press, "off lamp")),
    ])
    bench.device.sense(0, .active, at: at(100))
    bench.device.sense(1, .active, at: at(105))
    bench.device.sense(1, .inactive, at: at(150))
    bench.device.sense(0, .inactive, at: at(300))
    bench.poll(1000)
    #expect(bench.isOn("lamp") == false)
  }

  @Test func aDeadlineThatMovedAwayTakesItsTurnLater() {
    for isLate in [false, true] {
      var bench = Bench([
        .switch("lamp", output: 0), .button("a", input: 0, .on(.press, "on lamp")),
        .button("b", input: 1, .on(.press, "off lamp")),
      ])
      for (time, input, isActive) in [
        (100, 0, true), (105, 1, true), (108, 0, false), (109, 0, true),  // a bounces, and counts after b
      ] as [(UInt64, Int, Bool)] {
        bench.device.sense(input, isActive ? .active : .inactive, at: at(time))
        if !isLate { bench.poll(time) }
      }
      bench.poll(200)
      #expect(bench.isOn("lamp") == true, "late: \(isLate)")
    }
  }

  @Test func aTimerThatRanOutBeforeALatePressIsOverBeforeIt() {
    var bench = Bench([
      .switch("lamp", output: 0, offAfter: 1000),
      .button("b", input: 0, .on(.press, "toggle lamp")),
    ])
    bench.sense(0, true, 0)
    bench.sense(0, false, 100)  // on from 11 to 1011
    bench.device.sense(0, .active, at: at(1050))
    bench.poll(1500)
    #expect(bench.isOn("lamp") == true)
    bench.run(until: 2499)
    #expect(bench.isOn("lamp") == true)
    bench.run(until: 2500)  // the output moved at 1500
    #expect(bench.isOn("lamp") == false)
  }

  @Test func aReadingBeforeAFaultCountsAndThePressThatItBeganEnds() {
    var bench = Bench([
      .switch("motor", output: 0),
      .button("b", input: 0, .on(.press, "on motor"), .on(.release, "off motor")),
    ])
    bench.device.sense(0, .active, at: at(100))
    bench.device.sense(0, .inactive, at: at(200))
    bench.device.sense(0, .active, at: at(300))
    bench.device.noteFault(bytes("gone"), ofInput: 0)
    bench.poll(400)
    #expect(bench["b"].asButton?.presses == 1)
    #expect(bench.isOn("motor") == false)
    #expect(bench["b"].asButton?.isPressed == false)
  }
}
