// SPDX-License-Identifier: MIT

// What is saved, and its form on disk: lines that a person can read, and whose damage is noticed.
//
//     heliograph-state 2
//     desk {"on":true,"brightness":128}
//     lamp {"on":false}
//     porch {"on":true} gone 20786
//     crc32 2204b568
//
// The first line names the form and its version; then a line for each part, in the order of their names, with its
// values; the last has the CRC-32 of all that precedes it. `gone` says since which day, counted from 1970, a part is
// not in the description any more. A device on a broker has one line more, before the last, and the version 3:
//
//     announced kitchen desk_light lamp_switch
//
// its name there, and the components that Home Assistant may know of it. Rule: every state has exactly one form, so a
// file is either what was written or refused. The first version had one line, `led on` or `led off`; it is read, and
// never written.

import Bytes
public import Parts

/// The state that outlives a restart.
public struct SavedState: Equatable, Sendable {
  /// A part's values.
  public struct Entry: Equatable, Sendable {
    /// The part's name.
    public let name: [UInt8]
    /// Its values.
    public let values: PartValues
    /// The day since which it is not in the description, counted from 1970; nil while it is.
    public var goneSince: UInt32?

    /// The values of a part that is in the description.
    public init(name: [UInt8], values: PartValues) {
      self.name = name
      self.values = values
    }
  }

  /// What a device has told of itself on a broker.
  public struct Announcement: Equatable, Sendable {
    /// What the device is called there.
    public let identifier: [UInt8]
    /// The components by their keys: `[a-z0-9_]+`.
    public let components: [[UInt8]]

    /// The components of a device called `identifier`.
    public init(identifier: [UInt8], components: [[UInt8]]) {
      self.identifier = identifier
      self.components = components
    }
  }

  /// The parts, in the order of their names.
  public private(set) var entries: [Entry]
  /// What was announced; nil if nothing was.
  public private(set) var announcement: Announcement?

  /// The state of these parts.
  public init(_ entries: [Entry] = [], announcement: Announcement? = nil) {
    self.entries = entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    self.announcement = announcement
  }

  /// The values of the part with this name; nil if there are none.
  public subscript(name: [UInt8]) -> PartValues? { entries.first { $0.name == name }?.values }
}

/// Why a file is not a state that was saved.
public enum StateFileFlaw: Error, Equatable, CustomStringConvertible, Sendable {
  /// It does not begin as a state file does.
  case foreign
  /// It is longer than a state file may be, 65,536 bytes.
  case tooLong
  /// Its last line is missing, or a part of it.
  case torn
  /// Its checksum is not that of its content.
  case wrongChecksum
  /// It is whole, and of another version of the form.
  case unknownVersion
  /// It is whole, and one of its lines does not give the values of a part.
  case malformed

  /// What is wrong with the file, to follow its name in a sentence.
  public var description: String {
    switch self {
    case .foreign: "is not a state file"
    case .tooLong: "is longer than \(SavedState.sizeLimit) bytes"
    case .torn: "is torn: its last line is missing"
    case .wrongChecksum: "is damaged: its checksum is wrong"
    case .unknownVersion: "is of a version that this program does not know"
    case .malformed: "has a line that does not give the values of a part"
    }
  }
}

extension SavedState {
  /// How many bytes a state file may have, in this version or a later one.
  static let sizeLimit = 65_536

  /// The content of a file with this state.
  var encoded: [UInt8] {
    var bytes = [UInt8](announcement == nil ? Self.title : Self.titleWithAnnouncement)
    for entry in entries {
      bytes.append(contentsOf: entry.name)
      bytes.append(" ")
      JSONWriter.append(to: &bytes) { json in
        json.beginObject()
        entry.values.write(to: &json)
        json.endObject()
      }
      if let since = entry.goneSince {
        bytes.append(" gone ")
        bytes.append(decimal: since)
      }
      bytes.append("\n")
    }
    if let announcement {
      bytes.append(Self.announced)
      for word in [announcement.identifier] + announcement.components {
        bytes.append(" ")
        bytes.append(contentsOf: word)
      }
      bytes.append("\n")
    }
    bytes.append(Self.checksumLine(of: bytes.span).span)
    return bytes
  }

  /// The state that the content of a file says.
  init(decoding bytes: Span<UInt8>) throws(StateFileFlaw) {
    guard bytes.count <= Self.sizeLimit else { throw .tooLong }
    guard bytes.starts(with: "heliograph-state ") else { throw .foreign }
    let content = bytes.extracting(droppingLast: Self.checksumLineSize)
    let lastLine = bytes.extracting(droppingFirst: content.count)
    guard lastLine.starts(with: "crc32 "), lastLine[lastLine.count - 1] == UInt8(ascii: "\n") else { throw .torn }
    guard lastLine.equals(Self.checksumLine(of: content).span) else { throw .wrongChecksum }
    if content.equals("heliograph-state 1\nled on\n") {
      self.init(isLedOn: true)
    } else if content.equals("heliograph-state 1\nled off\n") {
      self.init(isLedOn: false)
    } else if content.starts(with: "heliograph-state 1\n") {
      throw .malformed
    } else {
      guard content.starts(with: Self.title) || content.starts(with: Self.titleWithAnnouncement) else {
        throw .unknownVersion
      }
      self = try Self.lines(content.extracting(droppingFirst: Self.title.utf8CodeUnitCount))
      guard encoded.span.equals(bytes) else { throw .malformed }
    }
  }

  /// The state that the first version of the form had: one LED.
  private init(isLedOn: Bool) {
    self.init([Entry(name: Array("led".utf8), values: PartValues(isOn: isLedOn))])
  }

  private static func lines(_ lines: Span<UInt8>) throws(StateFileFlaw) -> SavedState {
    var entries: [Entry] = []
    var announcement: Announcement?
    var start = 0
    while start < lines.count {
      guard let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) else { throw .malformed }
      let line = lines.extracting(start..<end)
      if let found = try Self.announcement(line) { announcement = found } else { entries.append(try entry(line)) }
      start = end + 1
    }
    return SavedState(entries, announcement: announcement)
  }

  /// Nil if the line is a part's, of which one may be called `announced`.
  private static func announcement(_ line: Span<UInt8>) throws(StateFileFlaw) -> Announcement? {
    guard line.starts(with: "announced "), line.firstIndex(of: UInt8(ascii: "{")) == nil else { return nil }
    var words: [[UInt8]] = [[]]
    for index in announced.utf8CodeUnitCount + 1..<line.count {
      let byte = line[index]
      if byte == UInt8(ascii: " ") {
        words.append([])
      } else {
        guard byte &- 0x61 < 26 || byte.isASCIIDigit || byte == 0x5F || byte == 0x2D else { throw .malformed }
        words[words.count - 1].append(byte)
      }
    }
    guard !words.contains([]) else { throw .malformed }
    return Announcement(identifier: words[0], components: Array(words.dropFirst()))
  }

  private static func entry(_ line: Span<UInt8>) throws(StateFileFlaw) -> Entry {
    guard let blank = line.firstIndex(of: UInt8(ascii: " ")), let close = line.firstIndex(of: UInt8(ascii: "}")),
      blank < close
    else { throw .malformed }
    let name = line.extracting(0..<blank)
    guard Part.isName(name), let values = values(line.extracting(blank + 1..<close + 1)) else { throw .malformed }
    var entry = Entry(name: [UInt8](name), values: values)
    let rest = line.extracting(droppingFirst: close + 1)
    if rest.count > 0 {
      guard rest.starts(with: " gone "), let day = rest.extracting(droppingFirst: 6).decimalValue,
        let since = UInt32(exactly: day)
      else { throw .malformed }
      entry.goneSince = since
    }
    return entry
  }

  private static func values(_ text: Span<UInt8>) -> PartValues? {
    guard let json = try? JSONValue(parsing: text) else { return nil }
    return try? PartValues(json)
  }

  private static let title: StaticString = "heliograph-state 2\n"
  private static let titleWithAnnouncement: StaticString = "heliograph-state 3\n"
  private static let announced: StaticString = "announced"
  private static let checksumLineSize = 15

  private static func checksumLine(of content: Span<UInt8>) -> [UInt8] {
    var line = [UInt8]("crc32 ")
    line.append(hexadecimal: CRC32.checksum(of: content), width: 8)
    line.append("\n")
    return line
  }
}
