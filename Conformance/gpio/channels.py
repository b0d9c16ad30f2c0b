# SPDX-License-Identifier: MIT
"""Channels other than lines: PWM channels, LEDs and sensors, each with a driver of the kernel (guest/channels makes the
devices). The other end is checked: the registers of the PWM chip, what the LED's driver received, what is measured."""
from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from bench import Bench
from board import Board
from common.claims import check, until
from common.http import request
from machine import Machine
from trouble import faults

PATIENCE = 8.0  # for a sensor to be read again; a thermometer on a 1-Wire bus takes 0.75 s
DEVICE = """name: Bench
parts:
  desk:    {light: 'pwm0:3', gamma: 1}
  lamp:    {light: 'led:desk', gamma: 1}
  strip:   {light: 'led:rgb:status', channels: 3, gamma: 1}
  celsius: {sensor: 'hwmon:lm75:temp1', unit: °C, every: 500 ms}
  volts:   {sensor: 'iio:bench:voltage0', unit: V, every: 500 ms}
  steps:   {sensor: 'iio:bench:steps', every: 500 ms}
  outside: {sensor: 'w1:28-0000075b1c2d', unit: °C, every: 1 s}
  board:   {sensor: 'thermal:acpitz', unit: °C, every: 1 s}
  power:   {sensor: 'file:/run/power', scale: 0.001, unit: kW, every: 500 ms}
  relay:   {switch: GPIO26}
  wall:    {button: GPIO22, press: toggle relay, click: 'set desk brightness=50%'}
"""
LAMP_STEPS = 100
PWM_CHANNEL, PWM_STEPS = 3, 4096
PWM_CHIP, THERMOMETER = "0x40", "0x48"  # addresses on the bus
IIO = "/sys/kernel/config/iio/devices/dummy/bench"


class Channels:
    """The devices, which are made unless they are there."""

    def __init__(self, machine: Machine) -> None:
        self.hand = machine.hand
        self.hand.shell("channels")
        names = "cd /sys/bus/i2c/devices; grep -l 'SMBus stub' i2c-*/name"
        self.bus = self.hand.shell(f"{names} | sed 's/i2c-//; s,/.*,,'").strip()

    # MARK: What is shown

    def duty(self) -> float:
        """The share of the PWM channel, by the registers of its chip (NXP, PCA9685, section 7.3.3)."""
        first = 0x06 + 4 * PWM_CHANNEL
        on_high, off_low, off_high = (
            int(self.hand.shell(f"i2cget -f -y {self.bus} {PWM_CHIP} {register:#x} b"), 16)
            for register in (first + 1, first + 2, first + 3))
        if off_high & 0x10:
            return 0
        return 1 if on_high & 0x10 else (off_high << 8 | off_low) / PWM_STEPS

    def lamp(self) -> float:
        """The share of the LED, by what its driver was told."""
        return int(self.hand.ask("lamp_shows")) / LAMP_STEPS

    def colors(self) -> list[int]:
        return [int(word) for word in self.hand.read("/sys/module/color_led/parameters/shown").split(",")]

    # MARK: What is measured

    def set_celsius(self, half_degrees: int) -> None:
        """Of the LM75: the high byte in whole degrees comes first, the half is the highest bit of the low one."""
        word = (half_degrees & 1) << 15 | half_degrees >> 1 & 0xFF
        self.hand.shell(f"i2cset -f -y {self.bus} {THERMOMETER} 0 {word:#x} w")

    def set_outside(self, thousandths: int) -> None:
        self.hand.write("/sys/module/w1_sim/parameters/temperature", str(thousandths))

    def iio(self, file: str) -> Decimal:
        return Decimal(self.hand.shell(f"cat /sys/bus/iio/devices/iio:device*/{file}").strip())

    def set_steps(self, steps: int) -> None:
        self.hand.shell(f"cd /sys/bus/iio/devices/iio:device*; echo 1 >in_steps_en; echo {steps} >in_steps_input")


@contextlib.contextmanager
def soldered(bench: Bench) -> Iterator[Channels]:
    """All of them are there."""
    channels = Channels(bench.machine)
    channels.set_celsius(43)
    channels.set_outside(21437)
    channels.hand.shell("echo 1500 W >/run/power")
    channels.hand.ask("lamp", "desk", LAMP_STEPS)
    try:
        yield channels
    finally:
        channels.hand.ask("lamp_ends")


def is_near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 0.006


def lights_show_what_page_and_button_say(bench: Bench) -> str:
    words = []
    with soldered(bench) as channels, bench.board(device=DEVICE) as board, board.page() as page:
        until(lambda: not faults(board), "everything works")
        start = channels.duty(), channels.lamp(), channels.colors()
        check(start == (0, 0, [0, 0, 0]), f"something is lit at the start: {start}")
        for brightness in (128, 1, 255):
            board.send("PUT", "/api/parts/desk", on=True, brightness=brightness)
            page.send_json(type="set", id=1, part="lamp", on=True, brightness=brightness)
            until(lambda: is_near(channels.duty(), brightness / 255), f"the PWM shows {brightness}", 3)
            until(lambda: is_near(channels.lamp(), max(brightness / 255, 0.01)), f"the LED shows {brightness}", 3)
            words.append(f"{brightness}: {channels.duty():.4f} and {channels.lamp():.2f}")
        board.pins.press()
        until(lambda: is_near(channels.duty(), 0.5), "the button has set the PWM to a half", 3)
        board.send("PUT", "/api/parts/strip", on=True, brightness=255, color=[255, 0, 51])
        until(lambda: channels.colors() == [255, 0, 51], f"the colors are shown, not {channels.colors()}", 3)
        page.send_json(type="toggle", id=2, part="strip")
        until(lambda: channels.colors() == [0, 0, 0], "the colors are off", 3)
        content = request(bench.machine.port)[1].decode()
        check(re.search(r'data-part="lamp"[^>]*class="on\b', content), "the first paint does not show the lamp on")
        check(board.stop() == "exit 0", "the program does not end well")
        exported = board.hand.shell("ls -d /sys/class/pwm/pwmchip0/pwm* 2>/dev/null || true")
        check(exported == "", f"the PWM channel is not given back: {exported}")
        check(channels.lamp() == 0, "the LED is left on")
    return f"brightness {', '.join(words)} of all; three colors"


def sensors_are_read_in_their_units(bench: Bench) -> str:
    with soldered(bench) as channels, bench.board(device=DEVICE) as board, board.page() as page:
        def shows(**values: str | Decimal) -> None:
            for name, value in values.items():
                until(lambda: exact(board).get(name) == Decimal(value),
                      f"{name} is {value}, not {exact(board).get(name)}", PATIENCE)
        volts = (channels.iio("in_voltage0_raw") + channels.iio("in_voltage0_offset")) * channels.iio(
            "in_voltage0_scale") / 1000
        shows(celsius="21.5", outside="21.375", board="40", power="1.5", volts=volts)
        content = request(bench.machine.port)[1].decode()
        check("21.5\N{NO-BREAK SPACE}°C" in content, "the first paint does not show the temperature")
        channels.set_celsius(-3)
        channels.set_outside(-10125)
        channels.set_steps(7)
        channels.hand.shell("echo 2300 W >/run/power")
        shows(celsius="-1.5", outside="-10.125", power="2.3", steps="7")
        seen: dict[str, object] = {}
        while seen.get("celsius") != -1.5 or seen.get("power") != 2.3:
            seen |= {name: part.get("value") for name, part in page.message("state")["parts"].items()}
        check("relay" not in seen, "what has not changed is sent, too")
        history = json.loads(board.send("GET", "/api/parts/celsius/history")[1])
        check(history, "there is no history")
        channels.set_celsius(43)
    return (f"hwmon 21.5 and -1.5 °C, 1-Wire 21.375 and -10.125 °C, IIO {volts} V and 7 steps, a zone of 40 °C, "
            "a file in kW")


def exact(board: Board) -> dict[str, Decimal]:
    """The values of all sensors, as they are written."""
    status, body = board.send("GET", "/api/state")
    check(status == 200, f"GET /api/state answers {status}")
    parts = json.loads(body, parse_float=Decimal, parse_int=Decimal)["parts"]
    return {name: part["value"] for name, part in parts.items() if part.get("value") is not None}


class Loss(NamedTuple):
    """How something vanishes and comes back, the parts that are on it, and what then works again."""
    parts: set[str]
    vanish: Callable[[Channels], object]
    come_back: Callable[[Channels], object]
    works: Callable[[Channels, Board], bool]


def rebind(driver: str, address: str) -> tuple[Callable[[Channels], object], Callable[[Channels], object]]:
    """Of a device on the bus: its driver is unbound, and bound again."""
    def write(channels: Channels, file: str) -> None:
        channels.hand.write(f"/sys/bus/i2c/drivers/{driver}/{file}", f"{channels.bus}-00{address[2:]}")
    return lambda channels: write(channels, "unbind"), lambda channels: write(channels, "bind")


def reload(module: str) -> tuple[Callable[[Channels], object], Callable[[Channels], object]]:
    return (lambda channels: channels.hand.shell(f"rmmod {module}"),
            lambda channels: channels.hand.shell(f"insmod /lib/modules/{module}.ko"))


LATER = 100  # the brightness that a light is to have when it is back

LOSSES = [
    Loss({"desk"}, *rebind("pca9685-pwm", PWM_CHIP), lambda channels, board: is_near(channels.duty(), LATER / 255)),
    Loss({"lamp"}, lambda channels: channels.hand.ask("lamp_ends"),
         lambda channels: channels.hand.ask("lamp", "desk", LAMP_STEPS),
         lambda channels, board: is_near(channels.lamp(), LATER / 255)),
    Loss({"strip"}, *reload("color-led"), lambda channels, board: channels.colors() == [LATER, LATER, LATER]),
    Loss({"celsius"}, *rebind("lm75", THERMOMETER), lambda channels, board: exact(board)["celsius"] == Decimal("21.5")),
    Loss({"volts", "steps"}, lambda channels: channels.hand.shell(f"rmdir {IIO}"),
         lambda channels: channels.hand.shell(f"mkdir {IIO}"), lambda channels, board: "volts" in exact(board)),
    Loss({"outside"}, *reload("w1-sim"), lambda channels, board: exact(board)["outside"] == Decimal("21.375")),
    Loss({"power"}, lambda channels: channels.hand.shell("rm /run/power"),
         lambda channels: channels.hand.shell("echo 900 >/run/power"),
         lambda channels, board: exact(board)["power"] == Decimal("0.9")),
]


LIGHTS = {"desk", "lamp", "strip"}
SOONER = 200  # the brightness while all is well


def light(board: Board, brightness: int) -> None:
    for name in LIGHTS:
        board.send("PUT", f"/api/parts/{name}", on=True, brightness=brightness)


def one_that_vanishes_has_a_fault_and_the_others_work(bench: Bench) -> str:
    words = []
    with soldered(bench) as channels, bench.board(device=DEVICE) as board:
        until(lambda: not faults(board) and len(exact(board)) == 6, f"everything works, {faults(board)}", PATIENCE)
        for loss in LOSSES:
            light(board, SOONER)
            loss.vanish(channels)
            start = time.monotonic()
            light(board, LATER)  # of an output it is noticed when it is driven
            until(lambda: set(faults(board)) == loss.parts, f"{loss.parts} have a fault, not {faults(board)}", PATIENCE)
            told = time.monotonic() - start
            fault = faults(board)[min(loss.parts)]
            relay = board.pins.led
            board.pins.press()
            until(lambda: board.pins.led != relay, "button and relay work meanwhile", 3)
            if "desk" not in loss.parts:
                until(lambda: is_near(channels.duty(), 0.5), "the button's click lights the desk", 3)
            if loss.parts <= LIGHTS:
                check(board.send("POST", f"/api/parts/{min(loss.parts)}/toggle")[0] == 503, "a toggle is not refused")
            loss.come_back(channels)
            start = time.monotonic()
            until(lambda: not faults(board), f"{loss.parts} work again, {faults(board)}", PATIENCE)
            until(lambda: loss.works(channels, board), f"{loss.parts} show what they should", PATIENCE)
            words.append(f"{min(loss.parts)} “{fault}” ({told:.1f} s, back {time.monotonic() - start:.1f} s)")
    return "; ".join(words)


CASES = [lights_show_what_page_and_button_say, sensors_are_read_in_their_units,
         one_that_vanishes_has_a_fault_and_the_others_work]
