# SPDX-License-Identifier: MIT
"""Devices of many parts, from a description: on two chips, of which one goes and comes back; lines by every name that
they have; and the times that switches keep, seen on the lines themselves."""
from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator

from bench import Bench
from board import Board, Event, Pins, Trace
from common.claims import check, until
from trouble import faults, unplugged

SEED = 3
# The kernel's trace has the program's own clock, in microseconds: of the time between two of its events two of them may
# be missing. A rest is never shorter than that, however long a busy machine holds the program up.
RESOLUTION = 2e-6
# A time after which a light goes off begins with the command, not with its line: it may be shorter by what the program
# was held up in between.
HELD_UP = 0.07

# On each chip four switches, four buttons that toggle them, and a contact.
CHIPS = {"gpio-sim.0": "header", "gpio-sim.1": "expander"}
FIRST_SWITCH, FIRST_BUTTON, CONTACT, EACH = 3, 8, 14, 4


def eighteen_parts() -> str:
    lines = ["name: Two chips", "parts:"]
    for label in CHIPS.values():
        for number in range(EACH):
            lines += [f"  {label}_s{number}: {{switch: '{label}:{FIRST_SWITCH + number}'}}",
                      f"  {label}_b{number}: {{button: '{label}:{FIRST_BUTTON + number}', "
                      f"press: toggle {label}_s{number}}}"]
        lines.append(f"  {label}_door: {{contact: '{label}:{CONTACT}', device_class: door}}")
    return "\n".join(lines) + "\n"


def works(board: Board, chip: Pins) -> None:
    """Every button of this chip toggles its switch, and its contact is seen."""
    label = CHIPS[chip.device]
    for number in range(EACH):
        before = chip.level(FIRST_SWITCH + number)
        chip.press(50, FIRST_BUTTON + number)
        until(lambda: chip.level(FIRST_SWITCH + number) != before, f"the button toggles {label}_s{number}", 3)
        check(board.parts[f"{label}_s{number}"]["on"] != before, f"the state of {label}_s{number} is another")
    for is_open in (False, True):
        chip.pull(CONTACT, is_open)
        until(lambda: board.parts[f"{label}_door"]["on"] == is_open, f"{label}_door is {is_open}", 3)


def a_chip_of_two_takes_its_nine_parts_and_brings_them_back(bench: Bench) -> str:
    chips = {label: Pins(bench.machine, device) for device, label in CHIPS.items()}
    words = []
    with bench.board(device=eighteen_parts()) as board, board.page() as page:
        hello = page.message("hello")
        check(len(hello["parts"]) == 18, f"{len(hello['parts'])} parts")
        for chip in chips.values():
            works(board, chip)
        requests = board.line_requests()  # (only now: the loop begins to watch when the program serves already)
        for lost, other in (("expander", "header"), ("header", "expander")):
            for number in range(EACH):  # on, off, on, off
                status, _ = board.send("PUT", f"/api/parts/{lost}_s{number}", on=number % 2 == 0)
                check(status == 200, f"{lost}_s{number} is refused with {status}")
            start = time.monotonic()
            with unplugged(chips[lost]):
                until(lambda: len(faults(board)) == 9, "nine parts have a fault", interval=0.005)
                told = time.monotonic() - start
                found = faults(board)
                check(all(name.startswith(lost) for name in found), f"others have a fault: {found}")
                check(board.parts[f"{lost}_door"].get("on") is not True, "a contact that is gone is on")
                check(board.send("POST", f"/api/parts/{lost}_s0/toggle")[0] == 503, "a toggle is not refused")
                works(board, chips[other])
            start = time.monotonic()
            until(lambda: not faults(board), "they are back")
            back = time.monotonic() - start
            levels = [chips[lost].level(FIRST_SWITCH + number) for number in range(EACH)]
            check(levels == [1, 0, 1, 0], f"the lines of {lost} are {levels}")
            for chip in chips.values():
                works(board, chip)
            words.append(f"“{found[lost + '_s0']}” for nine parts after {told:.2f} s, back after {back:.2f} s")
        until(lambda: board.line_requests() == requests, f"there are {requests} descriptors of lines, as before")
        check(requests <= 4, f"{requests} descriptors for two chips: more than a request each, and a copy to watch")
    return f"{'; '.join(words)}; {requests} descriptors for 18 lines"


# MARK: Names

@contextlib.contextmanager
def linked(bench: Bench) -> Iterator[None]:
    """The first chip has a second name, as on current Raspberry Pi OS."""
    bench.machine.hand.shell("ln -s gpiochip0 /dev/gpiochip4")
    try:
        yield
    finally:
        bench.machine.hand.shell("rm /dev/gpiochip4")


def a_chip_with_a_link_is_one_chip_and_has_a_label_too(bench: Bench) -> str:
    names = ["GPIO26", "4", "header:4", "header:GPIO26", "gpiochip0:4", "gpiochip4:4", "gpiochip4:GPIO26"]
    with linked(bench):
        table = bench.machine.hand.shell("/bin/heliograph pins")
        rows = [line for line in table.splitlines() if "GPIO26" in line]
        check(len(rows) == 1 and rows[0].startswith("gpiochip0"), f"the table has {rows}")
        check("gpiochip4 is another name of gpiochip0" in table, "the table does not name the link")
        for name in names:
            with bench.board(device=f"parts:\n  lamp: {{switch: '{name}'}}\n") as board:
                board.send("PUT", "/api/parts/lamp", on=True)
                until(lambda: board.pins.led == 1, f"{name} is driven", 3)
        with bench.start(device="parts:\n  one: {switch: 'gpiochip4:4'}\n  two: {switch: 'header:GPIO26'}\n") as board:
            status = board.status(10_000)
            check(status.startswith("exit ") and "is used twice" in board.log, f"{status}: {board.log!r}")
    return f"{', '.join(names)} with /dev/gpiochip4 → gpiochip0; twice the same line is refused"


# MARK: Times

SHUTTER = """parts:
  up:    {switch: GPIO26, interlock: [up, down], dwell: 300 ms}
  down:  {switch: GPIO16, interlock: [up, down], dwell: 300 ms}
  wall:  {button: GPIO22, press: toggle up, click: toggle down}
  pump:  {switch: 'header:10', min_dwell: 500 ms}
  light: {switch: 'header:11', off_after: 700 ms}
"""
DWELL, MIN_DWELL, OFF_AFTER = 0.3, 0.5, 0.7
LINES = {"up": 4, "down": 6, "pump": 10, "light": 11}


def changes(trace: Trace, offset: int) -> list[Event]:
    """What a line was set to, each time that this was another level than before."""
    found: list[Event] = []
    for event in trace.events(offset):
        if event.what.startswith("set") and (not found or found[-1].what != event.what):
            found.append(event)
    return found


def an_interlock_is_kept_on_the_lines_whoever_asks(bench: Bench) -> str:
    chance = random.Random(SEED)
    with bench.board(device=SHUTTER) as board, board.page() as page, Trace(bench.machine, only_set=True) as trace:
        ways = [
            lambda: board.send("PUT", "/api/parts/up", on=True),
            lambda: board.send("PUT", "/api/parts/down", on=True),
            lambda: board.send("POST", "/api/parts/down/toggle"),
            lambda: page.send_json(type="toggle", id=1, part="up"),
            lambda: page.send_json(type="set", id=2, part="down", on=True),
            lambda: board.pins.press(30),
        ]
        start, asked, both = time.monotonic(), 0, 0
        while time.monotonic() - start < 12:
            chance.choice(ways)()
            asked += 1
            parts = board.parts
            both += parts["up"]["on"] and parts["down"]["on"]
            time.sleep(chance.choice([0, 0.02, 0.4]))
        seen = {name: changes(trace, LINES[name]) for name in ("up", "down")}
    check(both == 0, "the state says that both are on")
    count, least = check_interlock(seen)
    check(count >= 6, f"the lines changed {count} times only")
    return (f"{asked} commands by button, page and HTTP in 12 s; {count} times on; from the end of one to the other's "
            f"beginning {least:.3f} s at least")


def check_interlock(seen: dict[str, list[Event]]) -> tuple[int, float]:
    """Never two on, and the dwell in between; how often one went on, and the shortest time from the end of one to the
    other's beginning."""
    events = sorted((event.seconds, name, event.what == "set 1") for name, list in seen.items() for event in list)
    on: set[str] = set()
    ends: dict[str, float] = {}
    count, least = 0, float("inf")
    for seconds, name, is_on in events:
        if is_on:
            check(not on, f"{name} goes on while {on} is on, at {seconds}")
            least = min([least, *(seconds - end for other, end in ends.items() if other != name)])
            on.add(name)
            count += 1
        else:
            on.discard(name)
            ends[name] = seconds
    check(least >= DWELL - RESOLUTION, f"one went on {least:.4f} s after the other's end")
    return count, least


def a_relay_rests_and_a_light_goes_off_by_itself_on_the_lines(bench: Bench) -> str:
    with bench.board(device=SHUTTER) as board, Trace(bench.machine, only_set=True) as trace:
        commands, start = 1, time.monotonic()
        while time.monotonic() - start < 6 * MIN_DWELL:  # faster than it may
            board.send("POST", "/api/parts/pump/toggle")
            commands += 1
        board.send("PUT", "/api/parts/pump", on=True)
        until(lambda: "wanted" not in board.parts["pump"], "it rests no more", 3)
        check(board.parts["pump"]["on"], "the last command is not the one that counts")
        for _ in range(3):
            board.send("PUT", "/api/parts/light", on=True)
            left = board.parts["light"]["left"]
            check(0 < left <= OFF_AFTER * 1000, f"{left} ms are left")
            until(lambda: not board.parts["light"]["on"], "the light goes off by itself", 3)
        check(board.parts["light"]["by"] == "timer", "it does not say that it was the timer")
        pump, light = (changes(trace, LINES[name]) for name in ("pump", "light"))
    rests = [after.seconds - before.seconds for before, after in zip(pump, pump[1:])]
    check(rests and min(rests) >= MIN_DWELL - RESOLUTION, f"the relay was switched after {rests}")
    times = [off.seconds - on.seconds for on, off in zip(light[::2], light[1::2])]
    check([event.what for event in light] == ["set 1", "set 0"] * 3, f"the line of the light saw {light}")
    check(min(times) > OFF_AFTER - HELD_UP, f"the light was on for {times}")
    return (f"{len(pump)} changes for {commands} commands, at least {min(rests):.3f} s from one to the next; off after "
            f"{', '.join(f'{seconds:.3f}' for seconds in times)} s")


CASES = [a_chip_of_two_takes_its_nine_parts_and_brings_them_back, a_chip_with_a_link_is_one_chip_and_has_a_label_too,
         an_interlock_is_kept_on_the_lines_whoever_asks, a_relay_rests_and_a_light_goes_off_by_itself_on_the_lines]
