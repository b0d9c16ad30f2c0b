// SPDX-License-Identifier: MIT

// Many devices in one process: each is the real application with a real connection to a broker, and has no port of its
// own. The number `stamp` of a device is set to the time of the change, in milliseconds of the machine's monotonic clock,
// so that whoever sees it on the same machine knows how old it is.
//
//     simulated-fleet COUNT HOST:PORT [HOST:PORT ...]
//
// Standard input takes, one per line: `rate N`, so many changes a second on devices by chance; `hang N`, N more of
// the devices, from the first on, stand still: their connections stay, and nothing comes over them; `quit`. Once a second it says how many are connected, and how many changes were made.

import Bytes
import DeviceServer
import MQTTCore
import NIOCore
import NIOPosix
import NIOTransport
import Parts
import RemoteControl
import SystemCalls
import Timebase
import TransportSecurity

struct NoBoard: Board {
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? { nil }
  mutating func drive(_ drive: Drive) {}
}

func say(_ line: String) { StandardDescriptor.output.write(Array("\(line)\n".utf8)) }

func makeDevice(_ number: Int) throws -> Device {
  try Device(
    Array("Device \(number)".utf8),
    parts: [
      .switch("led", label: "LED", output: 0),
      .number("stamp", label: "Stamp", minimum: .zero, maximum: Decimal(2_000_000_000)),
      .button("bell", label: "Bell", input: 0, isRemote: true),
    ])
}

/// How many devices are on their broker, as each of them says.
let connected = Locked(0)

/// The devices, and how many changes were made on them.
final class Crowd: Sendable {
  let devices: [NIOTransport<RemoteControl>]
  private let state = Locked((rate: 0, made: 0, first: 0))

  init(_ devices: [NIOTransport<RemoteControl>]) { self.devices = devices }

  static func make(_ count: Int, servers: [OutgoingServer], on loops: MultiThreadedEventLoopGroup) async throws -> Crowd {
    var devices: [NIOTransport<RemoteControl>] = []
    for number in 0..<count {
      devices.append(try await start(number, servers: servers.count, on: loops.next()))
      try await devices[number].connect(.broker, servers: servers.rotated(by: number))
      if number % 50 == 49 { try await Task.sleep(for: .milliseconds(20)) }  // a broker's queue of newcomers is short
    }
    return Crowd(devices)
  }

  private static func start(_ number: Int, servers: Int, on loop: any EventLoop) async throws -> NIOTransport<RemoteControl> {
    let wasConnected = Locked(false)
    return try await NIOTransport.start(on: loop) {
      var limits = ServerLimits.remoteControl
      (limits.clients, limits.connections, limits.refusals) = (0, 0, 0)
      var application = RemoteControl(
        try makeDevice(number), board: NoBoard(), identity: Identity(boot: .random(in: .min ... .max), board: "simulated"),
        assets: AssetTable(), limits: limits)
      let name = Array("device-\(number)".utf8)
      var options = BrokerOptions(
        identifier: name, groups: [Array("group-\(number % 10)".utf8)], discoveryPrefix: [])
      options.address = Array("http://127.0.0.1/\(number)".utf8)
      let settings = MQTTClient.Settings(
        options: ConnectOptions(clientIdentifier: Array("heliograph-".utf8) + name), servers: servers)
      application.context.broker = BrokerLink(
        settings, options, device: &application.context.device, seed: .random(in: .min ... .max))
      return application
    } onNewSecond: { _, _ in
    } afterActivity: { application, _ in
      application.context.log.drain { _, _ in }
      let isConnected = application.context.broker?.status == .connected
      let difference = wasConnected.withLock { last in
        defer { last = isConnected }
        return (isConnected ? 1 : 0) - (last ? 1 : 0)
      }
      if difference != 0 { connected.withLock { $0 += difference } }
    }
  }

  func setRate(_ rate: Int) { state.withLock { $0.rate = rate } }

  /// Lets devices stand still, as one does whose program hangs.
  func hang(_ count: Int) {
    let hung = state.withLock { state in
      let first = state.first
      state.first = min(first + count, devices.count)
      return first..<state.first
    }
    for number in hung { devices[number].notify { application, _ in application.context.broker = nil } }
  }

  /// Makes changes for ever, each at its time.
  func change() async throws {
    let clock = ContinuousClock()
    var next = clock.now
    while true {
      next += .milliseconds(20)
      try await Task.sleep(until: next, clock: clock)
      let (rate, first) = state.withLock { ($0.rate, $0.first) }
      guard rate > 0, first < devices.count else { continue }
      for _ in 0..<max(rate / 50, 1) {
        devices[.random(in: first..<devices.count)].notify { application, now in
          let stamp = Decimal(Int64(now.milliseconds % 2_000_000_000))
          try? application.context.device.perform(.set(PartValues(value: stamp)), on: 1, by: .http, now: now)
        }
      }
      state.withLock { $0.made += max(rate / 50, 1) }
    }
  }

  /// How many changes were made.
  var made: Int { state.withLock { $0.made } }
}

extension Array {
  func rotated(by count: Int) -> [Element] { Array(self[(count % self.count)...] + self[..<(count % self.count)]) }
}

func server(_ text: String) -> OutgoingServer? {
  guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
  return OutgoingServer(host: String(text[..<colon]), port: port)
}

let arguments = CommandLine.arguments
let servers = arguments.dropFirst(2).compactMap(server)
guard arguments.count > 2, let count = Int(arguments[1]), servers.count == arguments.count - 2 else {
  say("usage: simulated-fleet COUNT HOST:PORT [HOST:PORT ...]")
  exit(2)
}
signal(SIGPIPE, SIG_IGN)
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
let crowd = try await Crowd.make(count, servers: servers, on: loops)
say("started \(count)")
Task.detached { try await crowd.change() }  // the main thread reads
Task.detached {
  while true {
    say("connected \(connected.withLock { $0 }) made \(crowd.made)")
    try await Task.sleep(for: .seconds(1))
  }
}
while let line = readLine() {
  let words = line.split(separator: " ")
  switch (words.first, words.dropFirst().first.flatMap { Int($0) }) {
  case ("rate"?, let rate?): crowd.setRate(rate)
  case ("hang"?, let count?): crowd.hang(count)
  case ("quit"?, _): exit(0)
  default: say("unknown: \(line)")
  }
}
