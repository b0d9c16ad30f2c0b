// SPDX-License-Identifier: MIT

// A device of your own: a counter that every open page shows and can increase, and so can a line on standard input. It
// has a route, a WebSocket and a state; the rest (clients that come, are slow, or send malformed bytes) is the
// library's business.
//
//     heliograph-counter [PORT]        by default 127.0.0.1:8082; 0: any free port

import Bytes
import DeviceServer
import HTTPCore
import HostTransport
import SystemCalls

struct Counter {
  var count: UInt32 = 0
  var published: UInt32 = 0

  var json: [UInt8] {
    var text: [UInt8] = []
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.member("count", count)
      json.endObject()
    }
    return text
  }
}

func makeCounter() -> ServerApplication<Counter> {
  var router = Router<Counter>()
  router.get("/count") { counter, _, response in
    let json = counter.json
    response.sendJSON { $0 = json }
  }
  router.on(.post, "/count") { counter, _, response in
    counter.count &+= 1
    response.status = .noContent
  }
  let socket = router.webSocket("/ws") { counter, _, event in
    if case .text(_, let message) = event, message.equals("+") { counter.count &+= 1 }
  }
  router.events("/events", of: socket)
  return ServerApplication(Server(router: router), context: Counter()) { counter, server, now in
    if counter.published != counter.count {
      counter.published = counter.count
      server.withHub(socket, now: now) { $0.publishState(counter.json.span) }
    }
    return nil  // nothing to do until bytes come
  }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8082
await HostTransport.main(port: port, greeting: { "http://127.0.0.1:\($0)/count" }) {
  makeCounter()
} onNewSecond: { counter, seconds in
  counter.setDate(secondsSince1970: seconds)
} whenServing: { transport in
  transport.readStandardInput { counter, line, _ in
    if line == "+" { counter.context.count &+= 1 }
  }
}
