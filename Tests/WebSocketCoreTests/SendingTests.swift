// SPDX-License-Identifier: MIT

// What the server sends: one unmasked frame per message, of the shortest form, and one encoding for many
// (RFC 6455 sections 5.1, 5.2 and 6.1).

import Bytes
import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct SendingTests {
  @Test(arguments: [0, 1, 125, 126, 127, 128, 255, 256, 257, 65_535, 65_536])
  func aMessageOfAnyLengthIsOneFrame(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let direct = Harness()
    #expect(direct.send(.binary, payload))
    let written = direct.written(piece: 1000)
    #expect(serverFrames(written) == [ServerFrame(first: 0x82, payload: payload)])
    #expect(written.count == count + (count < 126 ? 2 : count < 65_536 ? 4 : 10))
    // One encoding is the same bytes.
    let shared = Harness()
    #expect(shared.send(encoded(.binary, payload)))
    #expect(shared.written() == written)
  }

  @Test func messagesKeepTheirOrderWhateverTheirSize() {
    let harness = Harness()
    let large = encoded(.binary, [UInt8](repeating: 1, count: 1000))
    #expect(harness.send("a"))
    #expect(harness.send(large))
    #expect(harness.send("b"))
    #expect(harness.send(encoded(.text, bytes("c"))))
    #expect(harness.send(large))
    #expect(harness.connection.pendingOutput == 3 + 1004 + 3 + 3 + 1004)
    let frames = serverFrames(harness.written(piece: 17))
    #expect(frames?.map(\.payload.count) == [1, 1000, 1, 1, 1000])
    #expect(frames?[2] == .text("b"))
  }

  @Test func aFrameMadeAnewLeavesWhatWasSentAlone() {
    let harness = Harness()
    var frame = encoded(.binary, [UInt8](repeating: 1, count: 300))
    #expect(harness.send(frame))
    frame.encode(.binary, [UInt8](repeating: 2, count: 300).span)
    #expect(harness.send(frame))
    frame.encode(.text, bytes("small").span)
    #expect(frame.bytes == [0x81, 5] + bytes("small"))
    #expect(
      harness.writtenFrames()?.map(\.payload) == [
        Array(repeating: 1, count: 300), Array(repeating: 2, count: 300),
      ])
  }

  @Test func anUnaskedPongMayBeSent() {
    let harness = Harness()
    #expect(harness.send(.pong, bytes("alive")))
    #expect(harness.writtenFrames() == [.pong(bytes("alive"))])
  }

  @Test(arguments: [
    (Opcode.close, 0), (.close, 2), (.continuation, 1), (.ping, 126), (.pong, 126),
  ])
  func whatAHandlerMayNotSendIsRefused(opcode: Opcode, count: Int) {
    let payload = [UInt8](repeating: 3, count: count)
    let harness = Harness()
    #expect(!harness.send(opcode, payload))
    #expect(encoded(opcode, payload).bytes == [])
    #expect(!harness.send(encoded(opcode, payload)))
    #expect(harness.connection.pendingOutput == 0)
  }

  @Test(arguments: [0, 1, 20, 40, 300, 302], [30, 300])
  func aFrameForManyIsOfferedAtOnceAndWhatIsLeftWaitsInOrder(_ room: Int, _ size: Int) {
    let harness = Harness()
    let frame = encoded(.binary, (0..<size).map { UInt8(truncatingIfNeeded: $0) })
    var taken: [UInt8] = []
    let isSent = harness.connection.send(frame, offeringTo: { offered in
      let count = min(offered.count, room - taken.count)
      taken.append(offered.extracting(first: count))
      return count
    })
    #expect(isSent)
    #expect(taken == Array(frame.bytes.prefix(room)))
    #expect(harness.connection.pendingOutput == frame.bytes.count - taken.count)
    #expect(harness.send("next"))
    #expect(taken + harness.written() == frame.bytes + encoded(.text, bytes("next")).bytes)
  }

  @Test func aFrameForManyDoesNotOvertakeWhatWaits() {
    let harness = Harness()
    #expect(harness.send("first"))
    var taken: [UInt8] = []
    let isSent = harness.connection.send(encoded(.text, bytes("second")), offeringTo: { offered in
      taken.append(offered)
      return offered.count
    })
    #expect(isSent && harness.connection.pendingOutput == 0)
    #expect(taken == encoded(.text, bytes("first")).bytes + encoded(.text, bytes("second")).bytes)
  }

  @Test func aFrameForManyIsNotOfferedOnceTheConnectionIsClosing() {
    let harness = Harness()
    harness.close(.normalClosure)
    let isSent = harness.connection.send(encoded(.text, bytes("late")), offeringTo: { $0.count })
    #expect(!isSent)
  }
}
