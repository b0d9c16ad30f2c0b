// SPDX-License-Identifier: MIT

// Which sub-protocol a socket speaks: RFC 6455 sections 1.9, 4.2.2 and 11.3.4.

import ConformanceSupport
import DeviceServer
import Testing

@Suite struct SubprotocolTests {
  private func network() -> Network {
    makeNetwork { router in
      router.webSocket("/chat", protocols: ["chat", "superchat"]) { journal, hub, event in
        if case .connect(let client, _) = event {
          journal.events.append(hub.subprotocol(of: client).map { "\($0)" } ?? "none")
        }
      }
    }
  }

  @Test(arguments: [
    ([], nil), (["chat"], "chat"), (["superchat"], "superchat"),
    (["superchat, chat"], "superchat"),  // the client's order counts
    (["other, chat"], "chat"), (["other", "chat, superchat"], "chat"), ([" ,chat , ,"], "chat"),
    (["other"], nil), (["Chat"], nil), (["chatter, cha"], nil), (["arduino"], nil),
    ([""], nil), ([","], nil), ([" , "], nil), (["", "chat"], "chat"),  // an empty field offers nothing
  ] as [([String], String?)])
  func theFirstThatBothSpeakIsNamed(offers: [String], chosen: String?) {
    let network = network()
    let client = Client(network)
    client.send(Wire.upgrade("/chat", offers.map { "Sec-WebSocket-Protocol: \($0)" }))
    let reply = client.reply()
    #expect(reply?.status == 101)
    #expect(reply?.fields.filter { $0.name == "sec-websocket-protocol" }.map(\.value) == (chosen.map { [$0] } ?? []))
    #expect(network.takeEvents() == [chosen ?? "none"])
  }

  @Test func anEndpointWithoutAnyNamesNone() {
    let client = Client(network())
    client.send(Wire.upgrade("/ws", ["Sec-WebSocket-Protocol: chat"]))
    let reply = client.reply()
    #expect(reply?.status == 101)
    #expect(reply?["sec-websocket-protocol"] == nil)
  }

  @Test(arguments: ["two words", "a/b", "chat;q=1", "\"chat\"", "chat, ch@t", "chät", "[chat]"])
  func whatIsNoListOfTokensIs400(offer: String) {
    for path in ["/chat", "/ws"] {
      let network = network()
      let client = Client(network)
      client.send(Wire.upgrade(path, ["Sec-WebSocket-Protocol: \(offer)"]))
      let reply = client.reply()
      #expect(reply?.status == 400)
      let words = "malformed Sec-WebSocket-Protocol. Offer sub-protocols by their names, with commas in between"
      #expect(reply?.text == "{\"error\":\"This is for WebSockets: \(words)\"}")
      #expect(network.takeEvents().isEmpty)
    }
  }
}
