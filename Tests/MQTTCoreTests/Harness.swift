// SPDX-License-Identifier: MIT

// A connection with a transport around it, and a record of all that came of it; and packets as a server writes them.

import Bytes
import ConformanceSupport
import MQTTCore
import Timebase

/// What a test saw happen.
enum Seen: Equatable {
  case connected(isSessionPresent: Bool)
  case message(String, String, qos: UInt8 = 0, isRetained: Bool = false, isDuplicate: Bool = false, id: UInt16 = 0)
  case acknowledged(UInt16, UInt8)
  case subscribed(UInt16, [UInt8])
  case unsubscribed(UInt16, [UInt8])
  case pong
  case ended(MQTTConnection.End)
  case refused(MQTTError)
}

/// A connection, the client's loop around it, and what they did.
final class Harness {
  var connection: MQTTConnection
  var scratch: [UInt8] = []
  var seen: [Seen] = []
  var now: MonotonicTime

  init(
    _ options: ConnectOptions = .usual(), limits: MQTTConnection.Limits = .init(),
    timing: MQTTConnection.Timing = .init(), session: MQTTSession? = nil, now: MonotonicTime = .zero
  ) throws {
    connection = try MQTTConnection(options: options, limits: limits, timing: timing, session: session, now: now)
    self.now = now
  }

  /// One that the server has accepted, with whatever was sent and seen until then forgotten.
  static func open(
    _ options: ConnectOptions = .usual(), connack properties: [UInt8] = [], limits: MQTTConnection.Limits = .init()
  ) throws -> Harness {
    let harness = try Harness(options, limits: limits)
    harness.receive(connack(options.version, properties: properties))
    precondition(harness.seen == [.connected(isSessionPresent: false)], "\(harness.seen)")
    harness.seen = []
    _ = harness.written()
    return harness
  }

  /// Receives `bytes` as one read.
  func receive(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      do throws(MQTTError) {
        let input = bytes.span.extracting(droppingFirst: offset)
        let received = try connection.receive(input, now: now, scratch: &scratch)
        offset += received.taken
        note(received.event)
        precondition(received.taken > 0, "a call that takes nothing would be repeated for ever")
      } catch {
        seen.append(.refused(error))
        return
      }
    }
  }

  private func note(_ event: MQTTConnection.Event) {
    switch event {
    case .needData: break
    case .connected(let isSessionPresent): seen.append(.connected(isSessionPresent: isSessionPresent))
    case .message(let message):
      seen.append(
        .message(
          text(Array(scratch[message.topic])), text(Array(scratch[message.payload])), qos: message.qos.rawValue,
          isRetained: message.isRetained, isDuplicate: message.isDuplicate, id: message.packetIdentifier))
    case .acknowledged(let identifier, let code): seen.append(.acknowledged(identifier, code.rawValue))
    case .subscribed(let identifier): seen.append(.subscribed(identifier, scratch))
    case .unsubscribed(let identifier): seen.append(.unsubscribed(identifier, scratch))
    case .pong: seen.append(.pong)
    case .ended: seen.append(.ended(connection.end!))
    }
  }

  /// All output.
  func written() -> [UInt8] {
    var result: [UInt8] = []
    while connection.pendingOutput > 0 {
      connection.writeOutput { offered in
        result.append(offered)
        return offered.count
      }
    }
    return result
  }

  @discardableResult
  func publish(
    _ topic: String, _ payload: String, alias: UInt16 = 0, qos: QualityOfService = .atMostOnce,
    isRetained: Bool = false
  ) throws(SendingError) -> UInt16 {
    let (topic, payload) = (bytes(topic), bytes(payload))
    return try connection.publish(
      topic.span, alias: alias, payload.span, qos: qos, isRetained: isRetained, now: now)
  }

  func subscribe(_ filters: String...) throws(SendingError) -> UInt16 {
    try connection.subscribe(filters.map { bytes($0) }, now: now)
  }

  func unsubscribe(_ filters: String...) throws(SendingError) -> UInt16 {
    try connection.unsubscribe(filters.map { bytes($0) }, now: now)
  }

  /// Lets time pass, then polls.
  func wait(_ milliseconds: UInt32) {
    now = now + Milliseconds(milliseconds)
    _ = connection.poll(now: now)
  }
}

extension ConnectOptions {
  /// The options of tests that are not about them.
  static func usual(_ version: ProtocolVersion = .v311, isCleanStart: Bool = true) -> ConnectOptions {
    var options = ConnectOptions(version: version, clientIdentifier: bytes("lamp"))
    options.isCleanStart = isCleanStart
    return options
  }
}

// MARK: Packets of a server

/// A packet: the first byte, the length of the rest, the rest.
func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
  var length: [UInt8] = []
  var rest = body.count
  repeat {
    length.append(UInt8(rest % 128) + (rest > 127 ? 128 : 0))
    rest /= 128
  } while rest > 0
  return [first] + length + body
}

/// Text behind its length.
func field(_ text: String) -> [UInt8] { field(bytes(text)) }

func field(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count / 256), UInt8(bytes.count % 256)] + bytes }

/// Properties behind their length, at most 127 bytes; nothing in 3.1.1.
func properties(_ version: ProtocolVersion, _ bytes: [UInt8] = []) -> [UInt8] {
  version == .v5 ? [UInt8(bytes.count)] + bytes : []
}

func connack(
  _ version: ProtocolVersion, isSessionPresent: Bool = false, code: UInt8 = 0, properties content: [UInt8] = []
) -> [UInt8] {
  packet(0x20, [isSessionPresent ? 1 : 0, code] + properties(version, content))
}

func message(
  _ version: ProtocolVersion, _ topic: String, _ payload: String, flags: UInt8 = 0, id: UInt16 = 0,
  properties content: [UInt8] = []
) -> [UInt8] {
  let number = flags & 0b110 == 0 ? [] : [UInt8(id >> 8), UInt8(id & 0xFF)]
  return packet(0x30 | flags, field(topic) + number + properties(version, content) + bytes(payload))
}

func puback(_ id: UInt16) -> [UInt8] { packet(0x40, [UInt8(id >> 8), UInt8(id & 0xFF)]) }
