# SPDX-License-Identifier: MIT
"""The power is cut while the state file is written, again and again, on one disk.

The machine's end is QEMU's, killed: memory, caches and whatever was on its way are gone, and the disk has what was
written. It then goes on from memory that was saved before it had seen the disk, in place of a start that takes many
seconds more; some of the ends are a reset with a real start, so that this shortcut is no assumption. The disk takes few
writes a second, so a write of the file takes long enough to be hit in all its steps.

Beside the program a shell writes a file as a careless program would, without fsync. That file must be torn now and
then: else these cuts would prove nothing.
"""
from __future__ import annotations

import random
import time
from statistics import median

from bench import Bench
from common.claims import check
from board import STATE_FILE, Board
from hand import Refusal
from machine import Machine, make_disk

CUTS, RESETS = 50, (0, 25)
SEED = 11
WRITES_A_SECOND = 50  # that the disk takes: one of the file is several of them
WINDOW = 0.08  # seconds from the first sign of a write in which the power is cut
SETTLED = 1.0  # seconds after which a write has ended
CARELESS, SENTENCE = "/state/careless", "written and renamed"


class Victim:
    """A machine whose power is cut, and what was found on its disk afterwards."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.before = False  # what was saved before the last change
        self.allowed = {False}  # what may have been saved at the last cut
        self.old = self.new = self.settled = self.unfinished = self.replays = self.torn = 0

    def start(self) -> Board:
        """Plugs in the disk, sees what is on it, and starts the program."""
        self.machine.limit_disk(0)
        self.replays += "recovery complete" in self.machine.plug_in_disk()
        self.torn += self.careless() not in (SENTENCE, None)
        self.unfinished += f"{STATE_FILE.rpartition('/')[2]}." in self.machine.hand.shell("ls /state")
        return Board(self.machine, "--state-file", STATE_FILE, "--restore", "restore-default-off")

    def careless(self) -> str | None:
        """What the careless program's file says; None if not even its name is there: lost, but not torn."""
        try:
            return self.machine.hand.read(CARELESS).strip("\n")
        except Refusal:
            return None

    def look(self, board: Board) -> bool:
        """What the LED shows after a start: something that may have been saved, and nobody complains of the file."""
        board.wait_until_served()
        is_on, files, log = board.is_on, board.hand.shell("ls /state"), board.log
        check("damaged" not in files and "kept as" not in log, f"a torn file is left: {log!r}")
        check(is_on in self.allowed, f"what is left is {is_on}, not {self.allowed}")
        check(board.pins.led == is_on, f"the LED does not show {is_on}")
        self.old += is_on == self.before
        self.new += is_on != self.before
        return is_on

    def change(self, board: Board, delay: float | None) -> None:
        """Changes the state, and returns so long after the first sign that it is being written; when it has certainly
        been written if no `delay` is given."""
        hand = self.machine.hand
        self.machine.limit_disk(WRITES_A_SECOND)
        hand.shell(f"echo {SENTENCE} >{CARELESS}.part; mv {CARELESS}.part {CARELESS}")
        hand.ask("watch", "/state")
        board.set(not self.before)
        check("heliograph" in hand.ask("next_event", 3000), "the state is not written within 3 s")
        time.sleep(SETTLED if delay is None else delay)
        self.settled += delay is None
        self.allowed = {not self.before} if delay is None else {True, False}


def a_power_cut_never_leaves_a_torn_state_file(bench: Bench) -> str:
    chance, times = random.Random(SEED), []
    with Machine(bench.files, make_disk(bench.files / "power.img"), bench.memory) as machine:
        victim = Victim(machine)
        for number in range(CUTS):
            start = time.monotonic()
            with victim.start() as board:
                is_on = victim.look(board)
                victim.before = is_on
                victim.change(board, None if number % 10 == 9 else chance.uniform(0, WINDOW))
                board.is_over = True  # with the machine
            machine.reset() if number in RESETS else machine.power_cycle()
            times.append(time.monotonic() - start)
        with victim.start() as board:
            victim.look(board)
    old = victim.old - 1  # the first look was before the first cut
    words = (f"{CUTS} cuts, {len(RESETS)} of them with a real start: {old} left the old state, {victim.new} the new "
             f"one ({victim.settled} when it had been written), {victim.unfinished} an unfinished file beside it; the "
             f"journal was replayed {victim.replays} times; a careless program's file was torn {victim.torn} times; "
             f"{median(times):.1f} s a cut")
    check(victim.replays == CUTS, f"the journal was not replayed each time: {words}")
    check(old > 0 and victim.new > victim.settled, f"the cuts were not in the midst of writing: {words}")
    check(victim.torn > 0, f"not even a careless program's file was torn: {words}")
    return words


BESIDE = True  # it has machines of its own, and needs of the others only the memory that was saved
CASES = [a_power_cut_never_leaves_a_torn_state_file]
