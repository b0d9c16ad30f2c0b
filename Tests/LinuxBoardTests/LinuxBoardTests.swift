// SPDX-License-Identifier: MIT

// What a board does when its chips come and go, and with the edges of its lines: on chips of the test's own, in a time
// of its own.

#if os(Linux)
  import ConformanceSupport
  import Parts
  import SystemCalls
  import Testing
  import Timebase

  @testable import LinuxBoard

  @Suite struct LinuxBoardTests {
    static let (here, there) = ("gpiochip0", "gpiochip1")
    static let second = Milliseconds.seconds(1)

    let chips = TestChips(here, there)
    var recorder = Recorder()
    var now = MonotonicTime(milliseconds: 5000)

    /// A board with outputs and inputs at these places.
    func makeBoard(_ outputs: [String], _ inputs: [String]) throws -> LinuxBoard {
      var none = StoredLines()
      return try makeBoard(outputs, inputs, stored: &none)
    }

    func makeBoard(
      _ outputs: [String], _ inputs: [String], keeps: Bool = false, isActiveLow: Bool = false, initial: UInt16 = 0,
      stored: inout StoredLines
    ) throws -> LinuxBoard {
      let wiring = LinuxWiring(
        outputs: try outputs.map {
          LinuxWiring.Output(try OutputAddress($0), isActiveLow: isActiveLow, keepsHeldLevel: keeps)
        },
        inputs: try inputs.map { LinuxWiring.Input(try InputAddress($0), isActiveLow: isActiveLow) })
      return try LinuxBoard(
        wiring, initial: { _ in initial }, stored: &stored, source: chips, system: SystemFolder(path: "/nowhere"))
    }

    func events(_ board: LinuxBoard) -> [LinuxBoard.Event] {
      var events: [LinuxBoard.Event] = []
      while let event = board.nextEvent() { events.append(event) }
      return events
    }

    func unit(_ name: String, _ outputs: [Int], _ inputs: [Int]) -> LinuxBoard.Unit {
      LinuxBoard.Unit(name: name, outputs: outputs, inputs: inputs)
    }

    /// What the board has told since the last call.
    mutating func told(_ board: LinuxBoard) -> [Recorder.Word] {
      recorder = Recorder()
      _ = board.report(to: &recorder, at: now)
      return recorder.words
    }

    /// The record of an edge of the line at `offset`.
    func edge(_ offset: UInt32, _ number: UInt32, isRising: Bool, at milliseconds: UInt64 = 4000) -> [UInt8] {
      var record = [UInt8](repeating: 0, count: LineEvent.size)
      record.withUnsafeMutableBytes {
        $0.storeBytes(of: milliseconds * 1_000_000, toByteOffset: 0, as: UInt64.self)
        $0.storeBytes(of: isRising ? 1 : 2, toByteOffset: 8, as: UInt32.self)
        $0.storeBytes(of: offset, toByteOffset: 12, as: UInt32.self)
        $0.storeBytes(of: number, toByteOffset: 20, as: UInt32.self)
      }
      return record
    }

    // MARK: Outputs and inputs

    @Test mutating func outputsShowTheirInitialLevelAndThenWhatIsDriven() throws {
      var none = StoredLines()
      let board = try makeBoard(["4", "6"], [], initial: .max, stored: &none)
      #expect(chips.high == [Line(Self.here, 4), Line(Self.here, 6)])
      board.drive(Drive(output: 1, level: 0))
      #expect(chips.high == [Line(Self.here, 4)])
      board.drive(Drive(output: 1, level: 1))
      #expect(chips.high == [Line(Self.here, 4), Line(Self.here, 6)], "a line is on for anything but 0")
      board.drive(Drive(output: 2, level: 1))
      #expect(told(board).isEmpty, "an output that is not there is none of its business")
    }

    @Test mutating func whatIsActiveLowIsActiveWhileItIsLow() throws {
      var none = StoredLines()
      chips.high = [Line(Self.here, 3)]
      let board = try makeBoard(["4"], ["2", "3"], isActiveLow: true, stored: &none)
      #expect(chips.high.contains(Line(Self.here, 4)), "off")
      board.drive(Drive(output: 0, level: .max))
      #expect(!chips.high.contains(Line(Self.here, 4)))
      #expect(told(board) == [.sense(0, .active, 5000), .sense(1, .inactive, 5000)])
      #expect(chips.settings[Line(Self.here, 2)]?.flags.contains(.pullUp) == true)
    }

    @Test func linesOfAChipAreTakenInOneRequest() throws {
      let board = try makeBoard(["4", "gpiochip1:7", "6"], ["2", "gpiochip1:1", "3"])
      #expect(chips.requests == [Self.here, Self.there])
      #expect(board.heldLines.map(\.name) == ["gpiochip0-4-6-2-3", "gpiochip1-7-1"])
      #expect(board.edgeSources.count == 2)
    }

    @Test func aHundredLinesTakeTwoRequests() throws {
      let board = try makeBoard((0..<50).map { "\($0)" }, (50..<100).map { "\($0)" })
      #expect(chips.requests == [Self.here, Self.here])
      #expect(chips.held.count == 100)
      #expect(Set(board.heldLines.map(\.name)).count == 2)
      #expect(board.heldLines.allSatisfy { $0.name.utf8.count <= 255 }, "systemd takes no longer name")
    }

    // MARK: Mistakes

    @Test func oneLineIsNotTwoThings() throws {
      #expect(throws: BoardError.sameLine("4", chip: Self.here)) { try makeBoard(["4"], ["gpiochip0:4"]) }
      #expect(throws: BoardError.sameOutput("pwm0:1")) { try makeBoard(["pwm0:1", "pwm0:1"], []) }
      #expect(chips.held.isEmpty)
    }

    @Test func whatIsNotThereAtTheStartIsAnErrorAndNothingIsHeld() throws {
      chips.unplug(Self.there)
      #expect(throws: BoardError.noSuchChip(name: Self.there, available: [])) {
        try makeBoard(["4", "gpiochip1:4"], [])
      }
      #expect(throws: BoardError.unknownName("LAMP", chip: nil)) { try makeBoard(["4", "LAMP"], []) }
      #expect(throws: BoardError.noSuchPWM(name: "pwm0:1", available: [])) { try makeBoard(["4", "pwm0:1"], []) }
      #expect(throws: BoardError.noSuchLED(name: "ACT", available: [])) { try makeBoard(["4", "led:ACT"], []) }
      #expect(chips.held.isEmpty)
    }

    // MARK: What is lost

    /// The chip that goes, and what goes with it.
    @Test mutating func withAChipGoesWhatIsOnItAndNothingElse() throws {
      let board = try makeBoard(["4", "gpiochip1:7"], ["2", "gpiochip1:1"])
      _ = told(board)
      chips.unplug(Self.there)
      board.drive(Drive(output: 1, level: .max))
      board.drive(Drive(output: 0, level: .max))
      #expect(events(board) == [.lost(unit(Self.there, [1], [1]), .gone(Self.there))])
      #expect(told(board) == [.outputFault(1, "gpiochip1 is gone"), .inputFault(1, "gpiochip1 is gone")])
      #expect(told(board).isEmpty, "it is told once")
      #expect(chips.held.allSatisfy { $0.chip == Self.here }, "a chip that is held cannot come back")
      #expect(chips.high == [Line(Self.here, 4)])
      let source = try #require(board.edgeSources.first)
      board.receive(edge(2, 1, isRising: true).span, of: source)
      #expect(told(board) == [.sense(0, .active, 4000)], "the others work on")
    }

    @Test mutating func aLossIsNoticedWhereverItShows() throws {
      for way in 0..<3 {
        let chips = TestChips(Self.here, Self.there)
        var none = StoredLines()
        let wiring = LinuxWiring(
          outputs: [.init(try OutputAddress("4"))], inputs: [.init(try InputAddress("2"))])
        let board = try LinuxBoard(
          wiring, initial: { _ in 0 }, stored: &none, source: chips, system: SystemFolder(path: "/nowhere"))
        chips.unplug(Self.here)
        switch way {
        case 0: board.drive(Drive(output: 0, level: 1))
        case 1: #expect(!board.hasUnreadEdges)
        default: board.receiveEnd(of: board.edgeSources[0])
        }
        #expect(events(board) == [.lost(unit(Self.here, [0], [0]), .gone(Self.here))])
      }
    }

    // MARK: What comes back

    @Test mutating func whatIsLostIsAskedForOnceASecondAndAReasonIsToldOnce() throws {
      let board = try makeBoard(["4"], ["2"])
      #expect(board.report(to: &recorder, at: now) == nil)
      chips.unplug(Self.here)
      board.drive(Drive(output: 0, level: 1))
      let lost = unit(Self.here, [0], [0])
      #expect(events(board) == [.lost(lost, .gone(Self.here))])
      let reasons: [[LinuxBoard.Event]] = [
        [.stillLost(lost, .noSuchChip(name: Self.here, available: []))], [], [],
      ]
      for expected in reasons {
        let due = try #require(board.report(to: &recorder, at: now))
        #expect(due == now + Self.second)
        #expect(board.report(to: &recorder, at: now + 999) == due, "before its time nothing happens")
        #expect(events(board).isEmpty)
        now = due
        #expect(board.report(to: &recorder, at: now) == now + Self.second)
        #expect(events(board) == expected)
      }
      #expect(chips.requests == [Self.here], "of a chip that is not there nothing is asked")
      chips.plugIn(Self.here)
      chips.high = [Line(Self.here, 2)]
      now = now + Self.second
      #expect(told(board) == [.outputFault(0, ""), .inputFault(0, ""), .sense(0, .active, now.milliseconds)])
      #expect(events(board) == [.found(lost)])
      #expect(board.report(to: &recorder, at: now) == nil, "nothing is lost any more")
    }

    @Test mutating func whatIsDrivenMeanwhileIsWhatTheLineIsGiven() throws {
      let board = try makeBoard(["4", "6"], [])
      chips.unplug(Self.here)
      for (output, level) in [(0, 1), (0, 0), (0, 7), (1, 9), (1, 0)] as [(Int, UInt16)] {
        board.drive(Drive(output: output, level: level))
      }
      chips.plugIn(Self.here)
      now = try #require(board.report(to: &recorder, at: now))
      _ = told(board)
      #expect(chips.high == [Line(Self.here, 4)])
      #expect(chips.settings[Line(Self.here, 4)]?.isHigh == true, "in the call that makes it an output")
    }

    @Test mutating func theLinesOfAChipAreTakenInOneRequestAgain() throws {
      let board = try makeBoard(["4", "6"], ["2"])
      #expect(board.heldLines.map(\.name) == ["gpiochip0-4-6-2"])
      chips.unplug(Self.here)
      board.drive(Drive(output: 0, level: 1))
      #expect(board.heldLines.isEmpty)
      chips.plugIn(Self.here)
      now = try #require(board.report(to: &recorder, at: now))
      _ = told(board)
      #expect(board.heldLines.map(\.name) == ["gpiochip0-4-6-2"])
      #expect(chips.requests == [Self.here, Self.here])
    }

    @Test mutating func ofTwoLostChipsTheOneThatIsBackIsUsed() throws {
      let board = try makeBoard(["4", "gpiochip1:4"], [])
      chips.unplug(Self.here)
      chips.unplug(Self.there)
      for output in 0..<2 { board.drive(Drive(output: output, level: 1)) }
      #expect(events(board).count == 2)
      chips.plugIn(Self.there)
      now = try #require(board.report(to: &recorder, at: now))
      #expect(told(board) == [.outputFault(1, "")])
      #expect(
        events(board) == [
          .stillLost(unit(Self.here, [0], []), .noSuchChip(name: Self.here, available: [])),
          .found(unit(Self.there, [1], [])),
        ])
      #expect(chips.high == [Line(Self.there, 4)])
    }

    // MARK: After a restart

    /// The names of the lines that were held for us and whether their level is to be kept; whether the lamp is on then.
    static let restarts: [(stored: [String], keeps: Bool, isOn: Bool)] = [
      ([], true, false), (["gpiochip0-4-2"], false, false), (["gpiochip0-4-2"], true, true),
      (["gpiochip0-4-2", "gpiochip1-6"], true, true), (["gpiochip0-2-4"], true, false),  // another wiring's
    ]

    @Test(arguments: restarts.indices, [false, true])
    func whatWasHeldMeanwhileStaysAsItIsWhereThatIsWanted(_ row: Int, _ isActiveLow: Bool) throws {
      let (names, keeps, isOn) = Self.restarts[row]
      let lamp = Line(Self.here, 4)
      if !isActiveLow { chips.high = [lamp] }
      var stored = StoredLines()
      for name in names { stored.add(name, try Descriptor(opening: "/dev/null", 0)) }
      let board = try makeBoard(["4"], ["2"], keeps: keeps, isActiveLow: isActiveLow, stored: &stored)
      #expect(board.heldLevels == (isOn ? [Drive(output: 0, level: .max)] : []))
      #expect(chips.high.contains(lamp) == (isOn != isActiveLow))
      #expect(stored.names == names.filter { $0 != "gpiochip0-4-2" })
    }

    // MARK: Edges

    @Test mutating func edgesAreReportedInOrderOfTimeAcrossChips() throws {
      let board = try makeBoard([], ["2", "gpiochip1:1"])
      let (first, second) = (board.edgeSources[0], board.edgeSources[1])
      let early = edge(2, 1, isRising: true, at: 4000) + edge(2, 2, isRising: false, at: 4200)
      board.receive(early.span, of: first)
      board.receive((edge(1, 1, isRising: true, at: 4100) + [1, 2, 3]).span, of: second)
      #expect(
        told(board) == [
          .sense(0, .inactive, 4000), .sense(1, .inactive, 4000),  // what they showed before
          .sense(0, .active, 4000), .sense(1, .active, 4100), .sense(0, .inactive, 4200),
        ])
    }

    @Test mutating func edgesWaitALittleForThoseThatHaveYetToBeRead() throws {
      let board = try makeBoard([], ["2", "gpiochip1:1"])
      _ = told(board)
      chips.unread = [Self.there]
      #expect(board.hasUnreadEdges)
      board.receive(edge(2, 1, isRising: true, at: 4500).span, of: board.edgeSources[0])
      #expect(board.report(to: &recorder, at: now) == now + 1)
      #expect(told(board).isEmpty)
      chips.unread = []
      #expect(board.hasUnreadEdges, "they are here, and the device does not know them")
      board.receive(edge(1, 1, isRising: true, at: 4400).span, of: board.edgeSources[1])
      #expect(told(board) == [.sense(1, .active, 4400), .sense(0, .active, 4500)])
      #expect(!board.hasUnreadEdges)

      // A line that never rests does not hold up the others.
      chips.unread = [Self.there]
      board.receive(edge(2, 2, isRising: false, at: 5000).span, of: board.edgeSources[0])
      #expect(told(board).isEmpty)
      now = now + 20
      #expect(told(board) == [.sense(0, .inactive, 5000)])
    }

    @Test mutating func anEdgeIsNeverLaterThanNowNorBeforeTheOneBeforeIt() throws {
      let board = try makeBoard([], ["2"])
      board.receive(edge(2, 1, isRising: true, at: 9000).span, of: board.edgeSources[0])
      #expect(told(board).last == .sense(0, .active, 5000))
      board.receive(edge(2, 2, isRising: false, at: 4000).span, of: board.edgeSources[0])
      #expect(told(board) == [.sense(0, .inactive, 5000)])
    }

    @Test mutating func whatTheKernelsDebounceAddsIsTakenOff() throws {
      var none = StoredLines()
      let wiring = LinuxWiring(inputs: [.init(try InputAddress("2"), kernelDebounce: 30)])
      let board = try LinuxBoard(
        wiring, initial: { _ in 0 }, stored: &none, source: chips, system: SystemFolder(path: "/nowhere"))
      board.receive(edge(2, 1, isRising: true, at: 4000).span, of: board.edgeSources[0])
      #expect(told(board).last == .sense(0, .active, 3970))
      #expect(chips.settings[Line(Self.here, 2)]?.debouncePeriod == 30_000)
    }

    @Test mutating func edgesOfLinesThatAreGoneSayNothing() throws {
      let board = try makeBoard([], ["2"])
      _ = told(board)
      let old = board.edgeSources[0]
      board.receive(edge(2, 1, isRising: true).span, of: old)
      board.receiveEnd(of: old)
      #expect(told(board) == [.inputFault(0, "gpiochip0 is gone")], "what waited is forgotten")
      now = now + Self.second
      #expect(told(board) == [.inputFault(0, ""), .sense(0, .inactive, 6000)])
      _ = events(board)
      board.receive(edge(2, 2, isRising: true).span, of: old)
      board.receiveEnd(of: old)
      #expect(told(board).isEmpty)
      #expect(events(board).isEmpty)
      #expect(board.edgeSources != [old])
    }

    @Test mutating func whatTheKernelDroppedIsCountedByLineButNotAcrossALoss() throws {
      let board = try makeBoard([], ["2", "3"])
      let source = board.edgeSources[0]
      for (offset, number, dropped) in [(2, 7, 0), (3, 1, 0), (2, 8, 0), (2, 11, 2), (3, 2, 2), (3, 4, 3)]
        as [(UInt32, UInt32, UInt32)]
      {
        board.receive(edge(offset, number, isRising: true).span, of: source)
        #expect(board.droppedEdges == dropped)
      }
      board.receiveEnd(of: source)
      now = try #require(board.report(to: &recorder, at: now))
      _ = told(board)
      board.receive(edge(2, 1, isRising: true).span, of: board.edgeSources[0])
      #expect(board.droppedEdges == 3)
    }

    @Test mutating func anyBytesAreEdgesOrNone() throws {
      let board = try makeBoard([], ["2", "3"])
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      for _ in 0..<500 {
        let bytes = (0..<Int.random(in: 0...150, using: &generator)).map { _ in
          UInt8.random(in: 0...3, using: &generator)
        }
        board.receive(bytes.span, of: board.edgeSources[0])
        _ = told(board)
      }
    }
  }
#endif
