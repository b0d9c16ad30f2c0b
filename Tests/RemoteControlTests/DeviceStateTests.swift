// SPDX-License-Identifier: MIT

// The one state: what counts as a change, and who made it.

import RemoteControl
import Testing

@Suite struct DeviceStateTests {
  @Test func itBeginsDarkAtRevisionOne() {
    let state = DeviceState()
    #expect(!state.isOn && !state.isButtonPressed)
    #expect(state.revision == 1)
    #expect(state.author == nil)
  }

  @Test func everyChangeIsCountedOnce() {
    var state = DeviceState()
    state.set(true, by: .http)
    #expect(state.revision == 2)
    state.toggle(by: .button)
    #expect(state.revision == 3 && !state.isOn)
    state.noteButton(isPressed: true)
    #expect(state.revision == 4 && state.isButtonPressed)
  }

  @Test func whatIsSoAlreadyIsNoChange() {
    var state = DeviceState()
    state.set(true, by: .client(7))
    state.set(true, by: .http)
    state.noteButton(isPressed: false)
    #expect(state.revision == 2)
    guard case .client(7) = state.author else {
      Issue.record("whoever made the change stays its author")
      return
    }
  }
}
