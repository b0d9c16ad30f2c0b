// SPDX-License-Identifier: MIT

// Whatever is not exactly what was stored is refused, said so, and kept byte for byte.

import ConformanceSupport
import Foundation
import StateFile
import SystemCalls
import Testing

@Suite struct DamagedFileTests {
  let folder = try! TemporaryFolder()

  @Test(arguments: Whole.both)
  func everyTruncationIsRefusedAndKept(_ whole: [UInt8]) throws {
    for count in whole.indices {
      try expectKept(whole.prefix(count), count < 17 ? .foreign : .torn)
    }
  }

  @Test(arguments: Whole.both)
  func everySingleBitThatFlipsIsRefusedAndKept(_ whole: [UInt8]) throws {
    for bit in 0..<whole.count * 8 {
      var content = whole
      content[bit / 8] ^= 1 << (bit % 8)
      try expectKept(content)
    }
  }

  /// As a file system may leave a file whose blocks never came: every end of it zero.
  @Test(arguments: Whole.both)
  func everyZeroedEndIsRefusedAndKept(_ whole: [UInt8]) throws {
    for count in whole.indices {
      try expectKept(whole.prefix(count) + [UInt8](repeating: 0, count: whole.count - count))
    }
  }

  /// The checksums are those of Python's zlib: these files are whole, and yet not of this version.
  @Test(arguments: [
    ("", .foreign), (#"root:x:0:0:root:/root:/bin/bash\n"#, .foreign), ("heliograph-state", .foreign),
    (#"Heliograph-State 1\nled on\ncrc32 2204b568\n"#, .foreign),
    (#"heliograph-state 1\nled on\n"#, .torn),
    (#"heliograph-state 1\nled on\ncrc32 \n"#, .torn),
    (#"heliograph-state 2\nled {"on":true}\ncrc32 7772aebb"#, .torn),
    (#"heliograph-state 2\nled {"on":true}\ncrc32 7772aebb\n\n"#, .torn),
    (#"heliograph-state 2\nled {"on":true}\ncrc32 7772AEBB\n"#, .wrongChecksum),
    (#"heliograph-state 2\nled {"on":false}\ncrc32 7772aebb\n"#, .wrongChecksum),
    (#"heliograph-state 4\nled {"on":true}\ncrc32 790e123e\n"#, .unknownVersion),
    (#"heliograph-state 10\nled {"on":true}\ncrc32 3c0982b6\n"#, .unknownVersion),
    (#"heliograph-state 1\ncrc32 87b9351d\n"#, .malformed),
    (#"heliograph-state 1\nled maybe\ncrc32 22448d56\n"#, .malformed),
    (#"heliograph-state 1\nled on\nled off\ncrc32 c4f2fb14\n"#, .malformed),
    (#"heliograph-state 2\nled on\ncrc32 1b8989ad\n"#, .malformed),
    (#"heliograph-state 2\nled\ncrc32 bf700034\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":1}\ncrc32 37800844\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true} \ncrc32 0178d211\n"#, .malformed),
    (#"heliograph-state 2\nled  {"on":true}\ncrc32 167b6862\n"#, .malformed),
    (#"heliograph-state 2\nLed {"on":true}\ncrc32 604dd5c6\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true,"x":1}\ncrc32 67857b8c\n"#, .malformed),
    (#"heliograph-state 2\nled {"on": true}\ncrc32 ffa2a6f6\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true}\nledcrc32 ab5d4104\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true} gone\ncrc32 6ffc09af\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true} gone 0x5\ncrc32 3dc5e2fc\n"#, .malformed),
    (#"heliograph-state 2\nled {"on":true} gone 99999999999\ncrc32 a6575390\n"#, .malformed),
    (#"heliograph-state 2\nlamp {"brightness":0}\ncrc32 e2651857\n"#, .malformed),
    (#"heliograph-state 2\nb {"on":true}\na {"on":true}\ncrc32 b19e9bab\n"#, .malformed),
    (#"heliograph-state 2\n{"on":true}\ncrc32 4fd4e725\n"#, .malformed),
    (#"heliograph-state 3\nled {"on":true}\ncrc32 9820185a\n"#, .malformed),
    (#"heliograph-state 2\nannounced a b\ncrc32 3e3e7d0b\n"#, .malformed),
    (#"heliograph-state 3\nannounced \ncrc32 fa0f9e42\n"#, .malformed),
    (#"heliograph-state 3\nannounced a  b\ncrc32 fca79224\n"#, .malformed),
    (#"heliograph-state 3\nannounced A\ncrc32 b972bf7f\n"#, .malformed),
    (#"heliograph-state 3\nannounced a\nled {"on":true}\ncrc32 27b62cc1\n"#, .malformed),
    (#"heliograph-state 3\nannounced a\nannounced a\ncrc32 37775632\n"#, .malformed),
    (#"heliograph-state 3\nannounced\ncrc32 d47298e4\n"#, .malformed),
  ] as [(String, StateFileFlaw)])
  func eachFlawIsNamed(_ content: String, _ flaw: StateFileFlaw) throws {
    try expectKept(bytes(content.replacing(#"\n"#, with: "\n")), flaw)
  }

  @Test func aLongFileIsRefusedAtOneByteMoreThanTheLimit() throws {
    let title = bytes("heliograph-state 1\n")
    try expectKept(title + [UInt8](repeating: 0x20, count: 65_536 - title.count), .torn)
    try expectKept(title + [UInt8](repeating: 0x20, count: 65_537 - title.count), .tooLong)
    try folder.write("state", title)
    try #require(truncate(folder.file.path, 1 << 40) == 0)  // a terabyte that takes no space
    #expect(throws: kept(.tooLong)) { try folder.file.load() }
  }

  @Test func whatWasKeptBeforeIsNeverOverwritten() throws {
    for number in 1...10 {
      try folder.write("state", "number \(number)")
      #expect(throws: kept(.foreign, number: number)) { try folder.file.load() }
    }
    let last = folder.file.path + ".damaged-10"
    let error = StateFileError.notKeptAside(path: folder.file.path, .foreign, place: last, SystemError(code: EEXIST))
    #expect(
      error.description == "\(folder.file.path) is not a state file, and cannot be kept as \(last): File exists")
    try folder.write("state", "number 11")
    #expect(throws: error) { try folder.file.load() }
    #expect(throws: error) { try folder.file.store(SavedState(isLedOn: true)) }
    for number in 1...10 {
      let name = number == 1 ? "state.damaged" : "state.damaged-\(number)"
      #expect(folder.content(of: name) == bytes("number \(number)"))
    }
    #expect(folder.content(of: "state") == bytes("number 11"))
    #expect(try folder.names.count == 11)
  }

  /// A name may be taken by anything, even by a link to nowhere.
  @Test func aPlaceThatIsTakenByALinkIsPassedOver() throws {
    try #require(symlink("nowhere", folder.path(of: "state.damaged")) == 0)
    try folder.write("state", "foreign")
    #expect(throws: kept(.foreign, number: 2)) { try folder.file.load() }
    #expect(folder.content(of: "state.damaged-2") == bytes("foreign"))
    #expect(folder.content(of: "nowhere") == nil)
  }

  @Test func afterThatTheFileIsMissingAndCanBeStored() throws {
    try folder.write("state", "foreign")
    let line = "\(folder.file.path) is not a state file; it is kept as \(folder.file.path).damaged"
    #expect(kept(.foreign).description == line)
    #expect(throws: kept(.foreign)) { try folder.file.load() }
    #expect(try folder.file.load() == nil)
    try folder.file.store(SavedState(isLedOn: true))
    #expect(try folder.file.load() == SavedState(isLedOn: true))
    #expect(folder.content(of: "state.damaged") == bytes("foreign"))
  }

  @Test func aStoreDoesNotReplaceWhatIsNotAState() throws {
    try folder.write("state", "foreign")
    #expect(throws: kept(.foreign)) { try folder.file.store(SavedState(isLedOn: true)) }
    #expect(try folder.names == ["state.damaged"])
    try folder.file.store(SavedState(isLedOn: true))
    #expect(try folder.names == ["state", "state.damaged"])
  }

  @Test func aDamagedFileInAReadOnlyFolderStays() throws {
    try FileManager.default.createDirectory(atPath: folder.path(of: "sub"), withIntermediateDirectories: false)
    try folder.write("sub/state", "foreign")
    let file = StateFile(path: folder.path(of: "sub/state"))
    let error = StateFileError.notKeptAside(
      path: file.path, .foreign, place: file.path + ".damaged", .accessDenied)
    _ = try folder.withRights(0o555, to: "sub") {
      #expect(throws: error) { try file.load() }
    }
    #expect(folder.content(of: "sub/state") == bytes("foreign"))
  }

  /// In a folder like /tmp anybody may make a name, but only the owner of a file may rename it.
  @Test(.enabled(if: geteuid() == 0, "needs files of two owners"))
  func aDamagedFileOfSomebodyElseStaysAndNoNameIsLeftBehind() throws {
    try FileManager.default.createDirectory(atPath: folder.path(of: "sub"), withIntermediateDirectories: false)
    try folder.write("sub/state", "foreign")
    let file = StateFile(path: folder.path(of: "sub/state"))
    let error = StateFileError.notKeptAside(path: file.path, .foreign, place: file.path + ".damaged", .notPermitted)
    _ = try folder.withRights(0o1777, to: "sub") {
      #expect(throws: error) { try file.load() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "sub")) == ["state"])
  }

  @Test(.timeLimit(.minutes(1)), arguments: [
    { mkdir($0, 0o755) }, { mkfifo($0, 0o644) }, { symlink("whole", $0) }, { symlink("nowhere", $0) },
    { symlink("state", $0) },
  ] as [@Sendable (String) -> Int32])
  func whatIsNoRegularFileIsLeftAlone(_ make: @Sendable (String) -> Int32) throws {
    try folder.write("whole", Whole.on)
    try #require(make(folder.file.path) == 0)
    let error = StateFileError.notAFile(path: folder.file.path)
    #expect(error.description == "\(folder.file.path) is not a regular file")
    #expect(throws: error) { try folder.file.load() }
    #expect(throws: error) { try folder.file.store(SavedState(isLedOn: true)) }
    #expect(try folder.names == ["state", "whole"])
  }

  private func kept(_ flaw: StateFileFlaw, number: Int = 1) -> StateFileError {
    let place = folder.file.path + (number == 1 ? ".damaged" : ".damaged-\(number)")
    return .keptAside(path: folder.file.path, flaw, place: place)
  }

  /// A file of that content is refused, for that flaw if one is given, and kept; then it is taken away.
  private func expectKept(
    _ content: some Sequence<UInt8>, _ flaw: StateFileFlaw? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let content = Array(content)
    try folder.write("state", content)
    let error = #expect(throws: StateFileError.self, sourceLocation: sourceLocation) { try folder.file.load() }
    if let flaw { #expect(error == kept(flaw), sourceLocation: sourceLocation) }
    #expect(try folder.names == ["state.damaged"], "\(text(content))", sourceLocation: sourceLocation)
    #expect(folder.content(of: "state.damaged") == content, sourceLocation: sourceLocation)
    try FileManager.default.removeItem(atPath: folder.path(of: "state.damaged"))
  }
}
