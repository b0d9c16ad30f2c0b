// SPDX-License-Identifier: MIT

// GPIO chips of a test's own, which come and go as it likes, and what a board has on them.

#if os(Linux)
  import DeviceComponents
  import SystemCalls

  @testable import LinuxGPIO

  /// A line, wherever it is.
  struct Line: Hashable {
    let chip: String
    let offset: UInt32

    init(_ chip: String, _ offset: UInt32) {
      self.chip = chip
      self.offset = offset
    }
  }

  /// Chips with as many lines as anyone asks for.
  final class TestChips: LineSource {
    /// The levels of all lines; what nobody has driven or pulled is low.
    var levels: [Line: Level] = [:]
    /// The lines that somebody holds, whether their chip is there or not.
    fileprivate(set) var held: [Line] = []
    /// The chips from which lines were taken, and tried to be, a request each.
    private(set) var requests: [String] = []
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

    func find(_ address: LineAddress, defaultChip: String) throws(GPIOError) -> (chip: String, line: LineInfo) {
      let chip = address.chip ?? defaultChip
      guard present.contains(chip) else { throw .noSuchChip(name: chip, available: []) }
      guard case .offset(let offset) = address.line else { throw .unknownName("\(address)", chip: address.chip) }
      return (chip, LineInfo(offset: offset, name: "", consumer: "", flags: []))
    }

    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(GPIOError) -> any HeldLines {
      requests.append(chip)
      for setting in settings where held.contains(Line(chip, setting.offset)) {
        throw .busy(line: "\(setting.offset)", chip: chip, consumer: GPIOError.consumer)
      }
      return TestLines(settings, of: chip, among: self)
    }

    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)? {
      for index in settings.indices where settings[index].keepsLevel {
        settings[index].level = levels[Line(chip, settings[index].offset)] ?? .low
      }
      return TestLines(settings, of: chip, among: self)
    }
  }

  /// Lines that were taken; of a chip that has gone they are of no use, even when it is back.
  private final class TestLines: HeldLines {
    let chip: String
    let offsets: [UInt32]
    let number: Int32 = -1
    let isDebounced = false
    private let chips: TestChips
    private let departures: Int?

    init(_ settings: [LineSetting], of chip: String, among chips: TestChips) {
      self.chip = chip
      self.chips = chips
      departures = chips.departures[chip]
      offsets = settings.map(\.offset)
      chips.held += offsets.map { Line(chip, $0) }
      for setting in settings where setting.flags.contains(.output) {
        chips.levels[Line(chip, setting.offset)] = setting.level
      }
    }

    deinit { chips.held.removeAll { $0.chip == chip && offsets.contains($0.offset) } }

    private func check() throws(GPIOError) {
      if chips.departures[chip] != departures { throw .gone(chip: chip) }
    }

    func drive(_ index: Int, to level: Level) throws(GPIOError) {
      try check()
      chips.levels[Line(chip, offsets[index])] = level
    }

    func level(of index: Int) throws(GPIOError) -> Level {
      try check()
      return chips.levels[Line(chip, offsets[index])] ?? .low
    }

    func hasEdges() throws(GPIOError) -> Bool {
      try check()
      return false
    }

    func forgetEdges() throws(GPIOError) { try check() }

    func duplicate() throws(SystemError) -> Descriptor { throw SystemError(code: 0) }
  }
#endif
