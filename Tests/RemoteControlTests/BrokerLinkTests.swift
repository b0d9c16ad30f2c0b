// SPDX-License-Identifier: MIT

// How a device's place on its broker looks from outside: in `/api/state`, on the page and in the log.

import Bytes
import ConformanceSupport
import DeviceServer
import MQTTCore
import Testing
import Timebase

@testable import RemoteControl

@Suite struct BrokerLinkTests {
  /// A device with a connection of MQTT 5 to a broker that says what a test says.
  private struct World {
    let bench = Bench(logLevel: .info)
    let transport = OutgoingConnection<RemoteControl>.broker

    /// Connects; CONNECT and SUBSCRIBE are on their way.
    init() throws {
      bench.network.change { control, now in
        let settings = MQTTClient.Settings(
          options: ConnectOptions(version: .v5, clientIdentifier: bytes("heliograph-lamp")))
        control.context.broker = BrokerLink(
          settings, BrokerOptions(identifier: bytes("lamp")), device: &control.context.device, seed: 3)
      }
      #expect(connects())
      _ = bench.takeLog()
    }

    /// Whether the device wants to connect after so long, and then has.
    func connects(after pause: Milliseconds = 0) -> Bool {
      bench.network.change { control, now in
        guard case .connect = transport.nextStep(&control, now + pause) else { return false }
        transport.opened(&control, now + pause)
        return true
      }
    }

    func hear(_ packet: [UInt8]) {
      bench.network.change { control, now in #expect(transport.receive(&control, packet.span, now) == packet.count) }
      bench.network.settle()
    }

    func close(_ words: String = "") {
      bench.network.change { control, now in transport.closed(&control, bytes(words), now) }
    }

    /// What `/api/state` says of the broker.
    func state() throws -> JSON {
      try JSON(#require(bench.ask("GET", "/api/state")).text)
    }
  }

  private static let accepted: [UInt8] = [0x20, 3, 0, 0, 0]

  @Test func aDeviceIsConnectedWhenItsBrokerHasTakenIt() throws {
    let world = try World()
    #expect(try world.state().truth("mqtt", "connected") == false)
    world.hear(Self.accepted)
    #expect(try world.state().truth("mqtt", "connected") == true)
    #expect(try !world.state().has("mqtt", "error"))
    #expect(world.bench.takeLog() == ["MQTT: connected"])
  }

  /// SUBACK is the answer to the first request of the connection, with five filters; the reason is a property.
  @Test func aRefusedSubscriptionIsShownWithItsReason() throws {
    let world = try World()
    world.hear(Self.accepted)
    _ = world.bench.takeLog()
    world.hear([0x90, 15, 0, 1, 7, 0x1F, 0, 4] + bytes("no\u{1B}!") + [0x87, 0, 0, 0, 0])
    let words = #"it refuses the device's subscriptions, so that no command comes: not authorized (no\u{1b}!)"#
    #expect(try world.state().truth("mqtt", "connected") == true)
    #expect(try world.state().string("mqtt", "error") == words)
    #expect(world.bench.takeLog() == ["MQTT: \(words)"])
    world.close()
    #expect(world.connects(after: 2000))
    world.hear(Self.accepted)
    #expect(try !world.state().has("mqtt", "error"), "that was the connection before")
  }

  @Test func aRefusedMessageIsShownWithItsReasonAndLoggedOnce() throws {
    let world = try World()
    world.hear(Self.accepted)
    _ = world.bench.takeLog()
    world.hear([0x40, 4, 0, 2, 0x97, 0])
    world.hear([0x40, 4, 0, 3, 0x87, 0])
    #expect(try world.state().string("mqtt", "error") == "it refuses what the device says: a quota is exceeded")
    #expect(world.bench.takeLog() == ["MQTT: it refuses what the device says: a quota is exceeded"])
  }

  @Test func whyABrokerDoesNotTakeTheDeviceIsShownInItsWords() throws {
    let world = try World()
    world.hear([0x20, 15, 0, 0x88, 12, 0x1F, 0, 9] + bytes("at 3 p.m."))
    world.close()
    #expect(try world.state().string("mqtt", "error") == "it refuses the device: it has no room at present (at 3 p.m.)")
    #expect(
      world.bench.takeLog() == ["MQTT: not connected: it refuses the device: it has no room at present (at 3 p.m.)"])
    #expect(world.connects(after: 2000))
    world.close("Connection reset")
    #expect(try world.state().string("mqtt", "error") == "Connection reset", "it has said nothing to that")
  }

  @Test func whatABrokerHasRefusedIsNoReasonForALaterEnd() throws {
    let world = try World()
    world.hear(Self.accepted)
    world.hear([0x40, 9, 0, 2, 0x87, 5, 0x1F, 0, 2] + bytes("no"))
    #expect(try world.state().string("mqtt", "error") == "it refuses what the device says: not authorized (no)")
    world.hear([0xD1, 0])
    world.close()
    #expect(try world.state().string("mqtt", "error") == "it does not speak MQTT as it should")
  }
}
