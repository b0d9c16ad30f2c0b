// SPDX-License-Identifier: MIT

// Every restore mode with everything that may have been saved.

import Parts
import Testing

@Suite struct RestoreModeTests {
  @Test(arguments: [
    (.alwaysOff, false, nil, false), (.alwaysOff, false, false, false), (.alwaysOff, false, true, false),
    (.alwaysOn, false, nil, true), (.alwaysOn, false, false, true), (.alwaysOn, false, true, true),
    (.restoreDefaultOff, true, nil, false), (.restoreDefaultOff, true, false, false),
    (.restoreDefaultOff, true, true, true),
    (.restoreDefaultOn, true, nil, true), (.restoreDefaultOn, true, false, false),
    (.restoreDefaultOn, true, true, true),
  ] as [(RestoreMode, Bool, Bool?, Bool)])
  func theFirstStateIsTheSavedOneOnlyWhereItIsAskedFor(
    _ mode: RestoreMode, restores: Bool, saved: Bool?, isOn: Bool
  ) {
    #expect(mode.restores == restores)
    #expect(mode.initialState(saved: saved) == isOn)
  }
}
