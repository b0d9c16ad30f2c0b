// SPDX-License-Identifier: MIT

// The application, to be read beside the seed's main program: two LEDs, a button, a web server and a web
// socket. Nothing in it blocks or reads a clock, so the same program runs on a laptop, on a Linux board and
// in a test that makes a whole day pass in a millisecond.

import Bytes
public import DeviceComponents
public import DeviceServer
public import Timebase

/// A browser page and a push button drive an LED, in sync.
public struct RemoteControl<StatusPin, LedPin, ButtonPin>: ~Copyable
where
  StatusPin: OutputPin & ~Copyable, LedPin: OutputPin & ~Copyable, ButtonPin: InputPin & ~Copyable
{
  var onboardLed: Led<StatusPin>
  var led: Led<LedPin>
  var button: Button<ButtonPin>
  /// What the handlers share.
  public var device: Device
  /// The web server.
  public var server: Server<Device>
  /// Whether there is nothing to serve: the board only blinks for help.
  public private(set) var hasFailed = false
  /// Where the pages' sockets are.
  public let endpoint: WebSocketEndpoint
  /// When the loop wants to run again; nil before the first time.
  public private(set) var nextLoop: MonotonicTime?
  private var publishedRevision: UInt32
  private var message: [UInt8] = []

  /// A remote control of these components, serving `assets` (the embedded page, or a data folder).
  public init(
    onboardLed: consuming Led<StatusPin>, led: consuming Led<LedPin>, button: consuming Button<ButtonPin>,
    device: Device, assets: AssetTable = .embeddedPage, limits: ServerLimits = .remoteControl,
    hostNames: HostNames = HostNames()
  ) {
    let routes = Routes.make(assets: assets)
    self.onboardLed = onboardLed
    self.led = led
    self.button = button
    self.device = device
    endpoint = routes.endpoint
    publishedRevision = device.state.revision
    server = Server(router: routes.router, limits: limits, hostNames: hostNames)
  }

  /// Drives the pins for the first time, and says how the network was reached unless a `NetworkWait` has done so.
  public mutating func setup(_ network: NetworkIdentity?) {
    hasFailed = false
    led.update()
    onboardLed.update()
    if let network { device.log.add { network.append(to: &$0) } }
  }

  /// Says what is missing, and blinks the failure pattern until `setup`.
  public mutating func fail(_ reason: Span<UInt8>) {
    hasFailed = true
    device.log.add { $0.append(reason) }
  }

  /// Runs the loop at each moment before `time` at which it wanted to run, and has not.
  ///
  /// A host that hears of an edge of the button after it happened does this before it shows the new level on the pin, and
  /// runs the loop with the time of the edge after that: so no press is lost, however late the host is.
  public mutating func catchUp(before time: MonotonicTime) {
    while let due = nextLoop, due < time { loop(now: due) }
  }

  /// What the seed does in every loop; returns when it wants to run again at the latest.
  @discardableResult
  public mutating func loop(now: MonotonicTime) -> MonotonicTime {
    let next = hasFailed ? blinkFailure(now: now) : work(now: now)
    nextLoop = next
    return next
  }

  private mutating func work(now: MonotonicTime) -> MonotonicTime {
    button.read(now: now)

    device.state.noteButton(isPressed: button.isPressed)
    if button.pressed { device.state.toggle(by: .button) }

    led.isOn = device.state.isOn
    let pattern = device.state.fault.isEmpty ? BlinkPattern.heartbeat : .failure
    onboardLed.isOn = pattern.isOn(at: now)

    led.update()
    onboardLed.update()
    publish(now: now)
    return min(pattern.nextChange(after: now), button.nextDeadline ?? .distantFuture)
  }

  private mutating func blinkFailure(now: MonotonicTime) -> MonotonicTime {
    led.update()
    onboardLed.isOn = BlinkPattern.failure.isOn(at: now)
    onboardLed.update()
    return BlinkPattern.failure.nextChange(after: now)
  }

  /// Tells every client the state if it has changed since the last time.
  private mutating func publish(now: MonotonicTime) {
    guard device.state.revision != publishedRevision else { return }
    publishedRevision = device.state.revision
    message.removeAll(keepingCapacity: true)
    Answers.appendState(device.state, device.identity, clients: device.clients, to: &message)
    let text = message
    server.withHub(endpoint, now: now) { $0.publishState(text.span) }
  }
}

/// How the device is reached, as the seed prints it.
public struct NetworkIdentity: Sendable {
  /// The hardware address, zero for loopback.
  public let hardwareAddress: InlineArray<6, UInt8>
  /// The bound address.
  public let address: RemoteAddress

  /// The interface with `hardwareAddress` and `address`.
  public init(hardwareAddress: InlineArray<6, UInt8>, address: RemoteAddress) {
    self.hardwareAddress = hardwareAddress
    self.address = address
  }

  /// `Trying to connect [30:AE:A4:97:F3:0C] ... 192.168.1.32`
  func append(to line: inout [UInt8]) {
    Self.appendBeginning(hardwareAddress, to: &line)
    line.append("...")
    Self.appendEnd(address, to: &line)
  }

  static func appendBeginning(_ hardwareAddress: InlineArray<6, UInt8>, to line: inout [UInt8]) {
    line.append("Trying to connect [")
    for index in hardwareAddress.indices {
      if index > 0 { line.append(UInt8(ascii: ":")) }
      let start = line.count
      line.append(hexadecimal: hardwareAddress[index], width: 2)
      for digit in start..<line.count where line[digit] >= UInt8(ascii: "a") { line[digit] -= 0x20 }
    }
    line.append("] ")
  }

  static func appendEnd(_ address: RemoteAddress, to line: inout [UInt8]) {
    line.append(" ")
    address.appendAddress(to: &line)
  }
}
