// SPDX-License-Identifier: MIT

// One state file, one program: the lock beside it, which survives that the file is replaced, and does not outlive its
// owner.

import ConformanceSupport
import StateFile
import SystemCalls
import Testing

@Suite struct LockTests {
  @Test func aSecondOneIsToldSoUntilTheFirstEnds() throws {
    let folder = try TemporaryFolder()
    var first: StateLock? = try folder.file.lock()
    #expect(first != nil)
    try folder.file.store(SavedState(isLedOn: true))  // the file is another now; the lock is not
    #expect(throws: StateFileError.inUse(path: folder.file.path)) { _ = try folder.file.lock() }
    withExtendedLifetime(first) {}
    first = nil
    // What the first left behind is no lock. (A process that another test starts meanwhile has its descriptor, too, until
    // it has become another program.)
    let limit = ContinuousClock.now + .seconds(20)
    var isOurs: Bool?
    while isOurs == nil, ContinuousClock.now < limit { isOurs = Self.canLock(folder.file) }
    #expect(isOurs == true)
  }

  /// Whether there is a lock now; nil if another has it.
  private static func canLock(_ file: StateFile) -> Bool? {
    do {
      return try file.lock() != nil
    } catch {
      return nil
    }
  }

  @Test func theErrorNamesTheFileAndSaysWhatToDo() {
    #expect(
      StateFileError.inUse(path: "/a/state").description
        == "another program that runs keeps its state in /a/state: end that one, or give this one a file of its own")
  }

  @Test func theFolderIsMadeIfItIsMissing() throws {
    let folder = try TemporaryFolder()
    #expect(try StateFile(path: folder.path(of: "a/b/state")).lock() != nil)
    #expect(try folder.names == ["a"])
  }

  @Test func nothingIsPutBesideADevice() throws {
    #expect(try StateFile(path: "/dev/null").lock() == nil)
    #expect(access("/dev/null.lock", F_OK) != 0)
  }

  @Test func whereNothingCanBeWrittenThereIsNoLockAndNoError() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "x")
    #expect(try StateFile(path: folder.path(of: "file/state")).lock() == nil)
    try folder.link("state.lock", to: "elsewhere")
    #expect(try folder.file.lock() == nil)  // no link is followed
    #expect(try folder.names == ["file", "state.lock"])
  }
}
