// SPDX-License-Identifier: MIT

// GPIO chips of a test's own, which come and go as it likes, what a board has on them, and what it tells of them.

#if os(Linux)
  import Bytes
  import Parts
  import SystemCalls
  import Timebase

  @testable import LinuxBoard

  /// A line, wherever it is.
  struct Line: Hashable {
    let chip: String
    let offset: UInt32

    init(_ chip: String, _ offset: UInt32) {
      self.chip = chip
      self.offset = offset
    }
  }

  /// Chips with as many lines as a board asks for.
  final class TestChips: LineSource {
    /// The lines that are high.
    var high: Set<Line> = []
    /// The chips that have edges which have yet to be read.
    var unread: Set<String> = []
    /// The lines that are held, whether their chip is there or not.
    fileprivate(set) var held: [Line] = []
    /// The chips from which lines were taken, and tried to be, a request each.
    private(set) var requests: [String] = []
    /// What was asked of each line that was taken last.
    private(set) var settings: [Line: LineSetting] = [:]
    private var present: Set<String>
    /// How often each chip has gone.
    fileprivate private(set) var departures: [String: Int] = [:]

    /// Chips of these names.
    init(_ names: String...) { present = Set(names) }

    func unplug(_ chip: String) {
      present.remove(chip)
      departures[chip, default: 0] += 1
    }

    func plugIn(_ chip: String) { present.insert(chip) }

    func set(_ line: Line, _ isHigh: Bool) {
      if isHigh { high.insert(line) } else { high.remove(line) }
    }

    func find(_ address: LineAddress, defaultChip: String) throws(BoardError) -> FoundLine {
      if address.chip == nil, case .name(let name) = address.line { throw .unknownName(name, chip: nil) }
      let chip = address.chip ?? defaultChip
      guard present.contains(chip) else { throw .noSuchChip(name: chip, available: []) }
      guard case .offset(let offset) = address.line else { throw .unknownName("\(address)", chip: address.chip) }
      return FoundLine(chip: chip, line: LineInfo(offset: offset, name: "", consumer: "", flags: []))
    }

    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(BoardError) -> any HeldLines {
      requests.append(chip)
      for setting in settings where held.contains(Line(chip, setting.offset)) {
        throw .busy(line: "\(setting.offset)", chip: chip, consumer: BoardError.consumer)
      }
      for setting in settings { self.settings[Line(chip, setting.offset)] = setting }
      return TestLines(settings, of: chip, among: self)
    }

    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)? {
      for index in settings.indices where settings[index].keepsLevel {
        settings[index].isHigh = high.contains(Line(chip, settings[index].offset))
      }
      return TestLines(settings, of: chip, among: self)
    }
  }

  /// What a board tells, in order.
  struct Recorder: Listener {
    enum Word: Equatable {
      case sense(Int, Reading, UInt64)
      case inputFault(Int, String)
      case outputFault(Int, String)
    }

    private(set) var words: [Word] = []

    mutating func sense(_ input: Int, _ reading: Reading, at time: MonotonicTime) {
      words.append(.sense(input, reading, time.milliseconds))
    }

    mutating func noteFault(_ words: [UInt8], ofInput input: Int) {
      self.words.append(.inputFault(input, String(decoding: words, as: UTF8.self)))
    }

    mutating func noteFault(_ words: [UInt8], ofOutput output: Int) {
      self.words.append(.outputFault(output, String(decoding: words, as: UTF8.self)))
    }
  }

  /// Lines that were taken; of a chip that has gone they are of no use, even when it is back.
  private final class TestLines: HeldLines {
    let chip: String
    let offsets: [UInt32]
    let number: Int32 = -1
    let isDebounced = true
    private let chips: TestChips
    private let departures: Int?

    init(_ settings: [LineSetting], of chip: String, among chips: TestChips) {
      self.chip = chip
      self.chips = chips
      departures = chips.departures[chip]
      offsets = settings.map(\.offset)
      chips.held += offsets.map { Line(chip, $0) }
      for setting in settings where setting.flags.contains(.output) {
        chips.set(Line(chip, setting.offset), setting.isHigh)
      }
    }

    deinit { chips.held.removeAll { $0.chip == chip && offsets.contains($0.offset) } }

    private func check() throws(BoardError) {
      if chips.departures[chip] != departures { throw .gone(chip) }
    }

    func drive(_ index: Int, high isHigh: Bool) throws(BoardError) {
      try check()
      chips.set(Line(chip, offsets[index]), isHigh)
    }

    func levels(_ mask: UInt64) throws(BoardError) -> UInt64 {
      try check()
      var levels: UInt64 = 0
      for (index, offset) in offsets.enumerated() where chips.high.contains(Line(chip, offset)) {
        levels |= 1 << UInt64(index)
      }
      return levels & mask
    }

    func hasEdges() throws(BoardError) -> Bool {
      try check()
      return chips.unread.contains(chip)
    }

    func forgetEdges() throws(BoardError) { try check() }

    func duplicate() throws(SystemError) -> Descriptor { throw SystemError(code: 0) }
  }
#endif
