# SPDX-License-Identifier: MIT
"""Claims by engines: running them side by side, and the table of what was found."""
from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import Bench
from common.webdriver import Unanswered
from engine import Engine

Claim = Callable[[Bench], str | None]
LIMIT = 300.0  # seconds for all that a browser is put through, beside what its claims wait for


@dataclass
class Table:
    claims: list[Claim]
    engines: list[type[Engine]]
    found: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    start: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, engine: type[Engine], claim: Claim, words: str, problem: str = "", is_failure: bool = True) -> None:
        name = claim.__name__
        with self._lock:
            self.found[name, engine.name] = words
            if problem and is_failure:
                self.failures.append(f"{engine.name}: {claim.__doc__}\n    {problem}")
            seconds = time.monotonic() - self.start
            print(f"browsers: {seconds:5.1f} s: {engine.name}: {name}: {words}{problem and f': {problem}'}", flush=True)

    def end(self) -> int:
        """Prints all, and returns the exit status: a claim of which nothing is known does not hold."""
        heads = [f"{engine.name} {self.versions.get(engine.name, '')}".strip() for engine in self.engines]
        rows = [["", *heads], ["---"] * (len(heads) + 1)]
        for claim in self.claims:
            cells = [self.found.get((claim.__name__, engine.name), "") for engine in self.engines]
            self.failures += [f"{engine.name}: not tried: {claim.__doc__}"
                              for engine, cell in zip(self.engines, cells) if not cell]
            rows.append([claim.__name__.replace("_", " "), *cells])
        print("\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n")
        for failure in self.failures:
            print(f"FAILED: {failure}")
        tried = len(self.claims) * len(self.engines)
        print(f"browsers: {tried} claims, {len(self.failures)} failures, {time.monotonic() - self.start:.0f} s")
        return 1 if self.failures else 0


@dataclass
class Lane:
    """Claims that a browser is put through one after the other."""
    engine: type[Engine]
    claims: list[Claim]
    folder: Path
    heliograph: Path

    def run(self, table: Table) -> None:
        limit = LIMIT + sum(getattr(claim, "waits", 0) for claim in self.claims)  # seconds, where time is the claim
        deadline = time.monotonic() + limit
        left, tried_again = list(self.claims), []
        try:
            while left:  # a browser that does not answer any more is replaced
                count = len(tried_again)
                with self.engine(self.folder / f"browser{count}", deadline) as browser:
                    table.versions[self.engine.name] = browser.version
                    bench = Bench(self.heliograph, browser, self.folder / f"devices{count}")
                    self._try_all(left, bench, table, tried_again)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the others go on, and what is not tried is told
            table.failures.append(f"{self.engine.name}: {problem}")
            traceback.print_exc()

    def _try_all(self, left: list[Claim], bench: Bench, table: Table, tried_again: list[Claim]) -> None:
        """Takes each claim that was tried from those that are left. If the browser hangs in one, that is tried once more
        with another browser."""
        while left:
            claim = left[0]
            try:
                self._try(claim, bench, table)
            except Unanswered as problem:
                is_last = claim in tried_again
                table.note(self.engine, claim, "FAILED" if is_last else "once more", str(problem), is_last)
                tried_again.append(claim)
                if is_last:
                    left.pop(0)
                return
            left.pop(0)

    def _try(self, claim: Claim, bench: Bench, table: Table) -> None:
        name = claim.__name__
        if reason := self.engine.cannot.get(name):
            table.note(self.engine, claim, f"not tried: {reason}")
            return
        try:
            words = claim(bench) or "holds"
        except Unanswered:
            raise
        except Exception as problem:  # noqa: BLE001 - each is one claim that does not hold
            table.note(self.engine, claim, "FAILED", f"{type(problem).__name__}: {problem}"[:600])
        else:
            but = self.engine.but.get(name)
            table.note(self.engine, claim, f"{words}; {but}" if but else words)


def run_all(lanes: list[Lane], table: Table) -> None:
    threads = [threading.Thread(target=lane.run, args=(table,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
