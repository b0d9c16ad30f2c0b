// SPDX-License-Identifier: MIT

// The tutorial's line while it waits for the network, a piece at a time.

import ConformanceSupport
import DeviceServer
import RemoteControl
import Testing
import Timebase

@Suite struct NetworkWaitTests {
  private static let address = RemoteAddress.ipv4(0xC0A8_0120, port: 80)

  /// What is printed if `poll` is called at these times, the last time with an address.
  private func line(polledAt times: [UInt64]) -> String {
    var wait = NetworkWait(hardwareAddress: [0x30, 0xAE, 0xA4, 0x97, 0xF3, 0x0C])
    var output: [UInt8] = []
    for (place, time) in times.enumerated() {
      let isUp = place == times.count - 1
      let due = wait.poll(
        now: MonotonicTime(milliseconds: time), address: isUp ? Self.address : nil, to: &output)
      #expect((due == nil) == isUp)
    }
    return text(output)
  }

  @Test func theTutorialsSampleLineComesOfThreeDots() {
    #expect(
      line(polledAt: [0, 500, 1000, 1200]) == "Trying to connect [30:AE:A4:97:F3:0C] ... 192.168.1.32")
  }

  @Test func aDotComesEvery500MillisecondsHoweverOftenItLooks() {
    #expect(line(polledAt: [7, 8, 506, 507, 508, 1006]).hasSuffix("] .. 192.168.1.32"))
  }

  @Test func oneDotIsPrintedForALongPause() {
    #expect(line(polledAt: [0, 100_000, 100_001]).hasSuffix("] .. 192.168.1.32"))
  }

  @Test func aNetworkThatIsThereAtOnceCostsNoDot() {
    #expect(line(polledAt: [0]).hasSuffix("]  192.168.1.32"))
  }

  @Test func itSaysWhenTheNextDotIsDue() {
    var wait = NetworkWait(hardwareAddress: [0, 0, 0, 0, 0, 0])
    var output: [UInt8] = []
    let due = wait.poll(now: MonotonicTime(milliseconds: 100), address: nil, to: &output)
    #expect(due == MonotonicTime(milliseconds: 600))
  }
}
