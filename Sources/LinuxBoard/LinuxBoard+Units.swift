// SPDX-License-Identifier: MIT

// Units come and go as one. Those that the board needs are taken at the start, or there is no board; those that are lost
// later are asked for every second, each for itself.

#if os(Linux)
  import Parts
  import SystemCalls
  import Timebase

  /// A unit, and whether it can be used.
  struct UnitState {
    enum Kind: Equatable {
      case lines
      case pwm(PWMName)
      case led(String)
      case sensor
    }

    var unit: LinuxBoard.Unit
    let kind: Kind
    /// Why it cannot be used; nil while it can.
    var loss: Loss?
    /// What the device was told last.
    var told: BoardError?

    /// Whether it is lost, and a second later may be there again; a sensor has a period of its own.
    var isSoughtEverySecond: Bool { loss != nil && kind != .sensor }

    /// Why a unit was lost, and why it cannot be used again yet.
    struct Loss {
      let error: BoardError
      var reason: BoardError
    }
  }

  /// A PWM channel by its numbers.
  struct PWMName: Equatable {
    let chip: UInt32
    let channel: UInt32
  }

  /// Where an output is.
  enum OutputPlace {
    case line(any HeldLines, index: Int)
    case pwm(PWMChannel)
    case led(SystemLED, color: Int?)
  }

  /// Lines that were taken together, and the inputs among them.
  struct Request {
    /// Its number: no two have the same.
    let id: UInt32
    let unit: Int
    let lines: any HeldLines
    /// For each line, which input it is, if it is one.
    let inputs: [Int?]
  }

  extension LinuxBoard {
    /// A channel on a line that was found.
    fileprivate struct WiredLine {
      enum Channel { case output(Int), input(Int) }

      let channel: Channel
      let found: FoundLine
    }

    /// How long to wait before what is lost is asked for again.
    static var interval: Milliseconds { .seconds(1) }

    // MARK: At the start

    /// Takes all channels, or none; but for sensors, which have time.
    func takeAll(_ stored: inout StoredLines) throws(BoardError) {
      try checkOutputs()
      let lines = try findLines(outputs: Array(wiring.outputs.indices), inputs: Array(wiring.inputs.indices))
      for (chip, lines) in lines {
        let unit = addUnit(chip, .lines, outputs: lines.compactMap(\.output), inputs: lines.compactMap(\.input))
        try takeLines([(chip, lines)], of: unit, &stored)
      }
      for (kind, outputs) in channelsWithoutLines() {
        let unit = addUnit(Self.name(of: kind), kind, outputs: outputs, inputs: [])
        do throws(BoardError) {
          try take(unit)
        } catch .cannotDrivePWM(_, _, let code) where BoardError.isAboutRights(code) && isExported(kind) {
          // The kernel has just made the files, and udev has yet to give them to a group.
          lose(unit, .cannotDrivePWM(name: Self.name(of: kind), file: "period", code: code))
        }
      }
      addSensors()
    }

    func addUnit(_ name: String, _ kind: UnitState.Kind, outputs: [Int], inputs: [Int]) -> Int {
      for output in outputs { unitOfOutput[output] = units.count }
      for input in inputs { unitOfInput[input] = units.count }
      units.append(UnitState(unit: Unit(name: name, outputs: outputs, inputs: inputs), kind: kind))
      return units.count - 1
    }

    /// Two outputs that are written alike are one; those that are lines are compared when they have been found.
    private func checkOutputs() throws(BoardError) {
      var seen: Set<OutputAddress> = []
      for output in wiring.outputs {
        if case .line = output.address { continue }
        guard seen.insert(output.address).inserted else { throw .sameOutput(output.address.description) }
      }
    }

    /// The outputs that are no lines, by PWM channel and LED.
    private func channelsWithoutLines() -> [(kind: UnitState.Kind, outputs: [Int])] {
      var channels: [(kind: UnitState.Kind, outputs: [Int])] = []
      for (output, wired) in wiring.outputs.enumerated() {
        let kind: UnitState.Kind
        switch wired.address {
        case .line: continue
        case .pwm(let chip, let channel): kind = .pwm(PWMName(chip: chip, channel: channel))
        case .led(let name, _): kind = .led(name)
        }
        if let index = channels.firstIndex(where: { $0.kind == kind }) {
          channels[index].outputs.append(output)
        } else {
          channels.append((kind, [output]))
        }
      }
      return channels
    }

    private static func name(of kind: UnitState.Kind) -> String {
      switch kind {
      case .pwm(let pwm): OutputAddress.pwm(chip: pwm.chip, channel: pwm.channel).description
      case .led(let name): OutputAddress.led(name: name, color: nil).description
      case .lines, .sensor: ""
      }
    }

    private func isExported(_ kind: UnitState.Kind) -> Bool {
      if case .pwm(let pwm) = kind { exported.contains(pwm) } else { false }
    }

    // MARK: Losing and finding

    /// Notes that a unit cannot be used, and lets go of it: a chip is free to go, or to come back, only then.
    func lose(_ unit: Int, _ error: BoardError) {
      letGo(unit)
      units[unit].loss = UnitState.Loss(error: error, reason: error)
      news.append(.lost(units[unit].unit, error))
      onNews?()
    }

    /// Notes that a unit can be used again.
    func noteFound(_ unit: Int) {
      units[unit].loss = nil
      news.append(.found(units[unit].unit))
    }

    /// Notes why a lost unit cannot be used again; what pages are told stays the same.
    func noteStillLost(_ unit: Int, _ reason: BoardError) {
      guard units[unit].loss?.reason != reason else { return }
      units[unit].loss?.reason = reason
      news.append(.stillLost(units[unit].unit, reason))
    }

    /// Takes what is lost, as far as it is there.
    func find() {
      for index in units.indices where units[index].isSoughtEverySecond {
        do throws(BoardError) {
          try take(index)
          noteFound(index)
        } catch {
          noteStillLost(index, error)
        }
      }
    }

    /// Tells the device of the channels that are out of order, and of those that are not any more.
    func noteFaults(to device: inout some Listener) {
      for index in units.indices where units[index].told != units[index].loss?.error {
        units[index].told = units[index].loss?.error
        let words = units[index].told.map { Array($0.description.utf8) } ?? []
        for output in units[index].unit.outputs { device.noteFault(words, ofOutput: output) }
        for input in units[index].unit.inputs { device.noteFault(words, ofInput: input) }
      }
    }

    private func letGo(_ unit: Int) {
      requests.removeAll { $0.unit == unit }
      for output in units[unit].unit.outputs { places[output] = nil }
      guard units[unit].kind == .lines else { return }
      edges.removeAll { unitOfInput[$0.input] == unit }
      firstLevels.removeAll { unitOfInput[$0.input] == unit }
      for input in units[unit].unit.inputs { lastNumbers[input] = nil }
    }

    // MARK: Taking

    private func take(_ unit: Int) throws(BoardError) {
      switch units[unit].kind {
      case .lines:
        var none = StoredLines()
        let lines = try findLines(outputs: units[unit].unit.outputs, inputs: units[unit].unit.inputs)
        try takeLines(lines, of: unit, &none)
        if let chip = lines.first?.chip { units[unit].unit.name = chip }
      case .pwm(let pwm): try takePWM(pwm, units[unit].unit.outputs)
      case .led(let name): try takeLED(name, units[unit].unit.outputs)
      case .sensor: break
      }
    }

    private func takePWM(_ pwm: PWMName, _ outputs: [Int]) throws(BoardError) {
      var isExported = false
      defer { if isExported, !exported.contains(pwm) { exported.append(pwm) } }
      for output in outputs {  // there is one
        places[output] = .pwm(
          try PWMChannel(
            wiring.outputs[output], chip: pwm.chip, channel: pwm.channel, level: levels[output], in: system,
            isExported: &isExported))
      }
    }

    private func takeLED(_ name: String, _ outputs: [Int]) throws(BoardError) {
      let colors = outputs.map { output -> String? in
        if case .led(_, let color) = wiring.outputs[output].address { return color }
        return nil
      }
      let led = try SystemLED(name, onlyColors: !colors.contains(nil), in: system)
      do throws(BoardError) {
        for (output, color) in zip(outputs, colors) {
          var index: Int?
          if let color { index = try led.index(ofColor: color) }
          let level = wiring.outputs[output].isActiveLow ? .max - levels[output] : levels[output]
          try led.drive(level, color: index)
          places[output] = .led(led, color: index)
        }
      } catch {
        led.giveBack()
        for output in outputs { places[output] = nil }
        throw error
      }
    }

    /// The lines of these channels on each chip, outputs first; channels that are no lines are left out.
    private func findLines(
      outputs: [Int], inputs: [Int]
    ) throws(BoardError) -> [(chip: String, lines: [WiredLine])] {
      var chips: [(chip: String, lines: [WiredLine])] = []
      func add(_ channel: WiredLine.Channel, _ found: FoundLine) throws(BoardError) {
        let index = chips.firstIndex { $0.chip == found.chip } ?? chips.endIndex
        if index == chips.endIndex { chips.append((found.chip, [])) }
        guard !chips[index].lines.contains(where: { $0.found.line.offset == found.line.offset }) else {
          throw .sameLine(found.line.words, chip: found.chip)
        }
        chips[index].lines.append(WiredLine(channel: channel, found: found))
      }
      for output in outputs {
        guard case .line(let address) = wiring.outputs[output].address else { continue }
        try add(.output(output), try find(address))
      }
      for input in inputs {
        guard case .line(let address) = wiring.inputs[input].address else { continue }
        try add(.input(input), try source.find(address, defaultChip: wiring.defaultChip))
      }
      return chips
    }

    private func find(_ address: LineAddress) throws(BoardError) -> FoundLine {
      do throws(BoardError) {
        return try source.find(address, defaultChip: wiring.defaultChip)
      } catch .unknownName(let name, chip: nil) where system.folder("class/leds").has(name) {
        throw .meantForLED(name)
      }
    }

    /// Takes the lines of each chip in as few requests as the kernel allows; all of them, or none.
    private func takeLines(
      _ chips: [(chip: String, lines: [WiredLine])], of unit: Int, _ stored: inout StoredLines
    ) throws(BoardError) {
      do throws(BoardError) {
        for (chip, lines) in chips {
          let settings = lines.map(setting)
          for indices in settings.requests() {
            try takeRequest(indices.map { lines[$0] }, indices.map { settings[$0] }, chip, of: unit, &stored)
          }
        }
      } catch {
        letGo(unit)
        throw error
      }
    }

    private func takeRequest(
      _ wired: [WiredLine], _ settings: [LineSetting], _ chip: String, of unit: Int, _ stored: inout StoredLines
    ) throws(BoardError) {
      var settings = settings
      var lines: (any HeldLines)?
      if let descriptor = stored.take(chip, settings.map(\.offset)) {
        lines = source.adopt(descriptor, &settings, ofChipNamed: chip)
        noteKept(wired, settings)
      }
      let held: any HeldLines
      if let lines { held = lines } else { held = try source.take(settings, ofChipNamed: chip) }
      requestCount &+= 1
      requests.append(Request(id: requestCount, unit: unit, lines: held, inputs: wired.map(\.input)))
      for (index, line) in wired.enumerated() {
        if case .output(let output) = line.channel { places[output] = .line(held, index: index) }
      }
      try beginEdges(wired.map(\.input), held)
    }

    /// Before the first edge that is reported the level is that of now; lines that are gone on with may hold old edges.
    private func beginEdges(_ inputs: [Int?], _ lines: any HeldLines) throws(BoardError) {
      var mask: UInt64 = 0
      for (index, input) in inputs.prefix(64).enumerated() where input != nil { mask |= 1 << UInt64(index) }
      guard mask != 0 else { return }
      try lines.forgetEdges()
      let levels = try lines.levels(mask)
      for (index, input) in inputs.prefix(64).enumerated() {
        if let input { firstLevels.append((input, levels & 1 << UInt64(index) != 0)) }
      }
    }

    /// Notes the levels that outputs had in lines that were held for this program.
    private func noteKept(_ lines: [WiredLine], _ settings: [LineSetting]) {
      for (line, setting) in zip(lines, settings) where setting.keepsLevel {
        guard case .output(let output) = line.channel else { continue }
        keep(setting.isHigh != wiring.outputs[output].isActiveLow ? .max : 0, ofOutput: output)
      }
    }

    private func setting(of line: WiredLine) -> LineSetting {
      let offset = line.found.line.offset
      switch line.channel {
      case .output(let output):
        return LineSetting(
          offset: offset, flags: .output, isHigh: isHigh(levels[output], ofOutput: output),
          keepsLevel: wiring.outputs[output].keepsHeldLevel)
      case .input(let input):
        let wired = wiring.inputs[input]
        let bias = wired.bias ?? (wired.isActiveLow ? .pullUp : .pullDown)
        return LineSetting(
          offset: offset, flags: [.input, .risingEdge, .fallingEdge, bias.flags],
          debouncePeriod: wired.kernelDebounce.count &* 1000)  // a second at most
      }
    }
  }

  extension LinuxBoard.WiredLine {
    fileprivate var output: Int? { if case .output(let output) = channel { output } else { nil } }
    fileprivate var input: Int? { if case .input(let input) = channel { input } else { nil } }
  }
#endif
