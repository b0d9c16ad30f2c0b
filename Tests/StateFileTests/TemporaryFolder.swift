// SPDX-License-Identifier: MIT

// A real folder for one test, removed with it, and the calls that look into it behind the state file's back.

import ConformanceSupport
import Foundation
import StateFile
import Testing

/// A folder of its own for one test; its end removes it.
final class TemporaryFolder: Sendable {
  /// Where it is.
  let path: String

  init() throws {
    var template = Array("/tmp/state-file-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    try #require(made)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The state file that the tests use.
  var file: StateFile { StateFile(path: path(of: "state")) }

  /// The path of `name` in it.
  func path(of name: String) -> String { "\(path)/\(name)" }

  /// The names in it, sorted.
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

  /// The content of `name`; nil if there is no such file.
  func content(of name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(of: name)).map(Array.init) }

  func write(_ name: String, _ content: [UInt8]) throws {
    try Data(content).write(to: URL(fileURLWithPath: path(of: name)))
  }

  func write(_ name: String, _ content: String) throws { try write(name, bytes(content)) }

  /// Runs `body` as somebody whom rights bind, for whom `name` has the rights `mode`: root drops its own, for this
  /// thread and this long.
  func withRights(_ mode: mode_t, to name: String, _ body: () throws -> Void) throws {
    try #require(chmod(path, 0o755) == 0 && chmod(path(of: name), mode) == 0)
    defer { chmod(path(of: name), 0o700) }
    #if os(Linux)
      // It is in no module of the C library's.
      typealias SetUser = @convention(c) (uid_t) -> Int32
      let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
      let (user, nobody): (uid_t, uid_t) = (geteuid(), 65_534)
      if user == 0 { _ = setUser(nobody) }
      defer { if user == 0 { _ = setUser(user) } }
    #endif
    try body()
  }
}

/// The two contents that a whole file can have; the checksums are those of Python's zlib.
enum Whole {
  static let on = bytes("heliograph-state 1\nled on\ncrc32 2204b568\n")
  static let off = bytes("heliograph-state 1\nled off\ncrc32 b6c79e5f\n")
  static let both = [on, off]
}
