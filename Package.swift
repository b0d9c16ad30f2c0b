// swift-tools-version: 6.2

import PackageDescription

// Every module: imports say what they mean, and a Span may be returned (Lifetimes).
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A portable module, below the Embedded line: it depends on modules of this package only, compiles as Embedded Swift,
/// and is a product, so that a firmware package can use it without fetching any dependency.
func portable(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A hosted module, above the Embedded line: it needs an operating system, or a dependency.
func hosted(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(
  _ name: String, path: String? = nil, resources: [Resource] = [], _ dependencies: [Target.Dependency]
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: settings)
}

func example(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  program(name, path: "Examples/\(name)", dependencies)
}

func tutorial(_ name: String, _ chapter: String) -> Target {
  program(
    name, path: "Examples/tutorial/\(chapter)",
    ["HostTransport", "DataFolder", "SimulatedBoard", "DeviceServer", "Parts", "Bytes", "SystemCalls", "Timebase"])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: ["ConformanceSupport"] + dependencies, swiftSettings: settings)
}

// SwiftNIO: sockets and the event loop on Linux and macOS; no protocol of it is on the server's path.
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

// On Linux it is left to those who want it, by the trait; elsewhere it is the only transport.
#if os(Linux)
  let nioIsWanted: TargetDependencyCondition? = .when(traits: ["SwiftNIO"])
  let nioSettings: [SwiftSetting] = []
#else
  let nioIsWanted: TargetDependencyCondition? = nil
  let nioSettings: [SwiftSetting] = [.define("SwiftNIO")]
#endif

// TLS and certificates, only with the trait: with them comes BoringSSL, which takes longer to build than all the rest.
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"]))
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio", condition: .when(traits: ["TLS"]))
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["TLS"]))
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1", condition: .when(traits: ["TLS"]))
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates", condition: .when(traits: ["TLS"]))

// The system's zlib, only with the trait: nothing else needs it installed.
let zlib = Target.Dependency.target(name: "CZlib", condition: .when(traits: ["Deflate"]))

// Passwords and tokens, only with the trait.
let scrypt = ["Crypto", "CryptoExtras"].map {
  Target.Dependency.product(name: $0, package: "swift-crypto", condition: .when(traits: ["Login"]))
}

// swift-metrics, only with the trait: for programs that embed the server and report to a metrics system of their own.
let metrics = Target.Dependency.product(
  name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"]))
let metricsTestKit = Target.Dependency.product(
  name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Metrics"]))

// What `heliograph new` writes: links to the examples, which are built and operated themselves.
let template = [
  "greenhouse/Package.swift", "greenhouse/main.swift", "greenhouse/Page/index.html", "greenhouse/Page/index.js",
  "greenhouse/Page/index.css", "kitchen.yaml",
].map { Resource.embedInCode("New/Template/\($0)") }

let portableModules = [
  "Bytes", "Timebase", "HTTPCore", "WebSocketCore", "DeviceServer", "DataVolume", "Parts",
  "MQTTCore", "RemoteControlPage", "RemoteControl",
]

let package = Package(
  name: "heliograph",
  platforms: [.macOS(.v26)],  // Span in the standard library
  products: portableModules.map { .library(name: $0, targets: [$0]) } + [
    .library(name: "HostTransport", targets: ["HostTransport"]),
    .library(name: "NIOTransport", targets: ["NIOTransport"]),
    .library(name: "TransportSecurity", targets: ["TransportSecurity"]),
    .library(name: "LinuxTransport", targets: ["LinuxTransport"]),
    .library(name: "SimulatedBoard", targets: ["SimulatedBoard"]),
    .library(name: "LinuxBoard", targets: ["LinuxBoard"]),
    .library(name: "DeviceProgram", targets: ["DeviceProgram"]),
    .library(name: "DataFolder", targets: ["DataFolder"]),
    .library(name: "Deflate", targets: ["Deflate"]),
    .library(name: "Accounts", targets: ["Accounts"]),
    .library(name: "ServerMetrics", targets: ["ServerMetrics"]),
    .library(name: "Fleet", targets: ["Fleet"]),
    .library(name: "LocalCertificates", targets: ["LocalCertificates"]),
    .executable(name: "heliograph", targets: ["heliograph"]),
    .executable(name: "heliograph-echo", targets: ["heliograph-echo"]),
  ],
  traits: [
    .default(enabledTraits: ["Login"]),
    .trait(
      name: "TLS",
      description: "HTTPS, and a certificate authority of the device's own; MQTT over TLS. It takes minutes to build.",
      enabledTraits: ["SwiftNIO"]),
    .trait(name: "SwiftNIO", description: "On Linux, the transport on SwiftNIO beside the one on the kernel's own calls."),
    .trait(
      name: "Login",
      description: "Users, tokens and sessions. Without it a device is on a network only with --no-login."),
    .trait(
      name: "Deflate",
      description: "permessage-deflate (RFC 7692) by the system's zlib, whose header must be installed (zlib1g-dev)."),
    .trait(name: "Metrics", description: "ServerMetrics, which reports the server's counters to swift-metrics."),
  ],
  dependencies: [
    // Sockets and the event loop under NIOTransport; its WebSocket client is the independent peer in tests.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    // TLS 1.2 and 1.3 under NIOTransport (trait TLS).
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    // The certificates that a device makes for itself (trait TLS).
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    // Keys of certificates, and the fingerprint by which a server is known (trait TLS); scrypt for passwords, SHA-256 and
    // HMAC for tokens and sessions (trait Login).
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // The encoding of keys (trait TLS).
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    // The options of the program, with help and clear errors.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The descriptions of devices: YAML, with the line and column of everything in a file.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // The program's log beside its serial lines, with levels.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // What programs that embed the server report its counters to, with the trait Metrics.
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
  ],
  targets: [
    // ======== portable modules, below the Embedded line: they compile as Embedded Swift ========
    portable("Bytes"),
    portable("Timebase"),
    portable("HTTPCore", ["Bytes", "Timebase"]),
    portable("WebSocketCore", ["HTTPCore", "Bytes", "Timebase"]),
    portable("DeviceServer", ["WebSocketCore", "HTTPCore", "Bytes", "Timebase"]),
    portable("DataVolume", ["DeviceServer", "Bytes"]),
    portable("Parts", ["Bytes", "Timebase"]),
    portable("MQTTCore", ["Bytes", "Timebase"]),
    portable("RemoteControlPage"),
    portable(
      "RemoteControl",
      [
        "DeviceServer", "Parts", "MQTTCore", "RemoteControlPage", "HTTPCore", "WebSocketCore", "Bytes", "Timebase",
      ]),
    // ======== hosted modules, above the Embedded line ========
    hosted("TransportSecurity", ["SystemCalls", nioSSL]),
    hosted(
      "NIOTransport",
      [
        "TransportSecurity", "DeviceServer", "Bytes", "SystemCalls", "Timebase", nioCore, nioPosix, nioSSL, nioTLS,
        crypto,
      ]),
    // The kernel's own headers, which every C library for Linux brings.
    .systemLibrary(name: "CLinuxIO"),
    hosted(
      "LinuxTransport",
      [
        "DeviceServer", "Bytes", "SystemCalls", "Timebase",
        .target(name: "CLinuxIO", condition: .when(platforms: [.linux])),
      ]),
    .target(
      name: "HostTransport",
      dependencies: [
        .target(name: "LinuxTransport", condition: .when(platforms: [.linux])),
        .target(name: "NIOTransport", condition: nioIsWanted), "TransportSecurity", "DeviceServer", "SystemCalls",
        "Timebase", .product(name: "NIOCore", package: "swift-nio", condition: nioIsWanted),
      ], swiftSettings: settings + nioSettings),
    hosted("LocalCertificates", ["SystemCalls", x509, crypto, asn1]),
    hosted("SimulatedBoard", ["Parts", "Bytes", "SystemCalls", "Timebase"]),
    hosted("SystemCalls", ["Timebase"]),
    hosted("StateFile", ["Parts", "Bytes", "SystemCalls", "Timebase"]),
    hosted("Accounts", ["DeviceServer", "HTTPCore", "Bytes", "SystemCalls", "Timebase"] + scrypt),
    hosted("HostNetwork", ["DeviceServer", "SystemCalls", "Timebase"]),
    hosted("ServiceDiscovery", ["SystemCalls"]),
    hosted("DeviceDescription", ["Parts", "Bytes", "Timebase", .product(name: "Yams", package: "Yams")]),
    hosted("ServiceNotification", ["SystemCalls", "Timebase"]),
    hosted("QRCode", []),
    hosted("DataFolder", ["DeviceServer", "Bytes", "SystemCalls", "Timebase"]),
    // The kernel's own header, which every C library for Linux brings.
    .systemLibrary(name: "CLinuxGPIO"),
    hosted(
      "LinuxBoard",
      [
        "Parts", "Bytes", "Timebase", "SystemCalls",
        .target(name: "CLinuxGPIO", condition: .when(platforms: [.linux])),
      ]),
    hosted(
      "DeviceProgram",
      [
        "RemoteControl", "HostTransport", "HostNetwork", "SimulatedBoard", "DeviceServer", "Parts", "Bytes", "Timebase",
        "SystemCalls", .target(name: "LinuxBoard", condition: .when(platforms: [.linux])),
      ]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    hosted("Deflate", ["WebSocketCore", "Bytes", zlib]),
    hosted("ServerMetrics", ["DeviceServer", metrics]),
    hosted("FleetPage", ["RemoteControlPage"]),
    hosted(
      "Fleet",
      [
        "FleetPage", "RemoteControlPage", "RemoteControl", "DeviceServer", "MQTTCore", "HTTPCore", "WebSocketCore",
        "Bytes", "Timebase",
      ]),
    program("heliograph", resources: template, [
      "Accounts",
      "RemoteControl", "RemoteControlPage", "DeviceServer", "Parts", "MQTTCore", "SimulatedBoard", "DataFolder",
      .target(name: "LinuxBoard", condition: .when(platforms: [.linux])), "SystemCalls", "StateFile",
      "DeviceDescription", "DeviceProgram", "HostNetwork", "ServiceDiscovery", "ServiceNotification", "QRCode", "Deflate",
      "HostTransport", "TransportSecurity", "HTTPCore", "WebSocketCore", "Bytes", "Timebase", "LocalCertificates", "Fleet",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
    ]),
    example(
      "heliograph-echo",
      [
        "HostTransport", "TransportSecurity", "Deflate", "DeviceServer", "WebSocketCore", "HTTPCore", "Bytes",
        "SystemCalls",
      ]),
    example("heliograph-counter", ["HostTransport", "DeviceServer", "HTTPCore", "Bytes", "SystemCalls"]),
    tutorial("heliograph-tutorial-07", "v0.7"),
    tutorial("heliograph-tutorial-10", "v1.0"),

    // Many devices in one process, for Conformance/fleet: no product, so that nobody gets it by accident.
    program(
      "simulated-fleet", path: "Conformance/fleet/devices",
      [
        "NIOTransport", "TransportSecurity", "RemoteControl", "DeviceServer", "Parts", "MQTTCore", "Bytes", "Timebase",
        "SystemCalls", nioCore, nioPosix,
      ]),

    // ======== tests ========
    .target(
      name: "ConformanceSupport", dependencies: ["DeviceServer", "WebSocketCore", "HTTPCore", "Bytes", "Timebase"],
      path: "Tests/ConformanceSupport", swiftSettings: settings),
    // What Fuzz/Package.swift builds with the sanitizers, for a moment of fuzzing inside `swift test`.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Deflate", "DeviceServer", "WebSocketCore", "HTTPCore", "Parts", "MQTTCore", "Fleet", "Bytes", "Timebase",
      ],
      path: "Fuzz/Targets", swiftSettings: settings),
    tests("FuzzTests", ["FuzzTargets"]),
    tests("BytesTests", ["Bytes"]),
    tests("TimebaseTests", ["Timebase"]),
    tests("HTTPCoreTests", ["HTTPCore", "Bytes", "Timebase"]),
    tests("HTTPVectorTests", ["DeviceServer", "HTTPCore", "Bytes"]),
    tests(
      "DifferentialTests",
      [
        "HTTPCore", "Bytes", nioCore, .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    tests("WebSocketCoreTests", ["WebSocketCore", "HTTPCore", "Bytes", "Timebase"]),
    tests("MQTTCoreTests", ["MQTTCore", "Bytes", "Timebase"]),
    tests("DeviceServerTests", ["DeviceServer", "SystemCalls", "WebSocketCore", "HTTPCore", "Bytes", "Timebase"]),
    tests("DataVolumeTests", ["DataVolume", "DeviceServer", "Bytes"]),
    tests("ServerMetricsTests", ["ServerMetrics", "DeviceServer", metricsTestKit]),
    tests("DeflateTests", ["Deflate", "WebSocketCore", "SystemCalls", zlib]),
    tests("PartsTests", ["Parts", "Bytes", "Timebase"]),
    tests(
      "RemoteControlTests",
      [
        "RemoteControl", "RemoteControlPage", "DeviceServer", "Parts", "SimulatedBoard", "WebSocketCore",
        "HTTPCore", "Bytes", "Timebase",
      ]),
    tests(
      "FleetTests",
      ["Fleet", "RemoteControl", "DeviceServer", "MQTTCore", "Bytes", "Timebase"]),
    tests(
      "LinuxBoardTests",
      [
        "LinuxBoard", "Parts", "Bytes", "SystemCalls", "Timebase",
        .target(name: "CLinuxGPIO", condition: .when(platforms: [.linux])),
      ]),
    tests("SystemCallsTests", ["SystemCalls", "Timebase"]),
    tests("StateFileTests", ["StateFile", "Parts", "Bytes", "SystemCalls", "Timebase"]),
    tests("AccountsTests", ["Accounts", "DeviceServer", "HTTPCore", "Bytes", "SystemCalls", "Timebase"]),
    tests("HostNetworkTests", ["HostNetwork", "DeviceServer", "Bytes", "SystemCalls", "Timebase"]),
    tests("ServiceDiscoveryTests", ["ServiceDiscovery"]),
    tests("ServiceNotificationTests", ["ServiceNotification", "SystemCalls", "Timebase"]),
    tests("SimulatedBoardTests", ["SimulatedBoard", "Parts", "Bytes", "SystemCalls", "Timebase"]),
    tests("DeviceDescriptionTests", ["DeviceDescription", "Parts", "Bytes", "Timebase"]),
    tests("QRCodeTests", ["QRCode", "Bytes"]),
    tests("HeliographTests", ["heliograph", "DeviceDescription", "RemoteControl", "MQTTCore", "TransportSecurity"]),
    tests("DataFolderTests", ["DataFolder", "DeviceServer", "Bytes", "SystemCalls", "Timebase"]),
    tests("LocalCertificatesTests", ["LocalCertificates", "SystemCalls", x509, asn1]),
    tests(
      "LinuxTransportTests",
      [
        "LinuxTransport", "DeviceServer", "HTTPCore", "SystemCalls", "Timebase",
        .target(name: "CLinuxIO", condition: .when(platforms: [.linux])),
      ]),
    tests(
      "HostTransportTests",
      [
        "HostTransport", "NIOTransport", "TransportSecurity", "DeviceServer", "WebSocketCore", "HTTPCore", "Bytes",
        "SystemCalls", "Timebase", nioCore, nioPosix, nioSSL, .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
