// SPDX-License-Identifier: MIT

// Tells the local network of the device, or of a gateway, so that phones, dashboards and other programs find it without
// its address (DNS-SD over multicast DNS). Avahi's daemon does it, which desktops and most distributions have; without it
// all works the same, and a line says once how to get it.

import DeviceServer
import HostNetwork
import HostTransport
import Logging
import RemoteControl
import ServiceDiscovery
import SystemCalls

struct Announcer<App: Application & ~Copyable> {
  let settings: ProgramSettings
  let transport: HostTransport<App>
  /// Whether it is a device, for which other programs look, and not only a page.
  let isDevice: Bool
  let log: @Sendable (Logger.Level, String) -> Void

  /// Whether others can find it by what would be said: it is reached from elsewhere.
  func isWanted(for address: RemoteAddress) -> Bool {
    #if os(Linux)
      settings.isAnnounced && (settings.isForAll || !address.isLoopback)
    #else
      false
    #endif
  }

  /// Announces the device on `port` until the task is cancelled.
  func run(port: UInt16) async {
    var hasSaid = false
    while !Task.isCancelled {
      do throws(SystemError) {
        let bus = try SystemBus.connect()
        await announce(port: port, over: bus, &hasSaid)
      } catch {
        if !hasSaid { log(.info, "\(Self.absence) (no system bus: \(error))") }
        hasSaid = true
      }
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// The conversation with the bus, up to its end.
  private func announce(port: UInt16, over bus: consuming Descriptor, _ hasSaid: inout Bool) async {
    let (news, continuation) = AsyncStream.makeStream(of: News.self)
    var publication = ServicePublication(description(port: port), userIdentifier: geteuid())
    do {
      let writer = try bus.duplicate()
      // Before the transport has it: from then on nothing waits.
      try writer.write(publication.takeOutput())
      try await transport.watch(bus.release()) { _, bytes, _ in
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        continuation.yield(.bytes(copy))
      } end: { _, _, _ in
        continuation.finish()
      }
      for await piece in news {
        switch piece {
        case .bytes(let bytes):
          let wasWaiting = publication.isWaiting
          for event in publication.receive(bytes) { tell(event, &hasSaid) }
          if publication.isWaiting, !wasWaiting { waitAMoment { continuation.yield(.momentIsOver) } }
        case .momentIsOver: publication.tryAgain()
        }
        try writer.write(publication.takeOutput())  // less than a socket always takes
      }
    } catch {
      if !hasSaid { log(.info, "\(Self.absence) (the system bus: \(error))") }
      hasSaid = true
    }
  }

  private enum News {
    case bytes([UInt8])
    case momentIsOver
  }

  /// Calls `then` after up to four seconds. To try a name takes less than one (RFC 6762 section 8.1), so two that begin by
  /// chance seldom do so at once.
  private func waitAMoment(_ then: @escaping @Sendable () -> Void) {
    Task {
      try? await Task.sleep(for: .milliseconds(.random(in: 0...4000)))
      then()
    }
  }

  private func description(port: UInt16) -> ServiceDescription {
    let page = settings.tls == nil ? "_http._tcp" : "_https._tcp"
    let texts = ["version=\(Identity.version)", "path=/"]
    guard isDevice else { return ServiceDescription(name: settings.name, types: [page], port: port, texts: texts) }
    let identifier = settings.broker.map { String(decoding: $0.options.identifier, as: UTF8.self) }
    return ServiceDescription(
      name: settings.name, types: [page, "_heliograph._tcp"], port: port,
      texts: ["id=\(identifier ?? BrokerSettings.machineName)"] + texts)
  }

  private func tell(_ event: ServicePublication.Event, _ hasSaid: inout Bool) {
    switch event {
    case .published(let name): log(.info, "on the local network as “\(name)”\(isDevice ? " (_heliograph._tcp)" : "")")
    case .nameTaken(let name): log(.info, "another one on this network is called “\(name)”")
    case .absent:
      if !hasSaid { log(.info, Self.absence) }
      hasSaid = true
    case .hostName(let name):
      if name != MachineNames.multicastName { log(.notice, "this machine is \(name) on the local network") }
      MachineNames.multicastName = name
    case .failed(let words): log(.warning, "not announced on the local network: \(words)")
    }
  }

  private static var absence: String {
    "not announced on the local network: avahi does not run here; apt-get install avahi-daemon, or --no-announce"
  }

  /// Until the bus is tried again.
  private static var pause: Duration { .seconds(30) }
}
