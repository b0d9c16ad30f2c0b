// SPDX-License-Identifier: MIT

// The chips of this machine, and how a line is found on them: a chip by the name of its device or by its label, a line
// by its number or its name.

#if os(Linux)
  import SystemCalls

  /// The chips of this machine.
  struct SystemLines: LineSource {
    func find(_ address: LineAddress, defaultChip: String) throws(BoardError) -> FoundLine {
      guard let chip = address.chip else {
        switch address.line {
        case .offset(let offset): return try find(offset, on: try chips(called: defaultChip))
        case .name(let name): return try find(name, on: ChipDevice.all().map(\.name), chip: nil)
        }
      }
      do throws(BoardError) {
        let chips = try chips(called: chip)
        switch address.line {
        case .offset(let offset): return try find(offset, on: chips)
        case .name(let name): return try find(name, on: chips, chip: chip)
        }
      } catch .noSuchChip(let missing, let available) where LineAddress.chipName(chip) == nil {
        // `green:usr0` may be a line.
        do throws(BoardError) {
          return try find(address.description, on: ChipDevice.all().map(\.name), chip: nil)
        } catch .unknownName {
          throw .noSuchChip(name: missing, available: available)
        }
      }
    }

    /// The chip whose device has this name, or the one with this label.
    private func chips(called name: String) throws(BoardError) -> [String] {
      let devices = ChipDevice.all()
      if let device = devices.first(where: { $0.name == name || $0.links.contains(name) }) { return [device.name] }
      var (chips, failure): ([ChipInfo], BoardError?) = ([], nil)
      for device in devices {
        do throws(BoardError) {
          chips.append(try Chip(named: device.name).info)
        } catch {
          failure = failure ?? error
        }
      }
      let found = chips.filter { $0.label == name }
      guard found.count <= 1 else { throw .ambiguousChip(label: name, names: found.map(\.name)) }
      if found.isEmpty { throw failure ?? .noSuchChip(name: name, available: chips) }
      return [found[0].name]
    }

    private func find(_ offset: UInt32, on chips: [String]) throws(BoardError) -> FoundLine {
      FoundLine(chip: chips[0], line: try Chip(named: chips[0]).line(offset))
    }

    private func find(_ name: String, on chips: [String], chip: String?) throws(BoardError) -> FoundLine {
      var found: [FoundLine] = []
      var failure: BoardError?
      for chip in chips {
        do throws(BoardError) {
          found += try Chip(named: chip).lines().filter { $0.name == name }.map { FoundLine(chip: chip, line: $0) }
        } catch {
          failure = failure ?? error
        }
      }
      if found.count == 1 { return found[0] }
      guard found.isEmpty else {
        throw .ambiguousName(name, places: found.map { "\($0.chip):\($0.line.offset)" })
      }
      throw failure ?? .unknownName(name, chip: chip)
    }

    func take(_ settings: [LineSetting], ofChipNamed chip: String) throws(BoardError) -> any HeldLines {
      try LineRequest(settings, of: try Chip(named: chip))
    }

    func adopt(
      _ descriptor: consuming Descriptor, _ settings: inout [LineSetting], ofChipNamed chip: String
    ) -> (any HeldLines)? {
      LineRequest(adopting: descriptor, &settings, ofChipNamed: chip)
    }
  }
#endif
