# SPDX-License-Identifier: MIT
"""What every test gets: boards to start, and words for what it claims and measures. A test is a function of a bench
whose name is its claim; it returns what it measured, in a line, and fails by `check`."""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from elf import Image

PATIENCE = 20.0  # seconds for anything to happen


@dataclass
class Bench:
    """What the tests run with."""
    image: Image
    minutes: float  # of board time, for the endurance test

    def board(self, image: Image | None = None, **options: Any):
        """A board that serves; use it in `with`."""
        from board import Board
        board = Board(image or self.image, **options)
        try:
            board.wait_until_served()
        except BaseException:
            board.stop()
            raise
        return board


def check(condition: object, claim: str) -> None:
    """Fails the test with `claim` unless the condition holds."""
    if not condition:
        raise AssertionError(claim)


class TooSlow(AssertionError):
    """Only a time was not what it must be."""


def check_time(condition: object, claim: str) -> None:
    """Fails the test with a time, which a machine that is busy with something else may have caused: the last that a
    test checks, and what alone lets it try again."""
    if not condition:
        raise TooSlow(claim)


def until(condition: Callable[[], object], claim: str, patience: float = PATIENCE, interval: float = 0.02) -> float:
    """Seconds until the condition held; a failure if it does not in time."""
    start = time.monotonic()
    while not condition():
        check(time.monotonic() - start < patience, f"not within {patience:.0f} s: {claim}")
        time.sleep(interval)
    return time.monotonic() - start


def tail(text: bytes | bytearray, count: int = 300) -> str:
    """The end of a long text, for a message."""
    return repr(bytes(text)[-count:])
