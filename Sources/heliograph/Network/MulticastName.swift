// SPDX-License-Identifier: MIT

// What this machine is called in multicast DNS, which avahi knows: with two machines of the same name on a network one of
// them gets another. It is asked before the addresses are printed, so that the name there is the machine's.

import HostNetwork
import ServiceDiscovery
import SystemCalls

enum MulticastName {
  /// Time for a daemon on this machine, which answers within milliseconds or not at all.
  private static let patience: Int32 = 500  // ms, for each piece of its answer

  /// Asks avahi, and remembers what it says. Without avahi the machine has no such name that is known of.
  static func learn() async {
    #if os(Linux)
      MachineNames.multicastName = await BlockingWork.run { try? ask() }
    #else
      // The system has a responder of its own, which takes the name's first label (RFC 6762 section 3).
      let label = MachineNames.hostName.prefix { $0 != "." }
      MachineNames.multicastName = label.isEmpty || label == "localhost" ? nil : "\(label).local"
    #endif
  }

  private static func ask() throws(SystemError) -> String? {
    let bus = try SystemBus.connect()
    var publication = ServicePublication(nil, userIdentifier: geteuid())
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      try bus.write(publication.takeOutput())
      var readiness = pollfd(fd: bus.number, events: Int16(POLLIN), revents: 0)
      guard poll(&readiness, 1, patience) > 0 else { return nil }
      let count = try SystemError.check { read(bus.number, &buffer, buffer.count) }
      guard count > 0 else { return nil }
      for event in publication.receive(Array(buffer[..<count])) {
        switch event {
        case .hostName(let name): return name
        case .absent, .failed: return nil
        case .published, .nameTaken: break
        }
      }
    }
  }
}
