// SPDX-License-Identifier: MIT

// The closing handshake, begun by either side, and the other ways to end (RFC 6455 sections 5.5.1, 7.1 and
// 7.4).

import ConformanceSupport
import Testing
import Timebase
import WebSocketCore

@Suite struct ClosingTests {
  static let codes: [UInt16] = [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ]

  @Test(arguments: codes, Delivery.allCases)
  func thePeersCloseIsEchoed(code: UInt16, delivery: Delivery) {
    let harness = Harness()
    let frame = ClientFrame.close(code, bytes("tschüß")).bytes
    for piece in delivery.pieces(of: frame, trailing: ClientFrame.text("late").bytes) {
      harness.receive(piece)
    }
    #expect(harness.seen == [.closed(code, "tschüß")])
    #expect(harness.connection.state == .closed)
    #expect(harness.writtenFrames() == [.close(code)])
  }

  @Test(arguments: Delivery.allCases)
  func aCloseWithoutACodeIsEchoedWithoutOne(delivery: Delivery) {
    let harness = Harness()
    for piece in delivery.pieces(of: ClientFrame.close().bytes, trailing: [0x81]) { harness.receive(piece) }
    #expect(harness.seen == [.closed(1005, "")])
    #expect(harness.writtenFrames() == [.close()])
  }

  @Test func aReasonMayHave123Bytes() {
    let reason = String(repeating: "r", count: 123)
    #expect(outcome(of: [ClientFrame.close(1000, bytes(reason)).bytes]).seen == [.closed(1000, reason)])
  }

  @Test func aCloseInsideAFragmentedMessageEndsIt() {
    #expect(
      outcome(of: [
        wire([.text("never", final: false), .close(1001), .continuation(bytes("ends"), final: true)])
      ]).seen
        == [.closed(1001, "")])
  }

  @Test func ourCloseWaitsForThePeers() {
    let harness = Harness()
    harness.close(.goingAway, bytes("restart"))
    #expect(harness.connection.state == .localClosing)
    #expect(harness.writtenFrames() == [.close(1001, "restart")])
    harness.receive(.close(1001))
    #expect(harness.seen == [.closed(1001, "")])
    #expect(harness.connection.state == .closed)
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.connection.nextDeadline == .distantFuture)
  }

  @Test func whatThePeerSaidBeforeItsCloseIsDelivered() {
    let harness = Harness()
    harness.close(.normalClosure)
    harness.receive(.text("crossed"), .ping(bytes("?")), .close(1000))
    #expect(harness.seen == [.text("crossed"), .ping(bytes("?")), .closed(1000, "")])
    #expect(harness.writtenFrames() == [.close(1000)])
  }

  @Test func nothingIsSentAfterAClose() {
    let ours = Harness()
    ours.close(.normalClosure)
    let theirs = Harness()
    theirs.receive(.close(1000))
    let broken = Harness()
    broken.receive([0xFF])
    for harness in [ours, theirs, broken] {
      #expect(!harness.connection.isOpen)
      #expect(!harness.send("late"))
      #expect(!harness.send(encoded(.text, bytes("late"))))
      #expect(!harness.ping())
      harness.close(.goingAway)
      harness.receive(.ping(bytes("?")))
      #expect(harness.writtenFrames()?.count == 1)
    }
  }

  @Test func aPeerThatDoesNotAnswerOurCloseIsGivenUp() {
    let harness = Harness(timing: .usual(closeTimeout: 2000))
    harness.close(.normalClosure)
    _ = harness.written()
    #expect(harness.connection.nextDeadline == MonotonicTime(milliseconds: 2000))
    #expect(harness.wait(1999) != nil)
    #expect(!harness.connection.isDead)
    harness.receive(.text("still talking"))
    #expect(harness.wait(1) == nil)
    #expect(harness.connection.isDead)
    #expect(harness.connection.state == .closed)
    #expect(harness.connection.closeCode == .abnormalClosure)
  }

  @Test func aPeerThatDoesNotReadOurAnswerIsGivenUp() {
    for bytes in [ClientFrame.close(1000).bytes, [0xFF]] {
      let harness = Harness()
      harness.receive(bytes)
      let code = harness.connection.closeCode
      #expect(harness.wait(1999) != nil)
      #expect(harness.connection.pendingOutput > 0)
      #expect(harness.wait(1) == nil)
      #expect(harness.connection.isDead)
      #expect(harness.connection.pendingOutput == 0)
      #expect(harness.connection.closeCode == code)
    }
  }

  @Test func anEndOfTheStreamWithoutACloseIsAbnormal() {
    let harness = Harness()
    #expect(harness.send("unread"))
    harness.receive(.text("half", final: false))
    harness.connection.receiveEndOfStream()
    #expect(harness.connection.state == .closed)
    #expect(harness.connection.closeCode == .abnormalClosure)
    #expect(harness.connection.pendingOutput == 0)
    #expect(!harness.connection.isDead)
  }

  @Test func anEndOfTheStreamAfterACloseChangesNothing() {
    let harness = Harness()
    harness.receive(.close(1001, bytes("bye")))
    harness.connection.receiveEndOfStream()
    #expect(harness.connection.closeCode == .goingAway)
    #expect(harness.writtenFrames() == [.close(1001)])
  }

  @Test func aBreachWhileWeCloseEndsItWithoutASecondClose() {
    let harness = Harness()
    harness.close(.normalClosure)
    harness.receive([0xFF])
    #expect(harness.seen == [.refused(.reservedBits)])
    #expect(harness.connection.state == .closed)
    #expect(harness.writtenFrames() == [.close(1000)])
  }

  @Test(arguments: [
    (String(repeating: "a", count: 123), String(repeating: "a", count: 123)),
    (String(repeating: "a", count: 124), String(repeating: "a", count: 123)),
    (String(repeating: "a", count: 122) + "é", String(repeating: "a", count: 122)),
    (String(repeating: "a", count: 121) + "é!", String(repeating: "a", count: 121) + "é"),
    (String(repeating: "a", count: 121) + "€", String(repeating: "a", count: 121)),
    (String(repeating: "a", count: 120) + "😀", String(repeating: "a", count: 120)),
    (String(repeating: "€", count: 100), String(repeating: "€", count: 41)),
    ("", ""),
  ])
  func aReasonIsCutWhereACharacterEnds(reason: String, sent: String) {
    let harness = Harness()
    harness.close(.policyViolation, bytes(reason))
    #expect(harness.writtenFrames() == [.close(1008, sent)])
  }

  @Test(arguments: [[0xFF], [0x41, 0xC3], [UInt8](repeating: 0x80, count: 200)])
  func aReasonThatIsNotUTF8IsLeftOut(reason: [UInt8]) {
    let harness = Harness()
    harness.close(.policyViolation, reason)
    #expect(harness.writtenFrames() == [.close(1008)])
  }

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] as [UInt16])
  func aCodeThatMayNotBeOnTheWireIsLeftOut(code: UInt16) {
    let harness = Harness()
    harness.close(CloseCode(rawValue: code), bytes("why"))
    #expect(harness.writtenFrames() == [.close()])
  }
}

@Suite struct StateTests {
  @Test func closedIsForEver() {
    let harness = Harness()
    harness.connection.receiveEndOfStream()
    harness.receive(.text("a"), .close(1000))
    harness.close(.normalClosure)
    harness.wait(100_000)
    #expect(harness.connection.state == .closed)
    #expect(harness.seen == [])
    #expect(harness.connection.pendingOutput == 0)
    #expect(harness.connection.closeCode == .abnormalClosure)
  }

  /// Section 7.4.2 and the IANA registry, number by number.
  @Test func theCodesOnTheWireAreThoseOfTheRFC() {
    let allowed = (0...UInt16.max).filter { CloseCode(rawValue: $0).mayBeSent }
    #expect(allowed == [1000, 1001, 1002, 1003] + Array(1007...1014) + Array(3000...4999))
  }
}
