// SPDX-License-Identifier: MIT

// What a manager says in the environment is believed when it makes sense and is meant for this process.

import Testing
import Timebase

@testable import ServiceNotification

@Suite struct ServiceEnvironmentTests {
  static let process: Int32 = 4711

  static func environment(_ variables: [String: String]) -> ServiceEnvironment {
    ServiceEnvironment(process: process, taking: { variables[$0] })
  }

  @Test func anEmptyEnvironmentSaysNothing() {
    let environment = Self.environment([:])
    #expect(environment.socket == nil)
    #expect(environment.watchdogInterval == nil)
    #expect(environment.descriptorNames == [])
  }

  static let watchdogs: [(microseconds: String?, process: String?, interval: Milliseconds?)] = [
    ("30000000", "4711", 15_000),
    ("30000000", nil, 15_000),
    ("30000000", "4712", nil),
    ("30000000", "", nil),
    ("30000000", "4711 ", nil),
    ("30000000", "-4711", nil),
    ("30000000", "+4711", nil),
    ("30000000", "18446744073709551616", nil),
    (nil, "4711", nil),
    ("", nil, nil),
    ("0", nil, nil),
    ("1", nil, 1),
    ("3999", nil, 1),
    ("4000", nil, 2),
    ("+30000000", nil, nil),
    ("-1", nil, nil),
    ("3e7", nil, nil),
    ("30000000\n", nil, nil),
    ("99999999999999999999", nil, nil),
    ("18446744073709551615", nil, nil),  // systemd's infinity
    ("18446744073709551614", nil, Milliseconds(.max)),
  ]

  @Test(arguments: watchdogs)
  func theWatchdogIsToldTwiceInItsTime(_ microseconds: String?, _ process: String?, _ interval: Milliseconds?) {
    var variables: [String: String] = [:]
    variables["WATCHDOG_USEC"] = microseconds
    variables["WATCHDOG_PID"] = process
    #expect(Self.environment(variables).watchdogInterval == interval)
  }

  static let handovers: [(count: String?, process: String?, names: String?, expected: [String])] = [
    ("1", "4711", "line", ["line"]),
    ("2", "4711", "line:status line", ["line", "status line"]),
    ("2", "4711", "line:", ["line", ""]),
    ("2", "4711", nil, ["unknown", "unknown"]),
    ("2", "4711", "line", ["unknown", "unknown"]),
    ("2", "4711", "a:b:c", ["unknown", "unknown"]),
    ("0", "4711", nil, []),
    ("0", "4711", "line", []),
    (nil, "4711", "line", []),
    ("1", nil, "line", []),
    ("1", "4712", "line", []),
    ("1", "", "line", []),
    ("", "4711", "line", []),
    ("-1", "4711", "line", []),
    ("+1", "4711", "line", []),
    ("one", "4711", "line", []),
    ("1048577", "4711", nil, []),
    ("2147483647", "4711", nil, []),
    ("18446744073709551615", "4711", nil, []),
    ("99999999999999999999", "4711", nil, []),
  ]

  @Test(arguments: handovers)
  func descriptorsAreNamedInTheirOrder(_ count: String?, _ process: String?, _ names: String?, _ expected: [String]) {
    var variables: [String: String] = [:]
    variables["LISTEN_FDS"] = count
    variables["LISTEN_PID"] = process
    variables["LISTEN_FDNAMES"] = names
    #expect(Self.environment(variables).descriptorNames == expected)
  }

  static let sockets = [
    ("/run/systemd/notify", true), ("@notify", true), ("/", true), ("/\(String(repeating: "x", count: 102))", true),
    ("", false), ("@", false), ("notify", false), ("vsock:2:1234", false),
    ("/\(String(repeating: "x", count: 108))", false), ("@\(String(repeating: "x", count: 108))", false),
  ]

  @Test(arguments: sockets)
  func aSocketIsAPathOrAnAbstractName(_ name: String, _ isOne: Bool) {
    #expect((NotificationSocket(name) != nil) == isOne)
  }

  static let names = [
    ("gpiochip0-26-22", true), ("a b", true), ("~", true), (String(repeating: "n", count: 255), true),
    ("", false), ("a:b", false), ("a\nREADY=1", false), ("a\u{0}", false), ("\u{7F}", false), ("ü", false),
    (String(repeating: "n", count: 256), false),
  ]

  @Test(arguments: names)
  func aNameIsASCIIWithoutColons(_ name: String, _ isValid: Bool) {
    #expect(StoredDescriptor.isValid(name: name) == isValid)
  }
}
