// SPDX-License-Identifier: MIT

// The command `ip` of iproute2, which asks the kernel over netlink and shares no code with us.

import Foundation
import Testing

enum IPCommand {
  struct Interface: Decodable {
    struct Address: Decodable { var local: String? }
    var ifname: String
    var flags: [String]
    var address: String?
    var addr_info: [Address]
  }

  struct Route: Decodable {
    var dev: String?
    var metric: Int?
  }

  private static let path = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isInstalled: Bool { path != nil }

  /// What `ip` prints; an error if it does not succeed. It works in the network of the thread that calls this, which
  /// is why it is not a `Process`: that needs other threads.
  @discardableResult
  static func run(_ arguments: [String]) throws -> Data {
    let command = try #require(path) + " " + arguments.joined(separator: " ")
    let output = try #require(popen(command, "r"))
    var data = Data()
    while case let byte = getc(output), byte != EOF { data.append(UInt8(byte)) }
    try #require(pclose(output) == 0, "\(command)")
    return data
  }

  static func json<Value: Decodable>(_ arguments: String..., as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: try run(["-json"] + arguments))
  }
}
