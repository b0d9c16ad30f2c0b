// SPDX-License-Identifier: MIT

// The state of all parts by name: its form, what is kept of parts that are gone, and the form before this one.

import Bytes
import ConformanceSupport
import Foundation
import Parts
import StateFile
import Testing

@Suite struct SavedStateTests {
  let folder = try! TemporaryFolder()

  /// The checksum is that of Python's zlib.
  static let text = """
    heliograph-state 2
    desk {"on":true,"brightness":128,"color":[255,128,0,0]}
    lamp {"on":false}
    porch {"on":true} gone 20786
    target {"value":-21.5}
    crc32 a04ac2bb

    """

  private func device(_ names: String...) throws -> Device {
    var parts: [Part] = []
    for (output, name) in names.enumerated() {
      parts.append(.switch(Text(bytes(name)), output: output, restore: .restoreDefaultOn))
    }
    return try Device(parts: parts)
  }

  @Test func everyPartHasALineOfItsOwnInTheOrderOfTheNames() throws {
    try folder.write("state", Self.text)
    let state = try #require(try folder.file.load())
    #expect(state[bytes("desk")] == PartValues(
      isOn: true, brightness: 128, color: Color(red: 255, green: 128, blue: 0, white: 0)))
    #expect(state[bytes("lamp")] == PartValues(isOn: false))
    #expect(state[bytes("target")]?.value?.significand == -215)
    #expect(state.entries.map(\.goneSince) == [nil, nil, 20_786, nil])
    try folder.file.store(state)
    #expect(try Data(contentsOf: URL(filePath: folder.file.path)) == Data(bytes(Self.text)))
  }

  /// The checksum is that of Python's zlib. A part may have the name of the line.
  @Test func whatWasAnnouncedHasALineAndTheThirdVersion() throws {
    let text = """
      heliograph-state 3
      announced {"on":true}
      lamp {"on":false}
      announced kitchen-1 announced_switch lamp_switch
      crc32 2455e9ed

      """
    try folder.write("state", text)
    let state = try #require(try folder.file.load())
    #expect(state.entries.map(\.name) == [bytes("announced"), bytes("lamp")])
    let components = [bytes("announced_switch"), bytes("lamp_switch")]
    #expect(state.announcement == SavedState.Announcement(identifier: bytes("kitchen-1"), components: components))
    try folder.file.store(state)
    #expect(try Data(contentsOf: URL(filePath: folder.file.path)) == Data(bytes(text)))
    let next = SavedState(try device("lamp"), keeping: state, today: nil)
    #expect(next.announcement == nil, "what is announced now says the device, and not what it was")
    try folder.file.store(next)
    #expect(try folder.file.load() == next)
  }

  @Test func whatIsAnnouncedMakesPartsThatAreGoneGiveWay() throws {
    let components = (0..<700).map { bytes("a_name_of_thirty_two_bytes_long_\($0)_switch") }
    let announcement = SavedState.Announcement(identifier: bytes("kitchen"), components: components)
    var state: SavedState?
    for day in 0..<4 as Range<UInt32> {
      let names = (0..<128).map { "a_name_of_thirty_two_bytes_\(day)_\(100 + $0)" }
      let parts = names.enumerated().map { number, name in
        Part.light(Text(bytes(name)), output: number * 4, channelCount: 4, restore: .restoreDefaultOn)
      }
      let next = SavedState(try Device(parts: parts), keeping: state, announcement: announcement, today: 100 + day)
      try folder.file.store(next)
      #expect(try folder.file.load() == next)
      #expect(names.allSatisfy { next[bytes($0)] != nil })
      state = next
    }
  }

  @Test(arguments: [("on", "2204b568", true), ("off", "b6c79e5f", false)])
  func theFormOfTheFirstVersionIsRead(_ word: String, _ checksum: String, _ isOn: Bool) throws {
    try folder.write("state", "heliograph-state 1\nled \(word)\ncrc32 \(checksum)\n")
    #expect(try folder.file.load() == SavedState(isLedOn: isOn))
  }

  @Test func aPartThatIsGoneKeepsItsLineForAMonth() throws {
    let before = SavedState(try device("lamp", "porch"), keeping: nil, today: 100)
    let gone = SavedState(try device("lamp"), keeping: before, today: 110)
    #expect(gone.entries.map(\.goneSince) == [nil, 110])
    let kept = SavedState(try device("lamp"), keeping: gone, today: 110 + 31)
    #expect(kept.entries == gone.entries)
    #expect(SavedState(try device("lamp"), keeping: kept, today: 110 + 32).entries.count == 1)
    let back = SavedState(try device("lamp", "porch"), keeping: kept, today: 111)
    #expect(back.entries.map(\.goneSince) == [nil, nil])
  }

  @Test func withoutAClockNothingIsForgotten() throws {
    let before = SavedState(try device("porch"), keeping: nil, today: nil)
    let gone = SavedState(try device("lamp"), keeping: before, today: nil)
    #expect(gone[bytes("porch")] == PartValues(isOn: true))
    #expect(gone.entries.map(\.goneSince) == [nil, nil])
  }

  @Test func whatIsWrittenCanBeReadHoweverOftenPartsAreRenamed() throws {
    var state: SavedState?
    for day in 0..<12 as Range<UInt32> {
      var parts: [Part] = []
      for number in 0..<128 {
        let name = bytes("a_name_of_thirty_two_bytes_\(day % 10)_\(100 + number)")
        parts.append(
          .light(Text(name), output: number * 4, channelCount: 4, restore: .restoreDefaultOn))
      }
      let device = try Device(parts: parts)
      let next = SavedState(device, keeping: state, today: 100 + day)
      try folder.file.store(next)
      #expect(try folder.file.load() == next)
      #expect(device.parts.allSatisfy { next[$0.name] != nil })
      state = next
    }
    let days = try #require(state).entries.compactMap(\.goneSince)
    #expect((days.min() ?? 0) > 101, "the oldest made room")
  }

  @Test func onlyPartsThatRestoreAreSaved() throws {
    let device = try Device(parts: [.switch("lamp", output: 0), .button("wall", input: 0)])
    #expect(SavedState(device, keeping: nil, today: 1).entries.isEmpty)
  }
}
