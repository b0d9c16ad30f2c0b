// SPDX-License-Identifier: MIT

// A connection with a transport around it: the loop that a server runs, and a record of all that came of it.

import Bytes
import Timebase
import WebSocketCore

extension WebSocketConnection.Timing {
  /// The times of tests that are not about time.
  static let usual = usual()

  /// The same but for what a test is about.
  static func usual(
    pingInterval: Milliseconds = 15_000, pongTimeout: Milliseconds = 10_000, closeTimeout: Milliseconds = 2000
  ) -> Self {
    Self(pingInterval: pingInterval, pongTimeout: pongTimeout, closeTimeout: closeTimeout)
  }
}

/// What a test saw happen.
enum Seen: Equatable {
  case text(String)
  case binary([UInt8])
  case ping([UInt8])
  case pong([UInt8])
  case closed(UInt16, String)
  case refused(WebSocketError)
}

/// A connection, the server's loop around it, and what they did.
final class Harness {
  var connection: WebSocketConnection
  var scratch: [UInt8] = []
  var seen: [Seen] = []
  var now: MonotonicTime

  init(
    messageSize: Int = 65_536, timing: WebSocketConnection.Timing = .usual, now: MonotonicTime = .zero
  ) {
    connection = WebSocketConnection(limits: .init(messageSize: messageSize), timing: timing, now: now)
    self.now = now
  }

  /// Receives `bytes` as one read.
  func receive(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      do throws(WebSocketError) {
        let input = bytes.span.extracting(droppingFirst: offset)
        let received = try connection.receive(input, now: now, scratch: &scratch)
        offset += received.taken
        note(received.event)
        precondition(received.taken > 0, "a call that takes nothing would be repeated forever")
      } catch {
        seen.append(.refused(error))
        return
      }
    }
  }

  func receive(_ frames: ClientFrame...) { receive(wire(frames)) }

  private func note(_ event: WebSocketConnection.Event) {
    switch event {
    case .needData: break
    case .text: seen.append(.text(String(validating: scratch, as: UTF8.self) ?? "not UTF-8"))
    case .binary: seen.append(.binary(scratch))
    case .ping: seen.append(.ping(scratch))
    case .pong: seen.append(.pong(scratch))
    case .closed:
      let reason = String(validating: connection.closeReason, as: UTF8.self) ?? "not UTF-8"
      seen.append(.closed(connection.closeCode.rawValue, reason))
    }
  }

  /// Writes up to `limit` bytes of output, at most `piece` at a time.
  func written(_ limit: Int = .max, piece: Int = .max) -> [UInt8] {
    var result: [UInt8] = []
    var before = -1
    while connection.pendingOutput > 0, result.count < limit, result.count > before {
      before = result.count
      connection.writeOutput { offered in
        let taken = min(offered.count, limit - result.count, piece)
        result.append(offered.extracting(first: taken))
        return taken
      }
    }
    return result
  }

  /// All output, as frames.
  func writtenFrames() -> [ServerFrame]? { serverFrames(written()) }

  func send(_ text: String) -> Bool { send(.text, Array(text.utf8)) }
  func send(_ opcode: Opcode, _ payload: [UInt8]) -> Bool { connection.send(opcode, payload.span) }
  func send(_ frame: EncodedFrame) -> Bool { connection.send(frame) }
  func ping(_ payload: [UInt8] = []) -> Bool { connection.ping(payload.span, now: now) }

  func close(_ code: CloseCode, _ reason: [UInt8] = []) {
    connection.close(code, reason: reason.span, now: now)
  }

  /// Lets time pass, then polls.
  @discardableResult
  func wait(_ milliseconds: UInt32) -> MonotonicTime? {
    now = now + Milliseconds(milliseconds)
    return connection.poll(now: now)
  }
}

/// A payload as a frame for many.
func encoded(_ opcode: Opcode, _ payload: [UInt8]) -> EncodedFrame { EncodedFrame(opcode, payload.span) }

/// What a fresh connection makes of `pieces`, and what it answers.
func outcome(of pieces: [[UInt8]], messageSize: Int = 65_536) -> (seen: [Seen], answer: [ServerFrame]?) {
  let harness = Harness(messageSize: messageSize)
  for piece in pieces { harness.receive(piece) }
  return (harness.seen, harness.writtenFrames())
}
