// SPDX-License-Identifier: MIT

// The device that the options describe, made on the event loop that will own it.

import Bytes
import Deflate
import DeviceComponents
import DeviceServer
import RemoteControl
import SimulatedBoard
import Timebase

#if os(Linux)
  import LinuxGPIO
#endif

extension HostDevice {
  /// A device as `options` want it, with its LED on or off from the start unless the board knows better.
  init(_ options: Heliograph, isOn: Bool, logLevel: SerialLog.Level, board: consuming HostBoard) {
    let ledLevel = options.board.ledActive.level
    let board = consume board
    let isOn = board.ledLevel.map { $0 == ledLevel } ?? isOn
    var limits = ServerLimits.remoteControl
    limits.clients = options.maxClients
    limits.connections = options.maxClients * 2 + 16  // each page loads files while its socket is open
    let identity = Identity(name: Array(options.name.utf8), boot: .random(in: .min ... .max))
    var remoteControl = RemoteControl(
      onboardLed: Led(board.statusLed, activeLevel: ledLevel),
      led: Led(board.led, activeLevel: ledLevel, isOn: isOn),
      button: Button(
        board.button, activeLevel: options.board.buttonActive.level, debounce: Milliseconds(options.board.debounce)),
      device: Device(identity, log: SerialLog(level: logLevel), isOn: isOn), limits: limits,
      hostNames: HostNames(options.knownHostNames))
    if options.deflate { remoteControl.server.compression = .zlib() }
    self.init(remoteControl: remoteControl, board: board)
  }
}

extension HostBoard {
  /// The board that `options` name; its LED shows `isOn` from the start, unless that is what it showed before
  /// (`restores`) and it has gone on showing it: the line is right, and what was saved may be a second old.
  init(_ options: BoardOptions, isOn: Bool, restores: Bool, _ supervisor: Supervisor) throws {
    let ledLevel = options.ledActive.level
    switch options.board {
    case .simulated:
      self = .simulated(SimulatedBoard(ledActiveLevel: ledLevel, buttonActiveLevel: options.buttonActive.level))
    case .gpio:
      #if os(Linux)
        let wiring = try options.wiring()
        var stored = supervisor.takeStoredLines()
        let names = stored.names
        do throws(GPIOError) {
          self = .gpio(
            try LinuxBoard(
              wiring, ledLevel: isOn ? ledLevel : ledLevel.inverted, keepsStoredLed: restores,
              statusLedLevel: ledLevel.inverted, stored: &stored))
          supervisor.release(stored.names)
        } catch {
          supervisor.release(names)  // what is held may be what is in the way
          throw error
        }
      #else
        throw StartFailure(description: "GPIO lines need Linux")
      #endif
    }
  }
}
