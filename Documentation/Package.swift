// swift-tools-version: 6.2

import PackageDescription

// What scripts/documentation makes pages of. A package of its own, so that nobody who uses Heliograph fetches the plugin.
let package = Package(
  name: "Documentation",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "heliograph", path: "..", traits: ["TLS", "Login", "Deflate", "Metrics"]),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // The page that leads to all others; the plugin finds only libraries on which something depends.
    .target(
      name: "Libraries",
      dependencies: [
        "Bytes", "Timebase", "HTTPCore", "WebSocketCore", "DeviceServer", "DataVolume", "Parts", "MQTTCore",
        "RemoteControlPage", "RemoteControl", "HostTransport", "NIOTransport", "TransportSecurity", "LinuxTransport",
        "SimulatedBoard", "LinuxBoard", "DeviceProgram", "DataFolder", "Deflate", "Accounts", "ServerMetrics", "Fleet",
        "LocalCertificates",
      ].map { .product(name: $0, package: "heliograph") })
  ],
  swiftLanguageModes: [.v6]
)
