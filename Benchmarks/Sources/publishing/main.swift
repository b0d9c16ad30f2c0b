// SPDX-License-Identifier: MIT

// What it costs a device to be on a broker: a part changes, the device does what follows, its message is copied out as a
// transport copies it, and its acknowledgement comes; beside the same device without a broker. No socket is in it.
// Prints lines that `publish` reads: `with`, `without`, and at the end the messages of both kinds that it counted.

import DeviceServer
import Glibc
import MQTTCore
import Parts
import RemoteControl
import Timebase

/// Outputs that lead nowhere.
struct NoBoard: Board {
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? { nil }
  mutating func drive(_ drive: Drive) {}
}

/// A device with one switch that is moved over and over.
struct Mover: ~Copyable {
  var application: RemoteControl
  let broker = OutgoingConnection<RemoteControl>.broker
  let hasBroker: Bool
  var now = MonotonicTime(milliseconds: 1000)
  var buffer = [UInt8](repeating: 0, count: 65_536)
  var count = 0
  var published = 0

  init(hasBroker: Bool) throws {
    self.hasBroker = hasBroker
    var device = try Device("Lamp") { Part.switch("lamp", label: "Lamp", output: 0) }
    let settings = MQTTClient.Settings(options: ConnectOptions(clientIdentifier: [UInt8]("lamp".utf8)))
    let options = BrokerOptions(identifier: [UInt8]("lamp".utf8))
    let link = hasBroker ? BrokerLink(settings, options, device: &device, seed: 1) : nil
    application = RemoteControl(device, board: NoBoard(), identity: Identity(boot: 1, board: "none"))
    application.context.broker = link
    application.setup(nil, now: now)
    if hasBroker { connect() }
  }

  private mutating func connect() {
    _ = broker.nextStep(&application, now)
    broker.opened(&application, now)
    step()
    receive([0x20, 2, 0, 0])
    step()
  }

  mutating func receive(_ bytes: [UInt8]) { _ = broker.receive(&application, bytes.span, now) }

  /// Does what is due, as a transport has it done, and acknowledges what was published.
  mutating func step() {
    _ = application.poll(now: now)
    while application.nextAction() != nil {}
    guard hasBroker else { return }
    repeat {
      count = 0
      _ = broker.nextStep(&application, now)
      var (filled, target) = (0, [UInt8]())
      swap(&target, &buffer)
      broker.writeOutput(&application, now) { bytes in
        for index in bytes.indices { target[filled + index] = bytes[index] }
        filled += bytes.count
        return bytes.count
      }
      swap(&target, &buffer)
      count = filled
      acknowledge()
      _ = application.poll(now: now)
    } while count > 0
  }

  private mutating func acknowledge() {
    var start = 0
    while start < count {
      var (length, shift, position) = (0, 0, start + 1)
      while position < count {
        length |= Int(buffer[position] & 0x7F) << shift
        shift += 7
        position += 1
        if buffer[position - 1] < 0x80 { break }
      }
      let first = buffer[start]
      if first >> 4 == 3, first & 6 != 0 {
        let topic = Int(buffer[position]) << 8 | Int(buffer[position + 1])
        var reply: [UInt8] = []
        swap(&reply, &answer)
        reply[2] = buffer[position + 2 + topic]
        reply[3] = buffer[position + 3 + topic]
        _ = broker.receive(&application, reply.span, now)
        swap(&reply, &answer)
        published += 1
      } else if first >> 4 == 8 {
        var (filters, next) = (0, position + 2)
        while next < position + length {
          next += 3 + (Int(buffer[next]) << 8) + Int(buffer[next + 1])
          filters += 1
        }
        let identifier = [buffer[position], buffer[position + 1]]
        receive([0x90, UInt8(2 + filters)] + identifier + [UInt8](repeating: 0, count: filters))
      }
      start = position + length
    }
  }
  private var answer: [UInt8] = [0x40, 2, 0, 0]

  mutating func move(_ times: Int) throws -> UInt64 {
    let start = clock_gettime_nsec()
    for _ in 0..<times {
      now = now + 1
      application.context.device.now = now
      try application.context.device.perform(.toggle, on: 0, by: .http, now: now)
      step()
    }
    return clock_gettime_nsec() - start
  }
}

func clock_gettime_nsec() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The count that liballocations.so keeps, if it is there.
func allocations() -> UInt64 {
  guard let path = getenv("ALLOCATION_COUNT"), let file = fopen(path, "r") else { return 0 }
  defer { fclose(file) }
  var value: UInt64 = 0
  fread(&value, 8, 1, file)
  return value
}

let times = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000
for _ in 0..<7 {
  for hasBroker in [false, true] {
    var mover = try Mover(hasBroker: hasBroker)
    _ = try mover.move(1000)
    let (before, published) = (allocations(), mover.published)
    let nanoseconds = try mover.move(times)
    print(
      hasBroker ? "with" : "without", Double(nanoseconds) / Double(times), Double(allocations() - before) / Double(times),
      mover.published - published)
  }
}
