// SPDX-License-Identifier: MIT

// The whole remote control on a board that is wired to nothing, with parts of all kinds, for scripts/check-embedded:
// using every generic type makes the compiler produce the code that a firmware would contain.

import Bytes
import DeviceServer
import MQTTCore
import Parts
import RemoteControl
import Timebase

struct NoBoard: Board {
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
    for input in 0..<device.inputCount { device.sense(input, .active, at: now) }
    device.sense(2, .value(Decimal(215, exponent: -1)), at: now)
    return nil
  }

  mutating func drive(_ drive: Drive) {}
}

func run<App: Application & ~Copyable>(_ application: inout App, _ input: Span<UInt8>) -> Int {
  let now = MonotonicTime.zero
  guard let connection = application.accept(from: .unknown, now: now) else { return 0 }
  var count = application.receive(input, from: connection, now: now)
  _ = application.poll(now: now)
  while application.nextAction() != nil {
    application.writeOutput(connection, now: now) { bytes in
      count += bytes.count
      return bytes.count
    }
  }
  application.endOfStream(connection, now: now)
  application.disconnected(connection, now: now)
  application.shutdown(now: now)
  return count
}

func talk<App: ~Copyable>(_ calls: OutgoingConnection<App>, _ application: inout App, _ input: Span<UInt8>) -> Int {
  guard case .connect = calls.nextStep(&application, .zero) else { return 0 }
  calls.opened(&application, .zero)
  var count = calls.receive(&application, input, .zero)
  calls.writeOutput(&application, .zero) { bytes in
    count += bytes.count
    return bytes.count
  }
  calls.shutdown(&application, .zero)
  calls.closed(&application, [], .zero)
  return count
}

func makeDevice() throws(DeviceMistake) -> Device {
  try Device("Probe", statusOutput: 5) {
    Part.switch("lamp", output: 0, offAfter: .minutes(30))
    Part.light("desk", output: 1)
    Part.light("strip", output: 2, channelCount: 3)
    Part.button("wall", input: 0, .on(.click, .toggle("lamp")), .on(.long, .allOff))
    Part.contact("door", input: 1)
    Part.sensor("celsius", input: 2, unit: "°C")
    Part.number("target", minimum: 5, maximum: 30)
  }
}

public func probe(_ input: Span<UInt8>) -> Int {
  guard let device = try? makeDevice() else { return 0 }
  var remoteControl = RemoteControl(device, board: NoBoard(), identity: Identity(boot: 1, board: "probe"))
  remoteControl.setup(NetworkIdentity(hardwareAddress: InlineArray(repeating: 0), address: .unknown), now: .zero)
  let settings = MQTTClient.Settings(options: ConnectOptions(version: .v5, clientIdentifier: [UInt8]("probe")))
  remoteControl.context.broker = BrokerLink(
    settings, BrokerOptions(identifier: [UInt8]("probe")), device: &remoteControl.context.device, seed: 1)
  let count = run(&remoteControl, input) + talk(.broker, &remoteControl, input)
  remoteControl.context.log.drain { _, _ in }

  var router = Router<Int>()
  router.get("/count") { count, _, response in
    count += 1
    response.send("counted")
  }
  var other = ServerApplication(Server(router: router), context: 0)
  return count + run(&other, input)
}
