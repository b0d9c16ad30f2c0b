// SPDX-License-Identifier: MIT

// What the device says, as JSON. A state is whole and small, so a client needs nothing but the newest; its
// `status` keeps the tutorial's own page working.

import Bytes

/// Who the device is; the same for as long as it runs.
public struct Identity: Sendable {
  /// What people call it.
  public let name: [UInt8]
  /// The number of this start, in eight hexadecimal digits.
  public let boot: [UInt8]

  /// A device called `name`, in UTF-8; `boot` is another number at each start, so that clients notice a
  /// reboot.
  public init(name: [UInt8], boot: UInt32) {
    self.name = name
    var digits: [UInt8] = []
    digits.append(hexadecimal: boot, width: 8)
    self.boot = digits
  }
}

enum Answers {
  /// The first message to a client, and the answer to `GET /api/state`.
  static func appendHello(_ state: DeviceState, _ identity: Identity, clients: Int, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "hello")
      json.member("proto", UInt8(1))
      appendState(state, identity, clients: clients, &json)
      json.member("name", identity.name.span)
      json.endObject()
    }
  }

  /// The message at each change.
  static func appendState(_ state: DeviceState, _ identity: Identity, clients: Int, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "state")
      appendState(state, identity, clients: clients, &json)
      json.endObject()
    }
  }

  private static func appendState(
    _ state: DeviceState, _ identity: Identity, clients: Int, _ json: inout JSONWriter
  ) {
    json.member("boot", identity.boot.span)
    json.member("rev", state.revision)
    json.member("status", state.isOn ? "on" : "off")
    json.name("pins")
    json.beginObject()
    json.name("led")
    json.beginObject()
    json.member("on", state.isOn)
    json.endObject()
    json.name("button")
    json.beginObject()
    json.member("pressed", state.isButtonPressed)
    json.endObject()
    json.endObject()
    json.member("clients", UInt32(clamping: clients))
    if !state.fault.isEmpty { json.member("fault", state.fault.span) }
    #if !hasFeature(Embedded)  // where the button is looked at there is no queue of edges
      if state.droppedEdges > 0 { json.member("droppedEdges", state.droppedEdges) }
    #endif
    guard let author = state.author else { return }
    json.name("by")
    switch author {
    case .button: json.value("button")
    case .http: json.value("http")
    case .client(let number):
      var name: [UInt8] = [UInt8(ascii: "#")]
      name.append(decimal: number)
      json.value(name.span)
    }
  }

  static func appendAcknowledgement(_ id: UInt64, revision: UInt32, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "ack")
      json.member("id", id)
      json.member("rev", revision)
      json.endObject()
    }
  }

  /// To a message without an `id` the answer is of the type `error`: who sends none gets no `ack`.
  static func appendError(_ error: CommandError, id: UInt64?, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", id == nil ? "error" : "ack")
      if let id { json.member("id", id) }
      json.member("error", error.words)
      json.endObject()
    }
  }

  static func appendPong(_ number: UInt64, clients: Int, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "pong")
      json.member("n", number)
      json.member("clients", UInt32(clamping: clients))
      json.endObject()
    }
  }
}
