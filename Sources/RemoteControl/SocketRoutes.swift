// SPDX-License-Identifier: MIT

// The web socket: the tutorial's `onEvent`. Each message changes the device and is answered to its own client; everyone
// else hears of the change from the loop, through `appendState`.

import Bytes
import DeviceServer
import Parts
import WebSocketCore

enum SocketRoutes {
  /// What a client that has all changes up to `revision` is sent.
  static func appendState(
    _ context: inout RemoteControlContext, since revision: UInt64, to message: inout [UInt8]
  ) -> UInt64 {
    Answers.appendState(context, since: revision, to: &message)
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
      context.log.add { line in
        appendName(of: client, to: &line)
        line.append(" disconnected")
      }
      context.log.debug { line in
        appendName(of: client, to: &line)
        line.append(" closed with ")
        line.append(decimal: code.rawValue)
        line.append(" ")
        appendPrintable(reason, to: &line)
      }
    case .text(let client, let text): obey(Message(text, for: context.device), of: client, &context, &hub)
    case .binary(let client, _): obey(.binary, of: client, &context, &hub)
    case .pong, .error: break
    }
  }

  private static func welcome(
    _ client: ClientID, _ remote: RemoteAddress, _ context: inout RemoteControlContext, _ hub: inout WebSocketHub
  ) {
    context.log.add { line in
      appendName(of: client, to: &line)
      line.append(" connected from ")
      remote.appendAddress(to: &line)
    }
    context.answer.clear()
    var hello: [UInt8] = []
    swap(&hello, &context.answer)
    Answers.appendHello(context, to: &hello)
    hub.snapshot(hello.span, revision: context.device.revision, to: client)
    swap(&hello, &context.answer)
  }

  private static func appendName(of client: ClientID, to line: inout [UInt8]) {
    line.append("WebSocket client #")
    line.append(decimal: client.number)
  }

  /// Appends a peer's words so that they can neither forge a line of the log nor steer a terminal.
  private static func appendPrintable(_ words: Span<UInt8>, to line: inout [UInt8]) {
    for index in words.indices { line.append(0x20..<0x7F ~= words[index] ? words[index] : UInt8(ascii: "?")) }
  }

  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private static func obey(
    _ message: Message, of client: ClientID, _ context: inout RemoteControlContext, _ hub: inout WebSocketHub
  ) {
    context.answer.clear()
    do throws(MessageError) {
      switch message.wish {
      case .success(.ping(let number)): Answers.appendPong(number, clients: context.clients, to: &context.answer)
      case .success(.perform(let command, let part)):
        try perform(command, part, of: client, &context)
        if let id = message.id {
          Answers.appendAcknowledgement(id, revision: context.device.revision, to: &context.answer)
        }
      case .failure(let error): throw error
      }
    } catch {
      context.refusedMessages &+= 1
      context.log.debug { line in
        appendName(of: client, to: &line)
        line.append(": ")
        line.append(error.words)
      }
      Answers.appendError(error, id: message.id, context.device, to: &context.answer)
    }
    if !context.answer.isEmpty { hub.text(context.answer.span, to: client) }
  }

  private static func perform(
    _ command: Command, _ part: Int, of client: ClientID, _ context: inout RemoteControlContext
  ) throws(MessageError) {
    do throws(CommandError) {
      try context.device.perform(command, on: part, by: .client(client.number), now: context.device.now)
    } catch {
      throw .refused(error)
    }
  }
}
