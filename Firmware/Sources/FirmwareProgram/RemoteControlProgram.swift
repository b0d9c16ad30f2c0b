// SPDX-License-Identifier: MIT

// The tutorial's main program, `setup()` and `loop()`, on a board without an operating system: mount the data volume,
// wait for the network, open the port, and then let the transport, forever, do what is due, print the log, and sleep.

import Bytes
import CBoard
import DataVolume
import DeviceServer
import LwIPTransport
public import Parts
import RemoteControl
import Runtime
import Timebase

/// Runs the remote control of `device` on a board, and never returns; clients get the board's `name`.
///
/// Without a data volume that can be served there is no network: the serial line says so, and the status LED blinks the
/// failure pattern.
public func runRemoteControl(
  _ device: consuming Device, on board: consuming some Board, called name: StaticString
) -> Never {
  guard let assets = mountedAssets() else { fail(device, board) }
  let network = connectedNetwork()
  serve(start(device, board, name, assets, network))
}

/// The files in flash; nil if they are not what was written.
private func mountedAssets() -> AssetTable? {
  let memory = UnsafeBufferPointer(start: board_volume_start(), count: board_volume_end() - board_volume_start())
  do throws(DataVolumeError) {
    return try DataVolume(mounting: memory).assets
  } catch {
    return nil
  }
}

/// Starts the network, and prints the tutorial's line until DHCP has given an address; then what everybody should know
/// who puts the board on it.
private func connectedNetwork() -> Network {
  var network = Network()
  var address: InlineArray<6, UInt8> = InlineArray(repeating: 0)
  var octets = address.mutableSpan
  octets.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { board_hardware_address(base) } }
  var line = NetworkWait(hardwareAddress: address)
  var output: [UInt8] = []
  while true {
    let now = MonotonicTime(milliseconds: board_milliseconds())
    let timers = network.poll(now: now)
    let dot = line.poll(now: now, address: network.address, to: &output)
    write(output.span)
    output.clear()
    guard let dot else { break }
    rest(until: min(timers, dot))
  }
  SerialLine.write("\nNo TLS and no login: for a network that you trust\n")
  return network
}

private typealias Transport = LwIPTransport<RemoteControl>

/// The program, listening. It is made in a function of its own, and lies on the heap: what it takes to make it would
/// stay on the stack for ever.
@inline(never)
private func start(
  _ device: consuming Device, _ board: consuming some Board, _ name: StaticString, _ assets: AssetTable,
  _ network: consuming Network
) -> UnsafeMutablePointer<Transport> {
  var remoteControl = RemoteControl(
    device, board: board, identity: Identity(boot: Network.randomNumber(), board: name),
    log: SerialLog(capacity: 1024), assets: assets, limits: .firmware)
  remoteControl.setup(nil, now: MonotonicTime(milliseconds: board_milliseconds()))
  #if !WITHOUT_MQTT
    let broker = Broker()
    remoteControl.context.broker = broker?.makeLink(&remoteControl.context.device, number: Network.randomNumber())
  #endif
  let transport = UnsafeMutablePointer<Transport>.allocate(capacity: 1)
  transport.initialize(to: LwIPTransport(remoteControl, network: network))
  #if !WITHOUT_MQTT
    if let broker { transport.pointee.connect(.broker, servers: [broker.server]) }
  #endif
  do throws(ListenError) {
    try transport.pointee.listen(port: 80)
  } catch {
    SerialLine.write("No memory to listen on port 80\n")
    board_reset()
  }
  return transport
}

/// The loop of a device that works.
private func serve(_ transport: UnsafeMutablePointer<Transport>) -> Never {
  while true {
    let deadline = transport.pointee.poll(now: MonotonicTime(milliseconds: board_milliseconds()))
    print(&transport.pointee.application.context.log)
    rest(until: deadline)
  }
}

/// The loop of a device that has nothing to serve: its parts rest, and the status LED blinks for help.
private func fail(_ device: Device, _ board: consuming some Board) -> Never {
  SerialLine.write("Cannot mount data volume...\n")
  while true {
    let now = MonotonicTime(milliseconds: board_milliseconds())
    let pattern = BlinkPattern.failure
    if let output = device.statusOutput {
      board.drive(Drive(output: output, level: pattern.isOn(at: now) ? .max : 0))
    }
    rest(until: pattern.nextChange(after: now))
  }
}

// MARK: Between two turns

/// Sleeps until `deadline` or an interrupt, but never so long that the watchdog bites.
@inline(never)
private func rest(until deadline: MonotonicTime) {
  board_feed_watchdog()
  board_sleep(min(deadline.milliseconds, board_milliseconds() + 500))
}

private func print(_ log: inout SerialLog) {
  log.drain { _, line in
    write(line)
    SerialLine.write("\n")
  }
}

private func write(_ bytes: Span<UInt8>) {
  bytes.withUnsafeBufferPointer { bytes in
    if let base = bytes.baseAddress { board_serial_write(base, bytes.count) }
  }
}
