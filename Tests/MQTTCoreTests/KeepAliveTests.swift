// SPDX-License-Identifier: MIT

// The times of a connection, in virtual time. MQTT 5.0 sections 3.1.2.10, 3.2.2.3.14 and 4.12.

import MQTTCore
import Testing
import Timebase

@Suite struct KeepAliveTests {
  @Test func aServerThatDoesNotAnswerConnectIsGivenUp() throws {
    let harness = try Harness()
    harness.wait(4999)
    #expect(harness.connection.end == nil)
    harness.wait(1)
    #expect(harness.connection.end == .connectTimeout)
    #expect(harness.connection.pendingOutput == 0)
  }

  @Test func aPingGoesOutBeforeTheKeepAliveIsOver() throws {
    let harness = try Harness.open()
    harness.wait(18_999)
    #expect(harness.written().isEmpty)
    harness.wait(1)
    #expect(harness.written() == [0xC0, 0])
    harness.receive([0xD0, 0])
    #expect(harness.seen == [.pong])
    harness.wait(18_999)
    #expect(harness.written().isEmpty)
    harness.wait(1)
    #expect(harness.written() == [0xC0, 0])
  }

  @Test func whateverIsSentPutsThePingOff() throws {
    let harness = try Harness.open()
    harness.wait(15_000)
    try harness.publish("a", "b")
    _ = harness.written()
    harness.wait(14_999)
    #expect(harness.written().isEmpty, "nothing has come for less than 30 s")
    harness.wait(1)
    #expect(harness.written() == [0xC0, 0], "nothing has come for 30 s")
  }

  @Test func anIdleDeviceThatSaysEveryHalfMinuteThatItLivesSendsFourPacketsAMinute() throws {
    let harness = try Harness.open()
    var packets = 0
    for second in 1...600 {
      harness.wait(1000)
      if second % 30 == 0 { try harness.publish("lamp/alive", "\(second)") }
      for byte in harness.written().prefix(1) {
        packets += 1
        if byte == 0xC0 { harness.receive([0xD0, 0]) }
      }
    }
    #expect(packets <= 40)
  }

  @Test func aServerThatDoesNotAnswerAPingIsGivenUp() throws {
    let harness = try Harness.open()
    harness.wait(19_000)
    try harness.publish("a", "b", qos: .atLeastOnce)
    harness.wait(9999)
    #expect(harness.connection.isOpen)
    harness.wait(1)
    #expect(harness.connection.end == .pingTimeout)
    #expect(harness.connection.pendingOutput == 0, "what waits is of no use any more")
  }

  @Test func anyByteIsAnAnswer() throws {
    let harness = try Harness.open()
    harness.wait(19_000)
    harness.wait(9999)
    harness.receive([0x30])
    harness.wait(10_000)
    #expect(harness.connection.isOpen)
  }

  @Test func theServersKeepAliveHoldsInPlaceOfOurs() throws {
    let harness = try Harness.open(.usual(.v5), connack: [0x13, 0, 5])
    harness.wait(3999)
    #expect(harness.written().isEmpty)
    harness.wait(1)
    #expect(harness.written() == [0xC0, 0])
  }

  @Test func withoutAKeepAliveNoPingGoesOut() throws {
    var options = ConnectOptions.usual()
    options.keepAlive = 0
    let harness = try Harness.open(options)
    harness.wait(.max)
    #expect(harness.written().isEmpty)
    #expect(harness.connection.isOpen)
    #expect(harness.connection.nextDeadline == .distantFuture)
  }

  @Test func theLongestKeepAliveOverflowsNothing() throws {
    let harness = try Harness.open(.usual(.v5), connack: [0x13, 0xFF, 0xFF])
    harness.wait(65_533_999)
    #expect(harness.written().isEmpty)
    harness.wait(1)
    #expect(harness.written() == [0xC0, 0])
  }

  @Test func anEndThatIsNotTakenIsGivenUp() throws {
    let harness = try Harness.open()
    try harness.publish("a", "b")
    harness.connection.disconnect(now: harness.now)
    #expect(harness.connection.nextDeadline == MonotonicTime(milliseconds: 2000))
    harness.wait(2000)
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.connection.nextDeadline == .distantFuture)
  }

  @Test func answersThatAreNotTakenHoldTheInputBack() throws {
    let harness = try Harness.open(limits: .init(outputSize: 100))
    for number in 1...30 { harness.receive(message(.v311, "a", "x", flags: 2, id: UInt16(number))) }
    #expect(!harness.connection.wantsInput)
    _ = harness.written()
    #expect(harness.connection.wantsInput)
  }
}
