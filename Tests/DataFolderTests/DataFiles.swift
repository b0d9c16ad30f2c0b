// SPDX-License-Identifier: MIT

// What the tests of the data folder do with files, and how they look into the table that came of them.

import Bytes
import ConformanceSupport
import DataFolder
import DeviceServer
import Foundation
import Testing
import Timebase

extension TemporaryFolder {
  /// Sets when `name` was last written, in seconds of 1970.
  func setModified(_ name: String, _ seconds: Int, nanoseconds: Int = 0) throws {
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
    try #require(utimensat(AT_FDCWD, path(of: name), [time, time], 0) == 0)
  }
}

extension DataFolder {
  /// Reads the whole folder, in virtual time: what is written the moment before needs a while to come to rest.
  mutating func load() throws -> AssetTable {
    self = DataFolder(path: path, limits: limits)
    for time in stride(from: UInt64(0), through: 3000, by: 300) {
      if let table = try update(at: MonotonicTime(milliseconds: time)) { return table }
    }
    throw NoTable()
  }

  /// Looks again, a second later and once more when what has changed is at rest.
  mutating func loadIfChanged() throws -> AssetTable? {
    let next = nextLook + 1000
    let table = try update(at: next)
    return try update(at: next + 300) ?? table
  }

  private struct NoTable: Error {}
}

extension AssetTable {
  /// The content under `path`, as text.
  func text(_ path: String) -> String? {
    asset(at: bytes(path).span)?.bytes.map { ConformanceSupport.text([UInt8]($0.span)) }
  }

  /// The asset under `path`.
  subscript(_ path: String) -> StaticAsset? { asset(at: bytes(path).span) }
}
