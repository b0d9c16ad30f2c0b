// SPDX-License-Identifier: MIT

// Whenever one looks, and however a program ends, the file is the old one or the new one.

import ConformanceSupport
import Foundation
import StateFile
import Synchronization
import SystemCalls
import Testing

@Suite struct CrashTests {
  let folder = try! TemporaryFolder()

  @Test func whoeverLooksDuringAStoreSeesAWholeFile() throws {
    let file = folder.file
    try file.store(SavedState(isLedOn: false))
    let isDone = Atomic(false)
    let looks = Atomic(0)
    let torn = Mutex<[[UInt8]?]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { part in
      if part == 0 {
        for round in 0..<200 { #expect(throws: Never.self) { try file.store(SavedState(isLedOn: round % 2 == 0)) } }
        isDone.store(true, ordering: .releasing)
      } else {
        repeat {
          let content = folder.content(of: "state")
          looks.add(1, ordering: .relaxed)
          if !Whole.both.contains(where: { $0 == content }) { torn.withLock { $0.append(content) } }
        } while !isDone.load(ordering: .acquiring)
      }
    }
    #expect(torn.withLock { $0 } == [])
    #expect(looks.load(ordering: .relaxed) > 0)
    #expect(try folder.names == ["state"])
  }

  /// The signal ends the process between any two instructions, as a `kill -9` does.
  @Test(arguments: 0..<6)
  func aProgramThatIsKilledDuringAStoreLeavesAWholeFile(_ round: Int) async throws {
    try folder.write("state", Whole.on)
    await #expect(processExitsWith: .signal(SIGALRM)) { [path = folder.path as String] in
      let file = StateFile(path: "\(path)/state")
      ualarm(.random(in: 1_000..<20_000), 0)  // microseconds
      while true {
        try file.store(SavedState(isLedOn: false))
        try file.store(SavedState(isLedOn: true))
      }
    }
    let left = try folder.names
    #expect(left == ["state"] || left == ["state", "state.new"])
    let state = try #require(try folder.file.load())
    try folder.file.store(SavedState(isLedOn: !state.isLedOn))
    #expect(try folder.file.load() == SavedState(isLedOn: !state.isLedOn))
    #expect(try folder.names == ["state"])
  }

  /// The system takes the first ten bytes and no more, as a full disk may do.
  @Test func aWriteThatEndsInTheMiddleIsAnErrorThatLeavesTheOldFile() async throws {
    try folder.write("state", Whole.on)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10, rlim_max: 10)
      try #require(setrlimit(LimitedSize.resource, &limit) == 0)
      let file = StateFile(path: "\(path)/state")
      let error = StateFileError.unwritable(path: file.path, SystemError(code: EFBIG))
      #expect(error.description == "cannot write \(file.path): File too large")
      #expect(throws: error) { try file.store(SavedState(isLedOn: false)) }
    }
    #expect(try folder.names == ["state"])
    #expect(folder.content(of: "state") == Whole.on)
  }
}

private enum LimitedSize {
  #if canImport(Glibc)
    static let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    static let resource = RLIMIT_FSIZE
  #endif
}
