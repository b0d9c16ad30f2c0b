// SPDX-License-Identifier: MIT

// Reading files blocks, and so it happens on a thread for such work, never on the event loop.

import DataFolder

enum FolderReader {
  /// Runs `body` on a blocking thread with the folder, which comes back changed.
  static func read<Value: Sendable>(
    _ folder: inout DataFolder, _ body: @escaping @Sendable (inout DataFolder) throws(DataFolderError) -> Value
  ) async throws -> Value {
    let before = folder
    let (after, result) = await BlockingWork.run {
      var folder = before
      let result: Result<Value, DataFolderError>
      do throws(DataFolderError) {
        result = .success(try body(&folder))
      } catch {
        result = .failure(error)
      }
      return (folder, result)
    }
    folder = after
    return try result.get()
  }
}
