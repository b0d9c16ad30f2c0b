// SPDX-License-Identifier: MIT

// Which gestures a button reports, and when.

import Bytes
import ConformanceSupport
import Testing
import Timebase

@testable import Parts

/// The gestures of a button over edges at these times; the first goes down. `late` works them off in one go at the end.
private func gestures(
  _ uses: Set<Gesture>, _ edges: [UInt64], until end: UInt64, timing: Button.Timing = .init(), late: Bool = false
) -> [String] {
  var button = Button(input: 0, timing: timing, isRemote: false)
  button.usesDouble = uses.contains(.double)
  button.usesLong = uses.contains(.long) || uses.contains(.repeat)
  button.usesRepeat = uses.contains(.repeat)
  var reported: [String] = []
  func work(until time: UInt64) {
    while !late, button.deadline <= at(time) {
      let due = button.deadline
      guard let gesture = button.nextGesture(by: due) else { break }
      reported.append(due == .zero ? "\(gesture)" : "\(gesture) \(due.milliseconds)")
    }
    while late, let gesture = button.nextGesture(by: at(time)) { reported.append("\(gesture)") }
  }
  for (number, edge) in edges.enumerated() {
    work(until: edge)
    button.sense(number % 2 == 0, at: at(edge))
  }
  work(until: end)
  return reported
}

@Suite struct GestureTests {
  @Test func withoutDoubleAClickComesWithItsRelease() {
    #expect(gestures([], [100, 200], until: 9000) == ["press 111", "release 211", "click"])
    #expect(gestures([.long], [100, 200], until: 9000) == ["press 111", "release 211", "click"])
  }

  @Test func withDoubleAClickComesWhenNoSecondPressCame() {
    #expect(gestures([.double], [100, 200], until: 9000) == ["press 111", "release 211", "click 561"])
    #expect(gestures([.double], [100, 200], until: 560) == ["press 111", "release 211"])
  }

  @Test func aSecondPressInTimeIsADoubleClickAtOnce() {
    #expect(
      gestures([.double], [100, 200, 300, 400], until: 9000)
        == ["press 111", "release 211", "press 311", "double", "release 411"])
  }

  @Test(arguments: [(550, true), (551, false)] as [(UInt64, Bool)])
  func theSecondPressOfADoubleClickComesWithinItsTime(edge: UInt64, isDouble: Bool) {
    let all = gestures([.double], [100, 200, edge, edge + 50], until: 9000)
    #expect(all.contains("double") == isDouble)
    #expect(all.filter { $0.hasPrefix("click") }.count == (isDouble ? 0 : 2))
  }

  @Test func threePressesAreADoubleClickAndAClick() {
    let all = gestures([.double], [100, 150, 200, 250, 300, 350], until: 9000)
    #expect(
      all == [
        "press 111", "release 161", "press 211", "double", "release 261", "press 311", "release 361", "click 711",
      ])
  }

  @Test func aLongPressIsReportedWhileHeldAndIsNoClick() {
    #expect(gestures([.long], [100, 2000], until: 9000) == ["press 111", "long 711", "release 2011"])
  }

  @Test(arguments: [(700, false), (701, true)] as [(UInt64, Bool)])
  func aPressIsLongFromItsTimeOn(releasedAt: UInt64, isLong: Bool) {
    let all = gestures([.long], [100, releasedAt], until: 9000)
    #expect(all.contains("long 711") == isLong)
    #expect(all.contains("click") == !isLong)
  }

  @Test func withoutLongNoPressIsTooLongForAClick() {
    #expect(gestures([], [100, 70_000], until: 99_000) == ["press 111", "release 70011", "click"])
    #expect(gestures([.double], [100, 70_000], until: 99_000) == ["press 111", "release 70011", "click 70361"])
  }

  @Test func repeatsFollowALongPressUntilTheRelease() {
    #expect(
      gestures([.repeat], [100, 1200], until: 9000)
        == ["press 111", "long 711", "repeat 861", "repeat 1011", "repeat 1161", "release 1211"])
  }

  @Test func aLongSecondPressIsADoubleClickOnly() {
    #expect(
      gestures([.double, .repeat], [100, 200, 300, 5000], until: 9000)
        == ["press 111", "release 211", "press 311", "double", "release 5011"])
  }

  @Test func theTimesCanBeChosen() {
    var timing = Button.Timing()
    (timing.debounce, timing.double, timing.long, timing.repeat) = (0, 100, 200, 50)
    #expect(
      gestures([.double, .repeat], [10, 20], until: 9000, timing: timing) == ["press 11", "release 21", "click 121"])
    #expect(
      gestures([.double, .repeat], [10, 320], until: 9000, timing: timing)
        == ["press 11", "long 211", "repeat 261", "repeat 311", "release 321"])
  }

  @Test func repeatsWithoutATimeComeEveryTenMilliseconds() {
    var timing = Button.Timing()
    (timing.debounce, timing.long, timing.repeat) = (0, 0, 0)
    let all = gestures([.repeat], [10, 100], until: 200, timing: timing)
    #expect(all.filter { $0.hasPrefix("repeat") } == (2...10).map { "repeat \($0 * 10 + 1)" }.dropLast())
  }

  @Test func aClockThatJumpsDoesNotRepeatForEver() {
    let all = gestures([.repeat], [100], until: .max - 1, late: true)
    #expect(all.count < 10)
  }

  @Test func readingsThatAreWorkedOffLateGiveTheSameGestures() {
    for _ in 0..<200 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      var edges: [UInt64] = []
      for _ in 0..<40 { edges.append((edges.last ?? 0) + .random(in: 1...400, using: &generator)) }
      for uses in [[], [.double], [.long], [.double, .long], [.double, .repeat], [.repeat]] as [Set<Gesture>] {
        let prompt = gestures(uses, edges, until: edges.last! + 1000).map { String($0.prefix { $0 != " " }) }
        #expect(gestures(uses, edges, until: edges.last! + 1000, late: true) == prompt, "seed \(seed)")
      }
    }
  }

  @Test func theLastGestureIsNoPressAndNoRelease() {
    var bench = Bench([.button("b", input: 0, .on(.long, "off all"))])
    bench.sense(0, true, 100)
    bench.run(until: 200)
    #expect(bench["b"].asButton?.lastGesture == nil)
    bench.run(until: 1000)
    #expect(bench["b"].asButton?.lastGesture == .long)
    bench.sense(0, false, 1100)
    bench.run(until: 1200)
    #expect(bench["b"].asButton?.lastGesture == .long)
  }

  @Test func repeatsAreReportedOnlyIfTheyAreOfUse() {
    func revisions(_ reactions: Part.Reaction...) -> UInt64 {
      let light = Part.light("l", output: 0, restore: .alwaysOn, gamma: .linear)
      var bench = Bench([.button("b", input: 0, reactions: reactions), light])
      bench.sense(0, true, 100)
      bench.run(until: 5000)
      return bench.device.parts[0].revision
    }
    #expect(revisions(.on(.long, "off all")) == 3)  // press and long press
    #expect(revisions(.on(.long, "dim l")) > 20)
    #expect(revisions(Part.Reaction(.repeat, [])) > 20)
  }

  @Test(arguments: Gesture.allCases) func everyGestureHasItsName(gesture: Gesture) {
    #expect(Gesture(bytes("\(gesture)").span) == gesture)
    #expect(String(decoding: [UInt8](gesture.name), as: UTF8.self) == "\(gesture)")
  }

  @Test(arguments: ["", "Click", "clicks", "clic"]) func otherNamesAreNone(name: String) {
    #expect(Gesture(bytes(name).span) == nil)
  }
}
