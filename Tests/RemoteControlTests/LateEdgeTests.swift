// SPDX-License-Identifier: MIT

// A host that hears of the button's edges late, many at a time, against one that looks every millisecond.

import ConformanceSupport
import DeviceComponents
import RemoteControl
import Testing
import Timebase

@Suite struct LateEdgeTests {
  private final class Wire {
    var level = Level.high
  }

  private struct WireInput: InputPin, ~Copyable {
    let wire: Wire
    mutating func read() -> Level { wire.level }
  }

  private struct WireOutput: OutputPin, ~Copyable {
    let wire: Wire
    mutating func write(_ level: Level) { wire.level = level }
  }

  private typealias Control = RemoteControl<WireOutput, WireOutput, WireInput>

  private struct Edge {
    let time: UInt64
    let level: Level
  }

  private static func control(_ button: Wire) -> Control {
    Control(
      onboardLed: Led(WireOutput(wire: Wire())), led: Led(WireOutput(wire: Wire())),
      button: Button(WireInput(wire: button)), device: Device(Identity(name: [], boot: 1)))
  }

  /// Bounces, presses around the debounce time, and long ones.
  private static func edges(_ generator: inout SeededGenerator) -> [Edge] {
    var time: UInt64 = 1000
    var level = Level.high
    return (0..<400).map { _ in
      let range: ClosedRange<UInt64> = [1...9, 1...9, 10...14, 15...400].randomElement(using: &generator)!
      time += UInt64.random(in: range, using: &generator)
      level = level.inverted
      return Edge(time: time, level: level)
    }
  }

  @Test func noPressIsLostHoweverLateTheHostIs() {
    for _ in 0..<30 {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      let seed: Comment = "seed \(generator.seed)"
      let edges = Self.edges(&generator)
      let (attentiveWire, lateWire) = (Wire(), Wire())
      var attentive = Self.control(attentiveWire)
      var late = Self.control(lateWire)
      var next = edges.startIndex
      var unheard = edges.startIndex
      var hearing: UInt64 = 1000
      for now in UInt64(0)...(edges.last!.time + 20) {
        if next < edges.endIndex, edges[next].time == now {
          attentiveWire.level = edges[next].level
          next += 1
        }
        attentive.loop(now: MonotonicTime(milliseconds: now))
        guard now >= hearing || now == edges.last!.time + 20 else { continue }
        hearing = now + UInt64.random(in: 1...700, using: &generator)
        while unheard < next {
          let time = MonotonicTime(milliseconds: edges[unheard].time)
          late.catchUp(before: time)
          lateWire.level = edges[unheard].level
          late.loop(now: time)
          unheard += 1
        }
        late.catchUp(before: MonotonicTime(milliseconds: now))
        late.loop(now: MonotonicTime(milliseconds: now))
        #expect(late.device.state.revision == attentive.device.state.revision, seed)
        #expect(late.device.state.isOn == attentive.device.state.isOn, seed)
        #expect(late.device.state.isButtonPressed == attentive.device.state.isButtonPressed, seed)
      }
      #expect(attentive.device.state.revision > 20, seed)  // else nothing was pressed
    }
  }

  @Test func beforeItsFirstLoopThereIsNothingToCatchUpWith() {
    var control = Self.control(Wire())
    control.catchUp(before: MonotonicTime(milliseconds: .max - 1))
    #expect(control.nextLoop == nil)
  }
}
