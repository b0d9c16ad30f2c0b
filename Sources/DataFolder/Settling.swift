// SPDX-License-Identifier: MIT

// Which files are being written at the moment. Nobody says when a file is complete, but who writes one does so without
// long pauses: it is taken for complete when its status has been the same for a while.
// Rule: it reads no clock and no file; it is fed with what was seen, and the time.

import SystemCalls
import Timebase

/// The files that have changed and have not come to rest.
struct Settling: Sendable {
  /// How long a file's status must stay the same.
  static let rest: Milliseconds = 300
  /// A file that has changed all the time for so long, such as a log, is waited for no more.
  static let patience: Milliseconds = 2000

  private struct Change {
    /// What was seen last; nil: there is no such file any more.
    var status: FileStatus?
    /// When it was seen first.
    var since: MonotonicTime
    /// When the file was first seen to be other than the one that is served.
    var start: MonotonicTime
  }

  private var changes: [[UInt8]: Change] = [:]

  /// Whether a file that is other than the one that is served has come to rest, to be fed with each look at it.
  ///
  /// - Parameter isOld: whether it is known that the last change was long ago.
  mutating func isAtRest(_ path: [UInt8], _ status: FileStatus?, at now: MonotonicTime, isOld: Bool = false) -> Bool {
    if let change = changes[path], change.status == status {
      guard now >= change.since + Self.rest else { return false }
    } else {
      changes[path] = Change(status: status, since: now, start: changes[path]?.start ?? now)
      guard isOld else { return false }
    }
    changes[path] = nil
    return true
  }

  /// A file was found to be the one that is served, or there is none and none is served.
  mutating func forget(_ path: [UInt8]) { changes[path] = nil }

  /// A file changed while it was read: its rest begins anew.
  mutating func wasDisturbed(_ path: [UInt8], _ status: FileStatus?, at now: MonotonicTime) {
    changes[path] = Change(status: status, since: now, start: changes[path]?.start ?? now)
  }

  /// The paths of all that has changed and is not at rest.
  var paths: [[UInt8]] { Array(changes.keys) }

  /// Whether nothing changes but what has changed all the time for long.
  func isQuiet(at now: MonotonicTime) -> Bool { !changes.values.contains { now < $0.start + Self.patience } }

  /// When the next file may be at rest; nil if none is waited for.
  func nextRest(at now: MonotonicTime) -> MonotonicTime? {
    changes.values.filter { now < $0.start + Self.patience }.map { $0.since + Self.rest }.min()
  }
}
