// SPDX-License-Identifier: MIT

// The tutorial's program at its end (its v1.0), in its order and with its names: a button and every page toggle an LED,
// and every page shows it at once. The messages are {"action":"toggle"} and {"status":"on"}.
//
//     heliograph-tutorial-10 --data FOLDER [PORT]     FOLDER: the tutorial's own `data`; PORT: by default 80
//
// Standard input works the board: `tap` presses the button. What differs, and why: see README.md.

import Bytes
import DataFolder
import DeviceServer
import HostTransport
import Parts
import SimulatedBoard
import SystemCalls
import Timebase

// MARK: Definition of macros
let LED_PIN = 0
let LED_BUILTIN = 1
let BTN_PIN = 0
let HTTP_PORT = 80

// MARK: Definition of global variables: here they are one value, which every function is given
struct Remote {
  var device: Device
  let board: SimulatedBoard
  var notified: Bool?  // what pages have been told of the LED
}

// MARK: SPIFFS initialization
func initSPIFFS(_ path: String) throws -> AssetTable {
  var folder = DataFolder(path: path)
  while true {
    if let files = try folder.update(at: .systemNow) { return files }
    usleep(50_000)  // a file of it is being written
  }
}

// MARK: Web server initialization
func processor(
  _ remote: inout Remote, _ request: borrowing Request, _ name: Span<UInt8>, _ value: inout [UInt8]
) -> Template.Value? {
  guard name.equals("STATE") else { return nil }  // any other name stays as it is
  value.append(remote.device["led"]?.isOn == true ? "on" : "off")
  return .text
}

func initWebServer(_ router: inout Router<Remote>, _ files: AssetTable) {
  router.onTemplate(processor)
  router.assets = files  // `/` is its index.html, through the processor: onRootRequest
}

// MARK: WebSocket initialization
func notifyClients(_ remote: inout Remote, _ hub: inout WebSocketHub) {
  let isOn = remote.device["led"]?.isOn == true
  guard isOn != remote.notified else { return }
  remote.notified = isOn
  let message: StaticString = isOn ? #"{"status":"on"}"# : #"{"status":"off"}"#
  hub.publishState(message.span)  // a page that connects later gets it, too
}

func handleWebSocketMessage(_ remote: inout Remote, _ message: Span<UInt8>, now: MonotonicTime) {
  do throws(JSONError) {
    guard try JSONValue(parsing: message)["action"]?.equals("toggle") == true else { return }
    try? remote.device.perform(.toggle, on: "led", now: now)
  } catch {
    StandardStreams.print("deserializeJson() failed with code \(error)")
  }
}

func onEvent(_ remote: inout Remote, _ hub: inout WebSocketHub, _ event: borrowing WebSocketEvent) {
  switch event {
  case .connect(let client, let address):
    let address = String(decoding: address.addressText, as: UTF8.self)
    StandardStreams.print("WebSocket client #\(client.number) connected from \(address)")
  case .disconnect(let client, _, _):
    StandardStreams.print("WebSocket client #\(client.number) disconnected")
  case .text(_, let message): handleWebSocketMessage(&remote, message, now: hub.now)
  case .binary, .pong, .error: break
  }
}

func initWebSocket(_ router: inout Router<Remote>) -> WebSocketEndpoint {
  router.webSocket("/ws", onEvent)
}

// MARK: Initialization
func setup(_ files: AssetTable) throws -> ServerApplication<Remote> {
  var device = try Device("Tutorial", statusOutput: LED_BUILTIN) {
    Part.switch("led", output: LED_PIN)
    Part.button("button", input: BTN_PIN, .on(.press, "toggle led"))
  }
  let board = SimulatedBoard(for: &device)
  var router = Router<Remote>()
  let ws = initWebSocket(&router)
  initWebServer(&router, files)
  let remote = Remote(device: device, board: board)
  return ServerApplication(Server(router: router), context: remote) { loop(&$0, &$1, ws, now: $2) }
}

// MARK: Main control loop: called when something has happened, or when it said that it wants to be
func loop(
  _ remote: inout Remote, _ server: inout Server<Remote>, _ ws: WebSocketEndpoint, now: MonotonicTime
) -> MonotonicTime? {
  server.withHub(ws, now: now) { $0.cleanupClients() }

  let reading = remote.board.report(to: &remote.device, now: now)  // button.read()

  // if (button.pressed()) led.on = !led.on, as the button's description says; and the heartbeat of onboard_led
  let deadline = remote.device.poll(now: now)

  while let drive = remote.device.nextDrive() {  // led.update(), onboard_led.update()
    remote.board.drive(drive)
    if drive.output == LED_PIN { StandardStreams.print(drive.level > 0 ? "led on" : "led off") }
  }
  server.withHub(ws, now: now) { notifyClients(&remote, &$0) }
  return min(reading ?? .distantFuture, deadline ?? .distantFuture)
}

// MARK: The computer's part
let arguments = CommandLine.arguments
guard (3...4).contains(arguments.count), arguments[1] == "--data",
  let port = arguments.count == 4 ? Int(arguments[3]) : HTTP_PORT
else {
  print("usage: heliograph-tutorial-10 --data FOLDER [PORT]")
  exit(64)
}
let files: AssetTable
do {
  files = try initSPIFFS(arguments[2])
} catch {
  print("Cannot mount SPIFFS volume... \(error)")
  exit(1)
}
await HostTransport.main(port: port) { port in
  let url = "http://127.0.0.1:\(port)/"
  return port == HTTP_PORT ? url : "\(url)\nThe tutorial's page looks for its socket on port 80, and finds none here"
} makeApplication: {
  try setup(files)
} onNewSecond: { remote, seconds in
  remote.setDate(secondsSince1970: seconds)
} whenServing: { transport in
  transport.readStandardInput { remote, line, _ in
    if line == "tap", let button = remote.context.board.index(of: "button") { remote.context.board.apply(.tap(button)) }
  }
}
