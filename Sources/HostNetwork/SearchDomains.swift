// SPDX-License-Identifier: MIT

// The domains in which this machine's resolver looks a name up, which are those that the network's router told it: in
// them other machines find this one.
// Rule: a line that does not read as it should is passed over. Source: resolv.conf(5), glibc 2.41.

import SystemCalls

/// The resolver's search list.
public enum SearchDomains {
  /// The most domains that are taken.
  private static let limit = 32

  /// The domains at this moment, as the file has them; none if it cannot be read.
  public static func current(file: String = "/etc/resolv.conf") -> [String] {
    do throws(SystemError) {
      return domains(in: try Descriptor(opening: file, O_RDONLY | O_NONBLOCK | O_NOCTTY).bytes(count: 65_536))
    } catch {
      return []
    }
  }

  /// What the last `search` or `domain` line says; only the last one counts.
  static func domains(in file: [UInt8]) -> [String] {
    var domains: [String] = []
    for line in file.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        .map { String(decoding: $0, as: UTF8.self) }
      switch words.first {
      case "search": domains = Array(words.dropFirst().prefix(limit))
      case "domain": domains = Array(words.dropFirst().prefix(1))
      default: continue  // comments among them
      }
    }
    return domains
  }
}
