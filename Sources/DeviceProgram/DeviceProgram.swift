// SPDX-License-Identifier: MIT

// A device of your own as a whole program: its parts, what they are wired to, its page, and what it does by itself.
//
//     let device = try Device("Lamp") { Part.switch("lamp", output: 0) }
//     await DeviceProgram(device, on: .simulated).main()
//
// It has everything that the remote control has: page, WebSocket, REST, events. `heliograph`, which reads a description
// from a file, has more: a login, TLS, restored states, a data folder, systemd.

import Bytes
public import DeviceServer
import HostNetwork
import HostTransport
public import Parts
import RemoteControl
import SimulatedBoard
import SystemCalls
public import Timebase

#if os(Linux)
  public import LinuxBoard
#endif

/// A program that serves a device.
public struct DeviceProgram: Sendable {
  /// What the parts are wired to.
  public enum Wiring: Sendable {
    /// Nothing: standard input operates them by name (`press button`, `set air 21.5`; `help` lists the words), and
    /// every button can be pressed on the page.
    case simulated
    #if os(Linux)
      /// The pins of this machine.
      case linux(LinuxWiring)
    #endif
  }

  /// What the device does by itself: reads some of its parts, makes others do something, and returns when it must run
  /// again at the latest; nil: when something changes.
  ///
  /// It runs on the event loop whenever something may have happened, so it must not wait for anything.
  public typealias Reaction = @Sendable (inout Device, MonotonicTime) -> MonotonicTime?

  /// The device, as it is at the start.
  public let device: Device
  /// What its parts are wired to.
  public let wiring: Wiring
  /// The page: `index.html`, which is a template, and its files.
  public var page = AssetTable.embeddedPage
  /// The address to listen on; `0.0.0.0` for every interface.
  ///
  /// There is no login: whoever reaches an address that is not of this machine only may use the device, and the start
  /// says so. For more than a network that you trust, put a proxy that asks for a password in front.
  public var host = defaultHost
  /// The TCP port to listen on; 0 lets the system choose one.
  public var port = defaultPort
  /// Names that browsers may know the device by, beside its addresses, `localhost`, and the machine's own name, alone and
  /// in the domains of its network.
  public var hostNames = HostNames()

  /// Only this machine, until somebody decides otherwise.
  public static let defaultHost = "127.0.0.1"
  /// The port that is usual for a second web server.
  public static let defaultPort = 8080

  /// A program for `device`, with the built-in page, on `127.0.0.1:8080`.
  public init(_ device: Device, on wiring: Wiring) {
    self.device = device
    self.wiring = wiring
  }

  /// Prints the address, serves until SIGTERM, SIGINT or SIGHUP, and ends the process with status 0.
  ///
  /// If the port cannot be opened, or a pin cannot be taken, that is one line on standard error, and the status is 1.
  public func main(_ reaction: @escaping Reaction = { _, _ in nil }) async -> Never {
    let programState = ProgramStateBox(nil)
    await HostTransport.main(host: host, port: port, greeting: greeting) {
      try makeApplication(programState, reaction)
    } onNewSecond: { application, seconds in
      application.setDate(secondsSince1970: seconds)
    } afterActivity: { application, _ in
      programState.value?.show(&application.context)
    } whenServing: { transport in
      async let named: Void = HostNamesKeeper { Self.machineNames }.run { names in
        try? await transport.withApplication { application, _ in application.server.hostNames = hostNames.adding(names) }
      }
      if !Self.isLoopback(host) {
        StandardStreams.print("Nobody is asked to log in: everybody on this network may use the device")
      }
      if case .simulated = wiring {
        transport.readStandardInput { application, line, now in
          programState.value?.obey(line, &application.context.device, now: now)
        }
      }
      #if os(Linux)
        await watchBoard(transport, programState)
      #endif
      await named
    }
  }

  private static var machineNames: [[UInt8]] { MachineNames.all().map { Array($0.utf8) } }

  /// The addresses of the device, as browsers take them.
  private func greeting(_ port: Int) -> String {
    func url(_ host: String) -> String { "http://\(MachineNames.inURL(host)):\(port)/" }
    guard host == "0.0.0.0" || host == "::" else { return url(host) }
    let others = InterfaceStatus.addressesFromElsewhere().map { "  " + url($0.string) }
    return ([url("127.0.0.1")] + (others.isEmpty ? [] : ["From a phone or another computer:"] + others))
      .joined(separator: "\n")
  }

  /// Whether an address to listen on is of this machine only: in 127.0.0.0/8, `::1` or `localhost` (RFC 1122 section
  /// 3.2.1.3, RFC 4291 section 2.5.3).
  public static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || RemoteAddress(parsing: Array(host.utf8).span)?.isLoopback == true
  }

  #if os(Linux)
    /// Watches the board, if it is this machine's; in the end it gives back what was changed of LEDs and PWM channels.
    private func watchBoard(_ transport: HostTransport<RemoteControl>, _ programState: ProgramStateBox) async {
      try? await BoardWatch(transport) { programState.value?.linux }.run { event in
        StandardStreams.print(event.description)
      } failed: { error in
        StandardStreams.print("edges are not watched: \(error)")
      }
      try? await transport.withApplication { _, _ in programState.value?.linux?.finish() }
    }
  #endif

  private func makeApplication(_ box: ProgramStateBox, _ reaction: @escaping Reaction) throws -> RemoteControl {
    switch wiring {
    case .simulated:
      var device = device
      let board = SimulatedBoard(for: &device)
      box.value = ProgramState(device, simulated: board)
      return application(device, board, "simulated", reaction)
    #if os(Linux)
      case .linux(let wiring):
        var none = StoredLines()
        let board = try LinuxBoard(wiring, initial: { [device] in device.level(ofOutput: $0) }, stored: &none)
        box.value = ProgramState(device)
        box.value?.linux = board
        return application(device, board, "linux", reaction)
    #endif
    }
  }

  private func application(
    _ device: Device, _ board: some Board, _ name: StaticString, _ reaction: @escaping Reaction
  ) -> RemoteControl {
    var application = RemoteControl(
      device, board: board, identity: Identity(boot: .random(in: .min ... .max), board: name),
      log: SerialLog(level: .info), assets: page,
      hostNames: hostNames.adding(HostNames(Self.machineNames))
    ) { context, now in
      let before = context.device.revision
      let deadline = reaction(&context.device, now)
      return context.device.revision == before ? deadline : now  // what it did is yet to be driven and published
    }
    application.server.advice.hostName = "Add to the hostNames of its program the name"
    return application
  }
}
