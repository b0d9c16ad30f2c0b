// SPDX-License-Identifier: MIT

// The WebSocket of the pages: a page says what it shows, gives commands, and asks whether anybody is there.

import Bytes
import DeviceServer
import HTTPCore
import MQTTCore
import Timebase
import WebSocketCore

enum FleetSocket {
  static func onEvent(
    _ context: inout FleetContext, _ hub: inout WebSocketHub, _ event: borrowing WebSocketEvent
  ) {
    switch event {
    case .connect(let client, _):
      context.screens.add(client)
      context.answer.clear()
      var hello: [UInt8] = []
      FleetMessages.appendHello(context, clients: hub.count, for: hub.principal(of: client) ?? .nobody, to: &hello)
      hub.text(hello.span, to: client)
    case .disconnect(let client, _, _): context.screens.remove(client)
    case .text(let client, let text): obey(text, of: client, &context, &hub)
    case .binary(let client, _): refuse("messages are text", nil, client, &context, &hub)
    case .pong, .error: break
    }
  }

  private static func obey(
    _ text: Span<UInt8>, of client: ClientID, _ context: inout FleetContext, _ hub: inout WebSocketHub
  ) {
    guard let json = try? JSONValue(parsing: text), let type = json["type"] else {
      return refuse("malformed JSON", nil, client, &context, &hub)
    }
    if type.equals("ping") {
      context.answer.clear()
      FleetMessages.appendPong(json["n"]?.uint64 ?? 0, clients: hub.count, to: &context.answer)
      hub.text(context.answer.span, to: client)
    } else if type.equals("watch") {
      context.screens.watch(FleetWindow(json, limits: context.table.limits), by: client)
    } else if type.equals("command") {
      let id = json["id"]?.uint64 ?? 0
      guard (hub.principal(of: client) ?? .nobody).role >= .control else {
        return refuse("you may not do that", id, client, &context, &hub)
      }
      if case .failure(let problem) = context.begin(FleetOrder(json), client: client, message: id) {
        refuse(problem.words, id, client, &context, &hub)
      }
    } else {
      refuse("unknown type of message", json["id"]?.uint64, client, &context, &hub)
    }
  }

  private static func refuse(
    _ words: StaticString, _ id: UInt64?, _ client: ClientID, _ context: inout FleetContext, _ hub: inout WebSocketHub
  ) {
    context.answer.clear()
    FleetMessages.appendError(words, id: id, to: &context.answer)
    hub.text(context.answer.span, to: client)
  }
}

/// Why a command was not begun.
struct FleetProblem: Error {
  let status: HTTPStatus
  let words: StaticString
}

extension FleetContext {
  /// Takes on a command; its number.
  mutating func begin(_ order: FleetOrder, client: ClientID?, message: UInt64) -> Result<UInt64, FleetProblem> {
    if let mistake = order.mistake { return .failure(FleetProblem(status: .badRequest, words: mistake)) }
    guard link.client.isOpen else {
      return .failure(FleetProblem(status: .serviceUnavailable, words: "not sent: the broker is not connected"))
    }
    guard commands.openCount < table.limits.commands else {
      return .failure(FleetProblem(status: .tooManyRequests, words: "not sent: too many commands are on their way"))
    }
    var targets: [(identifier: [UInt8], row: Int?)] = []
    if let query = order.query {
      for row in table.select(query) { targets.append((table.devices[Int(row)].identifier, Int(row))) }
    } else {
      var seen: Set<[UInt8]> = []
      for name in order.devices where seen.insert(name).inserted { targets.append((name, table.row(of: name.span))) }
    }
    return .success(
      commands.begin(
        client: client, message: message, part: order.part, payload: order.payload, targets: targets, table: &table))
  }
}
