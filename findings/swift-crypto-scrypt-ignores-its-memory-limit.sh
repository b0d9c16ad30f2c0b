#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: swift-crypto 4.5.2 (product CryptoExtras), by SwiftPM, with Swift 6.3.1.
# Behaviour: KDF.Scrypt.deriveKey documents `maxMemory` as the most memory that it may use, and computes a value if none
#   is given. The argument goes nowhere: 1 MiB does not keep it from using 16 MiB, and 1 GiB does not raise the limit. The
#   computed limit is smaller than what BoringSSL counts for the same work when `parallelism` is 1 and `blockSize` is
#   large, so parameters that RFC 7914 allows throw, whatever is given. Python's hashlib.scrypt takes them.
# Seen: N=16384 r=8  p=1  maxMemory 1 MiB    a key
#       N=1024  r=32 p=1  no maxMemory       an error
#       N=1024  r=32 p=1  maxMemory 1 GiB    an error
#       N=1024  r=32 p=2  no maxMemory       a key
#       hashlib.scrypt, N=1024 r=32 p=1      a key
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/Sources/derive"
cat >"$folder/Package.swift" <<'SWIFT'
// swift-tools-version:6.0
import PackageDescription
let package = Package(
  name: "derive", platforms: [.macOS(.v13)],
  dependencies: [.package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")],
  targets: [
    .executableTarget(name: "derive", dependencies: [.product(name: "CryptoExtras", package: "swift-crypto")])
  ])
SWIFT
cat >"$folder/Sources/derive/main.swift" <<'SWIFT'
import CryptoExtras
import Foundation

func tryOut(_ rounds: Int, _ blockSize: Int, _ parallelism: Int, _ limit: Int?) {
  let key = try? KDF.Scrypt.deriveKey(
    from: Data("correct horse".utf8), salt: Data("battery staple".utf8), outputByteCount: 32, rounds: rounds,
    blockSize: blockSize, parallelism: parallelism, maxMemory: limit)
  let words = limit.map { "maxMemory \($0 >> 20) MiB" } ?? "no maxMemory"
  print("N=\(rounds) r=\(blockSize) p=\(parallelism) \(words): \(key == nil ? "an error" : "a key")")
}

tryOut(16384, 8, 1, 1 << 20)
tryOut(1024, 32, 1, nil)
tryOut(1024, 32, 1, 1 << 30)
tryOut(1024, 32, 2, nil)
SWIFT
swift run -q --package-path "$folder" derive | tee "$folder/seen"
python3 - <<'PYTHON'
import hashlib
key = hashlib.scrypt(b"correct horse", salt=b"battery staple", n=1024, r=32, p=1, maxmem=1 << 30, dklen=32)
print(f"hashlib.scrypt N=1024 r=32 p=1: {'a key' if len(key) == 32 else key}")
PYTHON
diff "$folder/seen" - <<'SEEN'
N=16384 r=8 p=1 maxMemory 1 MiB: a key
N=1024 r=32 p=1 no maxMemory: an error
N=1024 r=32 p=1 maxMemory 1024 MiB: an error
N=1024 r=32 p=2 no maxMemory: a key
SEEN
