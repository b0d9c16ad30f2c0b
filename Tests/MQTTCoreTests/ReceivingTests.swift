// SPDX-License-Identifier: MIT

// However the network cuts what a server sends, and whatever it sends: the same events, bounded memory, no trap.

import ConformanceSupport
import MQTTCore
import Testing
import Timebase

@Suite struct ReceivingTests {
  @Test(arguments: Delivery.allCases)
  func aMessageThatIsTooLongIsPassedOver(_ delivery: Delivery) throws {
    for version in [ProtocolVersion.v311, .v5] {
      let harness = try Harness.open(.usual(version), limits: .init(packetSize: 128))
      let long = message(version, "a", String(repeating: "x", count: 5000), flags: 3, id: 77)
      for piece in delivery.pieces(of: long + message(version, "b", "next"), trailing: []) { harness.receive(piece) }
      #expect(harness.seen == [.message("b", "next")])
      #expect(harness.written() == puback(77), "it is acknowledged, or it would come again and again")
      #expect(harness.connection.oversizedMessages == 1)
    }
  }

  @Test func aMessageAsLongAsAllowedComes() throws {
    let harness = try Harness.open(limits: .init(packetSize: 1000))
    for size in [997, 998] {
      for byte in message(.v311, "a", String(repeating: "x", count: size)) { harness.receive([byte]) }
    }
    #expect(harness.seen == [.message("a", String(repeating: "x", count: 997))])
    #expect(harness.connection.oversizedMessages == 1)
  }

  @Test func aNameThatIsTooLongForThatIsRefused() throws {
    let harness = try Harness.open(limits: .init(packetSize: 128))
    harness.receive(message(.v311, String(repeating: "x", count: 200), ""))
    #expect(harness.seen == [.refused(.packetTooLarge)])
  }

  /// A valid stream of a server, as long as chance has it.
  private func stream(_ version: ProtocolVersion, using generator: inout SeededGenerator) -> [UInt8] {
    var result: [UInt8] = []
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
      switch Int.random(in: 0...3, using: &generator) {
      case 0: result += [0xD0, 0]
      case 1:
        let size = Int.random(in: 0...300, using: &generator)
        result += message(version, "a/b", String(repeating: "x", count: size))
      case 2:
        let id = UInt16.random(in: 1...UInt16.max, using: &generator)
        result += message(version, "ä", "x", flags: 2, id: id, properties: [0x26] + field("k") + field("v"))
      default: result += message(version, "long", String(repeating: "y", count: 3000), flags: 3, id: 5)
      }
    }
    return result
  }

  @Test func anyCutOfTheSameBytesGivesTheSameEvents() throws {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    for round in 0..<400 {
      let version: ProtocolVersion = round % 2 == 0 ? .v5 : .v311
      var input = stream(version, using: &generator)
      if round % 4 > 1 {  // one byte of it is another
        input[Int.random(in: 0..<input.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      let whole = try Harness.open(.usual(version), limits: .init(packetSize: 1024))
      whole.receive(input)
      let cut = try Harness.open(.usual(version), limits: .init(packetSize: 1024))
      for piece in randomPieces(of: input, using: &generator) { cut.receive(piece) }
      #expect(whole.seen == cut.seen, "seed \(seed), round \(round)")
      #expect(whole.written() == cut.written(), "seed \(seed), round \(round)")
      #expect(whole.connection.oversizedMessages == cut.connection.oversizedMessages, "seed \(seed), round \(round)")
    }
  }

  @Test func noBytesTrapTheClientOrMakeItKeepMoreThanItMay() throws {
    let seed = SeededGenerator.freshSeed()
    var generator = SeededGenerator(seed: seed)
    let starts: [UInt8] = [0x20, 0x30, 0x32, 0x40, 0x90, 0xB0, 0xD0, 0xE0, 0x3D]
    for _ in 0..<3000 {
      let harness = try Harness.open(.usual(Bool.random(using: &generator) ? .v5 : .v311))
      var input: [UInt8] = [starts.randomElement(using: &generator)!]
      for _ in 0..<Int.random(in: 1...60, using: &generator) {
        let small = Bool.random(using: &generator)
        input.append(.random(in: 0...(small ? 8 : 255), using: &generator))
      }
      harness.receive(input)
      #expect(harness.connection.pendingOutput <= 4 * 60, "seed \(seed)")
    }
  }
}
