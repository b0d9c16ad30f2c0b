// SPDX-License-Identifier: MIT

// Does the book's work on threads that may wait: hashes one at a time, so that they need the memory of one, and the
// file beside them, so that a session that ends is saved while somebody logs in. The book bounds how many wait.

import Dispatch
import SystemCalls

/// The threads beside the event loop that hash passwords and change the file of the accounts.
public final class AccountService: Sendable {
  private let file: AccountFile
  private let parameters: PasswordHash.Parameters
  private let hashes = DispatchQueue(label: "accounts.hashes", qos: .utility)
  private let files = DispatchQueue(label: "accounts.file", qos: .utility)
  private let version = Locked<FileStatus?>(nil)

  /// A service for a file; new hashes are made with `parameters`.
  public init(file: AccountFile, parameters: PasswordHash.Parameters = .standard) {
    self.file = file
    self.parameters = parameters
  }

  /// Reads the accounts at the start.
  ///
  /// - Throws: As `AccountFile.load()` does.
  public func load() throws(AccountFileError) -> AccountTable {
    let (table, version, _) = try file.read()
    self.version.withLock { $0 = version }
    return table
  }

  /// Does work of a book's, and calls `done` on a thread of its own: hand the result to the event loop there.
  public func perform(_ work: AccountWork, _ done: @escaping @Sendable (AccountResult) -> Void) {
    switch work {
    case .check(let job, let password, let hash):
      hashes.async { [parameters] in
        guard let isRight = try? hash.matches(password) else { return done(.failed(job: job)) }
        let better = isRight && hash.isCheaper(than: parameters) ? try? PasswordHash(of: password, parameters) : nil
        done(.checked(job: job, isRight: isRight, better: better))
      }
    case .hash(let job, let password):
      hashes.async { [parameters] in
        if let hash = try? PasswordHash(of: password, parameters) {
          done(.hashed(job: job, hash))
        } else {
          done(.failed(job: job))
        }
      }
    case .store(let changes): files.async { done(self.store(changes)) }
    case .look: files.async { done(self.look()) }
    }
  }

  private func store(_ changes: [AccountChange]) -> AccountResult {
    do {
      let table = try file.update { table in
        // What the command line has changed in the meantime may have made one of them impossible.
        for change in changes { try? table.apply(change) }
      }
      version.withLock { $0 = nil }  // so that the next look reads what somebody else wrote after this
      return .stored(table, count: changes.count)
    } catch {
      return .fileFailed("\(error)")
    }
  }

  private func look() -> AccountResult {
    let before = version.withLock { $0 }
    if let before, file.version == before { return .seen(nil) }
    do throws(AccountFileError) {
      let (table, version, _) = try file.read()
      self.version.withLock { $0 = version }
      return .seen(table)
    } catch {
      return .fileFailed(error.description)
    }
  }
}
