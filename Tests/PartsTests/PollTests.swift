// SPDX-License-Identifier: MIT

// Devices of all kinds of parts: polled at deadlines only they do what they do polled each millisecond, and no call
// with any numbers traps or loops forever.

import Bytes
import ConformanceSupport
import Testing
import Timebase

@testable import Parts

@Suite struct PollTests {
  private static var parts: [Part] {
    let report = Sensor.Report(change: Decimal(1), interval: 300)
    return [
      .switch("lamp", output: 0, offAfter: 700),
      .switch("up", output: 1, minDwell: 90, interlock: ["down"], dwell: 60),
      .switch("down", output: 2), .light("desk", output: 3, transition: 130, offAfter: 900),
      .light("strip", output: 4, channelCount: 4, transition: 35),
      .button(
        "wall", input: 0, isRemote: true, .on(.click, "toggle lamp", "toggle up"), .on(.double, "on down"),
        .on(.long, "dim desk")),
      .button("other", input: 1, .on(.press, "toggle strip"), .on(.repeat, "toggle up")),
      .contact("door", input: 2, onAfter: 40, offAfter: 120),
      .sensor("celsius", input: 3, decimals: 1, report: report),
      .number("goal", minimum: 0, maximum: 10),
    ]
  }

  private static func device() -> Device { try! Device(parts: parts, statusOutput: 9) }

  /// The same happens to both.
  private static func disturb(_ device: inout Device, _ choice: UInt64, at time: UInt64) {
    let now = at(time)
    switch choice % 12 {
    case 0: device.sense(0, .active, at: now)
    case 1: device.sense(0, .inactive, at: now)
    case 2: device.sense(1, choice & 16 == 0 ? .active : .inactive, at: now)
    case 3: device.sense(2, choice & 16 == 0 ? .active : .inactive, at: now)
    case 4, 5: device.sense(3, .value(Decimal(Int64(choice >> 8 % 40), exponent: -1)), at: now)
    case 6: try? device.perform(.set(PartValues(brightness: UInt8(choice >> 8 & 255))), on: 3, by: .http, now: now)
    case 7: try? device.perform(.toggle, on: Int(choice >> 8 % 5), by: .http, now: now)
    case 8: try? device.perform(choice & 16 == 0 ? .press : .release, on: 5, by: .client(1), now: now)
    case 9: try? device.perform(.gesture(.double), on: 5, by: .client(2), now: now)
    case 10: device.noteFault(choice & 16 == 0 ? [] : bytes("gone"), ofInput: Int(choice >> 8 % 4))
    default: device.noteFault(choice & 16 == 0 ? [] : bytes("gone"), ofOutput: Int(choice >> 8 % 9))
    }
  }

  private static func levels(_ device: Device) -> [UInt16] { (0..<10).map { device.level(ofOutput: $0) } }

  @Test func pollingAtDeadlinesIsPollingEachMillisecond() {
    for _ in 0..<25 {
      let seed = SeededGenerator.freshSeed()
      var generator = SeededGenerator(seed: seed)
      var (busy, lazy) = (Self.device(), Self.device())
      busy.start(now: .zero)
      lazy.start(now: .zero)
      var deadline = lazy.turn(.zero)
      _ = busy.turn(.zero)
      for time in 1...4000 as ClosedRange<UInt64> {
        _ = busy.turn(at(time))
        var isAwake = deadline.map { $0 <= at(time) } ?? false
        if isAwake { deadline = lazy.turn(at(time)) }
        if UInt8.random(in: 0..<60, using: &generator) == 0 {
          let choice = UInt64.random(in: 0...(.max), using: &generator)
          isAwake = true
          busy.now = at(time)
          lazy.now = at(time)
          Self.disturb(&busy, choice, at: time)
          Self.disturb(&lazy, choice, at: time)
          _ = busy.turn(at(time))
          deadline = lazy.turn(at(time))
        }
        if isAwake {  // a deadline that was reached is over
          #expect(deadline.map { $0 > at(time) } ?? true, "seed \(seed)")
        }
        let isSame = busy.parts == lazy.parts && Self.levels(busy) == Self.levels(lazy)
        #expect(isSame, "seed \(seed), at \(time)")
        guard isSame else { return }
      }
    }
  }

  @Test func aQuietDeviceIsPolledOnceAndNeverAgain() {
    var device = try! Device(parts: Self.parts)
    device.start(now: .zero)
    var polls = 0
    var time: MonotonicTime? = .zero
    while let now = time, polls < 100 {
      time = device.turn(now)
      polls += 1
    }
    #expect(polls < 10)
  }

  @Test func noCallTrapsWhateverItsNumbers() {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    let numbers = [-1, 0, 1, 2, 3, 5, 9, 10, 4095, 4096, Int.max, Int.min]
    let times = [0, 1, 10, 1 << 32, 1 << 53, UInt64.max - 1000, .max - 1, .max].map(at)
    let decimals = [
      Decimal.zero, Decimal(1), Decimal(.max, exponent: .max), Decimal(.min, exponent: .max),
      Decimal(1, exponent: .min), Decimal(-5, exponent: -1),
    ]
    func one<T>(_ values: [T]) -> T { values.randomElement(using: &generator)! }
    for _ in 0..<60 {
      var timing = Button.Timing()
      timing.debounce = one([0, 10, .init(.max)])
      timing.double = one([0, 350, .init(.max)])
      timing.long = one([0, 600, .init(.max)])
      timing.repeat = one([0, 1, 150, .init(.max)])
      let parts =
        Self.parts + [
          .button(
            "odd", input: 7, timing: timing, isRemote: true, .on(.press, "toggle rare"),
            .on(.repeat, "dim slow"), .on(.double, "off all")),
          .switch(
            "rare", output: 20, offAfter: one([0, .init(.max)]), minDwell: one([0, .init(.max)]),
            interlock: ["lamp"], dwell: one([0, .init(.max)])),
          .light(
            "slow", output: 21, channelCount: 3, transition: one([0, 1, .init(.max)]),
            offAfter: one([0, .init(.max)])),
          .contact("slower", input: 8, onAfter: .init(.max), offAfter: 0),
          .sensor(
            "large", input: 9, scale: one(decimals), offset: one(decimals), decimals: one([nil, 0, 255]),
            report: Sensor.Report(change: one(decimals), interval: one([nil, 0, .init(.max)]))),
          .number(
            "wide", minimum: Decimal(.min, exponent: .max), maximum: Decimal(.max, exponent: .max),
            step: Decimal(1, exponent: .min)),
        ]
      guard var device = try? Device(parts: parts, statusOutput: one(numbers)) else { continue }
      if Bool.random(using: &generator) { device.start(now: one(times)) }
      for _ in 0..<60 {
        let now = one(times)
        let reading = one([.active, .inactive, .value(one(decimals))] as [Reading])
        switch UInt8.random(in: 0..<12, using: &generator) {
        case 0, 1: device.sense(one(numbers + [7, 8]), reading, at: now)
        case 2: _ = device.poll(now: now)
        case 3: device.noteFault(one([[], [1]]), ofInput: one(numbers))
        case 4: device.noteFault(one([[], [1]]), ofOutput: one(numbers))
        case 5: device.now = now
        case 6: _ = device.level(ofOutput: one(numbers))
        case 7: device.releaseButtons(heldBy: 1, now: now)
        case 8: device.setAll(isOn: Bool.random(using: &generator), by: .mqtt, now: now)
        case 9:
          var json: [UInt8] = []
          JSONWriter.append(to: &json) { device.writeParts(to: &$0, since: one([nil, 0, .max]), now: now) }
          #expect(!json.isEmpty)
        default:
          let color = Color(red: 255, green: 0, blue: 255, white: 255)
          let settings = PartValues(
            isOn: one([nil, true, false]), brightness: one([nil, 0, 1, 255]), color: one([nil, color]),
            value: one([nil] + decimals))
          let command = one(
            [.toggle, .dim, .press, .release, .set(settings), .gesture(one(Gesture.allCases))] as [Command])
          let index = one([Int](0..<parts.count) + numbers)
          try? device.perform(command, on: index, by: one([.http, .client(1), .terminal]), now: now)
        }
        var drives = 0
        while device.nextDrive() != nil { drives += 1 }
        #expect(drives <= 4096, "seed \(seed)")
      }
    }
  }
}
