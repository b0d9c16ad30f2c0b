// SPDX-License-Identifier: MIT

// A folder that is served instead of the built-in page: waited for at the start, and looked at again and again after
// that.

import DataFolder
import DeviceServer
import Logging
import NIOTransport
import RemoteControl

struct FolderKeeper {
  var folder: DataFolder
  let transport: NIOTransport<RemoteControl>
  let console: Console

  /// How often the folder is looked at.
  private static var interval: Duration { .milliseconds(500) }

  /// Reads the folder; as long as it cannot be read, the board blinks and no port is open.
  mutating func wait() async throws {
    var lastReason: String?
    while true {
      do {
        let assets = try await FolderReader.read(&folder) { folder throws(DataFolderError) in try folder.load() }
        try await use(assets)
        return
      } catch let error as DataFolderError {
        let reason = error.description
        if reason != lastReason {
          try await transport.withApplication { application, _ in application.fail(Array(reason.utf8).span) }
        }
        lastReason = reason
      }
      try await Task.sleep(for: Self.interval)
    }
  }

  /// Looks for changes until the program ends. A folder that vanishes leaves what was served last.
  mutating func watch() async throws {
    var lastReason: String?
    while true {
      try await Task.sleep(for: Self.interval)
      do {
        let assets = try await FolderReader.read(&folder) { folder throws(DataFolderError) in
          try folder.loadIfChanged()
        }
        if let assets { try await use(assets) }
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

  private func use(_ assets: AssetTable) async throws {
    for line in folder.skipped { console.log(.warning, "data folder: skipped \(line)") }
    console.log(.info, "data folder: \(assets.count) files")
    try await transport.withApplication { application, _ in application.server.assets = assets }
  }
}
