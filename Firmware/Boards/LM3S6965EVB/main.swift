// SPDX-License-Identifier: MIT

// The Stellaris LM3S6965 evaluation board, given to the program: the page and the SELECT button switch the status LED;
// an LED of the Ethernet jack shows the heartbeat.

import Bytes
import CortexM
import FirmwareProgram
import Parts
import RemoteControl

SystemClock.start()
Clock.start(frequency: SystemClock.frequency)
UART.start()
Watchdog.start()
Ethernet.start()

runRemoteControl(.demonstration([UInt8]("Heliograph")), on: EvaluationBoard(), called: "lm3s6965evb")
