// swift-tools-version: 6.2

// The fuzzers: a package of its own, so that the sanitizers' flags reach everything it builds and nothing else.
// `Fuzz/run build` builds it; the package above declares `Targets` too, for the small fuzz inside `swift test`.

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let tested = ["Bytes", "Timebase", "HTTPCore", "WebSocketCore", "DeviceServer", "Deflate", "Parts", "MQTTCore", "Fleet"]

let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "heliograph", path: "..", traits: ["Deflate"])],
  targets: [
    .target(
      name: "FuzzTargets", dependencies: tested.map { .product(name: $0, package: "heliograph") }, path: "Targets",
      swiftSettings: settings),
    .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Driver", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
