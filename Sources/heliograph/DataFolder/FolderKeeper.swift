// SPDX-License-Identifier: MIT

// A folder that is served instead of the built-in page: waited for at the start, and looked at again and again after
// that.

import DataFolder
import DeviceServer
import Logging
import HostTransport
import RemoteControl
import Timebase

struct FolderKeeper {
  let transport: HostTransport<RemoteControl>
  let console: Console
  /// Whether its pages are sent with the strict policy, which breaks some of them.
  let isStrict: Bool
  private var folder: DataFolder
  private let start = ContinuousClock.now
  /// What was logged last.
  private var skipped: [String] = []
  private var foreignPages: [String] = []
  private var count: Int?
  private var hasPage = true

  /// So many pages are named in the log.
  private static var namedPages: Int { 8 }

  init(path: String, isStrict: Bool, transport: HostTransport<RemoteControl>, console: Console) {
    folder = DataFolder(path: path)
    self.isStrict = isStrict
    self.transport = transport
    self.console = console
  }

  /// Reads the folder; as long as it cannot be read, the board blinks and no port is open.
  mutating func wait() async throws {
    var lastReason: String?
    while true {
      do {
        if let assets = try await look() { return try await use(assets) }
      } catch let error as DataFolderError {
        let reason = "\(error); nothing is served until \(Self.wish(after: error))"
        if reason != lastReason {
          try await transport.withApplication { application, _ in application.fail(Array(reason.utf8).span) }
        }
        lastReason = reason
      }
      try await sleep()
    }
  }

  private static func wish(after error: DataFolderError) -> String {
    switch error {
    case .noSuchFolder: "it is there"
    case .notAFolder: "a folder is there"
    default: "that has changed"
    }
  }

  /// Looks for changes until the program ends. A folder that vanishes leaves what was served last.
  mutating func watch() async throws {
    var lastReason: String?
    while true {
      try await sleep()
      do {
        if let assets = try await look() { try await use(assets) }
        if lastReason != nil { tell("") }
        lastReason = nil
      } catch let error as DataFolderError {
        if error.description != lastReason {
          console.log(.warning, "\(error.description); serving what was there")
          tell(error.description)
        }
        lastReason = error.description
      }
    }
  }

  /// Tells those who ask for the health of the device.
  private func tell(_ problem: String) {
    transport.notify { application, _ in application.context.problems.dataFolder = Array(problem.utf8) }
  }

  private mutating func look() async throws -> AssetTable? {
    let now = now
    return try await FolderReader.read(&folder) { folder throws(DataFolderError) in try folder.update(at: now) }
  }

  private func sleep() async throws {
    try await Task.sleep(for: .milliseconds(Int64((folder.nextLook - now).count)))
  }

  private var now: MonotonicTime {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return MonotonicTime(milliseconds: UInt64(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }

  private mutating func use(_ assets: AssetTable) async throws {
    for line in folder.skipped where !skipped.contains(line) { console.log(.warning, "data folder: skipped \(line)") }
    console.log(assets.count == count ? .debug : .info, "data folder: \(assets.count) files")
    if isStrict, folder.foreignPages != foreignPages, let words = Self.words(folder.foreignPages) {
      console.log(.warning, words)
    }
    let hasPage = assets.asset(at: Array("/".utf8).span) != nil
    if !hasPage, self.hasPage {
      console.log(.warning, "data folder: no index.html in \(folder.path), so there is no page until there is one")
    }
    self.hasPage = hasPage
    (skipped, foreignPages, count) = (folder.skipped, folder.foreignPages, assets.count)
    try await transport.withApplication { application, _ in application.server.assets = assets }
  }

  /// One line about the pages that will not work as they are; nil if there are none.
  private static func words(_ pages: [String]) -> String? {
    guard !pages.isEmpty else { return nil }
    let named = pages.prefix(namedPages).joined(separator: ", ")
    let more = pages.count > namedPages ? " and \(pages.count - namedPages) more" : ""
    return
      "data folder: the page policy breaks \(named)\(more); --page-policy relaxed allows what is in the page itself"
  }
}
