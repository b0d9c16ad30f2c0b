// SPDX-License-Identifier: MIT

// The gateway's routes: its page, which is whole without JavaScript, and an API for scripts.

import Bytes
import DeviceServer
import HTTPCore
import RemoteControl
import Timebase

enum FleetRoutes {
  /// So many fields may a form have: a box for each row, and a few more.
  static let fieldLimit = 256

  /// Adds all routes, and returns the endpoint `/ws`.
  static func add(to router: inout Router<FleetContext>, origin: OriginPolicy) -> WebSocketEndpoint {
    let endpoint = router.webSocket("/ws", origin: origin, FleetSocket.onEvent)
    router.on(.get, "/api/state", getState)
    router.on(.get, "/api/devices", getDevices)
    router.on(.get, "/api/devices/:device", getDevice)
    router.on(.post, "/api/commands", postCommand)
    router.on(.get, "/api/commands/:number", getCommand)
    router.on(.post, "/command", postForm)
    router.onTemplate(FleetTemplate.processor)
    router.onRefusal { context, refusal in context.log.refused(refusal) }
    return endpoint
  }

  private static func getState(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    if context.screens.vocabulary.isStale(context.table) { context.screens.vocabulary.rebuild(context.table) }
    let (clients, principal) = (context.screens.count, request.principal)
    response.sendJSON { FleetMessages.appendHello(context, clients: clients, for: principal, to: &$0) }
  }

  /// `GET /api/devices?q=kitchen&group=ground-floor&show=absent&from=0&count=100`
  private static func getDevices(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    let fields = FormFields(request.head.query)
    let window = FleetWindow(fields, limits: context.table.limits)
    let rows = context.table.select(window.query)
    let count = Int(clamping: min(fields["count"].span.decimalValue ?? 1000, 1000))
    let from = min(window.from, rows.count)
    let now = request.now
    response.sendJSON { text in
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        json.member("total", UInt32(clamping: context.table.count))
        json.member("matches", UInt32(clamping: rows.count))
        json.member("from", UInt32(clamping: from))
        json.name("devices")
        json.beginArray()
        for row in rows[from..<min(from + count, rows.count)] {
          FleetMessages.write(context.table.devices[Int(row)], now: now, &json)
        }
        json.endArray()
        json.endObject()
      }
    }
  }

  /// `GET /api/devices/kitchen`
  private static func getDevice(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    guard let name = request.parameter("device"), let row = context.table.row(of: name) else {
      return response.fail(.notFound, "there is no such device")
    }
    let now = request.now
    response.sendJSON { text in
      JSONWriter.append(to: &text) { json in FleetMessages.write(context.table.devices[row], now: now, &json) }
    }
  }

  /// `POST /api/commands` with `{"part":"led","payload":"ON","devices":["kitchen"]}`; 202, and where the results are.
  private static func postCommand(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    guard let json = try? JSONValue(parsing: request.body) else { return response.fail(.badRequest, "malformed JSON") }
    switch context.begin(FleetOrder(json), client: nil, message: 0) {
    case .failure(let problem): response.fail(problem.status, problem.words)
    case .success(let number):
      response.status = .accepted
      guard let command = context.commands.command(number) else { return }
      response.sendJSON { FleetMessages.append(command, to: &$0) }
    }
  }

  /// `GET /api/commands/1`
  private static func getCommand(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    guard let number = request.parameter("number")?.decimalValue, let command = context.commands.command(number) else {
      return response.fail(.notFound, "there is no such command, or no longer")
    }
    response.sendJSON { FleetMessages.append(command, to: &$0) }
  }

  /// The form of the page: `do` is a part's button, otherwise `part` and `set` go to all boxes, or to all that match.
  private static func postForm(_ context: inout FleetContext, _ request: borrowing Request, _ response: inout Response) {
    let fields = FormFields(request.body, limit: fieldLimit)
    switch context.begin(order(fields), client: nil, message: 0) {
    case .failure(let problem): response.fail(problem.status, problem.words)
    case .success(let number):
      var location = [UInt8]("./?command=")
      location.append(decimal: number)
      FleetTemplate.append(FleetWindow(fields, limits: context.table.limits), to: &location)
      response.status = .seeOther
      response.head.add("Location", location.span)
    }
  }

  private static func order(_ fields: FormFields) -> FleetOrder {
    var order = FleetOrder()
    let direct = fields["do"].split(separator: UInt8(ascii: "/"), maxSplits: 2).map { Array($0) }
    if direct.count == 3 {
      (order.devices, order.part, order.payload) = ([direct[0]], direct[1], direct[2])
      return order
    }
    order.part = fields["part"]
    order.payload = fields["set"].span.equals("value") ? fields["value"] : fields["set"]
    if fields["all"].isEmpty { order.devices = fields.all("d") } else { order.query = FleetQuery(fields) }
    return order
  }
}
