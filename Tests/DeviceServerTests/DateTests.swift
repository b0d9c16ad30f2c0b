// SPDX-License-Identifier: MIT

// Date, for servers whose host has a clock (RFC 9110 section 6.6.1).

import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing
import Timebase

@Suite struct DateTests {
  private static let requests = [
    ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200), ("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    ("GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n", 204), ("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ("GET / HTTP/1.0\r\n\r\n", 200), ("GET / HTTP/9\r\n\r\n", 400),
  ]

  private func network(seconds: Int64?) -> Network {
    let network = makeNetwork { router in
      router.get("/") { _, _, response in response.send("hello") }
      router.get("/gone") { _, _, response in response.status = .noContent }
    }
    network.application.server.date = seconds.map { HTTPDate(secondsSince1970: $0) }
    return network
  }

  private func dates(in response: String) -> [Substring] {
    response.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("date:") }
  }

  @Test(arguments: requests) func everyResponseSaysTheDateThatTheHostHasSet(request: String, status: Int) {
    let client = Client(network(seconds: 784_111_777))
    client.send(request)
    let response = text(client.received)
    #expect(response.hasPrefix("HTTP/1.1 \(status) "))
    #expect(dates(in: response) == ["Date: Sun, 06 Nov 1994 08:49:37 GMT"])
  }

  @Test(arguments: requests) func aServerWithoutAClockSaysNone(request: String, status: Int) {
    let client = Client(network(seconds: nil))
    client.send(request)
    #expect(dates(in: text(client.received)) == [])
  }

  @Test func aResponseToNobodysRequestSaysItToo() {
    let network = network(seconds: 0)
    let client = Client(network)
    client.send("GET ")
    network.advance(by: .seconds(10))
    #expect(text(client.received).hasPrefix("HTTP/1.1 408 "))
    #expect(dates(in: text(client.received)) == ["Date: Thu, 01 Jan 1970 00:00:00 GMT"])
  }

  @Test func anotherSecondIsAnotherDate() {
    let network = network(seconds: 0)
    let client = Client(network)
    client.send(Self.requests[0].0)
    network.application.server.date = HTTPDate(secondsSince1970: 1)
    client.send(Self.requests[0].0)
    let said = dates(in: text(client.received))
    #expect(said == ["Date: Thu, 01 Jan 1970 00:00:00 GMT", "Date: Thu, 01 Jan 1970 00:00:01 GMT"])
  }
}
