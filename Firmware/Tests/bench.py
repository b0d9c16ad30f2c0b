# SPDX-License-Identifier: MIT
"""What every test gets: boards to start. A test is a function of a bench whose name is its claim; it returns what it
measured, in a line, and fails by `check` (common/claims.py)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from elf import Image


@dataclass
class Bench:
    """What the tests run with."""
    image: Image
    minutes: float  # of board time, for the endurance test
    image_with_mqtt: Image | None = None

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


def tail(text: bytes | bytearray, count: int = 300) -> str:
    """The end of a long text, for a message."""
    return repr(bytes(text)[-count:])
