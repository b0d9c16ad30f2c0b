// SPDX-License-Identifier: MIT

// What belongs to a thread is used by no other.

import Foundation
import SystemCalls
import Testing

@Suite struct ThreadConfinedTests {
  @Test func theFirstThreadThatUsesAValueMayGoOn() {
    let value = ThreadConfined(1)
    value.value += 1
    #expect(value.value == 2)
  }

  @Test func anotherThreadEndsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let value = ThreadConfined(1)
      value.value += 1
      let thread = Thread { value.value += 1 }
      thread.start()
      while !thread.isFinished { sched_yield() }
    }
  }
}
