// SPDX-License-Identifier: MIT

// A folder of files as a table of assets, so that no request ever touches the file system.
// Rule: nothing outside the folder gets into the table: no link is followed, and only regular files are read.
// The calls block: make them off the event loop, and hand the table over.

public import DeviceServer

/// A folder that is served instead of the embedded page.
///
/// Each regular file is an asset under `/` and its path in the folder; `/index.html` is the template.
/// `NAME.gz` beside `NAME` is its compressed form if it is not older and bears the checksum of `NAME`;
/// otherwise it is a file like any other. Names with a leading dot are hidden. Links, special files and what
/// the program may not read are left out and listed.
public struct DataFolder: Sendable {
  /// The folder, as it was given; this path itself may lead through links.
  public let path: String
  /// What the folder may hold.
  public let limits: Limits
  /// A line for each thing that the last load left out, for instance `/web: symbolic link`.
  public private(set) var skipped: [String] = []

  private var last: Snapshot?

  /// The folder at `path`; nothing is opened yet.
  public init(path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
  }

  /// Reads the whole folder.
  public mutating func load() throws(DataFolderError) -> AssetTable {
    last = nil
    let snapshot = try Snapshot(of: path, limits: limits)
    last = snapshot
    skipped = snapshot.skipped
    return AssetTable(snapshot.assets)
  }

  /// Reads the folder if anything in it is new since the last load; nil if it serves the same as before.
  ///
  /// What is new shows in names, inodes, sizes and times, also when a file changed while it was read. The
  /// first success after an error gives a table in any case.
  public mutating func loadIfChanged() throws(DataFolderError) -> AssetTable? {
    let before = last
    if let before, before.isSettled {
      // Whatever fails here fails in `load()`, too.
      let walk = try? FolderWalk(path, limits: limits, reading: false)
      if walk?.entries == before.entries { return nil }
    }
    let table = try load()
    if let before, let last, last.serves(before.assets) { return nil }
    return table
  }
}

extension DataFolder {
  /// What a folder may hold; more is an error, and nothing of the folder is served.
  public struct Limits: Sendable {
    /// Files and folders together, with those that are skipped but without hidden ones.
    public var files = 1_000
    /// Folders within folders: 0 allows none in the data folder.
    public var depth = 16
    /// Bytes of one file.
    public var fileSize = 8_388_608
    /// Bytes of all files together, compressed forms included.
    public var totalSize = 67_108_864

    /// The defaults.
    public init() {}
  }
}
