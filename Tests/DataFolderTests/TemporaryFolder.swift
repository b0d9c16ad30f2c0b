// SPDX-License-Identifier: MIT

// A real folder for one test, removed with it, and the few calls that put odd things into it.

import Bytes
import ConformanceSupport
import DataFolder
import DeviceServer
import Foundation
import Testing

/// A folder of its own for one test; its end removes it.
final class TemporaryFolder: Sendable {
  /// Where it is.
  let path: String

  init() throws {
    var template = Array("/tmp/data-folder-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    try #require(made)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in it.
  func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes `content` into the file `name` where it lies, and makes the folders on the way to it.
  func write(_ name: String, _ content: [UInt8]) throws {
    let path = path(of: name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(content).write(to: URL(fileURLWithPath: path))
  }

  func write(_ name: String, _ content: String) throws { try write(name, bytes(content)) }

  /// Makes `name` a symbolic link to `target`.
  func link(_ name: String, to target: String) throws {
    try #require(symlink(target, path(of: name)) == 0)
  }

  /// Moves `name` to `other`, over whatever is there.
  func rename(_ name: String, to other: String) throws {
    try #require(Foundation.rename(path(of: name), path(of: other)) == 0)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(of: name))
  }

  /// Sets when `name` was last written, in seconds of 1970.
  func setModified(_ name: String, _ seconds: Int, nanoseconds: Int = 0) throws {
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
    try #require(utimensat(AT_FDCWD, path(of: name), [time, time], 0) == 0)
  }

  /// Takes the rights to `name` away while `body` runs, as somebody whom rights bind: root drops its own, for
  /// this thread and this long.
  func withoutRights<Result>(to name: String, _ body: () throws -> Result) throws -> Result {
    try #require(chmod(path, 0o755) == 0 && chmod(path(of: name), 0) == 0)
    defer { chmod(path(of: name), 0o700) }
    #if os(Linux)
      // It is in no module of the C library's.
      typealias SetUser = @convention(c) (uid_t) -> Int32
      let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
      let (user, nobody): (uid_t, uid_t) = (geteuid(), 65_534)
      if user == 0 { _ = setUser(nobody) }
      defer { if user == 0 { _ = setUser(user) } }
    #endif
    return try body()
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
