// SPDX-License-Identifier: MIT

// What counts as one address, and the account of who holds what, beside a slow model of it.

import ConformanceSupport
import Testing

@testable import DeviceServer

private func address(_ number: UInt32) -> RemoteAddress { .ipv4(0xC0A8_0200 + number, port: 50_000) }

@Suite struct AddressSharesTests {
  @Test func aNetworkOf64BitsIsOneAddress() {
    func holder(_ high: UInt64, _ low: UInt64) -> AddressHolder {
      AddressHolder(.ipv6(high: high, low: low, port: UInt16.random(in: 1...65_535)))
    }
    #expect(holder(0x2001_0DB8_0000_0001, 1) == holder(0x2001_0DB8_0000_0001, .max))
    #expect(holder(0x2001_0DB8_0000_0001, 1) != holder(0x2001_0DB8_0000_0002, 1))
    #expect(AddressHolder(.ipv4(1, port: 1)) == AddressHolder(.ipv4(1, port: 2)))
    #expect(AddressHolder(.ipv4(1, port: 1)) != AddressHolder(.ipv4(2, port: 1)))
    #expect(holder(0, 0xFFFF_C0A8_0101) == AddressHolder(.ipv4(0xC0A8_0101, port: 9)))  // mapped
    #expect(AddressHolder(.unknown) == AddressHolder(.unknown))
    #expect(AddressHolder(.unknown) != AddressHolder(.ipv4(.max, port: 0)))
    #expect(AddressHolder(single: .ipv4(1, port: 1)) != AddressHolder(single: .ipv4(1, port: 2)))
    #expect(AddressHolder(single: .ipv4(1, port: 1)) != AddressHolder(.ipv4(1, port: 1)))
  }

  @Test(arguments: 0..<10) func theAccountIsThatOfASlowModel(run: Int) {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    var shares = AddressShares()
    var held: [(place: Int, holder: UInt32)] = []
    var resting: [Int] = []
    var lingering: [Int] = []
    for step in 0..<2000 {
      let place = Int.random(in: 0..<40, using: &generator)
      let known = held.first { $0.place == place }
      switch Int.random(in: 0..<8, using: &generator) {
      case 0, 1, 2:
        let holder = UInt32.random(in: 0..<6, using: &generator) & UInt32.random(in: 0..<6, using: &generator)
        if known == nil { held.append((place, holder)) }
        shares.add(place, of: AddressHolder(address(known?.holder ?? holder)))
      case 3:
        held.removeAll { $0.place == place }
        resting.removeAll { $0 == place }
        lingering.removeAll { $0 == place }
        shares.remove(place)
      case 4:
        resting.removeAll { $0 == place }
        lingering.removeAll { $0 == place }
        if known != nil { resting.append(place) }
        shares.rest(place)
      case 5:
        let holder = UInt32.random(in: 0..<6, using: &generator)
        if let known, known.holder != holder {
          held.removeAll { $0.place == place }
          held.append((place, holder))
          lingering.removeAll { $0 == place }
          if resting.contains(place) {
            resting.removeAll { $0 == place }
            resting.append(place)
          }
        }
        shares.move(place, to: AddressHolder(address(holder)))
      case 6:
        resting.removeAll { $0 == place }
        let begins = known != nil && !lingering.contains(place)
        if begins { lingering.append(place) }
        #expect(shares.linger(place) == begins)
      default:
        resting.removeAll { $0 == place }
        lingering.removeAll { $0 == place }
        shares.wake(place)
      }
      func count(_ holder: UInt32) -> Int { held.filter { $0.holder == holder }.count }
      let largest = (0..<6).map { count($0) }.max() ?? 0
      let wants = "step \(step), seed \(generator.seed)"
      #expect(shares.held.largest.map { shares.held.count(of: $0) } ?? 0 == largest, "\(wants)")
      for holder in 0..<6 as Range<UInt32> {
        let number = shares.number(of: AddressHolder(address(holder)))
        let places = held.filter { $0.holder == holder }.map(\.place)
        #expect((number == nil) == places.isEmpty, "\(wants)")
        let rests = resting.filter { places.contains($0) }
        if let number {
          #expect(shares.held.oldest(of: number) == places.first, "\(wants)")
          #expect(shares.held.youngest(of: number) == places.last, "\(wants)")
          #expect(shares.resting.oldest(of: number) == rests.first, "\(wants)")
          #expect(shares.resting.count(of: number) == rests.count, "\(wants)")
          let lingers = lingering.filter { places.contains($0) }
          #expect(shares.lingering.oldest(of: number) == lingers.first, "\(wants)")
          #expect(shares.lingering.count(of: number) == lingers.count, "\(wants)")
        }
        let victim = shares.place(for: AddressHolder(address(holder)))
        #expect((victim != nil) == (largest > places.count + 1), "\(wants)")
        if let victim, let owner = held.first(where: { $0.place == victim })?.holder {
          #expect(count(owner) == largest && held.last { $0.holder == owner }?.place == victim, "\(wants)")
        }
      }
    }
  }
}
