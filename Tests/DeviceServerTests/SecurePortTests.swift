// SPDX-License-Identifier: MIT

// A server with a port for TLS: what comes in the open is sent there, after the questions that come first (RFC 9110
// sections 7.2, 10.2.2 and 15.4.9).

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Testing

@Suite struct SecurePortTests {
  private func network(_ port: UInt16 = 8443) -> Network {
    let network = makeNetwork(hostNames: HostNames([bytes("lamp.local")])) { router in
      router.get("/") { journal, _, response in
        journal.handled += 1
        response.send("the page")
      }
      router.get("/ca.pem") { _, _, response in response.send("not this one") }
      router.on(.put, "/") { journal, _, _ in journal.handled += 1 }
      router.onThisMachine(
        "/healthz", { _, _, response in response.send("ok") }, documented: Operation("Health", answers: []))
      router.onAccess { _, _, _, _ in .answered }
    }
    network.change { app, _ in
      let file = SecurePort.OpenFile(
        path: bytes("/ca.pem"), contentType: bytes("application/x-x509-ca-cert"), bytes: bytes("a certificate"))
      app.server.securePort = SecurePort(port: port, openFiles: [file])
    }
    return network
  }

  private func reply(_ network: Network, _ request: [UInt8], over scheme: Scheme = .http) -> Reply? {
    let client = Client(network, over: scheme)
    client.send(request)
    return client.reply(toHead: true)
  }

  @Test(arguments: [
    ("GET", "/", "lamp.local", "https://lamp.local:8443/"),
    ("GET", "/", "lamp.local:8080", "https://lamp.local:8443/"),
    ("HEAD", "/files/a%20b?c=d%26&e", "192.168.1.32:80", "https://192.168.1.32:8443/files/a%20b?c=d%26&e"),
    ("GET", "//elsewhere.example/", "[fe80::1]:8080", "https://[fe80::1]:8443//elsewhere.example/"),
    ("PUT", "/", "LAMP.local", "https://LAMP.local:8443/"),
    ("GET", "http://lamp.local:8080/x", "ignored.example", "https://lamp.local:8443/x"),
    ("GET", "/ws", "localhost", "https://localhost:8443/ws"),
    ("BREW", "/", "localhost", "https://localhost:8443/"),
  ])
  func whatComesInTheOpenIsSentOn(method: String, target: String, host: String, location: String) {
    let network = network()
    let reply = reply(network, Wire.request(method, target, ["Host: \(host)"]))
    #expect(reply?.status == 308)
    #expect(reply?["location"] == location)
    #expect(reply?["cache-control"] == "no-store", "a browser would keep a permanent one, also past another port")
    #expect(network.application.context.handled == 0)
  }

  @Test func theUsualPortIsLeftOut() {
    #expect(reply(network(443), Wire.request("GET", "/a", ["Host: lamp.local:8080"]))?["location"] == "https://lamp.local/a")
  }

  @Test(arguments: [
    (Wire.request("GET", "/", ["Host: evil.example"]), 403), (Wire.request("GET", "/%00"), 400),
    (Array("GET / HTTP/1.0\r\n\r\n".utf8), 403), (Wire.request("OPTIONS", "*"), 204),
    (Wire.upgrade(), 308),
  ])
  func theQuestionsThatComeFirstAreAskedFirst(request: [UInt8], status: Int) {
    #expect(reply(network(), request)?.status == status)
  }

  @Test(arguments: [Scheme.http, .https]) func anOpenFileIsForEverybodyOverBoth(scheme: Scheme) {
    for (method, text) in [("GET", "a certificate"), ("HEAD", "")] {
      let client = Client(network(), over: scheme)
      client.send(Wire.request(method, "/ca.pem"))
      let reply = client.reply(toHead: method == "HEAD")
      #expect(reply?.status == 200 && reply?.text == text)
      #expect(reply?["content-type"] == "application/x-x509-ca-cert")
      #expect(reply?["x-content-type-options"] == "nosniff")
    }
    #expect(reply(network(), Wire.request("GET", "/ca.pem", ["Host: evil.example"]), over: scheme)?.status == 403)
  }

  @Test func theMachineItselfIsToldOfItsHealthInTheOpen() {
    let network = network()
    let watchdog = Client(network, from: .ipv4(0x7F00_0001, port: 9))
    #expect(watchdog.ask("GET", "/healthz", ["Host: 127.0.0.1:8080"])?.text == "ok")
    #expect(watchdog.ask("GET", "/", ["Host: 127.0.0.1:8080"])?.status == 308)
    #expect(reply(network, Wire.request("GET", "/healthz", ["Host: 127.0.0.1:8080"]))?.status == 308)
  }

  @Test func overTLSNothingIsSentOn() {
    let network = makeNetwork { router in router.get("/") { _, _, response in response.send("the page") } }
    network.change { app, _ in app.server.securePort = SecurePort(port: 8443) }
    #expect(reply(network, Wire.request("GET", "/"), over: .https)?.status == 200)
    #expect(reply(network, Wire.request("GET", "/"), over: .http)?.status == 308)
  }
}
