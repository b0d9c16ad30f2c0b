# SPDX-License-Identifier: MIT
"""The button: every press counts once, however it bounces, however short it is, and however busy the machine was."""
from __future__ import annotations

from collections.abc import Sequence

from bench import Bench
from common.claims import check, until
from board import BUTTON, Board, Pins, Trace

SEED = 7
BATCH, MOST_BATCHES = 10, 200  # presses at a time, and how often they are made to have 500
HOLD = 16  # ms from the last edge of a bounce to the next press or release
DEBOUNCE = 10.0  # ms that a level must stand to count
BURST = 6.0  # ms from the first edge of a bounce to the last
FOUR_BUTTONS = "parts:\n" + "".join(
    f"  s{number}: {{switch: {switch}}}\n  b{number}: {{button: {button}, press: toggle s{number}}}\n"
    for number, (switch, button) in enumerate([("header:10", "header:20"), ("header:11", "header:21"),
                                               ("expander:2", "expander:8"), ("expander:3", "expander:9")]))


CHANGES = 4  # of the state by a press: down, toggled, up, clicked


def count_presses(board: Board, presses: int, before: int) -> float:
    """Checks that just so many have counted since the revision `before`, each with all that it changes."""
    board.state  # an answer comes after all that has been seen before it
    took = until(lambda: count(board, before) >= presses and not board.parts["button"]["pressed"],
                 f"{presses} presses have counted, and not {count(board, before):.1f}", 3)
    check(count(board, before) == presses, f"{presses} presses were made, and {count(board, before):.1f} have counted")
    return took


def count(board: Board, before: int) -> float:
    return (board.state["rev"] - before) / CHANGES


class Bouncing:
    """Presses that bounce, in batches, until there are enough of each button; what came of them."""

    def __init__(self, board: Board, pins: Sequence[tuple[Pins, int]], buttons: Sequence[str]) -> None:
        self.board, self.buttons = board, buttons
        self.paths = [chip.path(offset, "pull") for chip, offset in pins]
        self.presses, self.edges, self.longest, self.left_out = [0] * len(pins), 0, 0.0, 0

    def until(self, presses: int) -> None:
        for batch in range(MOST_BATCHES):
            if min(self.presses) >= presses:
                return
            self.batch(SEED + batch)
        check(False, f"the machine was held up in {self.left_out} of {MOST_BATCHES} batches")

    def batch(self, seed: int) -> None:
        before = {button: self.board.parts[button]["presses"] for button in self.buttons}
        edges, burst, doubts, *presses = self.board.hand.numbers(
            "bounce", int(DEBOUNCE * 1000), seed, BATCH, int(BURST * 1000), HOLD * 1000, HOLD * 1000, *self.paths)
        settle(self.board)
        if doubts > 0:  # a level stood about as long as the debounce, since the machine was held up
            self.left_out += 1
            return

        def found() -> list[int]:
            return [self.board.parts[button]["presses"] - before[button] for button in self.buttons]
        until(lambda: found() >= presses, f"{presses} presses have counted, and not {found()}, batch {seed}", 3)
        check(found() == presses, f"{presses} presses were made, and {found()} have counted, batch {seed}")
        self.presses = [sum(pair) for pair in zip(self.presses, presses)]
        self.edges, self.longest = self.edges + edges, max(self.longest, burst / 1000)

    def __str__(self) -> str:
        return (f"{sum(self.presses)} presses of {HOLD} ms, {self.edges} edges, bursts of at most {self.longest:.1f} ms"
                + (f"; {self.left_out} batches left out while the machine was held up" if self.left_out else ""))


def five_hundred_presses_that_bounce_count_five_hundred(bench: Bench) -> str:
    with bench.board() as board, board.page():
        bouncing = Bouncing(board, [(board.pins, BUTTON)], ["button"])
        bouncing.until(500)
        return str(bouncing)


def five_hundred_of_each_of_four_buttons_at_once_count_two_thousand(bench: Bench) -> str:
    expander = Pins(bench.machine, "gpio-sim.1")
    with bench.board(device=FOUR_BUTTONS) as board, board.page(), Trace(bench.machine, only_set=True) as trace:
        buttons = [f"b{number}" for number in range(4)]
        lines = [(board.pins, 20), (board.pins, 21), (expander, 8), (expander, 9)]
        bouncing = Bouncing(board, lines, buttons)
        bouncing.until(500)
        parts, toggles = board.parts, []
        for number, button in enumerate(buttons):
            is_on = parts[f"s{number}"]["on"]
            check(is_on == bool(parts[button]["presses"] % 2), f"{button} has not toggled s{number} each time: {parts}")
            device = "gpio-sim.0" if number < 2 else "gpio-sim.1"
            levels = [event.what for event in trace.events(10 + number if number < 2 else number, device)]
            check(all(a != b for a, b in zip(levels, levels[1:])), f"a line was set twice: {levels}")
            check(levels[-1] == f"set {is_on:d}", f"line {number} was set to {levels[-1]} at last")
            check(len(levels) <= parts[button]["presses"], f"{len(levels)} changes of the line of s{number}")
            toggles.append(len(levels))
        pressed = sum(parts[button]["presses"] for button in buttons)
        return f"{bouncing}; {sum(toggles)} changes of the lines of four switches by {pressed} presses in all"


def settle(board: Board) -> None:
    """Waits until whatever was pressed has counted: longer than a debounce without a change."""
    revision = -1

    def is_at_rest() -> bool:
        nonlocal revision
        revision, last = board.state["rev"], revision
        return revision == last
    until(is_at_rest, "nothing changes any more", interval=0.05)


def a_press_of_15_ms_counts(bench: Bench) -> str:
    presses = 20
    with bench.board() as board:
        before, times = board.state["rev"], []
        for number in range(1, presses + 1):
            times.append(board.pins.press(15))
            count_presses(board, number, before)
            check(board.pins.led == number % 2, f"press {number} has not toggled the LED")
        return f"{presses} presses of {min(times):.1f} to {max(times):.1f} ms"


def a_blip_of_5_ms_does_not_count(bench: Bench) -> str:
    blips = 10
    with bench.board() as board:
        before, times = board.state["rev"], []
        for _ in range(blips):
            times.append(board.pins.press(5))
        check(min(times) < DEBOUNCE, "the machine was held up in every blip")
        times = [time for time in times if time < DEBOUNCE]
        board.pins.press(50)  # counts, and only after what came before it
        until(lambda: count(board, before) >= 1, "a press counts")
        found = count(board, before)
        check(found <= 1 + blips - len(times), f"{found:.1f} presses have counted, not only the last")
        return f"{len(times)} blips of at most {max(times):.1f} ms"


def presses_while_the_program_stands_still_are_not_lost(bench: Bench) -> str:
    presses = 5
    with bench.board() as board:
        before = board.state["rev"]
        bench.machine.hand.ask("signal", board.pid, 19)  # SIGSTOP
        for _ in range(presses):
            board.pins.press(30)
            board.pins.machine.hand.shell("usleep 30000")
        bench.machine.hand.ask("signal", board.pid, 18)  # SIGCONT
        count_presses(board, presses, before)
        check(board.pins.led == presses % 2, f"the LED is not {presses % 2}")
        return f"{presses} presses of 30 ms between two looks, told apart by the kernel's timestamps"


def edges_beyond_what_the_kernel_keeps_are_counted(bench: Bench) -> str:
    presses, kept = 600, 1024
    with bench.board() as board:
        board.pins.press()  # its edges are the first that have a number
        until(lambda: board.is_on, "the press counts")
        check("dropped_edges" not in board.state, "edges are dropped with nothing to do")
        bench.machine.hand.ask("signal", board.pid, 19)  # SIGSTOP
        pull = board.pins.path(BUTTON, "pull")
        press = f"echo pull-down >{pull}; echo pull-up >{pull}"
        bench.machine.hand.shell(f"for press in $(seq {presses}); do {press}; done")
        bench.machine.hand.ask("signal", board.pid, 18)  # SIGCONT
        until(lambda: board.state.get("dropped_edges") == 2 * presses - kept, "what was dropped is counted")
        return f"{board.state['dropped_edges']} of {2 * presses}, with {kept} kept"


def a_button_that_is_held_toggles_once(bench: Bench) -> str:
    with bench.board() as board, board.page() as page:
        before = board.state["rev"]
        board.pins.pull(BUTTON, is_up=False)
        check(page.message("state")["parts"]["button"]["pressed"], "the page is not told that it is down")
        bench.machine.hand.shell("sleep 1")
        check(board.state["rev"] == before + 2, f"{board.state['rev'] - before} changes while it is held")
        board.pins.pull(BUTTON, is_up=True)
        count_presses(board, 1, before)
        return "held for a second"


CASES = [five_hundred_presses_that_bounce_count_five_hundred,
         five_hundred_of_each_of_four_buttons_at_once_count_two_thousand, a_press_of_15_ms_counts,
         a_blip_of_5_ms_does_not_count,
         presses_while_the_program_stands_still_are_not_lost, edges_beyond_what_the_kernel_keeps_are_counted,
         a_button_that_is_held_toggles_once]
