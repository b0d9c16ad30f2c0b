// SPDX-License-Identifier: MIT

// Any order of events: commands from pages, from HTTP and from the button, pages that come, go, stop reading and go
// on. Once everything is read, every page shows what the device is, and every command was carried out once.

import ConformanceSupport
import DeviceServer
import Parts
import RemoteControl
import Testing
import Timebase

@Suite struct InterleavingTests {
  /// One run: a device, its pages, and what was asked of it.
  private final class Run {
    let bench = Bench(boot: 7)
    var pages: [Page] = []
    var toggles = 0
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }
    var page: Page? { pages.isEmpty ? nil : pages[pick(pages.count)] }

    /// Does something after which it is known how many toggles there were.
    func stepWithToggles() {
      switch pick(12) {
      case 0: if pages.count < 8 { pages.append(Page(bench, capacity: [300, 1024, 65_536][pick(3)])) }
      case 1...4:
        guard let page else { return }
        page.toggle()
        toggles += 1
      case 5:
        let target = pick(2) == 0 ? "/api/led/toggle" : "/api/parts/led/toggle"
        #expect(bench.ask("POST", target)?.status == 200)
        toggles += 1
      case 6:
        bench.board.tap()
        toggles += 1
      case 7: page?.client.stopReading()
      case 8: page?.client.startReading()
      case 9: page?.read()
      default: bench.advance(by: Milliseconds(UInt32(pick(120))))
      }
    }

    /// Does anything.
    func step() {
      switch pick(16) {
      case 0: page?.set(Bool.random(using: &generator))
      case 1: page?.client.sendText(["toggle", "on", "off", #"{"action":"toggle"}"#][pick(4)])
      case 2: #expect(bench.ask("PUT", "/api/led", body: #"{"on":\#(pick(2) == 0)}"#)?.status == 200)
      case 3: bench.set(0, Bool.random(using: &generator) ? .active : .inactive)
      case 4:
        guard !pages.isEmpty else { return }
        let page = pages.remove(at: pick(pages.count))
        Bool.random(using: &generator) ? page.client.breakOff() : page.client.send(Wire.close(1000))
      case 5: page?.ping()
      default: stepWithToggles()
      }
    }

    /// Lets everyone read, and the button come to rest.
    func settle() {
      for page in pages { page.client.startReading() }
      bench.advance(by: 50)
      while !bench.board.isQuiet { bench.advance(by: 50) }
      for page in pages { page.read() }
    }

    func expectEveryoneToAgree() {
      let seed = generator.seed
      for page in pages where page.client.isConnected {
        #expect(page.shown == bench.expected, "client \(page.client.number), seed \(seed)")
        #expect(page.acknowledged == page.sent, "client \(page.client.number), seed \(seed)")
      }
      #expect(bench.isLit == bench.expected.isOn, "seed \(seed)")
      #expect(bench.hubCounters.discarded == 0, "seed \(seed)")
    }
  }

  /// Ten times: thirty steps, then rest; everyone must agree, and `expect` hold as well.
  private func play(_ seed: UInt64, _ step: (Run) -> Void, expect: (Run) -> Void = { _ in }) {
    let run = Run(seed: seed)
    for _ in 0..<10 {
      for _ in 0..<30 { step(run) }
      run.settle()
      run.expectEveryoneToAgree()
      expect(run)
    }
  }

  @Test(arguments: (0..<20).map { _ in SeededGenerator.freshSeed() })
  func everyPageEndsWithTheStateOfTheDevice(_ seed: UInt64) {
    play(seed) { $0.step() }
  }

  @Test(arguments: (0..<20).map { _ in SeededGenerator.freshSeed() })
  func noToggleIsLostOrDoneTwice(_ seed: UInt64) {
    play(seed) {
      $0.stepWithToggles()
    } expect: { run in
      #expect(run.bench.isLit == (run.toggles % 2 == 1), "\(run.toggles) toggles, seed \(seed)")
      #expect(run.pages.allSatisfy { $0.client.isConnected }, "seed \(seed)")
    }
  }
}
