// SPDX-License-Identifier: MIT

// What can be wired, as tables for people: each chip once, with its label and its lines; then what else can be
// driven or read, and where the lines of a Raspberry Pi are on its header.

/// What `heliograph pins` prints.
public struct PinTable: Sendable {
  private var rows: [[String]] = [["CHIP", "LABEL", "LINE", "NAME", "USE", "BY"]]
  private var links: [String] = []
  private var channels: [[String]] = [["CHANNEL", "WHAT IT IS"]]
  private var header: [[String]] = []
  /// One line for each chip that could not be read.
  public private(set) var failures: [String] = []

  /// An empty table.
  public init() {}

  /// Adds a chip with its lines, and the other names of its device.
  public mutating func add(_ chip: ChipInfo, _ lines: [LineInfo], links: [String] = []) {
    for line in lines {
      rows.append([chip.name, chip.label, "\(line.offset)", line.name, Self.use(line.flags), line.consumer])
    }
    if let header = RaspberryPiHeader(lines) { self.header = header.rows }
    for link in links { self.links.append("\(link) is another name of \(chip.name).") }
  }

  /// Adds something other than a line, as its address is written, and what it is.
  public mutating func add(channel address: String, _ words: String) { channels.append([address, words]) }

  /// How many lines it lists.
  public var count: Int { rows.count - 1 }

  /// The tables, their columns in line, a line of text each.
  public var lines: [String] {
    var text = count > 0 ? Self.columns(rows) : []
    text += links
    if channels.count > 1 { text += (text.isEmpty ? [] : [""]) + Self.columns(channels) }
    if !header.isEmpty { text += [""] + Self.columns(header, rightAligned: RaspberryPiHeader.rightAligned) }
    return text
  }

  /// The cells of each column beneath each other; in the first `rightAligned` columns they end at one place.
  private static func columns(_ rows: [[String]], rightAligned: Int = 0) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var text = ""
      for (column, cell) in row.enumerated() {
        let room = String(repeating: " ", count: widths[column] - cell.count)
        text += (column < rightAligned ? room + cell : cell + room) + "  "
      }
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// `input, pull-up`; `free` in front of what is not in use.
  private static func use(_ flags: LineFlags) -> String {
    var words = [flags.contains(.used) ? "" : "free", flags.contains(.output) ? "output" : "input"]
    let details: [(LineFlags, String)] = [
      (.activeLow, "active low"), (.openDrain, "open drain"), (.openSource, "open source"), (.pullUp, "pull-up"),
      (.pullDown, "pull-down"), (.biasDisabled, "no bias"),
    ]
    words += details.filter { flags.contains($0.0) }.map(\.1)
    return words.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

#if os(Linux)
  extension PinTable {
    /// What this machine has. A chip that may not be opened is a failure, but the others are listed all the same.
    public static func ofThisMachine(systemFolder: String = "/sys") -> PinTable {
      var table = PinTable()
      for device in ChipDevice.all() {
        do throws(BoardError) {
          let chip = try Chip(named: device.name)
          table.add(chip.info, try chip.lines(), links: device.links)
        } catch {
          table.failures.append(error.description)
        }
      }
      table.addChannels(of: SystemFolder(path: systemFolder))
      return table
    }

    mutating func addChannels(of system: SystemFolder) {
      for channels in PWMChannel.available(in: system) { add(channel: channels, "PWM") }
      let leds = system.folder("class/leds")
      for name in leds.names {
        add(channel: "led:\(name)", "LED")
        let colors = leds.folder(name).text("multi_index")?.split(separator: " ") ?? []
        for color in colors { add(channel: "led:\(name)/\(color)", "a color of it") }
      }
      for sensor in SensorSource.all(in: system) {
        add(channel: sensor.description, "sensor")
      }
    }
  }
#endif
