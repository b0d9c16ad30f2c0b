# SPDX-License-Identifier: MIT
"""What every case gets: the machine. A case is a function of a bench whose name is its claim; it returns what it
measured, in a line, and fails by `check` (common/claims.py)."""
from __future__ import annotations

import functools
from pathlib import Path


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

    @functools.cached_property
    def appliance(self):
        """The machine that starts as an installed system, systemd first."""
        from appliance import Appliance
        return Appliance(self)

    @functools.cached_property
    def counted(self):
        """The machine whose time does not depend on this one's."""
        from machine import CountedMachine, make_disk
        return CountedMachine(self.files, make_disk(self.files / "counted.img"))

    def forget(self) -> None:
        """Removes what programs have kept on the disk."""
        self.machine.hand.shell("rm -rf /state/heliograph* /state/.heliograph*")

    def stop(self) -> None:
        self.machine.__exit__()
        for name in ("appliance", "counted"):
            if name in self.__dict__:
                self.__dict__[name].__exit__()
        self.memory.unlink(missing_ok=True)
