// A device of your own: a pump that turns itself off, a fan that goes on when it is hot, a button, a sensor, a page.
//
//     greenhouse [PORT] [--pins] [--network]   by default on port 8083 of this machine only, with a simulated board

import Bytes
import DeviceProgram
import DeviceServer
import Parts
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

let device = try Device("Greenhouse") {
  Part.switch("pump", label: "Pump", output: 0, offAfter: .minutes(5))
  Part.switch("fan", label: "Fan", output: 1, minDwell: .seconds(2))
  Part.button("button", label: "Button", input: 0, .on(.click, "toggle pump"), .on(.long, "off all"))
  Part.sensor("air", label: "Air", input: 1, unit: "°C", decimals: 1)
}

/// On above 28 °C, off below 26 °C; in between, whoever switches the fan has it.
@Sendable func cool(_ device: inout Device, now: MonotonicTime) -> MonotonicTime? {
  guard let air = device["air"]?.value, let fan = device["fan"]?.isOn else { return nil }
  let isWanted = air > 28 || (fan && air > 26)
  if isWanted != fan { try? device.perform(.set(PartValues(isOn: isWanted)), on: "fan", now: now) }
  return nil
}

func wiring(isReal: Bool) throws -> DeviceProgram.Wiring {
  guard isReal else { return .simulated }
  #if os(Linux)
    return .linux(
      LinuxWiring(
        outputs: [.init(try OutputAddress("GPIO26")), .init(try OutputAddress("GPIO20"))],
        inputs: [
          .init(try InputAddress("GPIO22"), isActiveLow: true), .init(try InputAddress("w1:28-0000075b1c2d")),
        ]))
  #else
    fatalError("the pins of this machine need Linux")
  #endif
}

let arguments = CommandLine.arguments.dropFirst()
var program = DeviceProgram(device, on: try wiring(isReal: arguments.contains("--pins")))
if arguments.contains("--network") { program.host = "0.0.0.0" }
program.port = arguments.first.flatMap { Int($0) } ?? 8083
program.page = AssetTable([
  StaticAsset(path: [UInt8]("/index.html"), bytes: PackageResources.index_html, isTemplate: true),
  StaticAsset(path: [UInt8]("/index.js"), bytes: PackageResources.index_js),
  StaticAsset(path: [UInt8]("/index.css"), bytes: PackageResources.index_css),
])
await program.main(cool)
