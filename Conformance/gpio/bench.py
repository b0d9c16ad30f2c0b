# SPDX-License-Identifier: MIT
"""What every case gets: the machine, and words for what it claims and measures. A case is a function of a bench whose
name is its claim; it returns what it measured, in a line, and fails by `check`."""
from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 20.0  # seconds for anything to happen


class Bench:
    """What the cases run with: one machine for all of them, except where its end is the case."""

    def __init__(self, files: Path) -> None:
        from machine import Machine, make_disk
        self.files = files
        self.memory = files / "memory"  # of a machine that has started and has not seen its disk
        self.machine = Machine(files, make_disk(files / "disk.img"))
        try:
            self.machine.save(self.memory)
            self.machine.plug_in_disk()
        except BaseException:
            self.stop()
            raise

    def board(self, *options: str, **more):
        """The program, serving, on a board where nobody has touched anything; use it in `with`."""
        board = self.start(*options, **more)
        try:
            return board.wait_until_served()
        except BaseException:
            board.stop(9)
            raise

    def start(self, *options: str, **more):
        """The program, which may or may not come to serve."""
        from board import Board
        return Board(self.machine, *options, **more)

    def forget(self) -> None:
        """Removes what programs have kept on the disk."""
        self.machine.hand.shell("rm -rf /state/heliograph* /state/.heliograph*")

    def stop(self) -> None:
        self.machine.__exit__()
        self.memory.unlink(missing_ok=True)


def check(condition: object, claim: str) -> None:
    """Fails the case with `claim` unless the condition holds."""
    if not condition:
        raise AssertionError(claim)


class Late(AssertionError):
    """Something did not happen in time: the only failure for which a busy machine may be the reason."""


def until(condition: Callable[[], object], claim: str, patience: float = PATIENCE, interval: float = 0.02) -> float:
    """Seconds until the condition held; a failure if it does not in time."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start >= patience:
            raise Late(f"not within {patience:.0f} s: {claim}")
        time.sleep(interval)
    return time.monotonic() - start
