// SPDX-License-Identifier: MIT

// The seed's `initWebSocket`, `onEvent`, `initWebServer` and `processor`, and the HTTP API for scripts. Each
// handler changes the state and answers its own client; everyone else hears of it through
// `RemoteControl.publish`.

import Bytes
import DeviceServer
import HTTPCore
import WebSocketCore

enum Routes {
  /// The router, and the endpoint `/ws`.
  static func make(assets: AssetTable) -> (router: Router<Device>, endpoint: WebSocketEndpoint) {
    var router = Router<Device>()
    let endpoint = router.webSocket("/ws", onEvent)
    router.get("/api/state", getState)
    router.on(.put, "/api/led", putLed)
    router.on(.post, "/api/led/toggle", postToggle)
    router.onTemplate(processor)
    router.onRefusal { device, refusal in device.log.debug { refusal.append(to: &$0) } }
    router.assets = assets
    return (router, endpoint)
  }

  // MARK: The web socket

  private static func onEvent(
    _ device: inout Device, _ hub: inout WebSocketHub, _ event: borrowing WebSocketEvent
  ) {
    device.clients = hub.count
    switch event {
    case .connect(let client, let remote):
      device.log.add { line in
        appendName(of: client, to: &line)
        line.append(" connected from ")
        remote.appendAddress(to: &line)
      }
      device.answer.removeAll(keepingCapacity: true)
      Answers.appendHello(device.state, device.identity, clients: device.clients, to: &device.answer)
      hub.snapshot(device.answer.span, to: client)
    case .disconnect(let client, let code, let reason):
      device.log.add { line in
        appendName(of: client, to: &line)
        line.append(" disconnected")
      }
      device.log.debug { line in
        appendName(of: client, to: &line)
        line.append(" closed with ")
        line.append(decimal: code.rawValue)
        line.append(" ")
        appendPrintable(reason, to: &line)
      }
    case .text(let client, let text): obey(Message(text), of: client, &device, &hub)
    case .binary(let client, _): obey(.binary, of: client, &device, &hub)
    case .pong, .error: break
    }
  }

  private static func appendName(of client: ClientID, to line: inout [UInt8]) {
    line.append("WebSocket client #")
    line.append(decimal: client.number)
  }

  /// Appends a peer's words so that they can neither forge a line of the log nor steer a terminal.
  private static func appendPrintable(_ words: Span<UInt8>, to line: inout [UInt8]) {
    for index in words.indices { line.append(0x20..<0x7F ~= words[index] ? words[index] : UInt8(ascii: "?")) }
  }

  private static func obey(
    _ message: Message, of client: ClientID, _ device: inout Device, _ hub: inout WebSocketHub
  ) {
    device.answer.removeAll(keepingCapacity: true)
    switch message.command(while: device.state) {
    case .success(.set(let isOn)): device.state.set(isOn, by: .client(client.number))
    case .success(.toggle): device.state.toggle(by: .client(client.number))
    case .success(.ping(let number)): Answers.appendPong(number, clients: device.clients, to: &device.answer)
    case .failure(let error):
      device.refusedMessages &+= 1
      device.log.debug { line in
        appendName(of: client, to: &line)
        line.append(": ")
        line.append(error.words)
      }
      Answers.appendError(error, id: message.id, to: &device.answer)
    }
    if device.answer.isEmpty, let id = message.id {
      Answers.appendAcknowledgement(id, revision: device.state.revision, to: &device.answer)
    }
    if !device.answer.isEmpty { hub.text(device.answer.span, to: client) }
  }

  // MARK: The page

  /// The value of a name in `index.html`.
  private static func processor(_ device: inout Device, _ name: Span<UInt8>, _ value: inout [UInt8]) -> Bool {
    let state = device.state
    if name.equals("STATE") {
      value.append(state.isOn ? "on" : "off")
    } else if name.equals("STATE_WORD") {
      value.append(state.isOn ? "On" : "Off")
    } else if name.equals("CHECKED") {
      value.append(state.isOn ? "true" : "false")
    } else if name.equals("BUTTON") {
      value.append(state.isButtonPressed ? "pressed" : "released")
    } else if name.equals("NAME") {
      value.append(device.identity.name.span)
    } else {
      return false
    }
    return true
  }

  // MARK: The HTTP API

  private static func getState(
    _ device: inout Device, _ request: borrowing Request, _ response: inout Response
  ) {
    response.sendJSON { Answers.appendHello(device.state, device.identity, clients: device.clients, to: &$0) }
  }

  /// `PUT /api/led` with `{"on":true}` or `{"on":false}`.
  private static func putLed(
    _ device: inout Device, _ request: borrowing Request, _ response: inout Response
  ) {
    let isOn: Bool?
    do throws(JSONError) {
      isOn = try JSONValue(parsing: request.body)["on"]?.bool
    } catch {
      return response.fail(.badRequest, "Malformed JSON")
    }
    guard let isOn else { return response.fail(.badRequest, "Send {\"on\":true} or {\"on\":false}") }
    guard isUsable(device, &response) else { return }
    device.state.set(isOn, by: .http)
    getState(&device, request, &response)
  }

  /// Whether the board can do what it is told; if not, the answer is 503.
  private static func isUsable(_ device: borrowing Device, _ response: inout Response) -> Bool {
    if device.state.fault.isEmpty { return true }
    response.fail(.serviceUnavailable, CommandError.boardFault.words)
    return false
  }

  /// `POST /api/led/toggle`; the form of the page without JavaScript goes back to the page.
  private static func postToggle(
    _ device: inout Device, _ request: borrowing Request, _ response: inout Response
  ) {
    guard isUsable(device, &response) else { return }
    device.state.toggle(by: .http)
    if let type = request.head.field("Content-Type"), type.starts(with: "application/x-www-form-urlencoded") {
      response.redirect(to: "/")
    } else {
      getState(&device, request, &response)
    }
  }
}
