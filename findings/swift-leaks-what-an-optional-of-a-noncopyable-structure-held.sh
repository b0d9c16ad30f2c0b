#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Swift 6.3.1 on Linux (the toolchain on PATH; no registry that is used here has it).
# Behaviour: `holder.link?.words = value` replaces a value inside an optional property. Where `holder` is a structure that
#   cannot be copied, what was there before is never given back: each such assignment leaks, and so does one through `!`,
#   whether or not what the optional holds can be copied. The same in a holder that can be copied, without the optional, or
#   in a mutating method that is called through the optional (`holder.link?.set(value)`) leaks nothing.
# Seen, with -Onone, -O and -Osize alike:
#   not copyable: link?.words =      100 made, 1 given back
#   not copyable: link!.words =      100 made, 1 given back
#   not copyable: link?.set()        100 made, 100 given back
#   not copyable: without optional   100 made, 100 given back
#   copyable:     link?.words =      100 made, 100 given back
set -eu
swift --version 2>&1 | grep -o "Swift version [0-9.]*" | head -1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/main.swift" <<'SWIFT'
/// Counts how many of it there were, and how many are gone.
final class Counted {
  init() { made += 1 }
  deinit { gone += 1 }
}
nonisolated(unsafe) var (made, gone) = (0, 0)

struct Link {
  var words: Counted?
  mutating func set(_ words: Counted?) { self.words = words }
}

struct Holder {
  var link: Link? = Link()
}

struct NoncopyableHolder: ~Copyable {
  var link: Link? = Link()
  var certain = Link()
}

func report(_ name: String) { print("\(name) \(made) made, \(gone) given back") }

@inline(never) func noncopyable(_ name: String, _ change: (inout NoncopyableHolder) -> Void) {
  (made, gone) = (0, 0)
  do {
    var holder = NoncopyableHolder()
    for _ in 0..<100 { change(&holder) }
  }
  report("not copyable: \(name)")
}

@inline(never) func copyable(_ name: String, _ change: (inout Holder) -> Void) {
  (made, gone) = (0, 0)
  do {
    var holder = Holder()
    for _ in 0..<100 { change(&holder) }
  }
  report("copyable:     \(name)")
}

noncopyable("link?.words =     ") { $0.link?.words = Counted() }
noncopyable("link!.words =     ") { $0.link!.words = Counted() }
noncopyable("link?.set()       ") { $0.link?.set(Counted()) }
noncopyable("without optional  ") { $0.certain.words = Counted() }
copyable("link?.words =     ") { $0.link?.words = Counted() }
SWIFT
for level in -Onone -O -Osize; do
  swiftc "$level" -swift-version 6 -o "$folder/program" "$folder/main.swift"
  "$folder/program" >"$folder/seen"
  echo "$level"
  sed "s/^/  /" "$folder/seen"
  sed -n 's/^#   \(.*given back\)$/\1/p' "$0" | diff "$folder/seen" -
done
