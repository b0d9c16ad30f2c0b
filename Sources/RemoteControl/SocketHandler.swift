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
    case .connect(let client, let remote):
      #if !WITHOUT_COMMAND_LIMITS
        context.pacer.welcome(client, from: remote)
      #endif
      welcome(client, remote, &context, &hub)
    case .disconnect(let client, let code, let reason):
      context.device.releaseButtons(heldBy: client.number, now: hub.now)
      #if !WITHOUT_COMMAND_LIMITS
        context.pacer.forget(client)
      #endif
      context.log.disconnected(client, code, reason)
    case .text(let client, let text): obey(ClientMessage(text, for: context.device), of: client, &context, &hub)
    case .binary(let client, _): obey(.binary, of: client, &context, &hub)
    case .error(let client, let error): context.log.failed(client, error)
    case .pong: break
    }
  }

  private static func welcome(
    _ client: ClientID, _ remote: RemoteAddress, _ context: inout RemoteControlContext, _ hub: inout WebSocketHub
  ) {
    context.log.connected(client, from: remote)
    context.answer.clear()
    var hello: [UInt8] = []
    swap(&hello, &context.answer)
    ServerMessages.appendHello(context, for: hub.principal(of: client) ?? .nobody, to: &hello)
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
        #if !WITHOUT_COMMAND_LIMITS
          guard try isAllowed(command, part, message.id, of: client, &context, &hub) else { return }
        #endif
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

  #if !WITHOUT_COMMAND_LIMITS
    /// Whether a command is to be done now. One that is kept is answered later; one that it overtakes, now.
    private static func isAllowed(
      _ command: Command, _ part: Int, _ id: UInt64?, of client: ClientID, _ context: inout RemoteControlContext,
      _ hub: inout WebSocketHub
    ) throws(MessageError) -> Bool {
      if command == .release, let press = context.pacer.takeBackPress(of: part, by: client) {
        answer(press, .refused(.overtaken), of: client, &context, &hub)
      }
      if context.pacer.allows(command, of: client, now: hub.now) { return true }
      guard context.device.parts[part].knows(command) else { throw .refused(.unsuitableCommand) }
      switch context.pacer.keep(KeptCommand(command: command, part: part, id: id), of: client) {
      case .kept(let overtaken):
        if let overtaken { answer(overtaken, .refused(.overtaken), of: client, &context, &hub) }
      case .cancelled(let other):
        for id in [other, id] {
          if let id { answer(id, nil, of: client, &context, &hub) }
        }
      }
      return false
    }

    /// Does what was kept and may be done now.
    static func performKept(_ context: inout RemoteControlContext, _ hub: inout WebSocketHub) {
      context.device.now = hub.now
      while let (kept, client) = nextKept(&context, hub) {
        var problem: MessageError?
        do throws(MessageError) {
          try perform(kept.command, kept.part, of: client, hub.principal(of: client), &context)
        } catch {
          problem = error
          context.refusedMessages &+= 1
          context.log.refused(error, of: client)
        }
        if let id = kept.id { answer(id, problem, of: client, &context, &hub) }
      }
    }

    private static func nextKept(
      _ context: inout RemoteControlContext, _ hub: borrowing WebSocketHub
    ) -> (KeptCommand, ClientID)? {
      while let (kept, index, number) = context.pacer.nextKept(now: hub.now) {
        if let client = hub.client(at: index), client.number == number { return (kept, client) }
      }
      return nil
    }

    /// Acknowledges the message with this number.
    private static func answer(
      _ id: UInt64, _ problem: MessageError?, of client: ClientID, _ context: inout RemoteControlContext,
      _ hub: inout WebSocketHub
    ) {
      context.answer.clear()
      if let problem {
        ServerMessages.appendError(problem, id: id, context.device, to: &context.answer)
      } else {
        ServerMessages.appendAcknowledgement(id, revision: context.device.revision, to: &context.answer)
      }
      hub.text(context.answer.span, to: client)
      context.answer.clear()
    }
  #endif
}
