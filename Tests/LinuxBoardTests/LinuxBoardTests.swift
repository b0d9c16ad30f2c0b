// SPDX-License-Identifier: MIT

// What a board does when its chips come and go: on chips of the test's own, in a time of its own.

#if os(Linux)
  import DeviceComponents
  import SystemCalls
  import Testing
  import Timebase

  @testable import LinuxGPIO

  @Suite struct LinuxBoardTests {
    static let (here, there) = ("gpiochip0", "gpiochip1")
    static let (led, button) = (Line(here, 4), Line(here, 2))
    static let second = Milliseconds.seconds(1)

    let chips = TestChips(here, there)
    var now = MonotonicTime(milliseconds: 5000)

    /// A board with its parts on these chips.
    func makeBoard(
      led: String = here, button: String = here, status: String? = there
    ) throws -> LinuxBoard {
      var none = StoredLines()
      return try makeBoard(led: led, button: button, status: status, stored: &none)
    }

    func makeBoard(
      led: String = here, button: String = here, status: String? = there, keepsStoredLed: Bool = false,
      stored: inout StoredLines
    ) throws -> LinuxBoard {
      let wiring = BoardWiring(
        led: try #require(LineAddress("\(led):4")), button: try #require(LineAddress("\(button):2")),
        statusLed: try status.map { .line(try #require(LineAddress("\($0):6"))) } ?? .none)
      return try LinuxBoard(
        wiring, ledLevel: .low, keepsStoredLed: keepsStoredLed, statusLedLevel: .low, stored: &stored, source: chips)
    }

    func events(_ board: LinuxBoard) -> [LinuxBoard.Event] {
      var events: [LinuxBoard.Event] = []
      while let event = board.nextEvent() { events.append(event) }
      return events
    }

    /// Drives all outputs high, as far as there are any.
    func drive(_ board: LinuxBoard) {
      var led = board.led
      var statusLed = board.statusLed
      led.write(.high)
      statusLed.write(.high)
    }

    /// The record of an edge of the button.
    func edge(_ number: UInt32, isRising: Bool, at milliseconds: UInt64 = 1) -> [UInt8] {
      var record = [UInt8](repeating: 0, count: LineEvent.size)
      record.withUnsafeMutableBytes {
        $0.storeBytes(of: milliseconds * 1_000_000, toByteOffset: 0, as: UInt64.self)
        $0.storeBytes(of: isRising ? 1 : 2, toByteOffset: 8, as: UInt32.self)
        $0.storeBytes(of: Self.button.offset, toByteOffset: 12, as: UInt32.self)
        $0.storeBytes(of: number, toByteOffset: 20, as: UInt32.self)
      }
      return record
    }

    // MARK: Mistakes

    /// Where the status LED is to be, and whether an LED of the system's may have been meant.
    @Test(arguments: [("no-such-led", true), ("gpiochip0:no-such-line", false)])
    func aStatusLedThatIsNowhereMayHaveBeenMeantForTheSystems(_ place: String, _ mayBeLED: Bool) throws {
      let line = { try #require(LineAddress($0)) }
      let wiring = BoardWiring(led: try line("4"), button: try line("2"), statusLed: .line(try line(place)))
      var none = StoredLines()
      let error = #expect(throws: GPIOError.self) {
        _ = try LinuxBoard(
          wiring, ledLevel: .low, keepsStoredLed: false, statusLedLevel: .low, stored: &none, source: chips)
      }
      switch error {
      case .neitherLEDNorLine(place, _)?: #expect(mayBeLED)
      default: #expect(!mayBeLED)
      }
    }

    // MARK: What is lost

    @Test mutating func withoutTheStatusLedLedAndButtonGoOn() throws {
      let board = try makeBoard()
      chips.unplug(Self.there)
      drive(board)
      #expect(events(board) == [.lost(.status, .gone(chip: Self.there))])
      #expect(board.fault == nil)
      #expect(chips.levels[Self.led] == .high)
      board.receive(edge(1, isRising: true).span, of: board.taking)
      board.showNextEdge(now: now)
      #expect(board.buttonLevel == .high)

      chips.plugIn(Self.there)
      let due = try #require(board.poll(now: now))
      #expect(due == now + Self.second)
      #expect(board.poll(now: due) == nil, "nothing is lost any more")
      #expect(events(board) == [.found(.status)])
      #expect(chips.levels[Line(Self.there, 6)] == .high, "as it was last written")
    }

    /// Where the parts are, the chip that goes, and the circuits that go with it.
    static let losses: [(led: String, button: String, status: String?, gone: String, lost: [LinuxBoard.Circuit])] = [
      (here, here, nil, here, [.control]),
      (here, here, here, here, [.control, .status]),
      (here, here, there, here, [.control]),
      (here, here, there, there, [.status]),
      (here, there, nil, here, [.control]),
      (here, there, nil, there, [.control]),
      (here, there, here, there, [.control, .status]),  // the status LED is in a request with the LED
    ]

    @Test(arguments: losses.indices)
    func withAChipGoesWhatIsOnItAndNothingElse(_ row: Int) throws {
      let (led, button, status, gone, lost) = Self.losses[row]
      let board = try makeBoard(led: led, button: button, status: status)
      let before = Set(chips.held)
      chips.unplug(gone)
      drive(board)
      #expect(board.hasUnreadEdges == false)
      #expect(events(board) == lost.map { .lost($0, .gone(chip: gone)) })
      #expect(board.fault == (lost.contains(.control) ? .gone(chip: gone) : nil))
      #expect(chips.held.allSatisfy { $0.chip != gone }, "a chip that somebody holds cannot come back")
      #expect(Set(chips.held).isSubset(of: before))
      if lost == [.control] { #expect(chips.held.count == (status == nil ? 0 : 1)) }
    }

    // MARK: What comes back

    @Test mutating func whatIsLostIsAskedForOnceASecondAndAReasonIsToldOnce() throws {
      let board = try makeBoard(status: nil)
      #expect(board.poll(now: now) == nil)
      chips.unplug(Self.here)
      drive(board)
      #expect(events(board) == [.lost(.control, .gone(chip: Self.here))])
      let reasons: [[LinuxBoard.Event]] = [
        [.stillLost(.control, .noSuchChip(name: Self.here, available: []))], [], [],
      ]
      for expected in reasons {
        let due = try #require(board.poll(now: now))
        #expect(due == now + Self.second)
        #expect(board.poll(now: now + 999) == due, "before its time nothing happens")
        #expect(events(board).isEmpty)
        now = due
        #expect(board.poll(now: now) == now + Self.second)
        #expect(events(board) == expected)
        #expect(board.fault == .gone(chip: Self.here), "what pages are told stays the same")
      }
      #expect(chips.requests == [Self.here], "of a chip that is not there nothing is asked")
      chips.plugIn(Self.here)
      #expect(board.poll(now: now + Self.second) == nil)
      #expect(events(board) == [.found(.control)])
      #expect(board.fault == nil)
    }

    @Test mutating func whatIsWrittenMeanwhileIsWhatTheLineIsGiven() throws {
      let board = try makeBoard()
      chips.unplug(Self.here)
      drive(board)
      var led = board.led
      led.write(.low)
      led.write(.high)
      chips.levels[Self.led] = .low
      chips.levels[Self.button] = .high  // pressed or let go meanwhile
      chips.plugIn(Self.here)
      now = try #require(board.poll(now: now))
      #expect(board.poll(now: now) == nil)
      #expect(chips.levels[Self.led] == .high)
      #expect(board.buttonLevel == .high)
    }

    @Test mutating func theLinesOfAChipAreTakenInOneRequestAgain() throws {
      let board = try makeBoard(status: Self.here)
      #expect(board.heldLines.map(\.name) == ["gpiochip0-4-2-6"])
      chips.unplug(Self.here)
      drive(board)
      #expect(board.heldLines.isEmpty)
      chips.plugIn(Self.here)
      now = try #require(board.poll(now: now))
      #expect(board.poll(now: now) == nil)
      #expect(events(board).suffix(2) == [.found(.control), .found(.status)])
      #expect(board.heldLines.map(\.name) == ["gpiochip0-4-2-6"])
      #expect(chips.requests == [Self.here, Self.here])
    }

    @Test mutating func ofTwoLostChipsTheOneThatIsBackIsUsed() throws {
      let board = try makeBoard()
      chips.unplug(Self.here)
      chips.unplug(Self.there)
      drive(board)
      #expect(events(board) == [.lost(.control, .gone(chip: Self.here)), .lost(.status, .gone(chip: Self.there))])
      chips.plugIn(Self.here)
      now = try #require(board.poll(now: now))
      #expect(board.poll(now: now) == now + Self.second)
      #expect(
        events(board) == [.found(.control), .stillLost(.status, .noSuchChip(name: Self.there, available: []))])
      #expect(board.fault == nil)
      chips.plugIn(Self.there)
      #expect(board.poll(now: now + Self.second) == nil)
      #expect(events(board) == [.found(.status)])
    }

    // MARK: After a restart

    /// The names of the lines that were held for us and whether the LED's level is to be kept; what it is then.
    static let restarts: [(stored: [String], keepsStoredLed: Bool, level: Level)] = [
      ([], true, .low), (["gpiochip0-4-2"], false, .low), (["gpiochip0-4-2"], true, .high),
      (["gpiochip0-4-2", "gpiochip1-6"], true, .high), (["gpiochip0-2-4"], true, .low),  // another wiring's
    ]

    @Test(arguments: restarts.indices)
    func anLedThatWasHeldMeanwhileStaysAsItIsWhereThatIsWanted(_ row: Int) throws {
      let (names, keepsStoredLed, level) = Self.restarts[row]
      chips.levels = [Self.led: .high, Self.button: .high, Line(Self.there, 6): .high]
      var stored = StoredLines()
      for name in names { stored.add(name, try Descriptor(opening: "/dev/null", 0)) }
      let board = try makeBoard(keepsStoredLed: keepsStoredLed, stored: &stored)
      #expect(board.ledLevel == level)
      #expect(chips.levels[Self.led] == level)
      #expect(chips.levels[Line(Self.there, 6)] == .low, "the heartbeat begins anew")
      #expect(board.buttonLevel == .high)
      #expect(stored.names == names.filter { $0 == "gpiochip0-2-4" })
    }

    // MARK: Edges

    @Test mutating func edgesOfLinesThatAreGoneSayNothing() throws {
      let board = try makeBoard()
      let old = board.taking
      board.receive(edge(1, isRising: true).span, of: old)
      board.receiveEnd(of: old)
      #expect(events(board) == [.lost(.control, .gone(chip: Self.here))])
      #expect(board.nextEdge(now: now) == nil, "what waited is forgotten")
      now = try #require(board.poll(now: now))
      #expect(board.poll(now: now) == nil)
      _ = events(board)

      board.receive(edge(2, isRising: true).span, of: old)
      board.receiveEnd(of: old)
      #expect(board.nextEdge(now: now) == nil)
      #expect(board.fault == nil)
      #expect(events(board).isEmpty)
    }

    @Test mutating func whatTheKernelDroppedIsCountedButNotAcrossALoss() throws {
      let board = try makeBoard()
      for (number, dropped) in [(7, 0), (8, 0), (11, 2), (12, 2)] as [(UInt32, UInt32)] {
        board.receive(edge(number, isRising: true).span, of: board.taking)
        #expect(board.droppedEdges == dropped)
      }
      board.receiveEnd(of: board.taking)
      now = try #require(board.poll(now: now))
      _ = board.poll(now: now)
      board.receive(edge(1, isRising: true).span, of: board.taking)
      #expect(board.droppedEdges == 2)
    }
  }
#endif
