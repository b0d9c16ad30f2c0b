# SPDX-License-Identifier: MIT
"""The board as a test sees it: QEMU with the firmware, its serial line, its button and LED, its memory, and its port
80 as a port of this machine that the system picks."""
from __future__ import annotations

import re
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from common.claims import PATIENCE, until
from boards import ADDRESS, facts
from common.http import device_state
from elf import Image
from common.qemu import Debugger, Monitor, launch

GATEWAY = "10.0.2.2"  # whom the board sees when this machine connects
HARDWARE_ADDRESS = "52:54:00:12:34:56"


class Heap(NamedTuple):
    """`heap_statistics` of board.h."""
    used: int
    peak: int
    capacity: int
    allocations: int


class Network(NamedTuple):
    """`transport_statistics` of CLwIP.h."""
    connections: int
    active: int
    time_wait: int
    heap_used: int
    heap_peak: int
    frame_buffers_used: int
    frame_buffers_peak: int
    segments_used: int
    segments_peak: int
    refusals: int
    frames_received: int
    frames_dropped: int
    frames_deferred: int

    @property
    def is_at_rest(self) -> bool:
        """Whether no connection and nothing of one is left."""
        return not (self.connections or self.active or self.segments_used or self.frame_buffers_used)


class Board:
    """A board that starts at once; use it in `with`, so that whatever happens, QEMU ends with the block.

    Halted, it waits for `go()`. A fast one never waits for our clock: while its processor sleeps its own clock leaps to
    the next interrupt, and else it counts 16 ns an instruction. `within` is a command that runs another, QEMU.
    """

    def __init__(self, image: Image, *, halted: bool = False, fast: bool = False, within: Iterable[str] = ()) -> None:
        self.image, self.facts = image, facts(image.path)
        self.serial = bytearray()
        self.times: list[float] = []  # when each byte of `serial` came
        self._news = threading.Condition()
        self._folder = tempfile.TemporaryDirectory(prefix="heliograph-")
        self._path = Path(self._folder.name)
        command = [*within, *self.facts.qemu(image.path, 0), "-qmp", f"unix:{self._path}/monitor,server=on,wait=off",
                   "-gdb", f"unix:{self._path}/debugger,server=on,wait=off", "-S"]
        if fast:
            command += ["-icount", "shift=4,sleep=off"]
        self.process = launch(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.monitor = Monitor(self._path / "monitor")
            forward = re.search(r"HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)", self.monitor.say("info usernet"))
            self.port = int(forward[1])
            if not halted:
                self.go()
        except BaseException:
            self.stop()
            raise

    # MARK: Its life

    def go(self) -> None:
        """Starts it, with SELECT up: QEMU's pin is low until the first event of its key, as if somebody held it."""
        self.monitor.ask("cont")
        key = {"type": "qcode", "data": self.facts.button_key}
        self.monitor.ask("input-send-event", events=[
            {"type": "key", "data": {"down": is_down, "key": key}} for is_down in (True, False)])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # MARK: Its serial line

    def _read(self) -> None:
        while received := self.process.stdout.read1(4096):
            with self._news:
                self.serial += received
                self.times += [time.monotonic()] * len(received)
                self._news.notify_all()

    def wait_for_serial(self, pattern: str, patience: float = PATIENCE, start: int = 0) -> re.Match[bytes]:
        """The first place at or behind `start` where the serial output matches."""
        found = None

        def look() -> bool:
            nonlocal found
            found = re.compile(pattern.encode(), re.MULTILINE).search(bytes(self.serial), start)
            return found is not None
        with self._news:
            if not self._news.wait_for(look, patience):
                raise AssertionError(f"no {pattern!r} on the serial line, but {bytes(self.serial)[start:][-300:]!r}")
        return found

    def wait_until_served(self, start: int = 0, patience: float = PATIENCE) -> None:
        """Returns when the board has its address and answers."""
        self.wait_for_serial(rf"\] \.* {re.escape(ADDRESS)}\n", patience, start)
        until(lambda: self.answers(), "the page is answered", patience)

    def answers(self) -> bool:
        try:
            return bool(device_state(self.port))
        except (OSError, ValueError):
            return False

    @property
    def starts(self) -> int:
        """How many times it has started."""
        return self.serial.count(b"Trying to connect [")

    # MARK: Its parts

    def press(self, hold: int = 100) -> float:
        """Begins a press of SELECT, of so many milliseconds; returns when."""
        start = time.monotonic()
        self.monitor.say(f"sendkey {self.facts.button_key} {hold}")
        return start

    @property
    def led(self) -> bool:
        return self.word(self.facts.led_register) & self.facts.led_mask != 0

    @property
    def status_led(self) -> bool:
        return self.word(self.facts.status_led_register) & self.facts.status_led_mask != 0

    def word(self, address: int) -> int:
        return int(self.monitor.say(f"xp /1xw {address:#x}").split(":")[1], 16)

    def memory(self, address: int, count: int) -> bytes:
        file = self._path / "memory"
        self.monitor.ask("pmemsave", val=address, size=count, filename=str(file))
        return file.read_bytes()

    @property
    def milliseconds(self) -> int:
        """Its own time since its start."""
        return int.from_bytes(self.memory(self.image.swift_symbol("CortexM", "ticks"), 8), "little")

    @property
    def heap(self) -> Heap:
        return Heap(*struct.unpack("<4I", self.memory(self.image.symbol("heap_statistics"), 16)))

    @property
    def network(self) -> Network:
        return Network(*struct.unpack("<13I", self.memory(self.image.symbol("transport_statistics"), 52)))

    def debugger(self) -> Debugger:
        return Debugger(self._path / "debugger")

