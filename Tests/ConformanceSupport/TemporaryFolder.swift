// SPDX-License-Identifier: MIT

// A real folder for one test, removed with it, and the few calls that put odd things into it.

public import Foundation
import Testing

/// A folder of its own for one test; its end removes it.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  public init() throws {
    var template = Array("/tmp/heliograph-test-XXXXXX".utf8CString)
    let made = mkdtemp(&template) != nil
    try #require(made)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in it.
  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// The names in it, sorted.
  public var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

  /// The content of `name`; nil if there is no such file.
  public func content(of name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path(of: name)).map(Array.init)
  }

  /// Writes `content` into the file `name` where it lies, and makes the folders on the way to it.
  public func write(_ name: String, _ content: [UInt8]) throws {
    let path = path(of: name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(content).write(to: URL(fileURLWithPath: path))
  }

  public func write(_ name: String, _ content: String) throws { try write(name, bytes(content)) }

  /// Makes `name` a symbolic link to `target`.
  public func link(_ name: String, to target: String) throws {
    try #require(symlink(target, path(of: name)) == 0)
  }

  /// Moves `name` to `other`, over whatever is there.
  public func rename(_ name: String, to other: String) throws {
    try #require(Foundation.rename(path(of: name), path(of: other)) == 0)
  }

  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(of: name))
  }

  /// Runs `body` as somebody whom rights bind, for whom `name` has the rights `mode`: root drops its own, for this
  /// thread and this long.
  public func withRights<Result>(_ mode: mode_t, to name: String, _ body: () throws -> Result) throws -> Result {
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
    return try body()
  }
}
