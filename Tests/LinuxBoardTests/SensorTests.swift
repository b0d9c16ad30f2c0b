// SPDX-License-Identifier: MIT

// Sensors, in a folder of the shape of /sys; a named pipe stands in for one that takes its time.

#if os(Linux)
  import Bytes
  import ConformanceSupport
  import Glibc
  import Parts
  import Testing
  import Timebase

  @testable import LinuxBoard

  @Suite struct SensorTests {
    let folder: TemporaryFolder
    var recorder = Recorder()
    var now = MonotonicTime(milliseconds: 1000)

    init() throws {
      folder = try TemporaryFolder()
      for (name, content) in [
        ("bus/iio/devices/iio:device0/name", "bmp280"), ("bus/iio/devices/iio:device0/in_temp_input", "21370"),
        ("bus/iio/devices/iio:device0/in_pressure_input", "101.325000"),
        ("bus/iio/devices/iio:device1/name", "ads1015"), ("bus/iio/devices/iio:device1/in_voltage0_raw", "-100"),
        ("bus/iio/devices/iio:device1/in_voltage0_scale", "2.000000"),
        ("bus/iio/devices/iio:device1/in_voltage0-voltage1_raw", "8"),
        ("bus/iio/devices/iio:device1/in_voltage-voltage_scale", "0.500000"),
        ("bus/iio/devices/iio:device1/in_temp_raw", "1000"), ("bus/iio/devices/iio:device1/in_temp_offset", "-300"),
        ("bus/iio/devices/iio:device1/in_temp_scale", "1.500000"),
        ("bus/iio/devices/iio:device1/in_accel_x_raw", "3"),
        ("bus/iio/devices/iio:device1/in_accel_scale", "0.000598205"),
        ("bus/iio/devices/iio:device1/in_voltage7_raw", "5"),
        ("bus/iio/devices/iio:device1/in_voltage7_scale", "twice"),
        ("bus/iio/devices/trigger0/name", "bmp280"),
        ("class/hwmon/hwmon0/name", "lm75"), ("class/hwmon/hwmon0/temp1_input", "-5500"),
        ("class/hwmon/hwmon0/in0_input", "3300"), ("class/hwmon/hwmon0/fan1_input", "1200"),
        ("class/hwmon/hwmon0/power1_input", "2500000"),
        ("class/hwmon/hwmon1/name", "twin"), ("class/hwmon/hwmon1/temp1_input", "1000"),
        ("class/hwmon/hwmon2/name", "twin"), ("class/hwmon/hwmon2/temp1_input", "2000"),
        ("bus/w1/devices/28-0000075b1c2d/temperature", "21437"),
        ("bus/w1/devices/w1_bus_master1/w1_master_slaves", "28-0000075b1c2d"),
        ("class/thermal/thermal_zone0/type", "cpu-thermal"), ("class/thermal/thermal_zone0/temp", "48312"),
        ("class/thermal/cooling_device0/type", "cpu-thermal"),
        ("power", "  42.5 W\n7\n"), ("empty", ""), ("words", "about 7"),
      ] { try folder.write(name, content + "\n") }
    }

    var system: SystemFolder { SystemFolder(path: folder.path) }

    func source(_ text: String) throws -> SensorSource {
      guard case .sensor(let source) = try InputAddress(text.replacing("file:", with: "file:\(folder.path)/")) else {
        throw AddressError.noPath(text)
      }
      return source
    }

    static let values: [(String, Decimal)] = [
      ("iio:bmp280:temp", Decimal(2137, exponent: -2)), ("iio:device0:temp", Decimal(2137, exponent: -2)),
      ("iio:bmp280:pressure", 101_325), ("iio:ads1015:voltage0", Decimal(-2, exponent: -1)),
      ("iio:ads1015:voltage0-voltage1", Decimal(4, exponent: -3)), ("iio:ads1015:temp", Decimal(105, exponent: -2)),
      ("iio:ads1015:accel_x", Decimal(1_794_615, exponent: -9)),
      ("hwmon:lm75:temp1", Decimal(-55, exponent: -1)), ("hwmon:hwmon0:in0", Decimal(33, exponent: -1)),
      ("hwmon:lm75:fan1", 1200), ("hwmon:lm75:power1", Decimal(25, exponent: -1)),
      ("hwmon:hwmon2:temp1", 2), ("w1:28-0000075b1c2d", Decimal(21_437, exponent: -3)),
      ("thermal:cpu-thermal", Decimal(48_312, exponent: -3)), ("thermal0", Decimal(48_312, exponent: -3)),
      ("file:power", Decimal(425, exponent: -1)),
    ]

    @Test(arguments: values) func aValueIsInItsBaseUnit(_ text: String, _ value: Decimal) throws {
      #expect(try source(text).read(in: system) == value)
    }

    @Test func aSensorThatIsNotThereSaysWhichThereAre() throws {
      let mistakes: [(String, BoardError)] = [
        (
          "iio:bmp180:temp",
          .noSuchSensor(
            name: "iio:bmp180:temp",
            available: [
              "iio:bmp280:pressure", "iio:bmp280:temp", "iio:ads1015:accel_x", "iio:ads1015:temp",
              "iio:ads1015:voltage0-voltage1", "iio:ads1015:voltage0", "iio:ads1015:voltage7",
            ])
        ),
        (
          "iio:bmp280:humidity",
          .noSuchSensor(name: "iio:bmp280:humidity", available: ["iio:bmp280:pressure", "iio:bmp280:temp"])
        ),
        ("iio:ads1015:voltage7", .notANumber(name: "iio:ads1015:voltage7", file: "in_voltage7_scale")),
        ("hwmon:twin:temp1", .ambiguousSensor(name: "hwmon:twin:temp1", places: ["hwmon1", "hwmon2"])),
        (
          "hwmon:lm75:temp2",
          .noSuchSensor(
            name: "hwmon:lm75:temp2",
            available: ["hwmon:lm75:fan1", "hwmon:lm75:in0", "hwmon:lm75:power1", "hwmon:lm75:temp1"])
        ),
        ("w1:28-1", .noSuchSensor(name: "w1:28-1", available: ["w1:28-0000075b1c2d"])),
        ("thermal:gpu", .noSuchSensor(name: "thermal:gpu", available: ["thermal:cpu-thermal"])),
        ("file:empty", .notANumber(name: "file:\(folder.path)/empty", file: "\(folder.path)/empty")),
        ("file:words", .notANumber(name: "file:\(folder.path)/words", file: "\(folder.path)/words")),
        (
          "file:none", .cannotReadSensor(name: "file:\(folder.path)/none", file: "\(folder.path)/none", code: ENOENT)
        ),
      ]
      for (text, error) in mistakes {
        #expect(throws: error) { try source(text).read(in: system) }
      }
    }

    @Test func pinsListsWhatElseThereIs() throws {
      try folder.write("class/pwm/pwmchip0/npwm", "1\n")
      try folder.write("class/leds/rgb/multi_index", "red green\n")
      var table = PinTable()
      table.addChannels(of: system)
      #expect(
        table.lines.prefix(5).map { String($0) } == [
          "CHANNEL                        WHAT IT IS", "pwm0:0                         PWM",
          "led:rgb                        LED", "led:rgb/red                    a color of it",
          "led:rgb/green                  a color of it",
        ])
      #expect(table.lines.contains("w1:28-0000075b1c2d             sensor"))
      for line in table.lines.dropFirst(5) {
        #expect(throws: Never.self) { try InputAddress(String(line.prefix { $0 != " " })) }
      }
    }

    // MARK: On the board

    func makeBoard(_ sensors: [String], every: Milliseconds = 1000) throws -> LinuxBoard {
      var none = StoredLines()
      let inputs = try sensors.map { LinuxWiring.Input(.sensor(try source($0)), every: every) }
      return try LinuxBoard(
        LinuxWiring(inputs: inputs), initial: { _ in 0 }, stored: &none, systemFolder: folder.path)
    }

    /// What the board tells until `isOver` says so; it is asked whenever it has news.
    mutating func words(
      _ board: LinuxBoard, _ news: inout News, until isOver: ([Recorder.Word]) -> Bool = { !$0.isEmpty }
    ) async -> [Recorder.Word] {
      recorder = Recorder()
      while true {
        _ = board.report(to: &recorder, at: now)
        if isOver(recorder.words) { return recorder.words }
        await news.wait()
      }
    }

    @Test(.timeLimit(.minutes(1)))
    mutating func aSensorIsReadAtItsPeriodAndReportedWhenItAnswers() async throws {
      let board = try makeBoard(["w1:28-0000075b1c2d"])
      var news = News(of: board)
      #expect(board.report(to: &recorder, at: now) == now + .seconds(30), "until then it has to answer")
      #expect(recorder.words.isEmpty, "its answer is yet to come")
      let value = Recorder.Word.sense(0, .value(Decimal(21_437, exponent: -3)), 1000)
      #expect(await words(board, &news) == [value])
      #expect(board.report(to: &recorder, at: now) == now + 1000, "when it is read again")
      try folder.write("bus/w1/devices/28-0000075b1c2d/temperature", "-1000\n")
      now = now + 1000
      #expect(await words(board, &news) == [.sense(0, .value(-1), 2000)])
    }

    @Test(.timeLimit(.minutes(1)))
    mutating func aSensorThatCannotBeReadIsAFaultUntilItCan() async throws {
      let board = try makeBoard(["file:none"])
      var news = News(of: board)
      let path = "\(folder.path)/none"
      let missing = BoardError.cannotReadSensor(name: "file:\(path)", file: path, code: ENOENT)
      let unit = LinuxBoard.Unit(name: "file:\(path)", outputs: [], inputs: [0])
      #expect(await words(board, &news) == [.inputFault(0, missing.description)])
      #expect(board.nextEvent() == .lost(unit, missing))
      try folder.write("none", "seven\n")
      now = now + 1000
      #expect(await words(board, &news) { _ in board.hasEvents }.isEmpty, "what pages are told stays the same")
      #expect(board.nextEvent() == .stillLost(unit, .notANumber(name: "file:\(path)", file: path)))
      try folder.write("none", "7\n")
      now = now + 1000
      #expect(await words(board, &news) == [.inputFault(0, ""), .sense(0, .value(7), 3000)])
      #expect(board.nextEvent() == .found(unit))
      #expect(board.nextEvent() == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    mutating func aSlowSensorKeepsNothingWaiting() async throws {
      let pipe = "bus/w1/devices/28-slow/temperature"
      try folder.write("bus/w1/devices/28-slow/id", "")
      try #require(mkfifo(folder.path(of: pipe), 0o600) == 0)
      let board = try makeBoard(["w1:28-slow", "thermal0"])
      var news = News(of: board)
      let other = { (word: Recorder.Word) in if case .sense(1, .value, _) = word { true } else { false } }
      for _ in 0..<3 {
        #expect(await words(board, &news).allSatisfy(other))
        now = now + 1000
      }
      // It is asked once, however often its period passes; then it is a fault.
      now = MonotonicTime(milliseconds: 30_999)
      #expect(await words(board, &news).allSatisfy(other))
      now = now + 1
      let fault = Recorder.Word.inputFault(0, "w1:28-slow has not answered for 30 seconds")
      #expect(await words(board, &news) { $0.contains(fault) }.contains(fault))
      // At last.
      try folder.write(pipe, "20000\n")
      let value = Recorder.Word.sense(0, .value(20), 31_000)
      #expect(
        await words(board, &news) { $0.contains(value) }.filter { !other($0) } == [.inputFault(0, ""), value])
    }
  }

  /// Waits until a board has news.
  struct News {
    private var iterator: AsyncStream<Void>.Iterator

    init(of board: LinuxBoard) {
      let (stream, news) = AsyncStream.makeStream(of: Void.self)
      board.onNews { news.yield() }
      iterator = stream.makeAsyncIterator()
    }

    mutating func wait() async { await iterator.next() }
  }
#endif
