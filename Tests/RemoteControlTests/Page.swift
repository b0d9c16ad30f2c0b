// SPDX-License-Identifier: MIT

// A page as the protocol's description has it, written from that alone: it keeps the newest state, sends
// numbered commands, asks whether the device lives and answers its pings. What no device may send is an issue
// of the test.

import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing

/// One open page.
final class Page {
  /// What a page shows.
  struct Shown: Equatable, CustomStringConvertible {
    var boot: String?
    var revision: UInt64 = 0
    var isOn = false
    var isPressed = false

    var description: String {
      "\(boot ?? "?")/\(revision) \(isOn ? "on" : "off")\(isPressed ? " pressed" : "")"
    }
  }

  private(set) var client: BenchClient
  private(set) var shown = Shown()
  /// The revision of each state that came, since the greeting, in order.
  private(set) var revisions: [UInt64] = []
  /// The numbers that were sent, and those that were acknowledged.
  private(set) var sent: [UInt64] = []
  private(set) var acknowledged: [UInt64] = []
  private(set) var pongs = 0
  private(set) var screens: UInt64?
  private(set) var closeCode: UInt16?
  private var isGreeted = false
  private var lastNumber: UInt64 = 0

  init(_ bench: Bench, capacity: Int = 65_536) {
    client = bench.connect(capacity: capacity)
    read()
  }

  /// Connects once more: to the same device or, after a reboot, to what has become of it.
  func reconnect(_ bench: Bench) {
    isGreeted = false
    revisions = []
    sent = []
    acknowledged = []
    closeCode = nil
    client = bench.connect()
    read()
  }

  // MARK: Speaking

  func set(_ isOn: Bool) {
    lastNumber += 1
    sent.append(lastNumber)
    client.sendText(#"{"type":"set","id":\#(lastNumber),"part":"led","on":\#(isOn)}"#)
  }

  func toggle() {
    lastNumber += 1
    sent.append(lastNumber)
    client.sendText(#"{"type":"toggle","id":\#(lastNumber),"part":"led"}"#)
  }

  func ping() { client.sendText(#"{"type":"ping","n":1}"#) }

  // MARK: Listening

  /// Takes in whatever has come.
  func read() {
    while let frame = client.frame() {
      switch frame.opcode {
      case 1: hear(text(frame.payload))
      case 8:
        closeCode = frame.payload.count >= 2 ? UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) : 1005
        client.send(Wire.frame(8, Array(frame.payload.prefix(2))))
      case 9: client.send(Wire.frame(10, frame.payload))
      default: Issue.record("unexpected: \(frame)")
      }
    }
  }

  private func hear(_ message: String) {
    guard let json = try? JSON(message) else { return }
    let type = json.string("type")
    guard isGreeted || type == "hello" else {
      Issue.record("the greeting comes first, not \(message)")
      return
    }
    switch type {
    case "hello":
      #expect(!isGreeted, "greeted twice")
      isGreeted = true
      take(json)
    case "state":
      let revision = json.number("rev") ?? 0
      #expect(revision > revisions.last ?? 0, "states in the wrong order, or twice")
      revisions.append(revision)
      take(json)
    case "ack":
      #expect(json.string("error") == nil, "\(message)")
      acknowledged.append(json.number("id") ?? 0)
    case "pong":
      pongs += 1
      screens = json.number("clients")
    default: Issue.record("unexpected: \(message)")
    }
  }

  /// Same boot and a lower revision than seen: ignored. Another boot: replaces everything.
  private func take(_ json: JSON) {
    let revision = json.number("rev") ?? 0
    screens = json.number("clients")
    guard json.string("boot") != shown.boot || revision >= shown.revision else { return }
    shown = Shown(
      boot: json.string("boot"), revision: revision, isOn: json.truth("parts", "led", "on") ?? shown.isOn,
      isPressed: json.truth("parts", "button", "pressed") ?? shown.isPressed)
    #expect(json.string("status") == (shown.isOn ? "on" : "off"))
  }
}

extension Bench {
  /// What every page is to show.
  var expected: Page.Shown {
    Page.Shown(
      boot: text(network.application.context.identity.boot), revision: revision, isOn: part("led").isOn == true,
      isPressed: isPressed)
  }
}
