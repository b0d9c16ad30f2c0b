// SPDX-License-Identifier: MIT

// What the settings of a broker come to. The words of each mistake are scripts/errors.py's.

import DeviceDescription
import MQTTCore
import RemoteControl
import Testing
import TransportSecurity

@testable import heliograph

@Suite struct BrokerURLTests {
  @Test(arguments: [
    ("broker", "broker", 1883, false), ("mqtt://broker.local", "broker.local", 1883, false),
    ("mqtt://broker:1884/", "broker", 1884, false), ("tcp://192.0.2.7", "192.0.2.7", 1883, false),
    ("mqtts://broker", "broker", 8883, true), ("MQTTS://broker:1", "broker", 1, true), ("ssl://b", "b", 8883, true),
    ("tls://b:65535", "b", 65_535, true), ("mqtt://[fe80::1]", "fe80::1", 1883, false),
    ("[::1]:7", "::1", 7, false), ("fe80::1", "fe80::1", 1883, false),
  ])
  func isRead(_ text: String, _ host: String, _ port: Int, _ isSecure: Bool) throws {
    let url = try BrokerURL(text)
    #expect(url.host == host && url.port == port && url.isSecure == isSecure)
  }

  @Test(arguments: [
    "", "mqtt://", "http://broker", "ws://broker", "wss://broker", "broker:", "broker:0", "broker:65536", "broker:x",
    "broker:-1", "broker/path", "broker?x", "broker#x", "bro ker", "mqtt://lamp:word@broker", "[::1", "[::1]x", "[::1]:x",
    "[]", ":1883",
  ])
  func isRefused(_ text: String) { #expect(throws: StartFailure.self) { try BrokerURL(text) } }

  @Test func aPasswordInAnAddressIsNotRepeated() {
    do {
      _ = try BrokerURL("mqtt://lamp:secret@broker")
      Issue.record("it was taken")
    } catch {
      #expect(!error.description.contains("secret"))
    }
  }

  @Test(arguments: [
    ("localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("[::1]", true), ("broker", false), ("[::2]", false),
    ("192.0.2.127", false),
  ])
  func isOnThisMachine(_ text: String, _ isLoopback: Bool) throws { #expect(try BrokerURL(text).isLoopback == isLoopback) }
}

@Suite struct BrokerSettingsTests {
  private static func settings(_ options: [String: [String]]) throws -> BrokerSettings? {
    let named = Dictionary(uniqueKeysWithValues: options.map { ("mqtt.\($0)", $1) })
    return try BrokerSettings(SettingSources(options: named, environment: [:], file: []))
  }

  @Test func withoutABrokerThereIsNone() throws { #expect(try Self.settings([:]) == nil) }

  /// Whoever sets something for a broker means to be on one: silence would hide that the broker was forgotten.
  @Test(arguments: KnownSetting.all.map(\.path).filter { $0.hasPrefix("mqtt.") && $0 != "mqtt.broker" })
  func nothingElseIsTakenWithoutABroker(_ path: String) throws {
    let values = ["mqtt.discovery": "false", "mqtt.version": "5", "mqtt.will_delay": "3"]
    do {
      _ = try Self.settings([String(path.dropFirst("mqtt.".count)): [values[path] ?? "x"]])
      Issue.record("it was taken")
    } catch let failure as StartFailure {
      #expect(failure.description.hasPrefix("\(path) is for a broker, and there is none"))
    }
  }

  @Test func whatIsNotSaidIsAsMostWantIt() throws {
    let settings = try #require(try Self.settings(["broker": ["broker"], "id": ["lamp"]]))
    #expect(settings.options.prefix == Array("heliograph".utf8) && settings.options.identifier == Array("lamp".utf8))
    #expect(settings.isAnnounced && !settings.isSecure && settings.options.groups.isEmpty && settings.options.willDelay == 0)
    let client = settings.makeClient(identifier: settings.options.identifier)
    #expect(client.options.version == .v311 && client.options.isCleanStart && client.options.password == nil)
    #expect(client.options.clientIdentifier == Array("heliograph-lamp".utf8) && client.servers == 1)
  }

  @Test func brokersAreTriedInTheirOrder() throws {
    let settings = try #require(try Self.settings(["broker": ["one", "two:1884", "mqtt://[::1]"], "id": ["lamp"]]))
    #expect(settings.servers.map { "\($0.host) \($0.port)" } == ["one 1883", "two 1884", "::1 1883"])
    #expect(settings.makeClient(identifier: []).servers == 3)
    #expect(!settings.isOnThisMachine)
  }

  @Test(arguments: ["all", "group", "a.b", "Lamp", "a/b", "", String(repeating: "x", count: 65)])
  func anIdentifierIsOneLevelOfItsOwn(_ identifier: String) {
    #expect(throws: (any Error).self) { try Self.settings(["broker": ["broker"], "id": [identifier]]) }
  }

  @Test func aWillIsDelayedInMQTT5Only() throws {
    let delayed = ["broker": ["broker"], "id": ["lamp"], "will_delay": ["30"]]
    #expect(throws: StartFailure.self) { try Self.settings(delayed) }
    let both = delayed.merging(["version": ["5"]]) { first, _ in first }
    #expect(try Self.settings(both)?.options.willDelay == 30)
    for wrong in ["-1", "86401", "1.5", "soon"] {
      #expect(throws: SettingMistake.self) { try Self.settings(both.merging(["will_delay": [wrong]]) { $1 }) }
    }
  }

  @Test func whatIsForTLSIsNotTakenWithoutIt() {
    for name in ["ca_file", "fingerprint", "certificate", "key"] {
      #expect(throws: StartFailure.self) { try Self.settings(["broker": ["broker"], "id": ["lamp"], name: ["x"]]) }
    }
  }

  @Test(arguments: [
    "", "12", String(repeating: "g", count: 64), String(repeating: "0", count: 63), String(repeating: "0", count: 66),
  ])
  func aFingerprintHas64Digits(_ text: String) {
    #expect(throws: (any Error).self) {
      try Self.settings(["broker": ["mqtts://broker"], "id": ["lamp"], "fingerprint": [text]])
    }
  }
}
