// swift-tools-version: 6.2

import PackageDescription

// A device of your own, as a package of its own. `heliograph new NAME` writes one like it, anywhere.
let package = Package(
  name: "greenhouse",
  platforms: [.macOS(.v26)],
  // Without TLS and logins, which take minutes to build; a package that names no traits has them.
  dependencies: [.package(name: "heliograph", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "greenhouse",
      dependencies: ["Bytes", "DeviceServer", "DeviceProgram", "Parts", "Timebase"].map {
        .product(name: $0, package: "heliograph")
      } + [.product(name: "LinuxBoard", package: "heliograph", condition: .when(platforms: [.linux]))],
      path: ".", sources: ["main.swift"],
      resources: ["index.html", "index.js", "index.css"].map { .embedInCode("Page/\($0)") })
  ]
)
