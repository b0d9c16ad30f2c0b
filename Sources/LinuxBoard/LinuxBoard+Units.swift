// SPDX-License-Identifier: MIT

// Units come and go as one. Those that the board needs are taken at the start, or there is no board; for those that are
// lost later, each is tried again every second.

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
    /// The fault that the device was given last.
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
    /// The time between two attempts to reopen a lost unit.
    static var interval: Milliseconds { .seconds(1) }

    // MARK: At the start

    /// Takes all channels, or none; except for sensors, which may come later.
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

    /// The outputs that are not lines, by PWM channel and LED.
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
      note(.lost(units[unit].unit, error))
    }

    /// Notes that a unit can be used again.
    func noteFound(_ unit: Int) {
      units[unit].loss = nil
      note(.found(units[unit].unit))
    }

    /// Notes why a lost unit cannot be used again; the fault that pages show stays the same.
    func noteStillLost(_ unit: Int, _ reason: BoardError) {
      guard units[unit].loss?.reason != reason else { return }
      units[unit].loss?.reason = reason
      note(.stillLost(units[unit].unit, reason))
    }

    private func note(_ event: Event) {
      news.append(event)
      onNews?()
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

    func letGo(_ unit: Int) {
      requests.removeAll { $0.unit == unit }
      for output in units[unit].unit.outputs { places[output] = nil }
      guard units[unit].kind == .lines else { return }
      edges.removeAll { unitOfInput[$0.input] == unit }
      firstLevels.removeAll { unitOfInput[$0.input] == unit }
      for input in units[unit].unit.inputs { lastNumbers[input] = nil }
    }
  }
#endif
