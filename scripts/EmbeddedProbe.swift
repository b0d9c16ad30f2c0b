// SPDX-License-Identifier: MIT

// The whole remote control with pins that go nowhere, for scripts/check-embedded: using every generic type makes the
// compiler produce the code that a firmware would contain.

import DeviceComponents
import DeviceServer
import RemoteControl
import Timebase

struct NoOutput: OutputPin, ~Copyable {
  mutating func write(_ level: Level) {}
}

struct NoInput: InputPin, ~Copyable {
  mutating func read() -> Level { .high }
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

public func probe(_ input: Span<UInt8>) -> Int {
  var remoteControl = RemoteControl(
    onboardLed: Led(NoOutput()), led: Led(NoOutput()), button: Button(NoInput()),
    device: Device(Identity(name: [], boot: 1)))
  remoteControl.setup(NetworkIdentity(hardwareAddress: InlineArray(repeating: 0), address: .unknown))
  let count = run(&remoteControl, input)
  remoteControl.device.log.drain { _, _ in }

  var router = Router<Int>()
  router.get("/count") { count, _, response in
    count += 1
    response.send("counted")
  }
  var other = ServerApplication(Server(router: router), context: 0)
  return count + run(&other, input)
}
