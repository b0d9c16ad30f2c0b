# SPDX-License-Identifier: MIT
"""The board on the machine's pins: the program with its options and output, its button, its LEDs, and what the kernel
saw of its lines."""
from __future__ import annotations

import base64
import json
import re
from collections import Counter
from typing import Any, NamedTuple

from common.claims import PATIENCE, check, until
from common.http import device_state, request
from common.websocket import WebSocket
from machine import Machine

LED, BUTTON, STATUS = 4, 2, 6  # offsets on the first chip: GPIO26, GPIO22, GPIO16 (guest/init)
PINS = ["--board", "linux", "--led", "GPIO26", "--button", "GPIO22"]
STATE_FILE = "/state/heliograph"
ANSWER_PATIENCE = 4.0  # seconds for one answer of a program that has just started
ROOT = (0, 0)  # user and group
TRACING = "/sys/kernel/tracing"


class Pins:
    """A chip of gpio-sim, as the hand finds it: the first, `header`, or `gpio-sim.1`, `expander`."""

    def __init__(self, machine: Machine, device: str = "gpio-sim.0") -> None:
        self.machine, self.device = machine, device

    def path(self, offset: int, attribute: str) -> str:
        """The file of a line; the chip may have another number each time that it comes."""
        return self.machine.hand.shell(
            f"ls /sys/devices/platform/{self.device}/gpiochip*/sim_gpio{offset}/{attribute}").strip()

    def level(self, offset: int) -> int:
        return int(self.machine.hand.read(self.path(offset, "value")))

    def pull(self, offset: int, is_up: bool) -> None:
        self.machine.hand.write(self.path(offset, "pull"), "pull-up" if is_up else "pull-down")

    def press(self, milliseconds: float = 50, offset: int = BUTTON) -> float:
        """Presses a button for so long; how long it was."""
        return int(self.machine.hand.ask("press", self.path(offset, "pull"), int(milliseconds * 1000))) / 1000

    @property
    def led(self) -> int:
        return self.level(LED)

    def unplug(self) -> None:
        self.machine.hand.write("/sys/bus/platform/drivers/gpio-sim/unbind", self.device)

    def plug_in(self) -> None:
        self.machine.hand.write("/sys/bus/platform/drivers/gpio-sim/bind", self.device)


class Board:
    """The program, started at once; use it in `with`, which kills it at the end."""

    def __init__(self, machine: Machine, *options: str, pins: list[str] = PINS, device: str | None = None,
                 user: tuple[int, int] = ROOT, name: str = "heliograph") -> None:
        """With `device`, the description of one in YAML, that is in place of `pins`."""
        self.machine, self.hand, self.name = machine, machine.hand, name
        self.pins = Pins(machine)
        if device is not None:
            pins = [f"/run/{name}.yaml"]
            self.hand.shell(f"echo {base64.b64encode(device.encode()).decode()} | base64 -d >{pins[0]}")
        words = ["/bin/heliograph", *pins, "--host", "0.0.0.0", "--no-login", "--max-commands", "0", "--port", "8080",
                 *options]
        self.pid = int(self.hand.ask("start", name, *user, *words))
        self.is_over = False
        self.attempts = 0
        self.last_problem: Exception | None = None

    # MARK: Its life

    def status(self, milliseconds: int = 0) -> str:
        """`running`, or how it ended: `exit 0`, `signal 9`."""
        status = self.hand.ask("wait", self.pid, milliseconds)
        self.is_over = status != "running"
        return status

    def stop(self, signal: int = 15) -> str:
        """Ends it; how it ended."""
        if self.is_over:
            return "is over"
        self.hand.ask("signal", self.pid, signal)
        status = self.status(int(PATIENCE * 1000))
        check(self.is_over, f"signal {signal} does not end the program")
        return status

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(9)

    def wait_until_served(self) -> Board:
        try:
            until(self.answers, "the page is answered")
        except AssertionError as problem:
            raise AssertionError(f"{problem}: {self.last_problem!r} after {self.attempts} attempts; "
                                 f"{self.log[-300:]!r}; {self.connections()}") from None
        return self

    def answers(self) -> bool:
        """Whether it answers now. An attempt gets a fraction of the patience: while the program does not listen yet, one
        from a port whose last connection is in TIME-WAIT is not refused, but acknowledged by the machine's kernel, and
        QEMU's network sends the next SYN only seconds later."""
        self.attempts += 1
        try:
            return bool(device_state(self.machine.port, timeout=ANSWER_PATIENCE))
        except (OSError, ValueError) as problem:
            self.last_problem = problem
            if isinstance(problem, TimeoutError):
                print(f"note  no answer within {ANSWER_PATIENCE:.0f} s: {self.connections()}", flush=True)
            check(self.status() == "running", f"the program has ended: {self.log[-500:]}")
            return False

    def connections(self) -> str:
        """The machine's sockets at the program's port, as the kernel lists them, without those in TIME-WAIT."""
        port = f":{self.machine.board_port:04X} "
        lines = self.hand.read("/proc/net/tcp").splitlines()
        return "; ".join(" ".join(line.split()[1:6]) for line in lines if port in line and line.split()[3] != "06")

    # MARK: What it says

    @property
    def output(self) -> str:
        return self.hand.read(f"/run/{self.name}.out")

    @property
    def log(self) -> str:
        return self.hand.read(f"/run/{self.name}.err")

    def wait_for(self, pattern: str, start: int = 0, patience: float = PATIENCE) -> str:
        """The first place of its output, or of its log, that matches; what of the output is before `start` is old."""
        found: list[str] = []

        def look() -> bool:
            match = re.search(pattern, self.output[start:] + "\n" + self.log, re.MULTILINE | re.IGNORECASE)
            found.extend([match[0]] if match else [])
            return match is not None
        try:
            until(look, f"the program says {pattern!r}", patience, interval=0.1)
        except AssertionError as problem:
            raise AssertionError(f"{problem}, but {(self.output[start:] + self.log)[-500:]!r}") from None
        return found[0]

    # MARK: What clients see

    @property
    def state(self) -> dict[str, Any]:
        return device_state(self.machine.port)

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        return self.state["parts"]

    @property
    def is_on(self) -> bool:
        return self.state["status"] == "on"

    def page(self) -> WebSocket:
        return WebSocket(self.machine.port)

    def set(self, is_on: bool) -> None:
        """Turns the LED on or off by the HTTP API."""
        status, body = self.send("PUT", "/api/led", on=is_on)
        check(status == 200, f"PUT /api/led answers {status} {body!r}")

    def send(self, method: str, path: str, **members: Any) -> tuple[int, bytes]:
        body = json.dumps(members).encode() if members else None
        return request(self.machine.port, path, method, body, headers={"Content-Type": "application/json"})

    # MARK: What it costs

    def wake_ups(self) -> Counter[str]:
        """How often each of its threads has waited for something so far. What one has is gone with it: the difference of
        two is that of the threads which are there at the second."""
        lines = self.hand.shell(f"grep -H ^voluntary /proc/{self.pid}/task/*/status").splitlines()
        return Counter({line.partition(":")[0]: int(line.split()[-1]) for line in lines})

    def processor_time(self) -> float:
        """Seconds of a processor so far."""
        fields = self.hand.read(f"/proc/{self.pid}/stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def line_requests(self) -> int:
        """How many requests for lines it holds."""
        return int(self.hand.shell(f"ls -l /proc/{self.pid}/fd 2>/dev/null | grep -c gpio-line || true"))


class Event(NamedTuple):
    """What a program asked of a line, at this time of the machine's clock."""
    seconds: float
    what: str  # `set 1`, `get 0`, `out`, `in`


class Trace:
    """What the kernel is asked of the lines of a chip, in order, while the block of its `with` runs: its own trace
    events gpio_value and gpio_direction (Documentation/trace/events.rst), so that nothing is missed. With `only_set`,
    only what outputs are set to: at each edge of an input the kernel reads that, too."""

    def __init__(self, machine: Machine, only_set: bool = False) -> None:
        self.hand = machine.hand
        self.filter = "get==0" if only_set else "0"  # none

    def __enter__(self) -> Trace:
        self.hand.shell(f"cd {TRACING}; echo mono >trace_clock; echo >trace; "
                        f"echo '{self.filter}' >events/gpio/gpio_value/filter; echo 1 >events/gpio/enable")
        return self

    def __exit__(self, *_: object) -> None:
        self.hand.shell(f"cd {TRACING}/events/gpio; echo 0 >enable; echo 0 >gpio_value/filter")

    def events(self, offset: int, device: str = "gpio-sim.0") -> list[Event]:
        base = int(re.search(r"\d+", self.hand.shell(f"ls /sys/devices/platform/{device}/gpio"))[0])
        found = re.finditer(rf" (\d+\.\d+): gpio_(?:value|direction): {base + offset} +(set \d|get \d|out|in)\b",
                            self.hand.read(f"{TRACING}/trace"))
        return [Event(float(event[1]), event[2]) for event in found]
