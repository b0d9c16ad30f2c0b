// SPDX-License-Identifier: MIT

// The Stellaris LM3S6965 evaluation board, given to the program: the status LED is the one that the page and the SELECT
// button switch; an LED of the Ethernet jack is the heartbeat.

import CortexM
import DeviceComponents
import FirmwareProgram

SystemClock.start()
Clock.start(frequency: SystemClock.frequency)
UART.start()
Watchdog.start()
Ethernet.start()

runRemoteControl(
  onboardLed: Led(GPIOOutput(pin: 2)), led: Led(GPIOOutput(pin: 0)), button: Button(GPIOInput(pin: 1)))
