# SPDX-License-Identifier: MIT
"""What every scenario works with: the programs, and measures that are printed and held against their bounds."""
from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.http import request
from common.program import PATIENCE, Program, open_descriptors, peak_memory, resident_memory

MEGABYTE = 1 << 20
TIMES = ("s", "ms")
ENDING = 5  # seconds that the program may take to say goodbye to everyone


@dataclass(frozen=True)
class Failure:
    """Something past its bound. `is_late` if it is a time, which a machine that is busy with something else can
    stretch; what never came is not late."""
    what: str
    is_late: bool = False


class Bench:
    """Runs programs and collects measures."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.begin()

    def begin(self) -> None:
        """Forgets what the scenario before has left."""
        self.failures: list[Failure] = []
        self.omissions: list[str] = []

    @contextlib.contextmanager
    def heliograph(self, max_clients: int = 8, *options: str, port: int = 0, **limits: Any) -> Iterator[Program]:
        """The program, serving, for use in `with`; at the end a signal must end it in order. With `output` (see
        `Program`) its port must be given."""
        with Program(self.programs / "heliograph", "--port", str(port), "--max-clients", str(max_clients),
                     *options, **limits) as server:
            if until(lambda: is_served(port or server.port), interval=0.1) > PATIENCE:
                raise RuntimeError("heliograph does not serve")
            yield server
            if (status := server.process.poll()) is not None:
                raise RuntimeError(f"heliograph has ended by itself with {status}")
            start = time.monotonic()
            self.measure("the status that a signal ends it with", server.stop(), 0, at_least=0)
            self.measure("after", time.monotonic() - start, ENDING, "s")

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
            self.failures.append(Failure(what, is_late=unit in TIMES and math.isfinite(value)))

    def omit(self, words: str) -> None:
        """Says what of the scenario this machine does not allow to be asked; it must not pass for a success."""
        print(f"  (NOT ASKED: {words})", flush=True)
        self.omissions.append(words)

    def note(self, words: str) -> None:
        print(f"  ({words})", flush=True)


def is_served(port: int) -> bool:
    """Whether the page is answered."""
    try:
        return request(port)[0] == 200
    except OSError:
        return False


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
    def peak_growth(self) -> float:
        """Megabytes of memory that it had at most at any time more than before."""
        return (peak_memory(self.server.pid) - self.memory) / MEGABYTE

    @property
    def descriptors_more(self) -> int:
        """Open descriptors more than before."""
        return open_descriptors(self.server.pid) - self.descriptors
