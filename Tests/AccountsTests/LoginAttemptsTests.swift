// SPDX-License-Identifier: MIT

// Guessing is slow, and nobody is locked out: single rules, and properties under random scripts in virtual time.

import ConformanceSupport
import DeviceServer
import Testing
import Timebase

@testable import Accounts

private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(milliseconds: seconds * 1000) }
private func address(_ number: UInt32) -> RemoteAddress { .ipv4(0xC0A8_0000 + number, port: UInt16(number % 60_000)) }
private let anna = name("anna")

@Suite struct LoginAttemptsTests {
  @Test func threeMistakesAreFreeAndThenTheDelayDoublesToHalfAMinute() {
    var attempts = LoginAttempts()
    var now = MonotonicTime.zero
    attempts.remember(address(1))  // so that only its own mistakes count
    var delays: [UInt32] = []
    for _ in 0..<12 {
      while true {
        let wait = attempts.mayTry(from: address(1), now: now)
        if wait == 0 { break }
        delays.append(wait.count)
        now = now + wait
      }
      attempts.failed(from: address(1), as: anna, now: now)
    }
    #expect(delays == [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
    now = now + LoginAttempts.memory
    #expect(attempts.mayTry(from: address(1), now: now) == 0)
    attempts.failed(from: address(1), as: anna, now: now)
    #expect(attempts.mayTry(from: address(1), now: now) == 0)
  }

  @Test func anIPv6NetworkIsOneAddress() {
    var attempts = LoginAttempts()
    for host in 0..<3 as Range<UInt64> {
      let peer = RemoteAddress.ipv6(high: 0x2001_0DB8_0000_0001, low: host, port: UInt16(host))
      #expect(attempts.mayTry(from: peer, now: at(0)) == 0)
      attempts.failed(from: peer, as: anna, now: at(0))
    }
    #expect(attempts.mayTry(from: .ipv6(high: 0x2001_0DB8_0000_0001, low: 99, port: 9), now: at(0)) > 0)
    #expect(attempts.mayTry(from: .ipv6(high: 0x2001_0DB8_0000_0002, low: 0, port: 9), now: at(0)) == 0)
  }

  /// A neighbour in the owner's /64 keeps its delay at the longest; the owner has logged in from another address there.
  @Test func whatNeighboursInTheSameIPv6NetworkDoDoesNotDelayWhoeverHasLoggedIn() {
    func host(_ number: UInt64) -> RemoteAddress { .ipv6(high: 0x2001_0DB8_0000_0001, low: number, port: 9) }
    var attempts = LoginAttempts()
    attempts.remember(host(7))
    for second in 0..<3600 as Range<UInt64> {
      let neighbour = host(1000 + second)
      if attempts.mayTry(from: neighbour, now: at(second)) == 0 {
        attempts.failed(from: neighbour, as: name("mallory"), now: at(second))
      }
      guard second % 60 == 59 else { continue }
      #expect(attempts.mayTry(from: host(7), now: at(second)) == 0, "second \(second)")
      attempts.succeeded(from: host(7), as: anna, now: at(second))
    }
    // Its own mistakes count as anybody's do.
    for _ in 0..<3 {
      #expect(attempts.mayTry(from: host(7), now: at(3600)) == 0)
      attempts.failed(from: host(7), as: anna, now: at(3600))
    }
    #expect(attempts.mayTry(from: host(7), now: at(3600)) > 0)
    #expect(attempts.mayTry(from: host(8), now: at(3600)) > 0)
  }

  @Test func aStrangerHasOneTryAtATime() {
    var attempts = LoginAttempts()
    #expect(attempts.mayTry(from: address(1), now: at(0)) == 0)
    #expect(attempts.mayTry(from: address(1), now: at(0)) == .seconds(1))
    attempts.gaveUp(from: address(1))
    #expect(attempts.mayTry(from: address(1), now: at(1)) == 0)
  }

  @Test func successForgetsTheMistakesOfThatNameAlone() {
    var attempts = LoginAttempts()
    func fail(_ count: Int, as who: AccountName) {
      for _ in 0..<count { attempts.failed(from: address(1), as: who, now: at(0)) }
    }
    fail(6, as: anna)
    attempts.succeeded(from: address(1), as: anna, now: at(0))
    #expect(attempts.mayTry(from: address(1), now: at(0)) == 0)
    attempts.gaveUp(from: address(1))
    fail(6, as: anna)
    attempts.succeeded(from: address(1), as: name("mallory"), now: at(0))  // whose own account it is
    #expect(attempts.mayTry(from: address(1), now: at(0)) > 0)
    fail(1, as: name("mallory"))
    attempts.succeeded(from: address(1), as: name("mallory"), now: at(0))
    #expect(attempts.mayTry(from: address(1), now: at(0)) > 0)
  }

  /// An attacker in the home network has every address of it, and asks from each as often as possible.
  @Test func everyAddressOfAHomeNetworkCannotDelayTheOwner() {
    var attempts = LoginAttempts()
    attempts.remember(address(7))  // the owner's computer
    var tries = 0
    for second in stride(from: 0, to: 1800, by: 2) as StrideTo<UInt64> {  // half an hour
      let now = at(second)
      for host in 10..<254 as Range<UInt32> where attempts.mayTry(from: address(host), now: now) == 0 {
        tries += 1
        attempts.failed(from: address(host), as: anna, now: now)
      }
      guard second % 60 == 0 else { continue }
      #expect(attempts.mayTry(from: address(7), now: now) == 0, "known, at \(second) s")
      attempts.gaveUp(from: address(7))
      #expect(attempts.mayTry(from: .ipv4(0x7F00_0001, port: 1), now: now) == 0, "this machine")
      attempts.gaveUp(from: .ipv4(0x7F00_0001, port: 1))
      if second >= 600 {  // its 244 addresses are newcomers no more
        let new = address(UInt32(1000 + second))
        #expect(attempts.mayTry(from: new, now: now) == 0, "a new device, at \(second) s")
        attempts.gaveUp(from: new)
      }
    }
    #expect(tries < 700, "\(tries) guesses in half an hour")
  }

  /// An attacker with an address of its own for each try.
  @Test func newAddressesWithoutEndAreBoundedInAll() {
    var attempts = LoginAttempts()
    attempts.remember(address(7))
    var tries = 0
    for second in 0..<1200 as Range<UInt64> {
      for number in 0..<10 as Range<UInt64> {
        let peer = RemoteAddress.ipv6(high: 0x2001_0000_0000_0000 + second * 100 + number, low: 1, port: 1)
        guard attempts.mayTry(from: peer, now: at(second)) == 0 else { continue }
        tries += 1
        attempts.failed(from: peer, as: anna, now: at(second))
      }
      #expect(attempts.mayTry(from: address(7), now: at(second)) == 0)
      attempts.gaveUp(from: address(7))
    }
    #expect(tries < 640, "\(tries) guesses in 20 minutes")
  }

  /// Whatever happens: nobody is told to wait longer than a minute, whoever keeps to what they are told gets on, and
  /// the tries of strangers are bounded.
  @Test(arguments: 0..<12)
  func randomScriptsKeepTheBounds(_ round: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let seed = generator.seed
    var attempts = LoginAttempts()
    var now = MonotonicTime.zero
    var started: [MonotonicTime] = []
    var running: [RemoteAddress] = []
    let known = address(1)
    attempts.remember(known)
    for _ in 0..<1500 {
      now = now + Milliseconds(.random(in: 0..<2000, using: &generator))
      let peer = address(.random(in: 1..<400, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0 where !running.isEmpty:
        let ended = running.remove(at: .random(in: running.indices, using: &generator))
        switch Int.random(in: 0..<3, using: &generator) {
        case 0 where ended.isSameHost(as: known): attempts.succeeded(from: ended, as: anna, now: now)
        case 1: attempts.gaveUp(from: ended)
        default: attempts.failed(from: ended, as: name(["anna", "ben"].randomElement(using: &generator)!), now: now)
        }
      default:
        let wait = attempts.mayTry(from: peer, now: now)
        #expect(wait <= LoginAttempts.longestWait, "seed \(seed)")
        if wait == 0 {
          running.append(peer)
          if !peer.isSameHost(as: known) { started.append(now) }
        }
      }
    }
    // Two lines with ten turns at once and one each 2 s and 4 s, in every window; a turn may be taken a minute late.
    for (index, time) in started.enumerated() {
      let inWindow = started[index...].prefix { $0 - time <= .minutes(5) }.count
      #expect(inWindow <= 20 + (300 + 60) / 2 + (300 + 60) / 4, "seed \(seed)")
    }
  }

  @Test func whoeverComesWhenTheirTurnIsGetsIt() {
    var attempts = LoginAttempts()
    var turns: [(RemoteAddress, MonotonicTime)] = []
    for number in 100..<140 as Range<UInt32> {
      let wait = attempts.mayTry(from: address(number), now: at(0))
      if wait > 0, wait < LoginAttempts.longestWait { turns.append((address(number), at(0) + wait)) }
    }
    #expect(turns.count >= 25)
    for (peer, turn) in turns { #expect(attempts.mayTry(from: peer, now: turn) == 0) }
  }

  @Test func moreAddressesThanAreRememberedDoNoHarm() {
    var attempts = LoginAttempts()
    for number in 0..<2000 as Range<UInt32> {
      _ = attempts.mayTry(from: address(number), now: at(UInt64(number)))
      attempts.failed(from: address(number), as: anna, now: at(UInt64(number)))
      attempts.remember(address(number / 10))
    }
    #expect(attempts.isKnown(address(199)) && !attempts.isKnown(address(0)))
    attempts.failed(from: address(9999), as: anna, now: .distantFuture)
    _ = attempts.mayTry(from: address(9999), now: .distantFuture)
  }
}
