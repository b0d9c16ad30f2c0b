// SPDX-License-Identifier: MIT

// What the tests of the data folder do with files, and how they look into the table that came of them.

import Bytes
import ConformanceSupport
import DataFolder
import DeviceServer
import Foundation
import Testing

extension TemporaryFolder {
  /// Sets when `name` was last written, in seconds of 1970.
  func setModified(_ name: String, _ seconds: Int, nanoseconds: Int = 0) throws {
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
    try #require(utimensat(AT_FDCWD, path(of: name), [time, time], 0) == 0)
  }
}

extension AssetTable {
  /// The content under `path`, as text.
  func text(_ path: String) -> String? {
    asset(at: bytes(path).span)?.bytes.map { ConformanceSupport.text([UInt8]($0.span)) }
  }

  /// The asset under `path`.
  subscript(_ path: String) -> StaticAsset? { asset(at: bytes(path).span) }
}
