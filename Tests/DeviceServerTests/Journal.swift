// SPDX-License-Identifier: MIT

// The server under test: a few routes, one endpoint, and a context that writes down whatever the handlers
// are told.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase
import WebSocketCore

typealias Network = VirtualNetwork<ServerApplication<Journal>>
typealias Client = VirtualClient<ServerApplication<Journal>>

/// What the handlers were told, as text.
struct Journal {
  var events: [String] = []
  var refusals: [String] = []
  var clients: [ClientID] = []
  var sent: [SendStatus] = []
  var sentToAll: [BroadcastStatus] = []
  /// Where the clients are, unless a test has endpoints of its own.
  var endpoint: WebSocketEndpoint
  /// Connections whose request waits.
  var waiting: [ConnectionID] = []
  /// How often a request was handled.
  var handled = 0
}

/// A network with a server.
///
/// On `/ws` a text is a command: `echo …`, `all …`, `to N …` (the Nth client from 0), `bye`; any other is only noted. A
/// binary message is sent back.
func makeNetwork(
  limits: ServerLimits = ServerLimits(), hostNames: HostNames = HostNames(), now: MonotonicTime = .zero,
  _ configure: (inout Router<Journal>) -> Void = { _ in }
) -> Network {
  var router = Router<Journal>()
  let endpoint = router.webSocket("/ws", obey)
  router.onRefusal { journal, refusal in
    var line: [UInt8] = []
    refusal.append(to: &line)
    journal.refusals.append(text(line))
  }
  configure(&router)
  let server = Server(router: router, limits: limits, hostNames: hostNames)
  return Network(ServerApplication(server, context: Journal(endpoint: endpoint)), now: now)
}

/// The handler of `/ws`.
func obey(_ journal: inout Journal, _ hub: inout WebSocketHub, _ event: borrowing WebSocketEvent) {
  switch event {
  case .connect(let client, let remote):
    var line: [UInt8] = []
    remote.appendAddress(to: &line)
    journal.clients.append(client)
    journal.events.append("#\(client.number) connect \(text(line)):\(remote.port)")
  case .disconnect(let client, let code, let reason):
    #expect(hub.remoteAddress(of: client) != nil, "who has gone is still known here")
    journal.events.append("#\(client.number) disconnect \(code.rawValue) \(text([UInt8](reason)))")
  case .text(let client, let payload):
    journal.obey(text([UInt8](payload)), from: client, &hub)
    // The payload lies where nothing that was sent or closed meanwhile can reach it.
    journal.events.append("#\(client.number) text \(text([UInt8](payload)))")
  case .binary(let client, let payload):
    journal.sent.append(hub.binary(payload, to: client))
  case .pong(let client, let payload):
    journal.events.append("#\(client.number) pong \(text([UInt8](payload)))")
  case .error(let client, let error):
    journal.events.append("#\(client.number) error \(error)")
  }
}

extension Journal {
  fileprivate mutating func obey(_ message: String, from client: ClientID, _ hub: inout WebSocketHub) {
    // A random script may send anything, half a command included.
    let words = message.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count == 2 ? words[1] : ""
    switch words.first {
    case "echo": sent.append(hub.text(bytes(rest).span, to: client))
    case "all": sentToAll.append(hub.textAll(bytes(rest).span))
    case "to":
      let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2, let number = Int(parts[0]), clients.indices.contains(number) else { return }
      sent.append(hub.text(bytes(parts[1]).span, to: clients[number]))
    case "bye":
      hub.close(client, .policyViolation, reason: "as you wish")
      sent.append(hub.text(bytes("too late").span, to: client))
    default: break
    }
  }
}

extension VirtualNetwork where App == ServerApplication<Journal> {
  var journal: Journal { application.context }
  var server: Server<Journal> { _read { yield application.server } }
  var counters: ServerCounters { application.server.counters }

  /// Uses the hub as the program's loop would.
  @discardableResult
  func withHub<Result>(_ body: (inout WebSocketHub) -> Result) -> Result {
    change { application, now in application.server.withHub(application.context.endpoint, now: now, body) }
  }

  func publish(_ state: String) { withHub { $0.publishState(bytes(state).span) } }
  var clientCount: Int { withHub { $0.count } }
  var hubCounters: HubCounters { withHub { $0.counters } }

  func takeEvents() -> [String] {
    let events = application.context.events
    application.context.events = []
    return events
  }
}
