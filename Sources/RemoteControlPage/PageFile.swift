// SPDX-License-Identifier: MIT

// The remote control's page as bytes in the program: no file system is needed to serve it.
// The bytes are in the generated files beside this one; their sources are in Web/.

/// One file of the page, as it is served.
public struct PageFile: Sendable {
  /// The path that it is served under, with its leading slash.
  public let path: StaticString

  /// The plain bytes.
  public let bytes: [UInt8]

  /// The same bytes as one gzip member (RFC 1952); nil if there is none.
  public let gzipped: [UInt8]?

  /// The strong entity tag of the plain bytes, without its quotation marks (RFC 9110, 8.8.3).
  public let entityTag: StaticString

  /// A file of a page.
  public init(path: StaticString, bytes: [UInt8], gzipped: [UInt8]?, entityTag: StaticString) {
    self.path = path
    self.bytes = bytes
    self.gzipped = gzipped
    self.entityTag = entityTag
  }

  /// The first `count` bytes of `numbers`, of which each has eight, the lowest first.
  package static func bytes(_ numbers: [UInt64], count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 8)
    for number in numbers {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }
    return Array(bytes.prefix(count))
  }
}

/// The remote control's page: its template and its static files.
public enum RemoteControlPage {
  /// The files that are the same for everyone; `index`, the template, is not among them.
  public static var files: [PageFile] { [styleSheet, script, icon, touchIcon, manifest] + languages }

  /// What the page says in each language but English, which its script knows.
  public static var languages: [PageFile] { [german, spanish, french, japanese] }
}
