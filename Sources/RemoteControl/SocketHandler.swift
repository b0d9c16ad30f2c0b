// SPDX-License-Identifier: MIT

// The WebSocket: the tutorial's `onEvent`. Each message changes the device and is answered to its own client; everyone
// else gets the change from the loop, through `appendState`.

import Bytes
import DeviceServer
import Parts
import WebSocketCore

enum SocketHandler {
  /// What a client that has all changes up to `revision` is sent.
  static func appendState(
    _ context: inout RemoteControlContext, since revision: UInt64, to message: inout [UInt8]
  ) -> UInt64 {
    ServerMessages.appendState(context, since: revision, to: &message)
    return context.device.revision
  }

  static func onEvent(
    _ context: inout RemoteControlContext, _ hub: inout WebSocketHub, _ event: borrowing WebSocketEvent
  ) {
    context.clients = hub.count
    context.device.now = hub.now
    switch event {
    case .connect(let client, let remote): welcome(client, remote, &context, &hub)
    case .disconnect(let client, let code, let reason):
      context.device.releaseButtons(heldBy: client.number, now: hub.now)
      context.log.disconnected(client, code, reason)
    case .text(let client, let text): obey(ClientMessage(text, for: context.device), of: client, &context, &hub)
    case .binary(let client, _): obey(.binary, of: client, &context, &hub)
    case .pong, .error: break
    }
  }

  private static func welcome(
    _ client: ClientID, _ remote: RemoteAddress, _ context: inout RemoteControlContext, _ hub: inout WebSocketHub
  ) {
    context.log.connected(client, from: remote)
    context.answer.clear()
    var hello: [UInt8] = []
    swap(&hello, &context.answer)
    ServerMessages.appendHello(context, to: &hello)
    hub.snapshot(hello.span, revision: context.device.revision, to: client)
    swap(&hello, &context.answer)
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private static func obey(
    _ message: ClientMessage, of client: ClientID, _ context: inout RemoteControlContext, _ hub: inout WebSocketHub
  ) {
    context.answer.clear()
    do throws(MessageError) {
      switch message.wish {
      case .success(.ping(let number)): ServerMessages.appendPong(number, clients: context.clients, to: &context.answer)
      case .success(.perform(let command, let part)):
        try perform(command, part, of: client, hub.principal(of: client), &context)
        if let id = message.id {
          ServerMessages.appendAcknowledgement(id, revision: context.device.revision, to: &context.answer)
        }
      case .failure(let error): throw error
      }
    } catch {
      context.refusedMessages &+= 1
      context.log.refused(error, of: client)
      ServerMessages.appendError(error, id: message.id, context.device, to: &context.answer)
    }
    if !context.answer.isEmpty { hub.text(context.answer.span, to: client) }
  }

  private static func perform(
    _ command: Command, _ part: Int, of client: ClientID, _ principal: Principal?,
    _ context: inout RemoteControlContext
  ) throws(MessageError) {
    do throws(CommandError) {
      try context.perform(
        command, on: part, for: principal ?? .nobody, client: client.number, now: context.device.now)
    } catch {
      throw .refused(error)
    }
  }
}
