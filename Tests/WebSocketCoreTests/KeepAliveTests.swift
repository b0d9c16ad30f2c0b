// SPDX-License-Identifier: MIT

// Pings, pongs and their deadlines in virtual time, and pongs towards a client that asks and does not read
// (RFC 6455 sections 5.5.2 and 5.5.3).

import Bytes
import ConformanceSupport
import Testing
import Timebase
import WebSocketCore

@Suite struct KeepAliveTests {
  static let timing = WebSocketConnection.Timing(
    pingInterval: 15_000, pongTimeout: 10_000, closeTimeout: 2000)

  @Test func aSilentPeerIsAskedTwiceThenGivenUp() {
    let harness = Harness(timing: Self.timing)
    #expect(harness.connection.nextDeadline == MonotonicTime(milliseconds: 15_000))
    #expect(harness.wait(14_999) == MonotonicTime(milliseconds: 15_000))
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.wait(1) == MonotonicTime(milliseconds: 25_000))
    #expect(harness.writtenFrames() == [.ping()])
    #expect(harness.wait(9999) == MonotonicTime(milliseconds: 25_000))
    #expect(!harness.connection.isPongOverdue(now: harness.now))
    #expect(harness.connection.isPongOverdue(now: harness.now + 1))
    #expect(harness.wait(1) == MonotonicTime(milliseconds: 35_000))
    #expect(harness.writtenFrames() == [.ping()])
    #expect(harness.connection.isAskedAgain && harness.connection.isPongOverdue(now: harness.now))
    #expect(harness.wait(9999) == MonotonicTime(milliseconds: 35_000))
    #expect(harness.wait(1) == nil)
    #expect(harness.connection.isDead)
    #expect(harness.connection.state == .closed)
    #expect(harness.connection.closeCode == .abnormalClosure)
    #expect(harness.connection.closeReason == bytes("no answer to two pings"))
    #expect(harness.connection.pendingOutput == 0)
  }

  @Test func aPongKeepsThePeerForAnotherInterval() {
    let harness = Harness(timing: Self.timing)
    for _ in 0..<100 {
      harness.wait(15_000)
      #expect(harness.writtenFrames() == [.ping()])
      harness.now = harness.now + 9999
      harness.receive(.pong())
      #expect(harness.connection.lastReceived == harness.now)
    }
    #expect(harness.connection.isOpen)
  }

  @Test func anyByteIsASignOfLife() {
    let harness = Harness(timing: Self.timing)
    harness.wait(15_000)
    harness.now = harness.now + 9999
    harness.receive([0x81])
    #expect(harness.wait(1) == harness.now + 14_999)
    #expect(harness.connection.isOpen)
  }

  @Test(arguments: [[14_999], [15_000], [15_000, 9999], [15_000, 10_000], [15_000, 10_000, 9999]] as [[UInt32]])
  func whateverWasAskedOneByteIsEnough(silences: [UInt32]) {
    let harness = Harness(timing: Self.timing)
    for _ in 0..<100 {
      for silence in silences { harness.wait(silence) }
      harness.receive([0x8A])
      harness.receive([0x80, 0, 0, 0, 0])
      #expect(!harness.connection.isAskedAgain)
    }
    #expect(harness.connection.isOpen)
  }

  @Test func whoIsGivenUpIsDeadAtOnce() {
    let harness = Harness(timing: Self.timing)
    harness.connection.giveUp()
    #expect(harness.connection.isDead && harness.connection.nextDeadline == .distantFuture)
  }

  @Test func aTalkingPeerIsNeverAsked() {
    let harness = Harness(timing: Self.timing)
    for _ in 0..<100 {
      harness.wait(14_999)
      harness.receive(.text("hi"))
    }
    #expect(harness.connection.pendingOutput == 0)
  }

  @Test func aLatePollAsksFirst() {
    let harness = Harness(timing: Self.timing)
    harness.wait(1_000_000)
    #expect(harness.connection.isOpen)
    #expect(harness.writtenFrames() == [.ping()])
  }

  @Test func noIntervalMeansNoPing() {
    let harness = Harness(timing: .usual(pingInterval: 0))
    #expect(harness.connection.nextDeadline == .distantFuture)
    #expect(harness.wait(.max) == nil)
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.connection.isOpen)
  }

  @Test func aPingOfOursHasADeadlineToo() {
    let harness = Harness(timing: .usual(pingInterval: 0, pongTimeout: 10_000))
    #expect(harness.ping(bytes("rtt")))
    #expect(harness.writtenFrames() == [.ping(bytes("rtt"))])
    harness.now = harness.now + 4000
    #expect(harness.ping())  // does not put the deadline off
    #expect(harness.connection.nextDeadline == MonotonicTime(milliseconds: 10_000))
    #expect(harness.wait(6000) == MonotonicTime(milliseconds: 20_000))
    #expect(harness.ping())
    #expect(harness.wait(10_000) == nil)
    #expect(harness.connection.isDead)
  }

  @Test func aClosingPeerOwesNoPong() {
    let harness = Harness(timing: Self.timing)
    #expect(harness.ping())
    harness.close(.normalClosure)
    #expect(harness.connection.nextDeadline == MonotonicTime(milliseconds: 2000))
    #expect(!harness.connection.isPongOverdue(now: harness.now + 60_000))
  }

  @Test func aPingHasAtMost125Bytes() {
    let harness = Harness()
    #expect(harness.ping([UInt8](repeating: 1, count: 125)))
    #expect(!harness.ping([UInt8](repeating: 1, count: 126)))
    #expect(harness.writtenFrames() == [.ping(Array(repeating: 1, count: 125))])
  }

  @Test func timesAtTheEndOfTimeDoNotTrap() {
    let harness = Harness(now: MonotonicTime(milliseconds: .max - 10))
    #expect(harness.connection.poll(now: .distantFuture) == nil)
    harness.connection.close(.normalClosure, now: .distantFuture)
    #expect(harness.connection.nextDeadline == .distantFuture)
  }
}

@Suite struct PongTests {
  @Test(arguments: [0, 1, 124, 125], Delivery.allCases)
  func aPingIsAnsweredWithItsPayload(count: Int, delivery: Delivery) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 3) }
    let result = outcome(of: delivery.pieces(of: ClientFrame.ping(payload).bytes, trailing: [0x81]))
    #expect(result.seen == [.ping(payload)])
    #expect(result.answer == [.pong(payload)])
  }

  @Test func aPongIsNotAnswered() {
    #expect(outcome(of: [wire([.pong(), .pong([1])])]).answer == [])
  }

  @Test func pingsThatAreReadOneByOneAreAllAnswered() {
    let harness = Harness()
    for count in 0..<20 {
      harness.receive(.ping([UInt8(count)]))
      #expect(harness.writtenFrames() == [.pong([UInt8(count)])])
    }
  }

  /// Autobahn's cases 2.10 and 2.11 want as much of a server.
  @Test func tenPingsInOneReadAreAllAnswered() {
    let harness = Harness()
    harness.receive((0..<10).flatMap { ClientFrame.ping([$0]).bytes })
    #expect(harness.writtenFrames() == (0..<10).map { .pong([$0]) })
  }

  @Test func aFloodOfPingsIsAnsweredByTheOldestSixteenUnsentAndTheNewest() {
    let harness = Harness()
    for count in 0..<10_000 {
      harness.receive(.ping([UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]))
      #expect(harness.connection.pendingOutput <= 17 * 4)
    }
    #expect(harness.writtenFrames() == (0..<16).map { .pong([$0, 0]) } + [.pong([0x0F, 0x27])])
    harness.receive(.ping([1]), .ping([2]))
    #expect(harness.writtenFrames() == [.pong([1]), .pong([2])])
  }

  @Test func aPongWaitsItsTurnAmongMessagesAndIsNeverStarved() {
    let harness = Harness()
    #expect(harness.send("first"))
    harness.flood(upTo: 3)
    #expect(harness.send("second"))
    // The peer takes just enough for the pongs in the queue: the newest follows what is queued by then.
    _ = harness.written(7 + 16 * 3)
    #expect(harness.send("third"))
    #expect(harness.writtenFrames() == [.text("second"), .pong([3]), .text("third")])
  }

  @Test func oneWriteTakesTheWaitingPongAlong() {
    let harness = Harness()
    harness.flood(upTo: 2)
    var output: [UInt8] = []
    harness.connection.writeOutput { offered in
      output.append(offered)
      return offered.count
    }
    #expect(serverFrames(output) == Harness.firstOfFlood + [.pong([2])])
  }

  @Test(arguments: 1...9)
  func pongsNeverTearAFrame(piece: Int) {
    let harness = Harness()
    var output: [UInt8] = []
    for count in 0..<200 {
      if count % 3 == 0 { #expect(harness.send("message \(count)")) }
      if count % 7 == 0 {
        #expect(harness.send(encoded(.binary, [UInt8](repeating: 1, count: 300))))
      }
      harness.receive(.ping([UInt8(count)]))
      output += harness.written(piece * 5, piece: piece)
    }
    output += harness.written(piece: piece)
    let frames = serverFrames(output)
    #expect(frames?.filter { $0.first == 0x81 }.count == 67)
    #expect(frames?.filter { $0.first == 0x82 }.count == 29)
    #expect(frames?.last { $0.first == 0x8A } == .pong([199]))
  }

  @Test func aCloseOutranksAWaitingPong() {
    let harness = Harness()
    harness.flood(upTo: 2)
    harness.close(.goingAway)
    #expect(harness.writtenFrames() == Harness.firstOfFlood + [.close(1001)])
    let other = Harness()
    other.flood(upTo: 2)
    other.receive(.close(1000))
    #expect(other.writtenFrames() == Harness.firstOfFlood + [.close(1000)])
  }
}

extension Harness {
  /// The answers to a flood that wait in the output.
  fileprivate static let firstOfFlood = [ServerFrame](repeating: .pong([0]), count: 16)

  /// Sixteen pings with the payload 0, and after them one each with the payloads 1 to `last`.
  fileprivate func flood(upTo last: UInt8) {
    for _ in 0..<16 { receive(.ping([0])) }
    for payload in 1...last { receive(.ping([payload])) }
  }
}
