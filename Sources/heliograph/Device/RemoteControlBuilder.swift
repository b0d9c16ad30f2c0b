// SPDX-License-Identifier: MIT

// The application and what belongs to its loop, made on the event loop that will own them. The order matters: the saved
// state goes into the device, the board takes its lines with the levels that the device then wants, and then the device
// takes over the levels of lines that were held all along.

import Accounts
import Bytes
import Deflate
import DeviceServer
import Parts
import RemoteControl
import SimulatedBoard
import StateFile
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

struct RemoteControlBuilder: Sendable {
  let settings: ProgramSettings
  let described: DescribedDevice
  let saved: SavedParts
  let supervisor: Supervisor
  let door: LoginDoor?
  let logLevel: SerialLog.Level

  /// The application; `loopState` is given what belongs to its loop.
  func make(_ loopState: inout LoopState?) throws -> RemoteControl {
    var device = described.device
    saved.restore(&device)
    let made: LoopState
    let board: any Board
    switch settings.board {
    case .simulated:
      let simulated = SimulatedBoard(for: &device)
      made = LoopState(simulated: simulated)
      board = simulated
    case .linux:
      #if os(Linux)
        let linux = try makeLinuxBoard(&device)
        made = LoopState()
        made.linux = linux
        board = linux
      #else
        throw StartFailure(description: "the pins of this machine need Linux; use --board simulated")
      #endif
    }
    made.earlier = saved.state
    made.broker = settings.broker
    made.saveSchedule = saved.file.map { _ in SaveSchedule(onDisk: saved.state) }
    made.gatekeeper = door?.makeGatekeeper()
    loopState = made
    return application(device, board, made)
  }

  private func application(_ device: Device, _ board: any Board, _ loopState: LoopState) -> RemoteControl {
    var limits = ServerLimits.remoteControl
    limits.clients = settings.maxClients
    limits.connections = settings.maxClients * 2 + 16  // each page loads files while its socket is open
    let identity = Identity(
      boot: .random(in: .min ... .max), board: settings.board == .simulated ? "simulated" : "linux")
    var application = RemoteControl(
      device, board: board, identity: identity, log: SerialLog(level: logLevel), limits: limits,
      hostNames: HostNames(settings.knownHostNames), origin: settings.proxies.originPolicy,
      commandRate: CommandRate(perSecond: UInt32(clamping: settings.maxCommands))
    ) { context, now in
      loopState.afterLoop(&context, now: now)
    } extend: { router in
      loopState.gatekeeper?.add(to: &router)
    }
    application.context.broker = settings.broker?.makeLink(&application.context.device, saved.state)
    application.server.trustedProxies = settings.proxies.trusted
    application.server.pathPrefix = settings.proxies.pathPrefix
    application.server.pagePolicy = PagePolicy(
      frameAncestors: settings.proxies.framing.map(\.bytes),
      inline: settings.pagePolicy == .relaxed ? .allowed : .forbidden)
    application.server.advice.hostName = "Start it with --host-name"
    application.server.advice.origin = "If both are yours, start it with --origin"
    if settings.deflate { application.server.compression = .zlib() }
    return application
  }

  #if os(Linux)
    private func makeLinuxBoard(_ device: inout Device) throws -> LinuxBoard {
      let wiring = try LinuxWiring(described.channels, chip: settings.chip)
      var stored = supervisor.takeStoredLines()
      let names = stored.names
      do {
        let wanted = device
        let board = try LinuxBoard(wiring, initial: { wanted.level(ofOutput: $0) }, stored: &stored)
        supervisor.release(stored.names)
        for held in board.heldLevels { device.believe(held.level > 0, ofOutput: held.output) }
        return board
      } catch {
        supervisor.release(names)  // what is held may be what is in the way
        throw error
      }
    }
  #endif
}
