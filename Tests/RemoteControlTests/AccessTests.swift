// SPDX-License-Identifier: MIT

// What somebody who has logged in may do with the parts, on each surface, and under which name everybody sees it. The
// judge of these tests takes the name in `Authorization` for true.

import Bytes
import ConformanceSupport
import DeviceServer
import HTTPCore
import Parts
import Testing
import Timebase

@Suite struct AccessTests {
  private let bench: Bench

  init() throws {
    let device = try Device("House") {
      Part.switch("lamp", output: 0)
      Part.switch("door", output: 1).forAdmins()
      Part.button("bell", input: 0, isRemote: true, .on(.click, "toggle door"))
      Part.button("wall", input: 1, isRemote: true, .on(.click, "toggle lamp"))
    }
    bench = Bench(device) { router in
      router.onAccess { _, request, _, response in
        guard let name = request.head.field("Authorization") else {
          response.fail(.unauthorized, "log in")
          return .answered
        }
        let role: Role = name.equals("anna") ? .admin : name.equals("ben") ? .control : .view
        return .granted(Principal(role: role, name: name.equals("guest") ? [] : [UInt8](name), session: 1))
      }
    }
  }

  private func connect(_ name: String) -> BenchClient {
    let client = BenchClient(bench.network)
    client.send(Wire.upgrade("/ws", ["Authorization: \(name)"]))
    client.expectUpgraded()
    return client
  }

  @Test(arguments: [
    ("anna", "lamp", 200), ("anna", "door", 200), ("ben", "lamp", 200), ("ben", "door", 403), ("cid", "lamp", 403),
    ("guest", "lamp", 403),
  ])
  func aRequestUsesWhatItsRoleHas(name: String, part: String, status: Int) {
    let fields = ["Authorization: \(name)", "Content-Type: application/json"]
    let reply = bench.ask("POST", "/api/parts/\(part)/toggle", fields, body: "")
    #expect(reply?.status == status)
    #expect(bench.part(part).isOn == (status == 200))
    if status == 200 { #expect(reply?.text.contains("\"by\":\"\(name)\"") == true) }
    if status == 403 { #expect(reply?.text == "{\"error\":\"you may not do that\"}") }
  }

  @Test func aSocketUsesWhatItsRoleHasAndShowsItsName() {
    let anna = connect("anna")
    let ben = connect("ben")
    _ = anna.texts()
    _ = ben.texts()
    ben.sendText(#"{"type":"toggle","id":1,"part":"door"}"#)
    #expect(ben.texts() == [#"{"type":"ack","id":1,"error":"you may not do that"}"#])
    #expect(bench.part("door").isOn == false)
    ben.sendText(#"{"type":"toggle","id":2,"part":"lamp"}"#)
    #expect(anna.texts().last?.contains(#""lamp":{"on":true,"by":"ben"}"#) == true)
    anna.sendText(#"{"type":"toggle","id":3,"part":"door"}"#)
    #expect(ben.texts().last?.contains(#""door":{"on":true,"by":"anna"}"#) == true)
  }

  @Test func theGreetingSaysForWhomItIs() {
    #expect(connect("ben").texts().first?.contains(#""user":"ben","role":"control""#) == true)
    let guest = connect("guest").texts().first ?? ""
    #expect(guest.contains(#""role":"view""#))
    #expect(!guest.contains("\"user\""))
    #expect(guest.contains(#""access":"admin""#))
    #expect(bench.ask("GET", "/api/state", ["Authorization: anna"])?.text.contains(#""role":"admin""#) == true)
  }

  @Test func aButtonIsForThoseWhomWhatItDoesIsFor() {
    let ben = connect("ben")
    _ = ben.texts()
    ben.sendText(#"{"type":"click","id":1,"part":"bell"}"#)
    #expect(ben.texts().first == #"{"type":"ack","id":1,"error":"you may not do that"}"#)
    ben.sendText(#"{"type":"click","id":2,"part":"wall"}"#)
    #expect(bench.part("lamp").isOn == true)
    #expect(bench.part("door").isOn == false)
  }

  @Test func somebodyWhoHoldsAButtonDownLetsGoWhenTheyLeave() {
    let ben = connect("ben")
    ben.sendText(#"{"type":"press","part":"wall"}"#)
    bench.advance(by: 50)
    #expect(bench.isPressed)
    ben.breakOff()
    bench.advance(by: 50)
    #expect(!bench.isPressed)
  }

  @Test func withoutALoginEverybodyMayDoEverything() throws {
    let bench = Bench(try Device("House") { Part.switch("door", output: 0).forAdmins() })
    #expect(bench.ask("POST", "/api/parts/door/toggle", ["Content-Type: application/json"], body: "")?.status == 200)
    #expect(bench.ask("GET", "/api/state")?.text.contains("\"role\"") == false)
  }
}
