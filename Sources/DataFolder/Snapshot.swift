// SPDX-License-Identifier: MIT

// What a folder was at one time, to be compared with what it is later.

import DeviceServer
import SystemCalls

/// What a folder held when it was read.
struct Snapshot: Sendable {
  /// A name that is not hidden, and what it was.
  struct Entry: Equatable, Sendable {
    /// `/` and the names from the folder on, with `/` between them.
    let path: [UInt8]
    let status: FileStatus
  }

  /// Everything in the folder, in the order of the walk.
  let entries: [Entry]
  /// What its files are served as.
  let assets: [StaticAsset]
  /// A line for each thing left out.
  let skipped: [String]
  /// Whether every later change is sure to change an entry.
  let isSettled: Bool

  /// Reads the folder at `path`.
  init(of path: String, limits: DataFolder.Limits) throws(DataFolderError) {
    let start = Int(time(nil))
    let walk = try FolderWalk(path, limits: limits, reading: true)
    entries = walk.entries
    skipped = walk.skipped
    assets = StaticAsset.assets(from: walk.files)
    isSettled = Self.isSettled(entries, readFrom: start, to: Int(time(nil)))
  }

  /// Whether requests get the same from `assets` as from these.
  func serves(_ assets: [StaticAsset]) -> Bool {
    self.assets.elementsEqual(assets) {
      $0.path == $1.path && $0.bytes == $1.bytes && $0.gzipped == $1.gzipped
    }
  }

  /// Whether the times of `entries` are so far from when they were read, `start` to `end` in seconds, that
  /// whatever changes afterwards gets other times.
  ///
  /// A file system takes its times from a coarse clock: FAT counts in two seconds, ext4 in milliseconds. A
  /// change that follows another within that, and keeps the size, would never show.
  static func isSettled(_ entries: [Entry], readFrom start: Int, to end: Int) -> Bool {
    let resolution = 2
    // Somebody may have set the clock back in between.
    let doubtful = min(start, end) - resolution...max(start, end) + resolution
    return !entries.contains {
      doubtful.contains($0.status.changed.seconds) || doubtful.contains($0.status.modified.seconds)
    }
  }
}
