// SPDX-License-Identifier: MIT

// How a unit is taken, at the start and after it was lost: all of it, or nothing. Lines of one chip are taken in as few
// requests as the kernel allows, or taken over where they were held for this program.

#if os(Linux)
  import Parts
  import SystemCalls
  import Timebase

  /// A channel on a line that was found.
  struct WiredLine {
    enum Channel { case output(Int), input(Int) }

    let channel: Channel
    let found: FoundLine
  }

  extension LinuxBoard {
    func take(_ unit: Int) throws(BoardError) {
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

    /// The lines of these channels on each chip, outputs first; channels that are not lines are left out.
    func findLines(
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
    func takeLines(
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

  extension WiredLine {
    var output: Int? { if case .output(let output) = channel { output } else { nil } }
    var input: Int? { if case .input(let input) = channel { input } else { nil } }
  }
#endif
