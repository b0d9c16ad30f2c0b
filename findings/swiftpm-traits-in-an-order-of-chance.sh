#!/usr/bin/env bash
# Swift 6.3.1's package manager
#
# The flags that say which traits a package is built with stand in the compiler's commands in the order of a set, which
# is another one in each process that plans a build. So a file that is added to one module has all modules of the package
# compiled anew, those too that have nothing to do with it. (A build for which nothing is to be planned takes the commands
# of the last.) Dependencies, which have traits of their own, stay as they are. With SWIFT_DETERMINISTIC_HASHING=1 in the
# environment only the module with the new file is compiled.
#
# Seen: the module in which nothing had changed was compiled in 7 of 7 builds, with the variable in 0 of 7.
set -eu
command -v swift >/dev/null || { echo "swift is missing" >&2; exit 1; }
swift --version 2>&1 | grep -o 'Swift version [0-9.]*'

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p Sources/Lamp Sources/Door
echo 'public let lamp = "on"' >Sources/Lamp/Lamp.swift
cat >Package.swift <<'END'
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "house", products: [.library(name: "House", targets: ["Lamp", "Door"])],
  traits: ["One", "Two", "Three", "Four", "Five", "Six"],
  targets: [.target(name: "Lamp"), .target(name: "Door")])
END

# builds NAME=VALUE...: how many of seven builds compile the lamp, which nobody changes, after a file is added to the door.
builds() {
  local count=0 number
  rm -rf .build Sources/Door/*
  for number in 0 1 2 3 4 5 6 7; do
    echo "let number$number = $number" >"Sources/Door/Number$number.swift"
    env "$@" swift build --traits One,Two,Three,Four,Five,Six >log 2>&1 || { cat log >&2; exit 1; }
    if [ "$number" -gt 0 ] && grep -q 'Compiling Lamp' log; then count=$((count + 1)); fi
  done
  echo "$count"
}

by_chance=$(builds HOUSE=1)
fixed=$(builds SWIFT_DETERMINISTIC_HASHING=1)
echo "the unchanged module was compiled in $by_chance of 7 builds, with SWIFT_DETERMINISTIC_HASHING=1: $fixed of 7"
[ "$by_chance" -gt 0 ] && [ "$fixed" = 0 ]
