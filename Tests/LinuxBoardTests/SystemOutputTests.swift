// SPDX-License-Identifier: MIT

// PWM channels and LEDs, in a folder of the shape of /sys. What a kernel does when a file is written is not seen here.

#if os(Linux)
  import ConformanceSupport
  import Parts
  import Testing
  import Timebase

  @testable import LinuxBoard

  @Suite struct SystemOutputTests {
    let folder: TemporaryFolder
    let now = MonotonicTime(milliseconds: 1000)

    init() throws {
      folder = try TemporaryFolder()
      try makePWM("pwmchip0/pwm1")
      try folder.write("class/pwm/pwmchip0/npwm", "4\n")
      try folder.write("class/pwm/pwmchip0/export", "")
      try folder.write("class/pwm/pwmchip0/unexport", "")
      try makeLED("ACT", trigger: "none [mmc0] timer\n", brightest: "1\n")
    }

    func makePWM(_ name: String, polarity: String = "normal", enable: String = "0", duty: String = "0") throws {
      for (file, content) in [("period", "0"), ("duty_cycle", duty), ("polarity", polarity), ("enable", enable)] {
        try folder.write("class/pwm/\(name)/\(file)", content + "\n")
      }
    }

    func makeLED(_ name: String, trigger: String, brightest: String, colors: String? = nil) throws {
      let led = "class/leds/\(name)"
      try folder.write("\(led)/brightness", "1\n")
      try folder.write("\(led)/max_brightness", brightest)
      try folder.write("\(led)/trigger", trigger)
      guard let colors else { return }
      try folder.write("\(led)/multi_index", colors + "\n")
      try folder.write("\(led)/multi_intensity", "0 0 0\n")
    }

    func content(_ name: String) -> String? { folder.content(of: name).map(text) }
    func pwm(_ file: String) -> String? { content("class/pwm/pwmchip0/pwm1/\(file)") }
    func led(_ name: String, _ file: String) -> String? { content("class/leds/\(name)/\(file)") }

    func makeBoard(_ outputs: [LinuxWiring.Output], initial: UInt16 = 0) throws -> LinuxBoard {
      var none = StoredLines()
      return try LinuxBoard(
        LinuxWiring(outputs: outputs), initial: { _ in initial }, stored: &none, systemFolder: folder.path)
    }

    func output(_ text: String, isActiveLow: Bool = false) throws -> LinuxWiring.Output {
      LinuxWiring.Output(try OutputAddress(text), isActiveLow: isActiveLow)
    }

    func levels(_ board: LinuxBoard, _ levels: [UInt16], _ content: () -> String?) -> [String?] {
      levels.map { level in
        board.drive(Drive(output: 0, level: level))
        return content()
      }
    }

    // MARK: PWM

    @Test func aChannelHasItsLevelAsAShareOfItsPeriod() throws {
      let board = try makeBoard([try output("pwm0:1")], initial: .max)
      #expect(pwm("period") == "1000000")
      #expect(pwm("duty_cycle") == "1000000")
      #expect(pwm("enable") == "1")
      #expect(levels(board, [0, 1, 32_768, .max]) { pwm("duty_cycle") } == ["0", "15", "500007", "1000000"])
      board.finish()
      #expect(content("class/pwm/pwmchip0/unexport") == "", "it was exported before")
    }

    @Test func theLongestPeriodDoesNotOverflow() throws {
      var wired = try output("pwm0:1")
      wired.pwmPeriod = .max
      let board = try makeBoard([wired], initial: .max)
      #expect(pwm("duty_cycle") == "4294967295")
      board.drive(Drive(output: 0, level: 1))
      #expect(pwm("duty_cycle") == "65537")
    }

    @Test func aChannelThatIsOnWhileItsPinIsLowIsInvertedByTheChip() throws {
      let board = try makeBoard([try output("pwm0:1", isActiveLow: true)])
      #expect(pwm("polarity") == "inversed")
      #expect(levels(board, [.max, 0]) { pwm("duty_cycle") } == ["1000000", "0"])
    }

    @Test func whereTheChipCannotInvertTheShareIsTheRest() throws {
      try folder.remove("class/pwm/pwmchip0/pwm1/polarity")
      let board = try makeBoard([try output("pwm0:1", isActiveLow: true)])
      #expect(pwm("duty_cycle") == "1000000", "off")
      #expect(levels(board, [.max, 0]) { pwm("duty_cycle") } == ["0", "1000000"])
    }

    @Test func aChannelIsExportedAndGivenBack() throws {
      // The folder appears only with the export, as a file here does not; so it is lost, and then found.
      let error = #expect(throws: BoardError.self) { try makeBoard([try output("pwm0:2")]) }
      #expect(error == .cannotDrivePWM(name: "pwm0:2", file: "period", code: 2))
      #expect(content("class/pwm/pwmchip0/export") == "2")
      #expect(content("class/pwm/pwmchip0/unexport") == "2", "what is not used is given back")
    }

    @Test func aChannelThatIsNotThereIsAnError() throws {
      #expect(throws: BoardError.noSuchPWM(name: "pwm0:4", available: ["pwm0:0 to pwm0:3"])) {
        try makeBoard([try output("pwm0:4")])
      }
      #expect(throws: BoardError.noSuchPWM(name: "pwm7:0", available: ["pwm0:0 to pwm0:3"])) {
        try makeBoard([try output("pwm7:0")])
      }
    }

    @Test func aChannelThatVanishesIsLostAloneAndFoundWithItsLevel() throws {
      let board = try makeBoard([try output("pwm0:1"), try output("led:ACT")])
      try folder.rename("class/pwm/pwmchip0", to: "class/pwm/away")
      for index in 0..<2 { board.drive(Drive(output: index, level: .max)) }
      var recorder = Recorder()
      let due = try #require(board.report(to: &recorder, at: now))
      #expect(recorder.words == [.outputFault(0, "pwm0:1 is gone")])
      #expect(led("ACT", "brightness") == "1")
      try folder.rename("class/pwm/away", to: "class/pwm/pwmchip0")
      #expect(board.report(to: &recorder, at: due) == nil)
      #expect(recorder.words.last == .outputFault(0, ""))
      #expect(pwm("duty_cycle") == "1000000")
    }

    @Test func filesThatMayNotBeWrittenAreAnErrorThatSaysSo() throws {
      _ = try folder.withRights(0o755, to: "class/pwm/pwmchip0/pwm1") {
        #expect(throws: BoardError.cannotDrivePWM(name: "pwm0:1", file: "period", code: 13)) {
          try makeBoard([try output("pwm0:1")])
        }
      }
      _ = try folder.withRights(0o755, to: "class/leds/ACT") {
        #expect(throws: BoardError.cannotDriveLED(name: "ACT", code: 13)) { try makeBoard([try output("led:ACT")]) }
      }
    }

    // MARK: LEDs

    @Test func anLEDIsTakenFromItsTriggerAndGivenBack() throws {
      let board = try makeBoard([try output("led:ACT")])
      #expect(led("ACT", "trigger") == "none")
      #expect(levels(board, [.max, 0, 1]) { led("ACT", "brightness") } == ["1", "0", "1"])
      board.finish()
      #expect(led("ACT", "brightness") == "0")
      #expect(led("ACT", "trigger") == "mmc0")
    }

    @Test func aLevelIsAShareOfTheBrightest() throws {
      try makeLED("desk", trigger: "[none] timer\n", brightest: "255\n")
      let board = try makeBoard([try output("led:desk")])
      #expect(
        levels(board, [0, 1, 128, 257, 32_768, .max]) { led("desk", "brightness") }
          == ["0", "1", "1", "1", "128", "255"], "what is not off is lit")
      board.finish()
      #expect(led("desk", "trigger") == "[none] timer\n", "nothing is restored where nothing was stopped")
    }

    @Test func eachColorOfAnLEDIsAnOutput() throws {
      try makeLED("rgb:status", trigger: "[none]\n", brightest: "255\n", colors: "red green blue")
      let board = try makeBoard([
        try output("led:rgb:status/blue"), try output("led:rgb:status/red"), try output("led:rgb:status/green"),
      ])
      #expect(led("rgb:status", "brightness") == "255")
      board.drive(Drive(output: 0, level: .max))
      board.drive(Drive(output: 1, level: 257))
      #expect(led("rgb:status", "multi_intensity") == "1 0 255")
      board.drive(Drive(output: 0, level: 0))
      #expect(led("rgb:status", "multi_intensity") == "1 0 0")
    }

    @Test func anLEDOfSeveralColorsIsWhiteUnlessTheyAreOutputs() throws {
      try makeLED("rgb", trigger: "[none]\n", brightest: "255\n", colors: "red green blue")
      let board = try makeBoard([try output("led:rgb")])
      board.drive(Drive(output: 0, level: .max))
      #expect(led("rgb", "multi_intensity") == "255 255 255")
      #expect(led("rgb", "brightness") == "255")
    }

    @Test func aColorThatTheLEDDoesNotHaveIsAnErrorAndItIsGivenBack() throws {
      try makeLED("rgb", trigger: "none [timer]\n", brightest: "255\n", colors: "red green blue")
      #expect(throws: BoardError.noSuchColor("cyan", led: "rgb", available: ["red", "green", "blue"])) {
        try makeBoard([try output("led:rgb/cyan")])
      }
      #expect(led("rgb", "trigger") == "timer")
      #expect(throws: BoardError.noSuchColor("red", led: "ACT", available: [])) {
        try makeBoard([try output("led:ACT/red")])
      }
      #expect(led("ACT", "trigger") == "mmc0")
    }

    @Test func anLEDThatIsOnWhileItsPinIsLow() throws {
      let board = try makeBoard([try output("led:ACT", isActiveLow: true)])
      #expect(led("ACT", "brightness") == "1")
      #expect(levels(board, [.max, 0]) { led("ACT", "brightness") } == ["0", "1"])
    }

    @Test func anLEDThatVanishesIsLostAndTakenAnew() throws {
      try makeLED("desk", trigger: "none [timer]\n", brightest: "255\n")
      let board = try makeBoard([try output("led:desk"), try output("led:ACT")])
      try folder.rename("class/leds/desk", to: "class/away")
      board.drive(Drive(output: 0, level: .max))
      var recorder = Recorder()
      let due = try #require(board.report(to: &recorder, at: now))
      #expect(recorder.words == [.outputFault(0, "led:desk is gone")])
      try folder.rename("class/away", to: "class/leds/desk")
      #expect(board.report(to: &recorder, at: due) == nil)
      #expect(recorder.words.last == .outputFault(0, ""))
      #expect(led("desk", "brightness") == "255")
    }

    @Test func aNameAloneIsAnLEDForTheStatusIfThereIsOne() throws {
      let here = folder.path
      #expect(try OutputAddress(statusLED: "ACT", systemFolder: here) == .led(name: "ACT", color: nil))
      #expect(try OutputAddress(statusLED: "led:PWR", systemFolder: here) == .led(name: "PWR", color: nil))
      #expect(try OutputAddress(statusLED: "GPIO16", systemFolder: here) == .line(LineAddress("GPIO16")))
    }
  }
#endif
