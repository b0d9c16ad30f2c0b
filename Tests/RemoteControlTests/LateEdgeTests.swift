// SPDX-License-Identifier: MIT

// A host that hears of the button's edges late, many at a time, against one that looks every millisecond.

import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct LateEdgeTests {
  private struct Edge {
    let time: MonotonicTime
    let reading: Reading
  }

  private static func control(_ board: TestBoard, _ device: Device = .demo()) -> RemoteControl {
    RemoteControl(device, board: board, identity: Identity(boot: 1, board: "test"))
  }

  /// Bounces, presses around the debounce time, and long ones.
  private static func edges(_ generator: inout SeededGenerator) -> [Edge] {
    var time: UInt64 = 1000
    var isDown = false
    return (0..<400).map { _ in
      let range: ClosedRange<UInt64> = [1...9, 1...9, 10...14, 15...400].randomElement(using: &generator)!
      time += UInt64.random(in: range, using: &generator)
      isDown.toggle()
      return Edge(time: MonotonicTime(milliseconds: time), reading: isDown ? .active : .inactive)
    }
  }

  private func button(_ control: borrowing RemoteControl) -> Button? {
    if case .button(let button) = control.context.device.parts[1].kind { button } else { nil }
  }

  @Test func noPressIsLostHoweverLateTheHostIs() {
    for _ in 0..<30 {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      let seed: Comment = "seed \(generator.seed)"
      let edges = Self.edges(&generator)
      let end = edges.last!.time + 20
      let (attentiveBoard, lateBoard) = (TestBoard(), TestBoard())
      var attentive = Self.control(attentiveBoard)
      var late = Self.control(lateBoard)
      for edge in edges { attentiveBoard.set(0, edge.reading, at: edge.time) }
      for edge in edges { lateBoard.set(0, edge.reading, at: edge.time) }
      var hearing = MonotonicTime(milliseconds: 1000)
      var now = MonotonicTime.zero
      while now <= end {
        _ = attentive.poll(now: now)
        if now >= hearing || now == end {
          hearing = now + Milliseconds(.random(in: 1...700, using: &generator))
          _ = late.poll(now: now)
          #expect(late.context.device.revision == attentive.context.device.revision, seed)
          #expect(lateBoard.levels[0] == attentiveBoard.levels[0], seed)
          #expect(button(late)?.isPressed == button(attentive)?.isPressed, seed)
          #expect(button(late)?.presses == button(attentive)?.presses, seed)
        }
        now = now + 1
      }
      #expect(attentive.context.device.revision > 20, seed)  // else nothing was pressed
    }
  }

  @Test func readingsOfSeveralButtonsAreEachWorkedOffInOrder() throws {
    let device = try Device(
      parts: [
        .switch("one", output: 0), .switch("two", output: 1),
        .button("first", input: 0, .on(.press, "toggle one")),
        .button("second", input: 1, .on(.press, "toggle two")),
      ])
    let board = TestBoard()
    var control = Self.control(board, device)
    _ = control.poll(now: .zero)
    for press in 0..<101 {
      for input in 0..<2 {
        let start = MonotonicTime(milliseconds: UInt64(100 + press * 60 + input * 7))
        board.set(input, .active, at: start)
        board.set(input, .inactive, at: start + 30)
      }
    }
    _ = control.poll(now: MonotonicTime(milliseconds: 60_000))  // a minute later, all at once
    #expect(board.isOn(0) && board.isOn(1))
    for case .button(let button) in control.context.device.parts.map(\.kind) { #expect(button.presses == 101) }
  }
}
