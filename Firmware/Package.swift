// swift-tools-version: 6.2

// The same program as firmware. A board is a folder in Boards: its drivers, its `main.swift`, its linker script and its
// toolset; nothing else names one. `scripts/firmware build` fetches lwIP and passes the toolset.

import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A portable module, from below the Embedded line, unchanged.
func portable(_ name: String) -> Target.Dependency {
  .product(name: name, package: "heliograph")
}

func firmware(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func board(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["FirmwareProgram", "Runtime", "CortexM", "CBoard", portable("RemoteControl"), portable("Parts"), portable("Bytes")],
    path: "Boards/\(name)", exclude: ["board.json", "link.ld", "toolset.json"], swiftSettings: settings)
}

let boards = try FileManager.default.contentsOfDirectory(atPath: "\(Context.packageDirectory)/Boards")
  .filter { !$0.hasPrefix(".") }.sorted()

/// What is compiled of lwIP, which `scripts/firmware build` fetches: IPv4, DHCP, echo, TCP, and (with MQTT) DNS.
let lwIP =
  ["init", "def", "dns", "inet_chksum", "ip", "mem", "memp", "netif", "pbuf", "stats", "timeouts", "udp"].map { "core/\($0)" }
  + ["tcp", "tcp_in", "tcp_out"].map { "core/\($0)" }
  + ["dhcp", "etharp", "icmp", "ip4", "ip4_addr"].map { "core/ipv4/\($0)" } + ["netif/ethernet"]

let package = Package(
  name: "heliograph-firmware",
  dependencies: [.package(name: "heliograph", path: "..", traits: [])],
  targets: boards.map(board) + [
    // What a board gives, and what a program without a C library needs. The latter stays out of link-time optimization:
    // the code generator calls these functions after the optimizer has removed functions that seem unused.
    .target(name: "CBoard"),
    .target(name: "CRuntime", cSettings: [.unsafeFlags(["-fno-builtin"])]),
    firmware("Heap", []),
    firmware("Runtime", ["Heap", "CBoard", "CRuntime"]),
    // What every Cortex-M has.
    .target(name: "CCortexM"),
    firmware("CortexM", ["CCortexM", "CBoard", "Runtime"]),
    .target(
      name: "CLwIP", dependencies: ["CBoard", "CRuntime"], sources: ["port.c"] + lwIP.map { "lwip/\($0).c" },
      cSettings: [.headerSearchPath("freestanding"), .unsafeFlags(["-flto"])]),
    firmware("LwIPTransport", ["CLwIP", "CBoard"] + ["DeviceServer", "Bytes", "Timebase"].map(portable)),
    firmware(
      "FirmwareProgram",
      ["LwIPTransport", "Runtime", "CBoard"]
        + ["RemoteControl", "DataVolume", "DeviceServer", "Parts", "MQTTCore", "WebSocketCore", "HTTPCore"].map(portable)
        + ["Bytes", "Timebase"].map(portable)),
  ],
  swiftLanguageModes: [.v6]
)
