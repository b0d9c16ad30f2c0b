// SPDX-License-Identifier: MIT

// The vectors that the firmware is sent over the wire are those of these tests: what is in a table here and
// fits a device is in its files, and what is in its files is seen here as they say.

import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct DeviceVectorTests {
  /// `ServerLimits.firmware`.
  static let messageSize = 512

  static let vectors = DeviceVector.read("websocket-vectors.txt")

  typealias Row = (bytes: [UInt8], seen: [Seen])

  private static func numbers(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) } }

  /// Section 5.2: each length once as a ping, whose answer shows the payload, or else as a message.
  private static let lengths: [Row] = FrameTests.lengths.filter { $0 <= messageSize }.map { count in
    let payload = numbers(count)
    return count <= 125
      ? (ClientFrame.ping(payload).bytes, [.ping(payload)]) : (ClientFrame.binary(payload).bytes, [.binary(payload)])
  }

  private static let texts: [Row] =
    TextTests.valid.map { (ClientFrame(first: 0x81, payload: $0).bytes, [.text(text($0))]) }
    + (TextTests.invalid + TextTests.cut).flatMap { payload -> [Row] in
      let fragments =
        [.text("valid: ", final: false)] + payload.map { ClientFrame.continuation([$0], final: false) }
        + [.continuation([], final: true)]
      return [
        (ClientFrame(first: 0x81, payload: payload).bytes, [.refused(.invalidUTF8)]),
        (wire(fragments), [.refused(.invalidUTF8)]),
        (ClientFrame.binary(payload).bytes, [.binary(payload)]),
      ]
    }

  private static let closes: [Row] =
    ClosingTests.codes.map { (ClientFrame.close($0, bytes("tschüß")).bytes, [.closed($0, "tschüß")]) }
    + [(ClientFrame.close().bytes, [.closed(1005, "")])]

  private static let refusals: [Row] =
    (RefusalTests.headers + RefusalTests.lengths + RefusalTests.fragmentation + RefusalTests.closes)
    .map { ($0.bytes, $0.before + [.refused($0.error)]) }

  static let rows: [Row] =
    FrameTests.examples.map { ($0.bytes, $0.seen) } + lengths
    + ReferenceTests.clientFrames.map { (bytes(hex: $0.hex), $0.seen) }
    + MessageTests.streams.map { (wire($0.frames), $0.seen) } + texts + closes + refusals

  @Test func whatFitsADeviceIsInItsFile() {
    let vectors = Self.vectors.map { (bytes: $0.bytes, seen: $0.seen) }
    for row in Self.rows {
      let seen = row.seen.map(\.words)
      // What is refused by its header is sent without the rest if that is long.
      let isThere = vectors.contains {
        $0.seen == seen
          && ($0.bytes == row.bytes || row.bytes.count > Self.messageSize && row.bytes.starts(with: $0.bytes))
      }
      let isTooLong = row.bytes.count > Self.messageSize && row.seen == [.refused(.controlFrameTooLong)]
      #expect(isThere || isTooLong, "no vector of \(row.bytes) that gives \(row.seen)")
    }
  }

  @Test func noVectorIsThereTwice() {
    #expect(Set(Self.vectors.map(\.name)).count == Self.vectors.count)
    #expect(Set(Self.vectors.map(\.bytes)).count == Self.vectors.count)
  }

  @Test(arguments: vectors, Delivery.allCases)
  func aVectorOfTheDeviceIsSeenAsItSays(vector: DeviceVector, delivery: Delivery) {
    let isLast = vector.seen.last?.hasPrefix("closed") == true || vector.seen.last?.hasPrefix("refused") == true
    let trailing = isLast ? ClientFrame.text("late").bytes : [0x81]
    let result = outcome(of: delivery.pieces(of: vector.bytes, trailing: trailing), messageSize: Self.messageSize)
    #expect(result.seen.map(\.words) == vector.seen)
  }

  // MARK: The handshake

  static let handshakes = DeviceVector.read("handshake-vectors.txt")

  /// The lines of a request of HandshakeTests, in any order, with the device's path, and its name for Host and Origin.
  static func request(_ line: String, _ changes: [String: [String]]) -> [String] {
    text(HandshakeTests.upgrade(line, changes)).replacing("/chat", with: "/ws")
      .replacing("server.example.com", with: "HOST").replacing("example.com", with: "HOST")
      .split(separator: "\r\n").map(String.init).sorted()
  }

  @Test func everyHandshakeIsInTheDevicesFile() {
    for refusal in HandshakeTests.refusals {
      let vector = Self.handshakes.first { $0.name == refusal.name }
      #expect(vector?.request == Self.request(refusal.line, refusal.changes), "\(refusal.name)")
      #expect(vector?.values(of: "status:") == ["\(refusal.status)"], "\(refusal.name)")
      // The board's firmware is built without an answer to OPTIONS.
      let fields = refusal.fields.split(separator: "\r\n").map { String($0.replacing(", OPTIONS", with: "")) }
      #expect(vector?.values(of: "field:") == fields, "\(refusal.name)")
    }
    let accepted = Self.handshakes.filter { $0.values(of: "status:") == ["101"] }.map(\.request)
    for changes in [[:]] + HandshakeTests.allowed {
      #expect(accepted.contains(Self.request("GET /chat HTTP/1.1", changes)), "\(changes)")
    }
    #expect(Self.handshakes.count == HandshakeTests.refusals.count + HandshakeTests.allowed.count + 1)
  }
}
