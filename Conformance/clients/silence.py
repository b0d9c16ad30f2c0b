# SPDX-License-Identifier: MIT
"""A client that answers nothing at all, as a measure for the others: when the device asks, reminds and gives it up."""
from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from common.program import Program
from common.websocket import PING, TEXT, WebSocket

FIRST_PING, REMINDER, END = 15, 25, 35  # seconds after the last byte of a client
TOLERANCE = 2.0  # seconds: the machine is busy with the others


class Silent:
    """What comes to it, with the seconds after its handshake. It reads, so that nothing waits on its side."""

    def __init__(self, device: Program) -> None:
        self.device = device
        self.socket = WebSocket(device.port, timeout=60)
        self.start = time.monotonic()
        self.pings: list[float] = []
        self.texts: list[float] = []
        self.end: float | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                opcode, now = self.socket.receive().opcode, time.monotonic() - self.start
                if opcode == PING:
                    self.pings.append(now)
                elif opcode == TEXT:
                    self.texts.append(now)
        except OSError:
            self.end = time.monotonic() - self.start
        finally:
            self.socket.close()

    def judge(self) -> Iterator[str]:
        """Each claim that does not hold."""
        def is_at(times: list[float], *expected: float) -> bool:
            return len(times) == len(expected) and all(abs(a - b) <= TOLERANCE for a, b in zip(times, expected))
        if not is_at(self.pings, FIRST_PING, REMINDER):
            yield f"a silent client is pinged after {self.pings} s, not {FIRST_PING} and {REMINDER}"
        if not is_at(self.texts, 0, REMINDER):
            yield f"it is sent messages after {self.texts} s: not the hello and, with the second ping, the state"
        if self.end is None or not is_at([self.end], END):
            yield f"it is given up after {self.end} s, not {END}"
        if not any(line.endswith(" closed with 1006 no answer to two pings") for line in list(self.device.lines)):
            yield "the device's log does not say why it was given up"
