// SPDX-License-Identifier: MIT

// Time, sleep and reset are the processor's own.

import CBoard
import CortexM

@c(board_milliseconds)
func milliseconds() -> UInt64 { Clock.milliseconds }

@c(board_sleep)
func sleep(until time: UInt64) { Clock.sleep(until: time) }

@c(board_cycles)
func cycles() -> UInt32 { Clock.cycles }

@c(board_reset)
func reset() -> Never { SystemControl.reset() }
