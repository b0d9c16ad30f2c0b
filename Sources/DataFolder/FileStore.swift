// SPDX-License-Identifier: MIT

// The last whole version of each file. A file is read again only when its status has changed, and the bytes and the tag
// of what has not changed stay what they are. A large file that changes again and again, such as a log, is read less
// and less often.

import Bytes
import DeviceServer
import SystemCalls
import Timebase

/// What is known of the files in a folder.
struct FileStore: Sendable {
  /// A file as it was when it was last read whole.
  struct File: Sendable {
    /// The status that belongs to the content.
    var status: FileStatus
    /// The content; nil if the file may not be read.
    var bytes: [UInt8]?
    /// Why it may not.
    var problem: SystemError?
    /// Of the content, without quotation marks.
    var entityTag: [UInt8] = []
    /// The number of the content: another one for other content.
    var version: Int
    /// CRC-32 of the content, once it was needed.
    var checksum: UInt32?
    /// What of a page the strict policy breaks; empty for what is no page.
    var foreign: PageScan = []
    /// When it was read.
    var readAt: MonotonicTime
    /// When this content was read first.
    var isNewAt: MonotonicTime
    /// How often in a row it has been found to be new soon after the last time.
    var repetitions = 0
    /// Whether every later change is sure to change the status.
    var isSure: Bool
  }

  /// The files, by their paths.
  private(set) var files: [[UInt8]: File] = [:]
  /// Whether something changed that may be seen in what is served.
  var hasNews = true
  private(set) var settling = Settling()
  private var seen: Set<[UInt8]> = []
  private var lastVersion = 0

  /// How long a file whose status may not show the next change is believed before it is read again.
  private static var doubt: Milliseconds { 1000 }
  /// A file system takes its times from a coarse clock: FAT counts in two seconds, ext4 in milliseconds.
  private static var resolution: Int { 2 }

  /// The longest that a file that changes again and again is left alone.
  private static var longestPause: Milliseconds { .seconds(30) }
  /// How many bytes of such a file may be read in a second, on average. Whoever works on a page of usual files never
  /// waits for this.
  private static var rate: Int { 131_072 }
  /// A file that has not changed for so long, its pause not counted, begins anew.
  private static var calm: Milliseconds { .seconds(10) }

  /// How long a file is left alone after it was found to be new: not at all the first time, then twice as long each
  /// time, up to what its size takes at `rate`.
  private static func pause(of file: File) -> Milliseconds {
    guard file.repetitions > 0 else { return 0 }
    let reading = UInt64(clamping: file.status.size) &* 1000 / UInt64(rate)
    let pause = Milliseconds.seconds(1 << UInt32(min(file.repetitions - 1, 5)))
    return min(pause, longestPause, Milliseconds(UInt32(clamping: reading)))
  }

  /// Begins a look at all files.
  mutating func begin() { seen = [] }

  /// Whether the file at `path` is to be read now.
  mutating func shouldRead(_ path: [UInt8], _ status: FileStatus, at now: MonotonicTime) -> Bool {
    seen.insert(path)
    if let file = files[path], now < file.isNewAt + Self.pause(of: file) {
      settling.forget(path)  // nobody waits for it
      return false
    }
    guard let file = files[path], file.status == status else {
      return settling.isAtRest(path, status, at: now, isOld: Self.isOld(status, at: Int(time(nil))))
    }
    settling.forget(path)
    return !file.isSure && now >= file.readAt + Self.doubt
  }

  /// Takes what was read of a file whose status was the same before and afterwards.
  ///
  /// - Parameter clock: the system's clock, in seconds, before and after the reading.
  mutating func take(
    _ path: [UInt8], _ bytes: [UInt8], _ status: FileStatus, at now: MonotonicTime, clock: (before: Int, after: Int)
  ) {
    settling.forget(path)
    let isSure = Self.isSure(status, readFrom: clock.before, to: clock.after)
    if var file = files[path], file.bytes == bytes {
      if file.status != status { hasNews = true }  // its age counts beside a compressed form
      (file.status, file.readAt, file.isSure) = (status, now, isSure)
      files[path] = file
      return
    }
    lastVersion += 1
    hasNews = true
    var file = File(
      status: status, bytes: bytes, entityTag: EntityTag.of(bytes.span), version: lastVersion, readAt: now, isNewAt: now,
      isSure: isSure)
    if let last = files[path], now < last.isNewAt + Self.pause(of: last) + Self.calm {
      file.repetitions = min(last.repetitions + 1, 6)
    }
    file.foreign = PageScan(path, bytes.span)
    files[path] = file
  }

  /// The file at `path` may not be read.
  mutating func refuse(_ path: [UInt8], _ problem: SystemError, _ status: FileStatus, at now: MonotonicTime) {
    settling.forget(path)
    if files[path]?.problem != problem {
      lastVersion += 1
      hasNews = true
    }
    files[path] = File(
      status: status, problem: problem, version: lastVersion, readAt: now, isNewAt: now, isSure: false)
  }

  /// The file at `path` changed while it was read.
  mutating func wasDisturbed(_ path: [UInt8], _ status: FileStatus?, at now: MonotonicTime) {
    settling.wasDisturbed(path, status, at: now)
  }

  /// Ends a look at all files: what was not there is gone, once that has lasted.
  mutating func end(at now: MonotonicTime) {
    for path in files.keys where !seen.contains(path) {
      guard settling.isAtRest(path, nil, at: now) else { continue }
      files[path] = nil
      hasNews = true
    }
    for path in settling.paths where !seen.contains(path) && files[path] == nil { settling.forget(path) }
  }

  /// The CRC-32 of a file's content.
  mutating func checksum(of path: [UInt8]) -> UInt32? {
    guard let file = files[path], let bytes = file.bytes else { return nil }
    if let checksum = file.checksum { return checksum }
    let checksum = CRC32.checksum(of: bytes.span)
    files[path]?.checksum = checksum
    return checksum
  }

  /// Whether the times of `status` are so far from when its file was read, `start` to `end` in seconds of the system's
  /// clock, that whatever changes afterwards gets other times. A change that follows another within the resolution, and
  /// keeps the size, would never show.
  static func isSure(_ status: FileStatus, readFrom start: Int, to end: Int) -> Bool {
    // Somebody may have set the clock back in between.
    let doubtful = min(start, end) - resolution...max(start, end) + resolution
    return !doubtful.contains(status.changed.seconds) && !doubtful.contains(status.modified.seconds)
  }

  /// Whether the last change was so long ago that nobody is writing. Its time cannot be set by who writes the file.
  private static func isOld(_ status: FileStatus, at clock: Int) -> Bool {
    status.changed.seconds < clock - resolution
  }
}
