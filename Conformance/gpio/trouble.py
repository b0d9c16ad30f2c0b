# SPDX-License-Identifier: MIT
"""What goes wrong with pins: it is reported in one line with what to do, and what comes back is used again."""
from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from bench import Bench
from board import BUTTON, LED, PINS, Board, Pins
from common.claims import check, until
from common.websocket import WebSocket

NOBODY, GROUP = 900, 997  # user and group `heliograph`, and the group `gpio` (guest/init)
LAMP = 0  # of the second chip
WORDS = 12  # a sentence has at least so many letters

# Options, and the words that must be in the one line that is printed.
MISTAKES = [
    (["--led", "gpiochip9:0", "--button", "GPIO22"], ["gpiochip9", "gpiochip0", "gpiochip1"]),
    (["--chip", "gpiochip9", "--led", "4", "--button", "2"], ["gpiochip9", "gpiochip0", "header"]),
    (["--led", "GPIO99", "--button", "GPIO22"], ["GPIO99", "heliograph pins"]),
    (["--led", "32", "--button", "GPIO22"], ["32", "gpiochip0"]),
    (["--led", "GPIO26", "--button", "4"], ["GPIO26"]),
    (["--led", "gpiochip1:GPIO26", "--button", "GPIO22"], ["GPIO26", "gpiochip1"]),
    (["--led", "GPIO26", "--button", "GPIO22", "--status-led", "no-such-led"], ["no-such-led", "heliograph pins"]),
    (["--led", "GPIO26", "--button", "GPIO22", "--status-led", "led:no-such-led"],
     ["no-such-led", "/sys/class/leds", "capslock"]),
]


def refusal(bench: Bench, *options: str, user: tuple[int, int] = (0, 0)) -> str:
    """The one line that a program prints that cannot use its lines."""
    with bench.start(pins=["--board", "linux", *options], user=user) as board:
        status = board.status(10_000)
        said = (board.log + board.output).strip()
        check(status.startswith("exit ") and status != "exit 0", f"{options}: {status}, saying {said!r}")
        check("\n" not in said and len(said) > WORDS, f"{options}: not one line: {said!r}")
        return said


def a_mistake_in_a_line_is_one_line_with_what_there_is(bench: Bench) -> str:
    for options, expected in MISTAKES:
        said = refusal(bench, *options)
        missing = [word for word in expected if word not in said]
        check(not missing, f"{' '.join(options)}: {said!r} does not say {missing}")
    return f"{len(MISTAKES)} mistakes, a line each, none of them a success"


@contextlib.contextmanager
def held(bench: Bench, offset: int) -> Iterator[None]:
    """The hand has a line of the first chip, as `experimenter`."""
    bench.machine.hand.ask("hold", "/dev/gpiochip0", offset, "experimenter")
    try:
        yield
    finally:
        bench.machine.hand.ask("let_go")


def a_line_that_is_busy_is_refused_with_the_name_of_who_has_it(bench: Bench) -> str:
    for offset, name in ((LED, "GPIO26"), (BUTTON, "GPIO22")):
        with held(bench, offset):
            said = refusal(bench, *PINS[2:])
            check(name in said and "experimenter" in said, f"{name}: {said!r}")
            table = bench.machine.hand.shell("/bin/heliograph pins")
            row = next(line for line in table.splitlines() if name in line)
            check("experimenter" in row, f"the table does not say who has {name}: {row}")
    with bench.board():
        with bench.start(name="second") as second:
            status = second.status(15_000)
            check(status.startswith("exit ") and status != "exit 0", f"a second program: {status}")
            check("heliograph" in second.log, f"a second program says {second.log!r}")
    with bench.board():
        pass  # when they have let go, it starts
    return said


def without_permission_it_says_which_group_to_join(bench: Bench) -> str:
    said = refusal(bench, *PINS[2:], user=(NOBODY, NOBODY))
    check("gpiochip" in said and "gpio " in said + " " and "group" in said, said)
    with bench.board(user=(NOBODY, GROUP)) as board:
        board.set(True)
        check(board.pins.led == 1, "a user of the group does not drive the LED")
    return f"{said}; and who is in that group needs to be nobody else"


def the_table_of_pins_lists_every_line(bench: Bench) -> str:
    table = bench.machine.hand.shell("/bin/heliograph pins").splitlines()
    lines = [line for line in table if line.split()[1:2] in (["header"], ["expander"])]
    check(len(lines) == 32 + 16, f"{len(lines)} lines in the table, of 48")
    for words in ("gpiochip0 header 4 GPIO26", "gpiochip0 header 2 GPIO22", "gpiochip1 expander 0 LAMP"):
        check(any(line.split()[:4] == words.split() for line in lines), f"{words} is not in the table")
    return f"{len(lines)} lines of two chips"


def a_chip_that_vanishes_is_told_and_used_again_when_it_is_back(bench: Bench) -> str:
    with bench.board() as board, board.page() as page:
        board.set(True)
        page.message("state")
        with unplugged(board.pins):
            start = time.monotonic()
            fault = until_told(page, "led", has_fault=True)["fault"]
            told = time.monotonic() - start
            check(len(fault) > WORDS and "gpiochip0" in fault, f"the fault is {fault!r}")
            check(faults(board) == {"led": fault, "button": fault}, f"the API says {faults(board)}")
            board.wait_for("gpiochip0 .*gone|gone.*gpiochip0|does not answer")
            check(board.send("POST", "/api/led/toggle")[0] == 503, "a toggle is not refused")
            check(board.send("PUT", "/api/led", on=False)[0] == 503, "a set is not refused")
            page.send_json(type="toggle", id=5, part="led")
            answer = page.message("ack")
            check(answer["id"] == 5 and answer.get("error"), f"the page's toggle is acknowledged: {answer}")
            with board.page() as newcomer:
                check(newcomer.message("hello")["parts"]["led"]["fault"] == fault, "a page that comes now is not told")
            before, idle = board.wake_ups(), 3
            time.sleep(idle)
            rate = (board.wake_ups() - before).total() / idle
            check(rate < 50, f"{rate:.0f} wake-ups per second without the chip")
        start = time.monotonic()
        led = until_told(page, "led", has_fault=False)
        back = time.monotonic() - start
        check(led["on"] and board.pins.led == 1, f"the LED has not its state again: {led}")
        check(faults(board) == {}, f"there is still a fault: {faults(board)}")
        board.pins.press()
        until(lambda: board.pins.led == 0, "the button works again")
        return f"“{fault}” after {told:.2f} s, {rate:.0f} wake-ups/s without; back after {back:.2f} s"


def until_told(page: WebSocket, part: str, has_fault: bool) -> dict[str, Any]:
    """The values of a part, as soon as it has a fault, or has none."""
    while (told := page.message("state")["parts"].get(part)) is None or ("fault" in told) != has_fault:
        pass
    return told


def faults(board: Board) -> dict[str, str]:
    """The faults of all parts that have one."""
    return {name: part["fault"] for name, part in board.parts.items() if "fault" in part}


@contextlib.contextmanager
def unplugged(pins: Pins) -> Iterator[None]:
    """The driver of a chip is unbound."""
    pins.unplug()
    try:
        yield
    finally:
        pins.plug_in()
        # Where udev would do it.
        pins.machine.hand.shell("sleep 0.2; chgrp gpio /dev/gpiochip*; chmod 660 /dev/gpiochip*")


def a_chip_takes_with_it_only_what_is_on_it(bench: Bench) -> str:
    expander = Pins(bench.machine, "gpio-sim.1")

    def blinks() -> None:
        for level in (1, 0):
            until(lambda: expander.level(LAMP) == level, f"the status LED is {level}", interval=0.005)
    with bench.board("--status-led", "gpiochip1:LAMP") as board, board.page() as page:
        page.message("hello")
        blinks()
        with unplugged(expander):
            lost = board.wait_for("gpiochip1 does not answer.*")
            for is_on in (True, False):
                board.set(is_on)  # which is not refused
                check(board.pins.led == is_on, "the LED does not follow the page")
            board.pins.press()
            until(lambda: board.pins.led == 1, "the LED follows the button")
            told = [part for _ in range(4) for part in page.message("state")["parts"].values()]
            check(not faults(board) and not any("fault" in part for part in told), f"pages see a fault: {told}")
        board.wait_for("gpiochip1 answers again")
        blinks()
        with unplugged(board.pins):
            until_told(page, "led", has_fault=True)
            blinks()  # that there is a fault
        until_told(page, "led", has_fault=False)
        check(board.pins.led == 1, "the LED has not its state again")
        return f"“{lost}”, while LED and button go on; and the other way round"


def a_chip_that_comes_and_goes_does_no_harm(bench: Bench) -> str:
    rounds = 5
    with bench.board() as board:
        def descriptors() -> int:
            return int(bench.machine.hand.shell(f"ls /proc/{board.pid}/fd | wc -l"))
        before = 0
        for number in range(rounds):
            with unplugged(board.pins):
                until(lambda: faults(board), f"round {number}: there is a fault")
            until(lambda: not faults(board), f"round {number}: it is over")
            board.send("POST", "/api/led/toggle")
            check(board.pins.led == (number + 1) % 2, f"round {number}: the LED does not follow")
            before = before or descriptors()  # what it opens once and keeps is open now
        until(lambda: descriptors() <= before, f"{before} descriptors are open, as after the first time", 5)
        check(json.loads(board.send("GET", "/api/state")[1])["parts"]["led"]["on"] == bool(rounds % 2), "the state")
        return f"{rounds} times, with {before} open descriptors after the first and the last"


CASES = [a_mistake_in_a_line_is_one_line_with_what_there_is,
         a_line_that_is_busy_is_refused_with_the_name_of_who_has_it, without_permission_it_says_which_group_to_join,
         the_table_of_pins_lists_every_line, a_chip_that_vanishes_is_told_and_used_again_when_it_is_back,
         a_chip_takes_with_it_only_what_is_on_it, a_chip_that_comes_and_goes_does_no_harm]
