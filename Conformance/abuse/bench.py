# SPDX-License-Identifier: MIT
"""What every scenario works with: the programs, and measures that are printed and held against their bounds."""
from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.http import request
from common.program import PATIENCE, Program, open_descriptors, resident_memory

MEGABYTE = 1 << 20


class Bench:
    """Runs programs and collects measures."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.failures: list[str] = []

    def heliograph(self, max_clients: int = 8, *options: str, port: int = 0, **limits: Any) -> Program:
        """The program, serving. With `output` (see `Program`) its port must be given."""
        server = Program(self.programs / "heliograph", "--port", str(port), "--max-clients", str(max_clients),
                         *options, **limits)
        try:
            if until(lambda: is_served(port or server.port), interval=0.1) > PATIENCE:
                raise RuntimeError("heliograph does not serve")
        except BaseException:
            server.stop()
            raise
        return server

    def measure(self, what: str, value: float, at_most: float | None = None, unit: str = "", *,
                at_least: float | None = None) -> None:
        """Prints a measure with its bound; past it, the scenario has failed."""
        ok = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
        bound = f"at least {at_least:,}" if at_most is None else f"at most {at_most:,}"
        if at_most is not None and at_least is not None:
            bound = f"{at_most:,}" if at_least == at_most else f"{at_least:,} to {at_most:,}"
        shown = f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"
        print(f"  {what:<60} {shown:>9} {unit:<4} {bound:<16} {'ok' if ok else 'FAIL'}", flush=True)
        if not ok:
            self.failures.append(what)

    def note(self, words: str) -> None:
        print(f"  ({words})", flush=True)


def is_served(port: int) -> bool:
    """Whether the page is answered."""
    try:
        return request(port)[0] == 200
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition: Callable[[], bool], patience: float = PATIENCE, interval: float = 0.01) -> float:
    """Seconds until `condition` held; infinite if it did not in time."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > patience:
            return float("inf")
        time.sleep(interval)
    return time.monotonic() - start


class Resources:
    """What a server used before something was done to it, to see what that costs and that it all comes back."""

    def __init__(self, server: Program) -> None:
        self.server = server
        self.descriptors = open_descriptors(server.pid)
        self.memory = resident_memory(server.pid)

    @property
    def growth(self) -> float:
        """Megabytes of memory more than before."""
        return (resident_memory(self.server.pid) - self.memory) / MEGABYTE

    @property
    def descriptors_more(self) -> int:
        """Open descriptors more than before."""
        return open_descriptors(self.server.pid) - self.descriptors
