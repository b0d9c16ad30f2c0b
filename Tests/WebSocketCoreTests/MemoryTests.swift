// SPDX-License-Identifier: MIT

// What a connection costs: a thousand idle ones on a computer, eight on a microcontroller.

import ConformanceSupport
import Testing
import Timebase

@testable import WebSocketCore

@Suite struct MemoryTests {
  @Test func aConnectionIsSmall() {
    #expect(MemoryLayout<WebSocketConnection>.size <= 216)
    #expect(MemoryLayout<WebSocketConnection.Received>.size <= 16)
    #expect(MemoryLayout<WebSocketError>.size == 1)
  }

  @Test func aWholeMessageKeepsNothing() {
    let harness = Harness()
    harness.receive(.text("whole"), .binary(Array(repeating: 1, count: 5000)), .ping([1, 2, 3]))
    #expect(harness.connection.assembly.capacity == 0)
  }

  @Test func aCutHeaderKeepsNothing() {
    let harness = Harness()
    harness.receive(Array(ClientFrame.binary(Array(repeating: 1, count: 70_000)).bytes.prefix(13)))
    #expect(harness.connection.assembly.capacity == 0)
  }

  @Test func aCutSmallMessageKeepsItsBufferForTheNext() {
    let harness = Harness()
    let frame = ClientFrame.text("a small message").bytes
    harness.receive(Array(frame.prefix(10)))
    harness.receive(Array(frame.dropFirst(10)))
    let kept = harness.connection.assembly.capacity
    #expect(kept > 0)
    #expect(kept <= 1024)
    for _ in 0..<100 {
      harness.receive(Array(frame.prefix(10)))
      harness.receive(Array(frame.dropFirst(10)))
      #expect(harness.connection.assembly.capacity == kept)
    }
    harness.connection.trim()
    #expect(harness.connection.assembly.capacity == 0)
  }

  @Test func aLargeMessageTakesItsBufferAlong() {
    let harness = Harness()
    let frame = ClientFrame.binary(Array(repeating: 1, count: 60_000)).bytes
    for start in stride(from: 0, to: frame.count, by: 4096) {
      harness.receive(Array(frame[start..<min(start + 4096, frame.count)]))
    }
    #expect(harness.seen == [.binary(Array(repeating: 1, count: 60_000))])
    #expect(harness.connection.assembly.capacity == 0)
  }

  @Test func anAnnouncedLengthTakesNoMemory() {
    let harness = Harness()
    harness.receive(Array(ClientFrame.binary(Array(repeating: 1, count: 60_000)).bytes.prefix(20)))
    #expect(harness.connection.assembly.capacity <= 64)
  }

  @Test func thePingGivesMemoryBack() {
    let harness = Harness()
    let frame = ClientFrame.text("a small message").bytes
    harness.receive(Array(frame.prefix(10)))
    harness.receive(Array(frame.dropFirst(10)))
    #expect(harness.connection.assembly.capacity > 0)
    harness.wait(15_000)
    #expect(harness.connection.assembly.capacity == 0)
  }

  @Test func anEndGivesMemoryBack() {
    let harness = Harness()
    harness.receive(.binary(Array(repeating: 1, count: 30_000), final: false))
    harness.receive(.close(1000))
    #expect(harness.connection.assembly.capacity == 0)
  }
}

@Suite struct StateTableTests {
  typealias State = WebSocketConnection.State

  @Test func theTableIsTheOneOfTheRFC() {
    for trigger in State.Trigger.allCases {
      #expect(State.open.next(on: trigger) == (trigger == .closeSent ? .localClosing : .closed))
      #expect(State.localClosing.next(on: trigger) == (trigger == .closeSent ? .localClosing : .closed))
      #expect(State.closed.next(on: trigger) == .closed)
    }
  }
}
