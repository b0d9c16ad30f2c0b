// SPDX-License-Identifier: MIT

// The file of the accounts, beside the state file. Both the running server and the command line change it: each change
// reads it, changes it and replaces it under a lock (flock on a file of its own, since the file itself is replaced).
// Rule: whatever fails, it is the old one or the new one, whole; and a file that anybody else can read or write, or
// that cannot be read wholly, is an error and never overwritten.

public import SystemCalls

/// The accounts on disk.
///
/// All calls wait for the disk, and for whoever has the lock: they belong on a queue beside the event loop.
public struct AccountFile: Sendable {
  /// Where the file is.
  public let path: String

  /// The file at `path`, which need not be there yet, nor its folder.
  public init(path: String) { self.path = path }

  /// The file `accounts` in the folder of the state file; nil if the state is not kept in a file.
  public init?(beside stateFile: String) {
    let folder = FileSystem.folder(of: stateFile)
    guard !stateFile.isEmpty, folder != "/dev" else { return nil }
    path = folder == "/" ? "/accounts" : "\(folder)/accounts"
  }

  /// What is there now; nil if there is no file, or it cannot be asked.
  public var version: FileStatus? {
    do throws(SystemError) { return try FileStatus(of: path) } catch { return nil }
  }

  /// The accounts; nobody if there is no file.
  ///
  /// - Throws: If it is there and cannot be read wholly, or others than its owner may read or write it.
  public func load() throws(AccountFileError) -> AccountTable { try read().table }

  /// Changes the accounts, and returns them as they are afterwards; when this returns, they are on the disk.
  ///
  /// Folders that are missing are made. `body` must not wait for a person.
  ///
  /// - Throws: What `body` throws, then nothing is changed; or an error of the file.
  @discardableResult
  public func update(_ body: (inout AccountTable) throws(AccountMistake) -> Void) throws -> AccountTable {
    let owner = owner
    let lock = try lock(owner: owner)
    defer { _ = flock(lock.number, LOCK_UN) }
    let (before, _, isThere) = try read()
    var after = before
    try body(&after)
    guard after != before || !isThere else { return after }
    do throws(SystemError) {
      try FileSystem.replace(path, with: after.encoded, permissions: 0o600, owner: owner)
    } catch {
      throw AccountFileError.unwritable(path: path, error)
    }
    return after
  }

  /// The accounts, and of which version they are.
  func read() throws(AccountFileError) -> (table: AccountTable, version: FileStatus?, isThere: Bool) {
    var content: [UInt8] = []
    var status: FileStatus
    var mistake: AccountFileError?
    do throws(SystemError) {
      status = try FileStatus(of: path)
      mistake = self.mistake(in: status)
      if mistake == nil {
        // Between the two calls it may have been replaced: what was opened is what counts.
        let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        status = try file.status()
        mistake = self.mistake(in: status)
        if mistake == nil { content = try file.bytes(count: AccountTable.sizeLimit + 1) }
      }
    } catch .noSuchEntry {
      return (AccountTable(), nil, false)
    } catch {
      throw .unreadable(path: path, error)
    }
    if let mistake { throw mistake }
    do throws(AccountFileFlaw) {
      return (try AccountTable(decoding: content), status, true)
    } catch {
      throw .damaged(path: path, error)
    }
  }

  private func mistake(in status: FileStatus) -> AccountFileError? {
    guard status.kind == .file else { return .notAFile(path: path) }
    guard status.owner == geteuid() || geteuid() == 0 else { return .foreign(path: path) }
    guard status.permissions & 0o077 == 0 else { return .open(path: path) }
    return nil
  }

  /// Whose the file is to be when root works for the user of a service: whose it is, or whose the folder is.
  private var owner: (user: uid_t, group: gid_t)? {
    guard geteuid() == 0 else { return nil }
    let status = version ?? (try? FileStatus(of: FileSystem.folder(of: path), followsLinks: true))
    guard let status, status.owner != 0 else { return nil }
    return (status.owner, status.group)
  }

  /// Waits for the lock; its end gives it back.
  private func lock(owner: (user: uid_t, group: gid_t)?) throws(AccountFileError) -> Descriptor {
    do throws(SystemError) {
      try FileSystem.makeFolder(FileSystem.folder(of: path))
      let lock = try Descriptor(opening: "\(path).lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, permissions: 0o600)
      if let owner { try SystemError.check { fchown(lock.number, owner.user, owner.group) } }
      try SystemError.check { flock(lock.number, LOCK_EX) }
      return lock
    } catch {
      throw .unwritable(path: path, error)
    }
  }
}

/// Why the file of the accounts could not be used; each case has the path.
public enum AccountFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Others than its owner may read or write it.
  case open(path: String)
  /// It belongs to another user.
  case foreign(path: String)
  /// A folder, a link, a device or the like is at the path.
  case notAFile(path: String)
  /// Its content cannot be read wholly.
  case damaged(path: String, AccountFileFlaw)
  /// The system refused to read it.
  case unreadable(path: String, SystemError)
  /// The system refused to write it, or to lock it. What was there is still there, or else the new accounts are.
  case unwritable(path: String, SystemError)

  /// One line without an end of line.
  public var description: String {
    switch self {
    case .open(let path):
      "others can read or change \(path): if they have not, make it yours alone with chmod 600 \(path)"
    case .foreign(let path): "\(path) belongs to another user: run this as that user, or as root"
    case .notAFile(let path): "\(path) is not a regular file: move it away"
    case .damaged(let path, let flaw):
      "\(path) \(flaw): put a copy of it back, or move it away and set up the accounts anew"
    case .unreadable(let path, let error): "cannot read \(path): \(error)"
    case .unwritable(let path, let error): "cannot write \(path): \(error)"
    }
  }
}
