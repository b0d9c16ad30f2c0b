// SPDX-License-Identifier: MIT

// A folder of files as a table of assets, so that no request ever touches the file system.
// Rule: nothing outside the folder gets into the table: no link is followed, and only regular files are read. Nothing
// half written gets into it either: a file counts when its size and times have been the same for a while.
// The calls block: make them off the event loop, and hand the table over.

public import DeviceServer
public import Timebase

/// A folder that is served instead of the embedded page.
///
/// Each regular file is an asset under `/` and its path in the folder; the page at `/` is the template. `NAME.gz`
/// beside `NAME` is its compressed form if it is not older and bears the checksum of `NAME`; alone, it is served as
/// `NAME`, too. Otherwise it is a file like any other. Names with a leading dot are hidden, and so is what editors
/// leave behind. Links, special files and what the program may not read are left out and listed.
public struct DataFolder: Sendable {
  /// The folder, as it was given; this path itself may lead through links.
  public let path: String
  /// What the folder may hold.
  public let limits: Limits
  /// A line for each thing that the last look left out, for instance `/web: symbolic link`.
  public private(set) var skipped: [String] = []
  /// The pages that the strict page policy would break, each with what in it: `/index.html (inline script)`; in order.
  public private(set) var foreignPages: [String] = []

  private var store = FileStore()
  private var served: [ServedFile]?
  private var lastLook = MonotonicTime.zero

  /// How often a folder at rest is looked at.
  public static var interval: Milliseconds { 500 }

  /// The folder at `path`; nothing is opened yet.
  public init(path: String, limits: Limits = Limits()) {
    self.path = path
    self.limits = limits
  }

  /// Looks at the folder and reads what has changed and come to rest; nil as long as what was served before is still to
  /// be served.
  ///
  /// What has changed shows in names, inodes, sizes and times. A file's former version stays until the new one has not
  /// changed for 300 ms, and a removed file stays as long; all changes are made at once, when nothing changes any more
  /// but what has been changing for two seconds. A large file that changes again and again is read again only after a
  /// pause, which grows up to 30 seconds. The first success, also after an error, gives a table in any case.
  ///
  /// - Parameter now: the time, of a clock that never runs backwards.
  /// - Throws: What keeps all of the folder from being served; the next call looks again.
  public mutating func update(at now: MonotonicTime) throws(DataFolderError) -> AssetTable? {
    lastLook = now
    var walk = FolderWalk(path, limits: limits, store, at: now)
    store = FileStore()  // the walk has the only copy, so nothing is copied
    do {
      try walk.run()
      store = walk.store
    } catch {
      store = walk.store
      served = nil
      throw error
    }
    skipped = walk.skipped
    guard store.hasNews || served == nil, store.settling.isQuiet(at: now) else { return nil }
    store.hasNews = false
    let files = ServedFile.files(in: &store)
    if files == served { return nil }
    served = files
    foreignPages = files.compactMap { file in
      guard var scan = store.files[file.source]?.foreign else { return nil }
      if file.path == file.source { scan.remove(.unseen) }  // served as it is, it is no page
      return scan.line(for: file.path)
    }
    return AssetTable(files.map { StaticAsset($0, in: store) })
  }

  /// When to look next: soon while a change is waited for.
  public var nextLook: MonotonicTime {
    let regular = lastLook + Self.interval
    guard let rest = store.settling.nextRest(at: lastLook) else { return regular }
    return min(max(rest, lastLook + 50), regular)
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
