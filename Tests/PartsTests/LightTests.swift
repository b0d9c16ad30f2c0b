// SPDX-License-Identifier: MIT

// Lights: values, transitions, and the curve between what is seen and what an output gives.

import Bytes
import Foundation
import Testing
import Timebase

@testable import Parts

@Suite struct LightTests {
  private func white(transition: Milliseconds = 0, gamma: Gamma = .linear, offAfter: Milliseconds? = nil) -> Bench {
    Bench([.light("l", output: 0, transition: transition, offAfter: offAfter, gamma: gamma)])
  }

  private func set(_ settings: PartValues) -> Command { .set(settings) }

  @Test func aBrightnessTurnsItOnAndOffKeepsIt() throws {
    var bench = white()
    try bench.perform(set(PartValues(brightness: 51)), "l", at: 1)
    #expect(bench.isOn("l") == true)
    #expect(bench.told.last?.level == 13107)  // a fifth
    try bench.perform(.toggle, "l", at: 2)
    #expect(bench.told.last?.level == 0)
    try bench.perform(.toggle, "l", at: 3)
    #expect(bench.told.last?.level == 13107)
    try bench.perform(set(PartValues(isOn: false, brightness: 255)), "l", at: 4)
    #expect(bench.told.last?.level == 0)
    #expect(bench["l"].asLight?.brightness == 255)
  }

  @Test func theExtremesOfBrightnessAreFullAndNotOff() throws {
    var bench = white(gamma: .standard)
    try bench.perform(set(PartValues(brightness: 255)), "l", at: 1)
    #expect(bench.told.last?.level == 65535)
    try bench.perform(set(PartValues(brightness: 1)), "l", at: 2)
    #expect(bench.told.last?.level == 1)
    try bench.perform(set(PartValues(brightness: 0)), "l", at: 3)  // no surface lets this through
    #expect(bench["l"].asLight?.brightness == 1)
  }

  @Test func aColorIsShownByItsChannels() throws {
    var bench = Bench([.light("l", output: 2, channelCount: 4, gamma: .linear)])
    let color = Color(red: 255, green: 51, blue: 0, white: 102)
    try bench.perform(set(PartValues(brightness: 51, color: color)), "l", at: 1)
    #expect((2..<6).map { bench.device.level(ofOutput: $0) } == [13107, 2621, 0, 5242])
    #expect(bench.json() == #"{"l":{"on":true,"brightness":51,"color":[255,51,0,102],"by":"http"}}"#)
  }

  @Test func aLightWithOneChannelHasNoColor() {
    var bench = white()
    #expect(throws: CommandError.unsuitableCommand) {
      try bench.perform(set(PartValues(color: Color(red: 1, green: 1, blue: 1))), "l", at: 1)
    }
    for command in [.gesture(.click), .press, .set(PartValues(value: 1))] as [Command] {
      #expect(throws: CommandError.unsuitableCommand) { try bench.perform(command, "l", at: 1) }
    }
  }

  @Test func aTransitionGoesInStepsToItsEnd() throws {
    var bench = white(transition: 100)
    try bench.perform(.toggle, "l", at: 1000)
    bench.run(until: 5000)
    #expect(bench.told.map(\.time) == [1020, 1040, 1060, 1080, 1100])
    #expect(bench.told.map(\.level) == [13107, 26214, 39321, 52428, 65535])
    #expect(bench.poll(5000) == nil)
  }

  @Test func aTransitionThatIsTurnedBackBeginsWhereItIs() throws {
    var bench = white(transition: 100)
    try bench.perform(.toggle, "l", at: 1000)
    bench.run(until: 1050)
    try bench.perform(.toggle, "l", at: 1050)
    #expect(bench.device.level(ofOutput: 0) == 32767)
    bench.run(until: 1070)
    #expect(bench.device.level(ofOutput: 0) == 26214)
    bench.run(until: 1150)
    #expect(bench.device.level(ofOutput: 0) == 0)
  }

  @Test func atTheStartThereIsNoTransition() {
    var device = try! Device(parts: [.light("l", output: 0, restore: .alwaysOn, transition: 1000)])
    #expect(device.level(ofOutput: 0) == 65535)
    device.restore(bytes("l").span, PartValues(isOn: true, brightness: 1))
    device.start(now: at(5))
    #expect(device.poll(now: at(5)) == nil)
    #expect(device.nextDrive() == Drive(output: 0, level: 1))
  }

  @Test func itTurnsItselfOffAfterItsTime() throws {
    var bench = white(transition: 100, offAfter: 500)
    try bench.perform(set(PartValues(brightness: 9)), "l", at: 1000)
    try bench.perform(set(PartValues(brightness: 90)), "l", at: 1400)  // another brightness is no new beginning
    #expect(bench["l"].left(at: at(1400)) == 100)
    bench.run(until: 1500)
    #expect(bench.isOn("l") == false)
    #expect(bench["l"].author == .timer)
    bench.run(until: 1600)
    #expect(bench.device.level(ofOutput: 0) == 0)
    try bench.perform(.toggle, "l", at: 2000)
    let revision = bench.device.revision
    try bench.perform(set(PartValues(isOn: true)), "l", at: 2400)
    #expect(bench.device.revision == revision + 1)
    bench.run(until: 2899)
    #expect(bench.isOn("l") == true)
    bench.run(until: 2900)
    #expect(bench.isOn("l") == false)
  }
}

@Suite struct GammaTests {
  @Test(arguments: ["1", "1.8", "2.2", "2.8", "4"]) func itIsThePowerFunction(exponent: String) throws {
    let gamma = try #require(Gamma(Decimal(text: exponent)))
    let power = Double(gamma.exponent) / 256
    #expect(abs(power - Double(exponent)!) < 0.003)
    var previous: UInt16 = 0
    var (greatestError, fallsAt) = (0.0, UInt16.max)
    for level in 1...UInt16.max {
      let exact = pow(Double(level) / 65536, power) * 65536
      let applied = gamma.applied(to: level)
      if level < .max { greatestError = max(greatestError, abs(Double(applied) - max(exact, 1))) }
      if applied < previous { fallsAt = level }
      previous = applied
    }
    #expect(greatestError < 5)  // of 65,536
    #expect(fallsAt == .max)  // brighter is never darker
    #expect(gamma.applied(to: 0) == 0)
    #expect(gamma.applied(to: .max) == .max)
  }

  @Test(arguments: ["0.99", "4.01", "0", "-2.2", "1e100", "1e-100"]) func otherExponentsAreNone(exponent: String) {
    #expect(Gamma(Decimal(text: exponent)) == nil)
  }

  @Test func theUsualExponentIsThatOfItsText() {
    #expect(Gamma(Decimal(text: "2.2")) == .standard)
    #expect(Gamma(Decimal(text: "1")) == .linear)
  }
}
