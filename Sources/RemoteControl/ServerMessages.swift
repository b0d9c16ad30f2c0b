// SPDX-License-Identifier: MIT

// What the device says, as JSON (protocol 2). A state holds the parts that changed since the client was last sent any,
// each with its values as they are now; its `status`, which is that of the first switch or light, keeps the tutorial's
// own page working.

import Bytes
import DeviceServer
import Parts
import Timebase

enum ServerMessages {
  /// The first message to a client, and the answer to `GET /api/state`: all parts, with their descriptions, and for
  /// whom it is, where people log in.
  static func appendHello(
    _ context: borrowing RemoteControlContext, for principal: Principal = .everybody, to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "hello")
      json.member("proto", UInt8(2))
      writeHead(context, &json)
      json.member("name", context.device.name.span)
      json.member("board", context.identity.board.span)
      json.member("version", Identity.version)
      json.member("uptime", uptime(of: context))
      if context.droppedEdges > 0 { json.member("dropped_edges", context.droppedEdges) }
      if context.clients >= context.clientLimit { json.member("full", true) }
      write(principal, &json)
      json.name("parts")
      context.device.writeParts(to: &json, since: nil, now: context.device.now)
      json.endObject()
    }
  }

  /// What has changed since a revision.
  static func appendState(
    _ context: borrowing RemoteControlContext, since revision: UInt64, to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "state")
      writeHead(context, &json)
      json.name("parts")
      context.device.writeParts(to: &json, since: revision, now: context.device.now)
      json.endObject()
    }
  }

  /// One part, whole.
  static func appendPart(_ index: Int, _ context: borrowing RemoteControlContext, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      let parts = context.device.parts.span  // an element of the array itself would be copied, with its texts
      json.beginObject()
      json.member("name", parts[index].name.span)
      json.member("rev", parts[index].revision)
      parts[index].writeDescription(to: &json)
      parts[index].writeValues(to: &json, now: context.device.now)
      json.endObject()
    }
  }

  private static func write(_ principal: Principal, _ json: inout JSONWriter) {
    #if !WITHOUT_LOGIN
      guard principal != .everybody else { return }
      if !principal.name.isEmpty { json.member("user", principal.name.span) }
      json.member("role", principal.role.word)
    #endif
  }

  private static func writeHead(_ context: borrowing RemoteControlContext, _ json: inout JSONWriter) {
    json.member("boot", context.identity.boot.span)
    json.member("rev", context.device.revision)
    writeStatus(context.device, &json)
    json.member("clients", UInt32(clamping: context.clients))
    #if !WITHOUT_MQTT
      switch context.broker {
      case .some(let link): write(link.status, complaint: link.complaint, &json)
      case nil: break
      }
    #endif
  }

  #if !WITHOUT_MQTT
    /// Whether the broker is there, and why not.
    private static func write(_ status: BrokerStatus, complaint: [UInt8], _ json: inout JSONWriter) {
      json.name("mqtt")
      json.beginObject()
      json.member("connected", status == .connected)
      var error = complaint
      if case .lost(let why) = status { error = why }
      if !error.isEmpty { json.member("error", error.span) }
      json.endObject()
    }
  #endif

  private static func writeStatus(_ device: borrowing Device, _ json: inout JSONWriter) {
    guard let index = device.mainPart else { return }
    json.member("status", device.parts[index].isOn == true ? "on" : "off")
  }

  private static func uptime(of context: borrowing RemoteControlContext) -> UInt64 {
    let start = context.startTime ?? context.device.now
    return context.device.now > start ? context.device.now.milliseconds &- start.milliseconds : 0
  }

  static func appendAcknowledgement(_ id: UInt64, revision: UInt64, to text: inout [UInt8]) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", "ack")
      json.member("id", id)
      json.member("rev", revision)
      json.endObject()
    }
  }

  /// To a message without an `id` the answer is of the type `error`, with the `status` that the tutorial's page shows.
  static func appendError(
    _ error: MessageError, id: UInt64?, _ device: borrowing Device, to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("type", id == nil ? "error" : "ack")
      if let id { json.member("id", id) }
      json.member("error", error.words)
      if id == nil { writeStatus(device, &json) }
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
