// SPDX-License-Identifier: MIT

// Every case of Conformance/http/vectors.txt against a whole server in memory: whole, byte by byte, and with the next
// request behind it. What the RFCs allow is one thing, what this server has chosen another; it is held to both.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

@Suite struct VectorTests {
  typealias Network = VirtualNetwork<ServerApplication<Void>>

  /// What the file supposes: GET / and POST /echo on localhost.
  private func network() -> Network {
    var router = Router<Void>()
    router.get("/") { _, _, response in response.send("here") }
    router.on(.post, "/echo") { _, request, response in
      response.send(shared: [UInt8](request.body), type: "application/octet-stream")
    }
    return Network(ServerApplication(Server(router: router), context: ()))
  }

  /// A request that nobody else sends: its answer shows that the connection has survived, and it asks for the end.
  private static let token = "the connection is alive"
  private static let probe = Wire.request(
    "POST", "/echo", ["Host: localhost", "Connection: close"], body: token)

  @Test func theFileHasWhatItPromises() {
    let vectors = VectorFile.vectors
    #expect(vectors.count >= 200)
    #expect(Set(vectors.map(\.name)).count == vectors.count)
    for vector in vectors {
      #expect(!vector.clause.isEmpty && !vector.allowed.isEmpty && !vector.steps.isEmpty, "\(vector.name)")
    }
  }

  @Test(arguments: VectorFile.vectors, Delivery.allCases)
  func everyRequestIsJudgedByItsClause(_ vector: Vector, _ delivery: Delivery) {
    let client = VirtualClient(network())
    var received = Received(vector)
    let ends = vector.steps.contains(.end)
    for (number, step) in vector.steps.enumerated() {
      switch step {
      case .send(let bytes):
        let isLast = number == vector.steps.count - 1
        for piece in Self.pieces(of: bytes, delivery, isLast: isLast) { client.send(piece) }
      case .await(let status):
        received.take(client.network.take(on: client.number))
        #expect(received.interim == [status])
      case .end: client.finish()
      }
    }
    if delivery != .withTrailingBytes, client.isConnected { client.send(Self.probe) }
    received.take(client.network.take(on: client.number))

    #expect(client.hasReachedEnd && !client.isConnected && !client.wasAborted)
    #expect(received.rest.isEmpty)
    var replies = received.replies
    let survives = replies.last?.text == Self.token
    if survives { replies.removeLast() }
    let codes = replies.map(\.status)
    let ending = survives ? Expectation.Ending.keep : .close
    #expect(vector.allowed.contains { $0.allows(codes, ending) }, "\(codes) \(ending) is not allowed")
    #expect(vector.promised.contains { $0.allows(codes, ending) }, "\(codes) \(ending) is not what was promised")
    for (reply, body) in zip(replies, vector.bodies) where reply.status == 200 {
      if let body { #expect(reply.body == body) }
    }
    if !survives, !ends { #expect(replies.last?["connection"] == "close") }  // RFC 9112 section 9.6
  }

  /// The pieces in which bytes are sent; what lies behind the largest head comes whole, to save time.
  private static func pieces(of bytes: [UInt8], _ delivery: Delivery, isLast: Bool) -> [[UInt8]] {
    let start = Array(bytes.prefix(delivery == .byteByByte ? 9000 : .max))
    let rest = Array(bytes.dropFirst(start.count))
    return delivery.pieces(of: start, trailing: isLast ? probe : []) + (rest.isEmpty ? [] : [rest])
  }
}

/// What a client has read, response by response.
private struct Received {
  let vector: Vector
  var interim: [Int] = []
  var replies: [Reply] = []
  var rest: [UInt8] = []

  init(_ vector: Vector) { self.vector = vector }

  mutating func take(_ bytes: [UInt8]) {
    rest += bytes
    while let reply = Wire.takeReply(&rest, toHead: vector.isToHead(replies.count)) {
      if reply.status < 200 { interim.append(reply.status) } else { replies.append(reply) }
    }
  }
}
