// swift-tools-version: 6.2

import PackageDescription

// The programs that `run` compares and loads. A package of its own, so that nobody who builds Heliograph builds them;
// heliograph-echo comes from the root package and is linked against the same SwiftNIO as the baseline.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v26)],
  products: ["allocations", "sigsuspend"].map { .library(name: $0, type: .dynamic, targets: [$0]) },  // to preload
  dependencies: [
    .package(name: "heliograph", path: "..", traits: ["TLS"]),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .executableTarget(name: "load"),
    .target(name: "allocations", publicHeadersPath: "."),
    .target(name: "sigsuspend", publicHeadersPath: "."),
    .executableTarget(
      name: "publishing",
      dependencies: ["RemoteControl", "MQTTCore", "Parts", "DeviceServer", "Timebase"].map {
        .product(name: $0, package: "heliograph")
      },
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),
    .target(
      name: "Driving",
      dependencies: ["DeviceServer", "Timebase"].map { .product(name: $0, package: "heliograph") },
      path: "Sources/driving",
      swiftSettings: [
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
    .executableTarget(
      name: "core",
      dependencies: ["Driving"] + ["DeviceServer", "WebSocketCore", "HTTPCore", "Bytes", "Timebase"].map {
        .product(name: $0, package: "heliograph")
      },
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),
    .executableTarget(
      name: "bare-nio-http",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),
    .executableTarget(
      name: "bare-nio",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "heliograph-echo", package: "heliograph"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
