// swift-tools-version: 6.2

// The parts of the firmware that need no board, tested on this machine: the same sources, by a link.

import PackageDescription

let package = Package(
  name: "heliograph-firmware-tests",
  targets: [
    .target(name: "Heap"),
    .testTarget(name: "HeapTests", dependencies: ["Heap"]),
  ],
  swiftLanguageModes: [.v6]
)
