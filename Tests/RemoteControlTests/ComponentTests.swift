// SPDX-License-Identifier: MIT

// LEDs and button as the application drives them, a virtual millisecond at a time: S5 to S16.

import ConformanceSupport
import DeviceComponents
import DeviceServer
import RemoteControl
import SimulatedBoard
import Testing
import Timebase

/// A wire that a test holds the other end of.
final class TestWire {
  var level: Level
  init(_ level: Level) { self.level = level }
}

struct WirePin: InputPin, OutputPin, ~Copyable {
  let wire: TestWire
  mutating func read() -> Level { wire.level }
  mutating func write(_ level: Level) { wire.level = level }
}

/// The application on bare wires, looped every millisecond as the seed's is.
private struct Loop: ~Copyable {
  let status = TestWire(.low)
  let led = TestWire(.low)
  let button = TestWire(.high)
  var control: RemoteControl<WirePin, WirePin, WirePin>
  private var now = MonotonicTime.zero

  init() {
    control = RemoteControl(
      onboardLed: Led(WirePin(wire: status)), led: Led(WirePin(wire: led)),
      button: Button(WirePin(wire: button)), device: Device(Identity(name: [], boot: 1)))
    control.setup(.sample)
  }

  /// Loops up to `end`, not included; `presses` are when the button is down. Returns when the LED changed.
  mutating func run(until end: UInt64, pressedIn presses: [Range<UInt64>]) -> [UInt64] {
    var changes: [UInt64] = []
    while now.milliseconds < end {
      button.level = presses.contains { $0.contains(now.milliseconds) } ? .low : .high
      let before = led.level
      _ = control.poll(now: now)
      if led.level != before { changes.append(now.milliseconds) }
      now = now + 1
    }
    return changes
  }
}

@Suite struct ComponentTests {
  @Test func theHeartbeatIsFiftyMillisecondsOfEachSecond() {
    let bench = Bench()
    for millisecond in 0..<3100 {
      #expect(bench.board.state.isStatusLedLit == (millisecond % 1000 < 50), "at \(millisecond) ms")  // S6
      bench.advance(by: 1)
    }
  }

  @Test func anIdleDeviceWakesForItsHeartbeatAlone() {
    let bench = Bench()
    var wakes: [UInt64] = []
    while let deadline = bench.network.nextDeadline, deadline.milliseconds <= 3000 {
      wakes.append(deadline.milliseconds)
      bench.network.advance(to: deadline)
    }
    #expect(wakes == [50, 1000, 1050, 2000, 2050, 3000])
  }

  @Test func aPressCountsWhenItHasStoodForMoreThanTenMilliseconds() {
    var loop = Loop()
    #expect(loop.run(until: 200, pressedIn: [20..<100]) == [31])  // S8
  }

  @Test func bouncesDoNotCount() {
    var loop = Loop()
    let bounces: [Range<UInt64>] = [20..<30, 31..<40, 42..<43, 60..<71]
    #expect(loop.run(until: 200, pressedIn: bounces) == [])  // S13
  }

  @Test func aLongPressTogglesOnce() {
    var loop = Loop()
    #expect(loop.run(until: 70_100, pressedIn: [20..<70_020]) == [31])  // S12
  }

  /// The seed loses the second press: it goes down again on the very read after the release was noted.
  @Test func aPressRightAfterAReleaseIsNotLost() {
    var loop = Loop()
    #expect(loop.run(until: 300, pressedIn: [20..<100, 112..<200]) == [31, 123])  // S15
    #expect(loop.control.device.state.isOn == false)
  }

  @Test func aButtonHeldAtStartTogglesOnce() {
    var loop = Loop()
    #expect(loop.run(until: 5000, pressedIn: [0..<4000]) == [11])  // S16
  }

  @Test func twoHundredPressesAreTwoHundredToggles() {
    var loop = Loop()
    let starts = stride(from: UInt64(10), to: 6010, by: 30)
    let presses = starts.map { $0..<$0 + 15 }
    #expect(loop.run(until: 6100, pressedIn: presses).count == 200)
  }

  @Test(arguments: [Level.high, .low], [Level.high, .low])
  func bothPolaritiesOfLedAndButton(_ led: Level, _ button: Level) {
    let bench = Bench(active: led, buttonActive: button)
    #expect(!bench.isLit)
    #expect(bench.board.state.isStatusLedLit)
    bench.tap()
    #expect(bench.isLit)
    #expect(!bench.board.state.isStatusLedLit, "past the first 50 ms")
    bench.tap()
    #expect(!bench.isLit)
    #expect(bench.state.revision == 7, "down, toggled, up; down, toggled, up")
  }

  @Test(arguments: [(Level.high, Level.low), (.low, .high)])
  func aDarkLedIsDrivenDarkFromTheStart(_ active: Level, _ dark: Level) {
    let wire = TestWire(active)  // what the pin held before, nobody knows
    var control = RemoteControl(
      onboardLed: Led(WirePin(wire: TestWire(.low))), led: Led(WirePin(wire: wire), activeLevel: active),
      button: Button(WirePin(wire: TestWire(.high))), device: Device(Identity(name: [], boot: 1)))
    control.fail(bytes("no folder").span)
    _ = control.poll(now: .zero)
    #expect(wire.level == dark)
  }

  @Test func whatIsMissingIsSaidOnceAndBlinked() {
    let bench = Bench(isSetUp: false)
    bench.network.change { control, _ in control.fail(bytes("Cannot open the data folder").span) }
    for millisecond in 0..<1000 {
      #expect(bench.board.state.isStatusLedLit == (millisecond % 200 < 50), "at \(millisecond) ms")  // S7
      bench.advance(by: 1)
    }
    #expect(bench.takeLog() == ["Cannot open the data folder"])
    bench.board.press()
    bench.advance(by: 100)
    #expect(!bench.isLit, "nothing else runs")
  }

  @Test func setupEndsTheFailure() {
    let bench = Bench(isSetUp: false)
    bench.network.change { control, _ in control.fail(bytes("Cannot open the data folder").span) }
    bench.advance(by: 1130)
    bench.network.change { control, _ in control.setup(.sample) }
    bench.advance(by: 70)
    #expect(!bench.board.state.isStatusLedLit, "at 1200 ms the failure would blink, the heartbeat does not")
    bench.tap()
    #expect(bench.isLit)
  }
}
