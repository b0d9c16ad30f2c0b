#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Swift 6.3.1 on Linux (the toolchain on PATH; no registry that is used here has it).
# Behaviour: Synchronization.Mutex, of the standard library, is right, but when two threads want it at once the kernel
#   hands it over (FUTEX_LOCK_PI), in code that the thread sanitizer does not see. So `-sanitize=thread` reports an access
#   race for values that only withLock touches. The same program with a pthread mutex is clean.
# Seen: Mutex: 2 to 4 reports of "Swift access race" in a run; pthread_mutex_t: none.
set -eu
swift --version 2>&1 | grep -o "Swift version [0-9.]*" | head -1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

program() { # the lock's definition; writes a program in which four threads share an array behind it
  cat <<SWIFT
import Foundation
import Synchronization
$1
let box = Box()
let done = DispatchSemaphore(value: 0)
for number in 0..<4 {
  Thread {
    for step in 0..<20_000 {
      box.use { numbers in
        numbers.append(step + number)
        if numbers.count > 100 { numbers.removeAll() }
      }
    }
    done.signal()
  }.start()
}
for _ in 0..<4 { done.wait() }
box.use { print("at the end:", \$0.count) }
SWIFT
}

reports() { # how often the sanitizer reports a race
  (cd "$folder" && mkdir -p "$1" && cat >"$1/main.swift" && swiftc -sanitize=thread -Onone "$1/main.swift" -o "$1/run" 2>/dev/null)
  ("$folder/$1/run" 2>&1 || true) | grep -c "WARNING: ThreadSanitizer: Swift access race" || true
}

mutex=$(program 'final class Box: Sendable {
  let numbers = Mutex([Int]())
  func use(_ body: (inout [Int]) -> Void) { numbers.withLock { body(&$0) } }
}' | reports mutex)
pthread=$(program 'final class Box: @unchecked Sendable {
  private var numbers = [Int]()
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  init() { pthread_mutex_init(lock, nil) }
  func use(_ body: (inout [Int]) -> Void) {
    pthread_mutex_lock(lock)
    body(&numbers)
    pthread_mutex_unlock(lock)
  }
}' | reports pthread)
echo "Mutex: $mutex reports; pthread_mutex_t: $pthread"
[ "$mutex" -gt 0 ] && [ "$pthread" = 0 ]
