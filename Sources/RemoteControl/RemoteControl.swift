// SPDX-License-Identifier: MIT

// The application, to be read beside the tutorial's main program: parts, a web server and a WebSocket. In every loop
// the board reports what has happened, the device does what is due, the board is told what to show, and every client is
// told of it. Nothing in it blocks or reads a clock, so the same program runs on a laptop, on a Linux board, on a
// microcontroller and in a test that makes a whole day pass in a millisecond.

import Bytes
public import DeviceServer
public import Parts
public import Timebase

/// A device, its board and the server that lets people see and change it.
public typealias RemoteControl = ServerApplication<RemoteControlContext>

extension ServerApplication where Context == RemoteControlContext {
  /// What else every loop does, such as saving the state; returns when it must run again at the latest.
  public typealias AfterLoop = (inout RemoteControlContext, MonotonicTime) -> MonotonicTime?

  /// A remote control of `device`, wired to `board`, serving `assets` (the embedded page, or a data folder); `extend`
  /// adds what a program has besides: routes, and who may use them.
  public init(
    _ device: consuming Device, board: consuming some Board, identity: Identity, log: SerialLog = SerialLog(),
    assets: AssetTable = .embeddedPage, limits: ServerLimits = .remoteControl, hostNames: HostNames = HostNames(),
    origin: OriginPolicy = .sameOrigin, history: HistorySpan = HistorySpan(), commandRate: CommandRate = CommandRate(),
    afterLoop: AfterLoop? = nil, extend: (inout Router<RemoteControlContext>) -> Void = { _ in }
  ) {
    var router = Router<RemoteControlContext>()
    let endpoint = Routes.add(to: &router, origin: origin)
    extend(&router)
    router.assets = assets
    let hosted = HostedRoutes(router, device, history: history)
    var board = board
    var context = RemoteControlContext(
      device, identity: identity, log: log, endpoint: endpoint, clientLimit: limits.clients, hosted: hosted)
    #if !WITHOUT_COMMAND_LIMITS
      context.pacer = CommandPacer(commandRate)
    #endif
    self.init(
      Server(router: router, limits: limits, hostNames: hostNames),
      context: context
    ) { context, server, now in
      #if WITHOUT_COMMAND_LIMITS
        let deadline = context.loop(board: &board, now: now)
      #else
        if now >= context.pacer.nextDue {
          server.withHub(endpoint, now: now) { SocketHandler.performKept(&context, &$0) }
        }
        #if !WITHOUT_MQTT
          context.performKeptOfBroker(now: now)
        #endif
        var deadline = context.loop(board: &board, now: now)
        if context.pacer.nextDue < .distantFuture {
          deadline = min(context.pacer.nextDue, deadline ?? .distantFuture)
        }
      #endif
      #if !WITHOUT_METRICS
        context.statistics = server.statistics(of: endpoint)
      #endif
      if context.hasNews { server.withHub(endpoint, now: now) { $0.publish(revision: context.device.revision) } }
      guard let later = afterLoop?(&context, now) else { return deadline }
      return min(later, deadline ?? .distantFuture)
    }
  }

  /// The first moment: the parts begin, and the log says how the network was reached, unless a `NetworkWait` has done
  /// so.
  public mutating func setup(_ network: NetworkIdentity?, now: MonotonicTime) {
    context.setup(now: now)
    if let network { context.log.reached(network) }
  }

  /// Logs what is missing; the status LED blinks its failure pattern until `setup`.
  public mutating func fail(_ reason: Span<UInt8>) {
    context.device.hasFailed = true
    context.log.say(reason)
  }
}

extension RemoteControlContext {
  mutating func setup(now: MonotonicTime) {
    device.hasFailed = false
    begin(now: now)
  }

  /// Lets the parts begin, once.
  private mutating func begin(now: MonotonicTime) {
    guard startTime == nil else { return }
    startTime = now
    device.start(now: now)
  }

  /// What the tutorial does in every loop; returns when it must run again at the latest.
  mutating func loop(board: inout some Board, now: MonotonicTime) -> MonotonicTime? {
    begin(now: now)
    device.now = now
    hosted.note(device, now: now)
    var deadline: MonotonicTime
    var hasDriven = false
    repeat {  // an output that was driven just now may have been found gone
      deadline = board.report(to: &device, now: now) ?? .distantFuture
      // A press that has not been reported yet may decide what is due.
      if device.hasTimeOut(by: now), !board.isCaughtUp { return min(deadline, now + 1) }
      deadline = min(deadline, device.poll(now: now) ?? .distantFuture)
      hasDriven = false
      while let drive = device.nextDrive() {
        board.drive(drive)
        hasDriven = true
      }
    } while hasDriven
    #if !WITHOUT_MQTT
      deadline = min(deadline, talkToBroker(now: now))
    #endif
    return deadline == .distantFuture ? nil : deadline
  }
}
