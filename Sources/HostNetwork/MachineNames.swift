// SPDX-License-Identifier: MIT

// The names by which others on the network may know this machine. Some of them change: its router tells it other domains
// when it moves, and a responder of multicast DNS gives it another name if two machines have the same.

import SystemCalls

/// This machine's names.
public enum MachineNames {
  /// What routers put behind the name of a machine, beside what they tell the machine itself: multicast DNS (RFC 6762),
  /// OpenWrt, the home network of RFC 8375, FRITZ!Box, older routers, and what ICANN keeps free for private use.
  private static let usualDomains = ["local", "lan", "home.arpa", "fritz.box", "home", "internal"]

  /// What the system calls it (gethostname(2)); `localhost` if that cannot be read.
  public static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Its name in multicast DNS, if a responder has said it; it is another one than the system's if two machines of a
  /// network are called the same.
  public static var multicastName: String? {
    get { learned.withLock { $0 } }
    set { learned.withLock { $0 = newValue } }
  }

  private static let learned = Locked<String?>(nil)

  /// All that it may be called at this moment: its own name, alone and in the domains that its network may put behind it,
  /// and the one in multicast DNS.
  ///
  /// They are as they were found: the search list of a resolver may have what no name is.
  public static func all(searchList: String = "/etc/resolv.conf") -> [String] {
    let own = hostName
    let name = String(own.prefix { $0 != "." })
    let domains = usualDomains + SearchDomains.current(file: searchList)
    return [own, name] + domains.map { "\(name).\($0)" } + (multicastName.map { [$0] } ?? [])
  }
}
