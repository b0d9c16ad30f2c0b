// SPDX-License-Identifier: MIT

// What a sensor has shown, in virtual time.

import Bytes
import ConformanceSupport
import DeviceServer
import Foundation
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct HistoryTests {
  private func bench(_ history: HistorySpan = HistorySpan()) -> Bench {
    let bench = Bench(.kitchen(), history: history)
    bench.network.settle()
    return bench
  }

  /// Ages and values; nil: unknown.
  private func history(_ bench: Bench) throws -> [[Double?]] {
    let reply = try #require(bench.ask("GET", "/api/parts/celsius/history"))
    #expect(reply.status == 200)
    let json = try JSON(reply.text)
    #expect(json.string("part") == "celsius")
    let values = try #require(json.members["values"] as? [[Any]])
    return values.map { $0.map { ($0 as? NSNumber)?.doubleValue } }
  }

  @Test func anHourAtASampleAMinute() throws {
    let bench = bench()
    for minute in 0..<90 {
      bench.set(KitchenInput.celsius, .value(Decimal(Int64(minute))))
      bench.advance(by: .seconds(60))
    }
    bench.advance(by: .seconds(10))
    let history = try history(bench)
    #expect(history.count == 61, "sixty samples and the present")
    #expect(history.first == [3_550_000, 30])
    #expect(history[59] == [10_000, 89])
    #expect(history.last == [0, 89])
  }

  @Test func theAnswerIsAsDescribed() throws {
    let bench = bench()
    bench.set(KitchenInput.celsius, .value(Decimal(214, exponent: -1)))
    bench.advance(by: .seconds(61))
    let reply = try #require(bench.ask("GET", "/api/parts/celsius/history"))
    #expect(reply.text == #"{"part":"celsius","every":60000,"values":[[1000,21.4],[0,21.4]]}"#)
    #expect(reply["content-type"] == "application/json")
    #expect(reply["cache-control"] == "no-store")
  }

  @Test func whatIsNotKnownIsNull() throws {
    let bench = bench()
    bench.advance(by: .seconds(60))
    bench.set(KitchenInput.celsius, .value(5))
    bench.advance(by: .seconds(60))
    bench.board.fail(input: KitchenInput.celsius, "no answer")
    bench.advance(by: .seconds(60))
    #expect(try history(bench) == [[120_000, nil], [60_000, 5], [0, nil], [0, nil]])
  }

  @Test func aSampleIsTheValueThatHeldThen() throws {
    let bench = bench()
    bench.set(KitchenInput.celsius, .value(1))
    bench.advance(by: .seconds(59))
    bench.set(KitchenInput.celsius, .value(2))
    bench.advance(by: .seconds(2))
    bench.set(KitchenInput.celsius, .value(3))
    #expect(try history(bench) == [[1000, 2], [0, 3]])
  }

  /// Nothing happens for a day, and nothing wakes the device.
  @Test func aLongSilenceIsFilledWithWhatHeld() throws {
    let bench = bench()
    bench.set(KitchenInput.celsius, .value(7))
    bench.advance(by: 50)
    #expect(bench.network.nextDeadline == nil)
    bench.advance(by: .seconds(86_400))
    let history = try history(bench)
    #expect(history.count == 61)
    #expect(history.allSatisfy { $0[1] == 7 })
  }

  @Test func otherSpansAreKept() throws {
    let bench = bench(HistorySpan(interval: .seconds(1), count: 3))
    for second in 1...5 {
      bench.set(KitchenInput.celsius, .value(Decimal(Int64(second))))
      bench.advance(by: .seconds(1))
    }
    #expect(try history(bench) == [[2000, 3], [1000, 4], [0, 5], [0, 5]])
    #expect(bench.ask("GET", "/api/parts/celsius/history")?.text.contains(#""every":1000"#) == true)
    let none = self.bench(HistorySpan(count: 0))
    none.advance(by: .seconds(600))
    #expect(try history(none) == [[0, nil]])
  }

  @Test(arguments: [("lamp", "only a sensor has a history"), ("nothing", "unknown part")])
  func onlyASensorHasOne(_ part: String, _ words: String) throws {
    let reply = try #require(bench().ask("GET", "/api/parts/\(part)/history"))
    #expect(reply.status == 404)
    #expect(reply.text == #"{"error":"\#(words)"}"#)
  }
}
