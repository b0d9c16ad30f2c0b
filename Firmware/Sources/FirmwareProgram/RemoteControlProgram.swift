// SPDX-License-Identifier: MIT

// The seed's main program, `setup()` and `loop()`, on a board without an operating system: mount the data volume, wait
// for the network, open the port, and then for ever let the transport do what is due, print the log, and sleep.

import Bytes
import CBoard
import DataVolume
public import DeviceComponents
import DeviceServer
import LwIPTransport
import RemoteControl
import Runtime
import Timebase

/// Runs the remote control on the board's components, and never returns.
///
/// Without a data volume that can be served there is no network: the serial line says so, and `led`, which people look
/// at, blinks the failure pattern.
public func runRemoteControl<Output: OutputPin & ~Copyable, Input: InputPin & ~Copyable>(
  onboardLed: consuming Led<Output>, led: consuming Led<Output>, button: consuming Button<Input>
) -> Never {
  guard let assets = mountedAssets() else { fail(led) }
  let network = connectedNetwork()
  let device = Device(Identity(name: name, boot: Network.randomNumber()), log: SerialLog(capacity: 1024))
  let remoteControl = RemoteControl(
    onboardLed: onboardLed, led: led, button: button, device: device, assets: assets, limits: .firmware)
  serve(remoteControl, on: network)
}

private var name: [UInt8] { [UInt8]("Heliograph" as StaticString) }

/// The files in flash; nil if they are not what was written.
private func mountedAssets() -> AssetTable? {
  let memory = UnsafeBufferPointer(start: board_volume_start(), count: board_volume_end() - board_volume_start())
  do throws(DataVolumeError) {
    return try DataVolume(mounting: memory).assets
  } catch {
    return nil
  }
}

/// Starts the network, and prints the seed's line until DHCP has given an address.
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
    output.removeAll(keepingCapacity: true)
    guard let dot else { break }
    rest(until: min(timers, dot))
  }
  SerialLine.write("\n")
  return network
}

/// The loop of a device that works.
private func serve<Output: OutputPin & ~Copyable, Input: InputPin & ~Copyable>(
  _ remoteControl: consuming RemoteControl<Output, Output, Input>, on network: consuming Network
) -> Never {
  remoteControl.setup(nil)
  var transport = LwIPTransport(remoteControl, network: network)
  do throws(ListenError) {
    try transport.listen(port: 80)
  } catch {
    SerialLine.write("No memory to listen on port 80\n")
    board_reset()
  }
  while true {
    let deadline = transport.poll(now: MonotonicTime(milliseconds: board_milliseconds()))
    print(&transport.application.device.log)
    rest(until: deadline)
  }
}

/// The loop of a device that has nothing to serve.
private func fail<Output: OutputPin & ~Copyable>(_ led: consuming Led<Output>) -> Never {
  SerialLine.write("Cannot mount data volume...\n")
  while true {
    let now = MonotonicTime(milliseconds: board_milliseconds())
    led.isOn = BlinkPattern.failure.isOn(at: now)
    led.update()
    rest(until: BlinkPattern.failure.nextChange(after: now))
  }
}

// MARK: Between two turns

/// Sleeps until `deadline` or an interrupt, but never so long that the watchdog bites.
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
